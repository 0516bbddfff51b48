#include "app/base/text_lines.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE_LENGTH = 256, TIME_PARTS_MAX = 3 };

const char text_blanks[] = " \t\r\f\v";

char *text_trim(char *text)
{
	text += strspn(text, text_blanks);
	size_t length = strlen(text);
	while (length && strchr(text_blanks, text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* How many backslashes stand before the # that a word of text, which is there, begins with; -1: it
 * begins with none. */
static int before_mark(const char *text, const char *at)
{
	if (at > text && !strchr(text_blanks, at[-1]))
		return -1;
	int count = (int)strspn(at, "\\");
	return at[count] == '#' ? count : -1;
}

void text_cut_comment(char *line)
{
	for (char *at = line; *at; at++) {
		int before = before_mark(line, at);
		if (before == 0) {
			*at = '\0';
			return;
		}
		if (before < 0)
			continue;
		memmove(at, at + 1, strlen(at));
		at += before - 1; /* the mark */
	}
}

void text_keep_marks(const char *text, char kept[TEXT_LINE_LENGTH])
{
	size_t used = 0;
	for (const char *at = text; *at && used + 2 < TEXT_LINE_LENGTH; at++) {
		if (before_mark(text, at) >= 0)
			kept[used++] = '\\';
		kept[used++] = *at;
	}
	kept[used] = '\0';
}

char *text_take_word(char **text)
{
	char *word = *text + strspn(*text, text_blanks);
	char *end = word + strcspn(word, text_blanks);
	*text = end + strspn(end, text_blanks);
	*end = '\0';
	return word;
}

/* strtod() also takes blanks, signs, exponents, hexadecimal, "inf" and "nan". */
double text_read_decimal(const char *text, const char **end)
{
	bool begins = text[0] >= '0' && text[0] <= '9';
	char *behind = NULL;
	double number = begins ? strtod(text, &behind) : -1;
	*end = text + strspn(text, "0123456789.");
	return begins && *end == behind ? number : -1;
}

double text_read_time(const char *text)
{
	double seconds = 0;
	for (int part = 0; part < TIME_PARTS_MAX; part++) {
		const char *end;
		double number = text_read_decimal(text, &end);
		if (!(number >= 0) || (part && number >= 60))
			return -1;
		seconds = 60 * seconds + number;
		if (!*end)
			return seconds <= TEXT_TIME_MAX ? seconds : -1;
		if (*end != ':' || number != floor(number))
			return -1;
		text = end + 1;
	}
	return -1;
}

bool text_read_positive(const char *text, double most, double *number)
{
	const char *end;
	*number = text_read_decimal(text, &end);
	return *number > 0 && *number <= most && !*end;
}

rv_status text_each_line(const char *name, const char *text, size_t length, text_take_line *take,
                         void *context, rv_error *error)
{
	char line[TEXT_LINE_LENGTH], place[PLACE_LENGTH];
	int number = 1;
	for (size_t start = 0; start < length; number++) {
		const char *end = memchr(text + start, '\n', length - start);
		size_t size = end ? (size_t)(end - text) - start : length - start;
		snprintf(place, sizeof(place), "%.200s:%d", name, number);
		if (size >= sizeof(line))
			return rv_fail(error, RV_INVALID, "%s: this line is too long", place);
		memcpy(line, text + start, size);
		line[size] = '\0';
		if (strlen(line) != size)
			return rv_fail(error, RV_INVALID, "%s: not a text: a zero byte", place);
		rv_status status = take(context, line, place, error);
		if (status != RV_OK)
			return status;
		start += size + 1;
	}
	return RV_OK;
}

static rv_status read_file(const char *path, const char *what, char *text, size_t *length,
                           rv_error *error)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%s %.256s: %s", what,
		               path, strerror(errno));
	*length = fread(text, 1, TEXT_BYTES_MAX, file);
	rv_status status = RV_OK;
	if (ferror(file))
		status = rv_fail(error, RV_IO, "%s %.256s: %s", what, path, strerror(errno));
	else if (*length == TEXT_BYTES_MAX)
		status = rv_fail(error, RV_INVALID, "%.256s: longer than %d bytes, this is no %s",
		                 path, TEXT_BYTES_MAX - 1, what);
	fclose(file);
	return status;
}

rv_status text_read_lines(const char *path, const char *what, text_take_line *take, void *context,
                          rv_error *error)
{
	size_t length = 0;
	char *text = malloc(TEXT_BYTES_MAX);
	if (!text)
		return rv_fail(error, RV_MEMORY, "%s %.256s: out of memory", what, path);
	rv_status status = read_file(path, what, text, &length, error);
	if (status == RV_OK)
		status = text_each_line(path, text, length, take, context, error);
	free(text);
	return status;
}

char *text_read_whole(const char *path, size_t most)
{
	FILE *file = fopen(path, "rbe");
	char *text = file ? malloc(most + 1) : NULL;
	size_t length = text ? fread(text, 1, most + 1, file) : 0;
	bool is_whole = text && !ferror(file) && length <= most;
	if (is_whole)
		text[length] = '\0';
	if (file)
		fclose(file);
	if (is_whole)
		return text;
	free(text);
	return NULL;
}
