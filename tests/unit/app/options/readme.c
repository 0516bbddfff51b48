/* The tables of options in README.md, between `<!-- options: GROUP -->` and `<!-- end -->`, say
 * what the table of options says. With REVERIE_WRITE_README set they are written anew: `make
 * readme`. */
#include <stdlib.h>
#include <string.h>

#include "app/options/options.h"
#include "tests/support/test.h"

static const char path[] = "README.md";
static const char section_begins[] = "<!-- options: ", section_ends[] = "<!-- end -->\n";

/* ---- the tables ---- */

/* A bar would end the cell. */
static void print_cell(FILE *file, const char *text)
{
	for (; *text; text++)
		fprintf(file, *text == '|' ? "\\%c" : "%c", *text);
}

static void print_row(FILE *file, const struct option *option)
{
	char range[OPTION_VALUE_LENGTH], usual[OPTION_VALUE_LENGTH];
	option_format_range(option, range);
	option_format_default(option, usual);
	fputs("| ", file);
	if (option->letter)
		fprintf(file, "`-%c`, ", option->letter);
	fprintf(file, "`--%s", option->name);
	if (option->metavar)
		fputs(" ", file), print_cell(file, option->metavar);
	fputs("` | ", file);
	print_cell(file, range);
	fputs(" | ", file);
	print_cell(file, option->metavar ? usual : "");
	fputs(" | ", file);
	print_cell(file, option->range->help);
	fputs(" |\n", file);
}

static bool print_table(FILE *file, const char *title)
{
	int rows = 0;
	fputs("| Option | Range | Default | |\n|---|---|---|---|\n", file);
	for (const struct option *option = option_table; option->name; option++) {
		if (strcmp(option_group_titles[option->group], title))
			continue;
		print_row(file, option);
		rows++;
	}
	return rows > 0;
}

/* ---- the file ---- */

static char *read_readme(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r"), *memory = open_memstream(&text, &size);
	for (int c; file && memory && (c = fgetc(file)) != EOF;)
		fputc(c, memory);
	if (file)
		fclose(file);
	if (memory)
		fclose(memory);
	return text;
}

/* Writes text with every section as it is to be. Returns how many there are; -1 where one names no
 * group or does not end. */
static int print_as_it_should_be(FILE *file, const char *text)
{
	int sections = 0;
	const char *begin;
	while ((begin = strstr(text, section_begins))) {
		char title[64];
		const char *line_ends = strchr(begin, '\n');
		const char *end = strstr(begin, section_ends);
		if (!line_ends || !end ||
		    sscanf(begin + strlen(section_begins), "%63[^-\n] -->", title) != 1)
			return -1;
		title[strlen(title) - 1] = '\0';
		fwrite(text, 1, (size_t)(line_ends + 1 - text), file);
		if (!print_table(file, title))
			return -1;
		text = end;
		fwrite(text, 1, strlen(section_ends), file);
		text += strlen(section_ends);
		sections++;
	}
	fputs(text, file);
	return sections;
}

static void write_readme(const char *text)
{
	FILE *file = fopen(path, "w");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

TEST(readme_says_of_the_options_what_the_table_says)
{
	char *wanted = NULL, *text = read_readme();
	size_t size = 0;
	FILE *file = open_memstream(&wanted, &size);
	REQUIRE(text && file);
	int sections = print_as_it_should_be(file, text);
	fclose(file);
	CHECK_MESSAGE(sections >= 5, "%d tables", sections);
	if (sections > 0 && getenv("REVERIE_WRITE_README"))
		write_readme(wanted);
	else
		CHECK_MESSAGE(!strcmp(text, wanted), "`make readme` writes the tables anew");
	free(text);
	free(wanted);
}
