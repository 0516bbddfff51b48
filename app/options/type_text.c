/* Values that are any text. */
#include <string.h>

#include "app/options/type.h"

static bool parse_text(const struct option *option, const char *text, void *value,
                       char why[OPTION_REASON_LENGTH])
{
	size_t length = strlen(text);
	if (!length) {
		snprintf(why, OPTION_REASON_LENGTH, "an empty %s", option->metavar);
		return false;
	}
	if (length >= OPTION_TEXT_LENGTH) {
		snprintf(why, OPTION_REASON_LENGTH, "longer than %d bytes", OPTION_TEXT_LENGTH - 1);
		return false;
	}
	memcpy(value, text, length + 1);
	return true;
}

static void print_text(const struct option *option, const void *value,
                       char text[OPTION_VALUE_LENGTH])
{
	(void)option;
	strcpy(text, value);
}

static bool same_text(const void *a, const void *b)
{
	return !strcmp(a, b);
}

const struct option_type option_type_text = {
	.size = OPTION_TEXT_LENGTH,
	.parse = parse_text,
	.print = print_text,
	.equal = same_text,
};
