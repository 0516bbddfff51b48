#include "app/control/remote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"

static const double whole_most = 1e9;

struct remote_argument remote_number(double number)
{
	struct remote_argument argument = {.is_number = true, .number = number};
	argument.is_whole = fabs(number) <= whole_most && number == floor(number);
	snprintf(argument.text, sizeof(argument.text), argument.is_whole ? "%.0f" : "%.7g", number);
	return argument;
}

struct remote_argument remote_text(const char *text)
{
	struct remote_argument argument = {0};
	snprintf(argument.text, sizeof(argument.text), "%.*s", REMOTE_TEXT_LENGTH - 1, text);
	return argument;
}

/* Many controllers can send numbers alone, so a choice may be given by its index, and a whole
 * number as a float that is near it. */
static const char *value_text(const struct option *option, const struct remote_argument *argument,
                              struct remote_argument *rounded)
{
	bool is_choice = option->type->is_choice;
	if (!argument->is_number || (!is_choice && option->type != &option_type_whole))
		return argument->text;
	*rounded = remote_number(round(argument->number));
	double index = rounded->number - (is_choice ? 0 : option->range->minimum);
	if (index >= 0 && index < option_choice_count(option))
		return option_choices(option)[(int)index];
	return rounded->text;
}

/* False: it does not fit. */
static bool append(struct remote_command *command, const char *separator, const char *text)
{
	size_t used = strlen(command->text);
	int length = snprintf(command->text + used, sizeof(command->text) - used, "%s%s", separator,
	                      text);
	return length >= 0 && (size_t)length < sizeof(command->text) - used;
}

static rv_status too_long(const char *name, rv_error *error)
{
	return rv_fail(error, RV_INVALID, "%.64s: its arguments are too long", name);
}

static bool names_file(const struct option *option, const char *value)
{
	struct option_targets targets = {0};
	char why[OPTION_REASON_LENGTH];
	bool found = option->file == OPTION_READS && strcmp(value, "default");
	if (option->type != &option_type_targets ||
	    !option->type->parse(option, value, &targets, why))
		return found; /* what is wrong with it is told when it is run */
	for (int i = 0; i < targets.count; i++)
		found = found || targets.list[i].file[0] || targets.list[i].mask[0];
	return found;
}

/* Who sends actions over a network is not to have any file read. text is an action's name, that of
 * an option, and a value. */
static rv_status refuse_files(const char *text, rv_error *error)
{
	char name[64];
	const char *at = text + strcspn(text, " ");
	at += strspn(at, " ");
	size_t length = strcspn(at, " ");
	snprintf(name, sizeof(name), "%.*s", (int)length, at);
	at += length;
	at += strspn(at, " ");
	const struct option *option = option_find(name, COMMAND_LIVE);
	if (!option || !*at || !names_file(option, at))
		return RV_OK;
	return rv_fail(error, RV_INVALID, "%s: no file is opened for who is elsewhere", name);
}

static rv_status set_option(const struct option *option, const struct remote_argument *arguments,
                            int count, struct remote_command *command, rv_error *error)
{
	struct remote_argument rounded;
	const char *separator = " ";
	if (count > 1 && !option->type->separator)
		return rv_fail(error, RV_INVALID, "%s takes one value, not %d", option->name,
		               count);
	command->kind = REMOTE_ACT;
	snprintf(command->text, sizeof(command->text), "set %s", option->name);
	for (int i = 0; i < count; i++, separator = option->type->separator)
		if (!append(command, separator, value_text(option, &arguments[i], &rounded)))
			return too_long(option->name, error);
	return refuse_files(command->text, error);
}

static rv_status act(const struct action *action, const struct remote_argument *arguments,
                     int count, struct remote_command *command, rv_error *error)
{
	command->kind = REMOTE_ACT;
	snprintf(command->text, sizeof(command->text), "%s", action->name);
	if (!action->arguments && count == 1 && arguments[0].is_number) {
		if (arguments[0].number == 0)
			command->kind = REMOTE_NOTHING;
		return RV_OK;
	}
	for (int i = 0; i < count; i++)
		if (!append(command, " ", arguments[i].text))
			return too_long(action->name, error);
	rv_status status = refuse_files(command->text, error);
	return status == RV_OK ? action_check(command->text, error) : status;
}

rv_status remote_translate(const char *name, const struct remote_argument *arguments, int count,
                           struct remote_command *command, rv_error *error)
{
	const struct option *option = option_find(name, COMMAND_LIVE);
	const struct action *action = action_find(name);
	command->text[0] = '\0';
	if (option && (action_can_change(option) || !action)) {
		if (option->is_private)
			return rv_fail(error, RV_INVALID, "%s: this is not told", option->name);
		if (!count) {
			command->kind = REMOTE_ASK;
			strcpy(command->text, option->name);
			return RV_OK;
		}
		if (!action_can_change(option))
			return rv_fail(error, RV_INVALID, "%s: this cannot change while it runs",
			               option->name);
		return set_option(option, arguments, count, command, error);
	}
	if (action)
		return act(action, arguments, count, command, error);
	return rv_fail(error, RV_INVALID,
	               "%.64s: there is no option and no action of this name; /reverie/list "
	               "names them",
	               name);
}

struct remote_argument remote_value(const struct options *options, const struct option *option)
{
	char text[OPTION_VALUE_LENGTH], *end;
	option_format(options, option, text);
	if (option->type == &option_type_switch)
		return remote_number(!strcmp(text, "on"));
	double number = strtod(text, &end);
	bool is_whole = option->type == &option_type_whole;
	bool is_numeric = is_whole || option->type == &option_type_number;
	if (is_numeric && end != text && !*end) {
		struct remote_argument value = remote_number(number);
		value.is_whole = is_whole; /* or its type would change */
		return value;
	}
	return remote_text(text[0] ? text : "default");
}
