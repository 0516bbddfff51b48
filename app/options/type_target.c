/* Values that say what is dreamed of: lists of targets, and of classes. */
#include <string.h>

#include "app/options/target.h"
#include "app/options/target_list.h"
#include "app/options/type.h"

/* ---- targets ---- */

static bool parse_targets(const struct option *option, const char *text, void *value,
                          char why[OPTION_REASON_LENGTH])
{
	struct option_targets targets;
	(void)option;
	if (!target_read(text, &targets, why))
		return false;
	*(struct option_targets *)value = targets;
	return true;
}

static void print_targets(const struct option *option, const void *value,
                          char text[OPTION_VALUE_LENGTH])
{
	(void)option;
	target_write(value, text);
}

/* What is printed holds all there is. */
static bool same_targets(const void *a, const void *b)
{
	char first[OPTION_VALUE_LENGTH], second[OPTION_VALUE_LENGTH];
	target_write(a, first);
	target_write(b, second);
	return !strcmp(first, second);
}

const struct option_type option_type_targets = {
	.size = sizeof(struct option_targets),
	.parse = parse_targets,
	.print = print_targets,
	.equal = same_targets,
	.separator = " ",
};

/* ---- classes ---- */

static bool parse_classes(const struct option *option, const char *text, void *value,
                          char why[OPTION_REASON_LENGTH])
{
	struct option_channels classes = {0};
	(void)option;
	if (!target_list_classes(text, classes.list, &classes.count, why))
		return false;
	*(struct option_channels *)value = classes;
	return true;
}

static void print_classes(const struct option *option, const void *value,
                          char text[OPTION_VALUE_LENGTH])
{
	const struct option_channels *classes = value;
	(void)option;
	target_list_write_classes(classes->list, classes->count, text, OPTION_VALUE_LENGTH);
}

static bool same_classes(const void *a, const void *b)
{
	return option_type_channels.equal(a, b);
}

const struct option_type option_type_classes = {
	.size = sizeof(struct option_channels),
	.parse = parse_classes,
	.print = print_classes,
	.equal = same_classes,
	.separator = ",",
};
