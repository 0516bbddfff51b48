/* The help text and the man page, made from the table of options. */
#include <string.h>

#include "app/options/options.h"

enum { WIDTH = 100 };

static const char *const examples[][2] = {
	{"reverie sky.jpg -o dream.png", "Dream a picture with the settings that suit most."},
	{"reverie clip.mp4 -o dream.mp4 --preset eyes --octaves 3",
         "Dream a video, with its sound, from a preset and one option of your own."},
	{"reverie live /dev/video0 --preset dogs",
         "Dream what a camera sees, in a window; F1 shows the keys."},
	{"reverie sky.jpg -o mix.png --model inception-v3 --layer mixed3:1,mixed5:0.5 --size 1024x",
         "Dream of two layers at once, on a picture made 1024 pixels wide."},
};
enum { EXAMPLE_COUNT = sizeof(examples) / sizeof(examples[0]) };

/* Writes "0 to 512 pixels; default: 16", or as much of it as there is. */
static void write_details(const struct option *option, char text[2 * OPTION_VALUE_LENGTH])
{
	char range[OPTION_VALUE_LENGTH] = "", preset[OPTION_VALUE_LENGTH] = "";
	if (option->metavar)
		option_format_default(option, preset);
	if (option->type != &option_type_seed && option->type != &option_type_channels)
		option_format_range(option, range);
	snprintf(text, 2 * OPTION_VALUE_LENGTH, "%s%s%s%s", range,
	         range[0] && preset[0] ? "; " : "", preset[0] ? "default: " : "", preset);
}

/* Writes "-o, --output FILE" and returns its length. */
static int write_usage(const struct option *option, char *text, size_t capacity)
{
	char letter[8] = "    ";
	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	return snprintf(text, capacity, "%s--%s%s%s", letter, option->name,
	                option->metavar ? " " : "", option->metavar ? option->metavar : "");
}

/* The bits of all commands that are listed. */
static unsigned listed_commands(const struct command *commands)
{
	unsigned bits = 0;
	for (const struct command *entry = commands; entry->name; entry++)
		bits |= entry->help ? entry->bit : 0;
	return bits;
}

static bool is_listed(const struct option *option, enum option_group group, unsigned bits)
{
	return option->group == group && (option->commands & bits);
}

static void print_option(FILE *file, const struct option *option, int column)
{
	char usage[128], details[2 * OPTION_VALUE_LENGTH];
	write_usage(option, usage, sizeof(usage));
	write_details(option, details);
	fprintf(file, "  %-*s%s", column, usage, option->range->help);
	if (details[0] && 2 + column + strlen(option->range->help) + strlen(details) + 3 > WIDTH)
		fprintf(file, "\n  %*s(%s)\n", column, "", details);
	else if (details[0])
		fprintf(file, " (%s)\n", details);
	else
		fprintf(file, "\n");
}

static void print_group(FILE *file, enum option_group group, unsigned bits, int column)
{
	bool any = false;
	for (const struct option *option = option_table; option->name; option++) {
		if (!is_listed(option, group, bits))
			continue;
		if (!any)
			fprintf(file, "\n%s\n", option_group_titles[group]);
		any = true;
		print_option(file, option, column);
	}
}

static int widest_usage(unsigned bits)
{
	int widest = 0;
	char usage[128];
	for (const struct option *option = option_table; option->name; option++) {
		int width = write_usage(option, usage, sizeof(usage));
		if (is_listed(option, option->group, bits) && width > widest)
			widest = width;
	}
	return widest;
}

static void print_commands(FILE *file, const struct command *commands, int column)
{
	fprintf(file, "\nCommands\n");
	for (const struct command *entry = commands; entry->name; entry++)
		if (entry->help && entry->name[0])
			fprintf(file, "  %-*s%s\n", column, entry->usage, entry->help);
}

static void print_examples(FILE *file)
{
	fprintf(file, "\nExamples\n");
	for (int i = 0; i < EXAMPLE_COUNT; i++)
		fprintf(file, "  %s\n", examples[i][0]);
}

void options_print_help(FILE *file, const char *program, const struct command *commands,
                        const struct command *command)
{
	bool whole = command == commands;
	unsigned bits = whole ? listed_commands(commands) : command->bit;
	int column = widest_usage(bits) + 2;
	fprintf(file, "Usage: %s %s [options]\n", program, command->usage);
	if (command->help)
		fprintf(file, "%s\n", command->help);
	if (whole)
		print_commands(file, commands, column);
	for (int group = 0; group < OPTION_GROUP_COUNT; group++)
		print_group(file, (enum option_group)group, bits, column);
	if (command->bit == COMMAND_DREAM)
		print_examples(file);
}

