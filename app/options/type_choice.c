/* Values that are one of a few names: flags, switches, choices. */
#include <string.h>

#include "app/options/type.h"

static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const off_on[] = {"off", "on", NULL};
static const char *const auto_on_off[] = {"auto", "on", "off", NULL};

/* ---- names ---- */

const char *const *option_choices(const struct option *option)
{
	return option->type->choices ? option->type->choices : option->choices;
}

int option_choice_count(const struct option *option)
{
	const char *const *choices = option_choices(option);
	int count = 0;
	while (choices && choices[count])
		count++;
	return count;
}

int option_choice_index(const struct option *option, const char *name)
{
	const char *const *choices = option_choices(option);
	for (int i = 0; choices && choices[i]; i++)
		if (!strcmp(choices[i], name))
			return i;
	return -1;
}

void option_print_choices(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	const char *const *choices = option_choices(option);
	size_t used = 0;
	text[0] = '\0';
	for (int i = 0; i < option_choice_count(option); i++)
		used += (size_t)snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%s",
		                         i ? ", " : "", choices[i]);
}

/* The index of the choice called text; -1, and why, where there is none. */
static int find_choice(const struct option *option, const char *text,
                       char why[OPTION_REASON_LENGTH])
{
	char range[OPTION_VALUE_LENGTH];
	int choice = option_choice_index(option, text);
	if (choice >= 0)
		return choice;
	option_print_choices(option, range);
	snprintf(why, OPTION_REASON_LENGTH, "\"%.64s\" is none of %.128s", text, range);
	return -1;
}

/* ---- choices ---- */

static bool parse_choice(const struct option *option, const char *text, void *value,
                         char why[OPTION_REASON_LENGTH])
{
	int choice = find_choice(option, text, why);
	if (choice >= 0)
		*(int *)value = choice;
	return choice >= 0;
}

static void print_choice(const struct option *option, const void *value,
                         char text[OPTION_VALUE_LENGTH])
{
	strcpy(text, option_choices(option)[*(const int *)value]);
}

static bool same_choice(const void *a, const void *b)
{
	return *(const int *)a == *(const int *)b;
}

static double index_of_choice(const void *value)
{
	return *(const int *)value;
}

static void put_choice(void *value, double number)
{
	*(int *)value = (int)number;
}

const struct option_type option_type_choice = {
	.size = sizeof(int),
	.parse = parse_choice,
	.print = print_choice,
	.equal = same_choice,
	.print_range = option_print_choices,
	.number = index_of_choice,
	.put_number = put_choice,
	.is_choice = true,
};

const struct option_type option_type_auto = {
	.size = sizeof(int),
	.parse = parse_choice,
	.print = print_choice,
	.equal = same_choice,
	.print_range = option_print_choices,
	.number = index_of_choice,
	.put_number = put_choice,
	.choices = auto_on_off,
	.is_choice = true,
	.alone = "on",
};

/* ---- flags and switches ---- */

static bool parse_flag(const struct option *option, const char *text, void *value,
                       char why[OPTION_REASON_LENGTH])
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		return option_refuse_kind(option, text, "yes or no", why);
	*(bool *)value = !strcmp(text, "yes");
	return true;
}

static bool parse_switch(const struct option *option, const char *text, void *value,
                         char why[OPTION_REASON_LENGTH])
{
	int choice = find_choice(option, text, why);
	if (choice >= 0)
		*(bool *)value = choice;
	return choice >= 0;
}

static void print_bool(const struct option *option, const void *value,
                       char text[OPTION_VALUE_LENGTH])
{
	strcpy(text, option->type->choices[*(const bool *)value]);
}

static bool same_bool(const void *a, const void *b)
{
	return *(const bool *)a == *(const bool *)b;
}

static double number_of_bool(const void *value)
{
	return *(const bool *)value;
}

static void put_bool(void *value, double number)
{
	*(bool *)value = number != 0;
}

/* What stands alone on the command line has no range to show. */
const struct option_type option_type_flag = {
	.size = sizeof(bool),
	.parse = parse_flag,
	.print = print_bool,
	.equal = same_bool,
	.choices = no_yes,
	.alone = "yes",
};

const struct option_type option_type_switch = {
	.size = sizeof(bool),
	.parse = parse_switch,
	.print = print_bool,
	.equal = same_bool,
	.print_range = option_print_choices,
	.number = number_of_bool,
	.put_number = put_bool,
	.choices = off_on,
	.is_choice = true,
	.alone = "on",
};
