/* What messages about all types have in common. */
#include "app/options/type.h"

void option_format_range(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	text[0] = '\0';
	if (option->type->print_range)
		option->type->print_range(option, text);
}

bool option_refuse_range(const struct option *option, const char *text,
                         char why[OPTION_REASON_LENGTH])
{
	char range[OPTION_VALUE_LENGTH];
	option_format_range(option, range);
	snprintf(why, OPTION_REASON_LENGTH, "%.64s is out of range (%.100s)", text, range);
	return false;
}

bool option_refuse_kind(const struct option *option, const char *text, const char *kind,
                        char why[OPTION_REASON_LENGTH])
{
	char range[OPTION_VALUE_LENGTH];
	option_format_range(option, range);
	snprintf(why, OPTION_REASON_LENGTH, "\"%.64s\" is not %s%s%.100s%s", text, kind,
	         range[0] ? " (" : "", range, range[0] ? ")" : "");
	return false;
}