/* ---- the man page ---- */

/* Prints text as roff: a hyphen that is part of what one types is \-, a backslash \e. */
static void print_roff(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", file);
		else if (*text == '\\')
			fputs("\\e", file);
		else
			fputc(*text, file);
	}
}

static const char *const cost_texts[] = {
	[OPTION_START] = NULL,
	[OPTION_LIVE] = "A change is used from the next frame on.",
	[OPTION_REPLAN] = "A change makes a new memory plan.",
	[OPTION_REBUILD] = "A change builds the network anew.",
};

static void print_man_option(FILE *file, const struct option *option)
{
	char details[2 * OPTION_VALUE_LENGTH];
	write_details(option, details);
	fprintf(file, ".TP\n");
	if (option->letter)
		fprintf(file, "\\fB\\-%c\\fR, ", option->letter);
	fprintf(file, "\\fB\\-\\-");
	print_roff(file, option->name);
	fprintf(file, "\\fR");
	if (option->metavar) {
		fprintf(file, " \\fI");
		print_roff(file, option->metavar);
		fprintf(file, "\\fR");
	}
	fprintf(file, "\n");
	print_roff(file, option->range->help);
	if (details[0]) {
		fprintf(file, " (");
		print_roff(file, details);
		fprintf(file, ")");
	}
	fprintf(file, ".\n");
	if (cost_texts[option->cost])
		fprintf(file, "%s\n", cost_texts[option->cost]);
}

static void print_man_commands(FILE *file, const struct command *commands)
{
	for (const struct command *entry = commands; entry->name; entry++) {
		if (!entry->help || !entry->name[0])
			continue;
		fprintf(file, ".TP\n.B reverie ");
		print_roff(file, entry->usage);
		fprintf(file, "\n");
		print_roff(file, entry->help);
		fprintf(file, ".\n");
	}
}

static void print_man_examples(FILE *file)
{
	fprintf(file, ".SH EXAMPLES\n");
	for (int i = 0; i < EXAMPLE_COUNT; i++) {
		fprintf(file, ".TP\n.B ");
		print_roff(file, examples[i][0]);
		fprintf(file, "\n%s\n", examples[i][1]);
	}
}

static const char man_head[] =
	".TH REVERIE 1 \"\" \"reverie " RV_VERSION "\" \"User Commands\"\n"
	".SH NAME\nreverie \\- dream pictures and videos with a neural network\n"
	".SH SYNOPSIS\n.B reverie\n.I INPUT\n.B \\-o\n.I OUTPUT\n.RI [ options ]\n.br\n"
	".B reverie\n.I COMMAND\n.RI [ options ]\n"
	".SH DESCRIPTION\nReverie changes a picture, or every frame of a video, so that layers of "
	"a\n"
	"neural network see more of what they already see in it (DeepDream). It runs on OpenCL.\n"
	"A file that is named like a command is given with its folder: ./devices.\n"
	".SH COMMANDS\n";

static const char man_tail[] =
	".SH EXIT STATUS\n.TP\n.B 0\nIt is done.\n.TP\n.B 1\nIt failed; one line says why.\n"
	".TP\n.B 2\nThe command line, a preset or a value in them is wrong.\n"
	".TP\n.B 129, 130, 143\nHung up (SIGHUP), interrupted (SIGINT) or told to end (SIGTERM):\n"
	"what was dreamed until then is kept, and one line says how far it got.\n"
	".SH ENVIRONMENT\n"
	".TP\n.B REVERIE_MODEL\nThe network to dream with where neither \\-\\-model nor a preset\n"
	"says so.\n"
	".TP\n.B XDG_CACHE_HOME\nHolds reverie/, kernels and weights.\n"
	".TP\n.B XDG_CONFIG_HOME\nHolds reverie/presets/, and in reverie/ your keys.conf,\n"
	"midi.conf and channels.\n"
	".TP\n.B XDG_DATA_HOME\nHolds reverie/models/.\n"
	".TP\n.B XDG_STATE_HOME\nHolds reverie/stores/, the dreams that you stored by number.\n";

void options_print_man(FILE *file, const struct command *commands)
{
	unsigned bits = listed_commands(commands);
	fputs(man_head, file);
	print_man_commands(file, commands);
	fprintf(file, ".SH OPTIONS\n");
	for (int group = 0; group < OPTION_GROUP_COUNT; group++) {
		fprintf(file, ".SS %s\n", option_group_titles[group]);
		for (const struct option *option = option_table; option->name; option++)
			if (is_listed(option, (enum option_group)group, bits))
				print_man_option(file, option);
	}
	fputs(man_tail, file);
	print_man_examples(file);
}
