/* Values of options, in the whole set or in a dream part alone, by way of their types. */
#include <string.h>

#include "app/options/options.h"

void *option_place(struct options *options, const struct option *option)
{
	return (char *)options + option->part + option->place;
}

const void *option_value(const struct options *options, const struct option *option)
{
	return (const char *)options + option->part + option->place;
}

bool option_in_dream(const struct option *option)
{
	return option->part == offsetof(struct options, dream);
}

void *option_dream_place(struct option_dream *dream, const struct option *option)
{
	return (char *)dream + option->place;
}

const void *option_dream_value(const struct option_dream *dream, const struct option *option)
{
	return (const char *)dream + option->place;
}

rv_status option_parse(const struct option *option, const char *text, void *value,
                       const char *prefix, rv_error *error)
{
	char why[OPTION_REASON_LENGTH] = "";
	if (option->type->parse(option, text, value, why))
		return RV_OK;
	return rv_fail(error, RV_INVALID, "%s%s: %s", prefix, option->name, why);
}

rv_status option_set(struct options *options, const struct option *option, const char *text,
                     const char *prefix, rv_error *error)
{
	if (option_in_dream(option))
		return option_dream_set(&options->dream, option, text, prefix, error);
	return option_parse(option, text, option_place(options, option), prefix, error);
}

/* Presets, stores and scores are lines. */
rv_status option_dream_set(struct option_dream *dream, const struct option *option,
                           const char *text, const char *prefix, rv_error *error)
{
	if (strpbrk(text, "\r\n"))
		return rv_fail(error, RV_INVALID,
		               "%s%s: there is an end of line in it, which no preset can hold; "
		               "rename the file",
		               prefix, option->name);
	rv_status status =
		option_parse(option, text, option_dream_place(dream, option), prefix, error);
	if (status == RV_OK)
		dream->given[option - option_table] = true;
	return status;
}

double option_number(const struct options *options, const struct option *option)
{
	return option->type->number(option_value(options, option));
}

void option_set_number(struct options *options, const struct option *option, double number)
{
	option->type->put_number(option_place(options, option), number);
	if (option_in_dream(option))
		options->dream.given[option - option_table] = true;
}

void option_print(const struct option *option, const void *value, char text[OPTION_VALUE_LENGTH])
{
	text[0] = '\0';
	option->type->print(option, value, text);
}

void option_format(const struct options *options, const struct option *option,
                   char text[OPTION_VALUE_LENGTH])
{
	option_print(option, option_value(options, option), text);
}

void option_copy(struct options *options, const struct option *option, const struct options *from)
{
	size_t place = (size_t)(option - option_table);
	memcpy(option_place(options, option), option_value(from, option), option->type->size);
	if (option_in_dream(option))
		options->dream.given[place] = from->dream.given[place];
}

/* ---- equality ---- */

static bool parts_equal(const struct options *a, const struct options *b)
{
	for (const struct option *option = option_table; option->name; option++)
		if (!option_in_dream(option) &&
		    !option->type->equal(option_value(a, option), option_value(b, option)))
			return false;
	return true;
}

/* params has fields that are no options, too. */
bool option_dream_equal(const struct option_dream *a, const struct option_dream *b)
{
	if (!rv_params_equal(&a->params, &b->params))
		return false;
	for (const struct option *option = option_table; option->name; option++)
		if (option_in_dream(option) && !option->type->equal(option_dream_value(a, option),
		                                                    option_dream_value(b, option)))
			return false;
	return true;
}

bool options_equal(const struct options *a, const struct options *b)
{
	return !strcmp(a->call.operand, b->call.operand) &&
	       !strcmp(a->call.second, b->call.second) &&
	       option_dream_equal(&a->dream, &b->dream) && parts_equal(a, b);
}
