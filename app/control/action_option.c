#include "app/control/action_option.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/tempo.h"

static double within(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static void tell_value(struct action_state *state, const struct option *option)
{
	char value[OPTION_VALUE_LENGTH];
	option_format(&state->options, option, value);
	snprintf(state->message, sizeof(state->message), "%s %.100s", option->name,
	         value[0] ? value : "default");
}

/* Reads what tell_value() writes, which says "default" of an option that is not set. */
static rv_status set_value(struct options *options, const struct option *option, const char *value,
                           rv_error *error)
{
	if (strcmp(value, "default"))
		return option_set(options, option, value, "", error);
	struct options defaults = options_default();
	option_dream_settle(&defaults.dream, options->dream.network.name);
	option_copy(options, option, &defaults);
	return RV_OK;
}

/* Channels that bring their layer with them are of the one that is dreamed of from then on. */
static void take_own_layer(struct option_dream *dream)
{
	if (!dream->channels.count || !dream->channels.layer[0])
		return;
	option_layers_set(&dream->layers, dream->channels.layer);
	dream->channels.layer[0] = '\0';
}

rv_status action_set(struct action_state *state, const struct action_call *call, rv_error *error)
{
	rv_status status = set_value(&state->options, call->option, call->value, error);
	if (status != RV_OK)
		return status;
	if (call->option->type ==
	    &option_type_layers) /* the channels were those of another layer */
		state->options.dream.channels = (struct option_channels){0};
	if (call->option->type == &option_type_channels)
		take_own_layer(&state->options.dream);
	tell_value(state, call->option);
	return RV_OK;
}

/* A number that the option can be. They are rounded to thousandths: otherwise the errors of many
 * small steps would add up, and a value would never be round again. */
static double rounded(const struct option *option, double value)
{
	if (option->type->is_choice)
		return value;
	value = within(value, option->range->minimum, option->range->maximum);
	return option->type == &option_type_number ? round(value * 1000) / 1000 : value;
}

static bool can_be_added_to(const struct option *option)
{
	return option->type->number && !option->type->is_choice && !option->range->odd;
}

/* A sum beyond the range becomes the end of the range and is no error, since a key may be held
 * down. */
rv_status action_add(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct option *option = call->option;
	char *end;
	double amount = strtod(call->value, &end);
	if (!can_be_added_to(option))
		return rv_fail(error, RV_INVALID, "%s is no number to add to", option->name);
	if (end == call->value || *end || !(amount >= -1e6 && amount <= 1e6))
		return rv_fail(error, RV_INVALID, "\"%.32s\" is not a number to add to %s",
		               call->value, option->name);
	amount += option_number(&state->options, option);
	option_set_number(&state->options, option, rounded(option, amount));
	tell_value(state, option);
	return RV_OK;
}

/* Where a knob is, and from where to where it turns. */
struct dial {
	double position, low, high;
	bool has_ends; /* they were given, else they are the range's */
};

/* `POSITION` or `POSITION LOW HIGH`; the ends may be given the other way round. */
static rv_status read_dial(const struct option *option, const char *text, struct dial *dial,
                           rv_error *error)
{
	double numbers[3] = {0};
	int count = 0;
	const char *at = text;
	for (char *end; count < 3; count++, at = end) {
		numbers[count] = strtod(at, &end);
		if (end == at || !isfinite(numbers[count]))
			break;
	}
	*dial = (struct dial){numbers[0], option->range->minimum, option->range->maximum,
	                      count == 3};
	if ((count != 1 && count != 3) || at[strspn(at, " ")] || numbers[0] < 0 || numbers[0] > 1)
		return rv_fail(error, RV_INVALID,
		               "\"%.32s\" is no position for %s, which is from 0 to 1", text,
		               option->name);
	for (int i = 1; i < count; i++)
		if (numbers[i] < dial->low || numbers[i] > dial->high)
			return rv_fail(error, RV_INVALID, "%s goes from %g to %g, not to %g",
			               option->name, dial->low, dial->high, numbers[i]);
	if (dial->has_ends) {
		dial->low = numbers[1];
		dial->high = numbers[2];
	}
	return RV_OK;
}

/* A wide range above zero is turned through by equal factors instead of equal amounts, so that the
 * middle of zoom's 0.1 to 10 is 1. */
static bool goes_by_factors(const struct dial *dial)
{
	return !dial->has_ends && dial->low > 0 && dial->high / dial->low > 50;
}

static double value_at(const struct dial *dial)
{
	if (goes_by_factors(dial))
		return dial->low * pow(dial->high / dial->low, dial->position);
	return dial->low + dial->position * (dial->high - dial->low);
}

static double position_of(const struct dial *dial, double value)
{
	double position = dial->high == dial->low ? 0
	                  : goes_by_factors(dial)
	                          ? log(value / dial->low) / log(dial->high / dial->low)
	                          : (value - dial->low) / (dial->high - dial->low);
	return within(position, 0, 1);
}

/* What the option becomes where a knob is turned there. */
static double dialled(const struct option *option, const struct dial *dial)
{
	if (option->type->is_choice) {
		int count = option_choice_count(option);
		return within(floor(dial->position * count), 0, count - 1);
	}
	double value = value_at(dial);
	return rounded(option, option->type == &option_type_whole ? round(value) : value);
}

static rv_status read_dial_of(const struct option *option, const char *text, struct dial *dial,
                              rv_error *error)
{
	if (!option->type->is_choice && !can_be_added_to(option))
		return rv_fail(error, RV_INVALID, "%s is nothing to turn", option->name);
	rv_status status = read_dial(option, text, dial, error);
	if (status == RV_OK && option->type->is_choice && dial->has_ends)
		return rv_fail(error, RV_INVALID, "%s has choices, and no ends to turn between",
		               option->name);
	return status;
}

rv_status action_dial(struct action_state *state, const struct action_call *call, rv_error *error)
{
	struct dial dial;
	rv_status status = read_dial_of(call->option, call->value, &dial, error);
	if (status != RV_OK)
		return status;
	option_set_number(&state->options, call->option, dialled(call->option, &dial));
	tell_value(state, call->option);
	return RV_OK;
}

rv_status action_tell_tempo(struct action_state *state, const struct action_call *call,
                            rv_error *error)
{
	char *end;
	double beats = strtod(call->value, &end);
	if (end == call->value || *end || !(beats >= 0 && beats <= TEMPO_MOST))
		return rv_fail(error, RV_INVALID,
		               "\"%.32s\" is no tempo, which is from 0 to %d beats a minute",
		               call->value, TEMPO_MOST);
	state->tempo = beats;
	return RV_OK;
}

rv_status action_cycle(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct option *option = call->option;
	if (!option->type->is_choice)
		return rv_fail(error, RV_INVALID, "%s has no choices to go through", option->name);
	int next = (int)option_number(&state->options, option) + 1;
	option_set_number(&state->options, option, next % option_choice_count(option));
	tell_value(state, option);
	return RV_OK;
}

static bool is_same(const struct option *option, const struct options *a, const struct options *b)
{
	return option->type->equal(option_value(a, option), option_value(b, option));
}

rv_status action_toggle(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct option *option = call->option;
	struct options wanted;
	if (!option->type->number)
		return rv_fail(error, RV_INVALID, "%s has no values to switch between",
		               option->name);
	rv_status status = option_set(&wanted, option, call->value, "", error);
	if (status != RV_OK)
		return status;
	const struct options usual = options_default();
	if (!state->has_toggled)
		state->untoggled = usual;
	state->has_toggled = true;
	if (is_same(option, &wanted, &state->options)) {
		bool was_another = !is_same(option, &wanted, &state->untoggled);
		option_copy(&state->options, option, was_another ? &state->untoggled : &usual);
	} else {
		option_copy(&state->untoggled, option, &state->options);
		option_copy(&state->options, option, &wanted);
	}
	tell_value(state, option);
	return RV_OK;
}

/* ---- where an option stands ---- */

/* Of a choice: the first is 0, the last 1. */
static double choice_position(const struct options *options, const struct option *option)
{
	int count = option_choice_count(option);
	return count > 1 ? option_number(options, option) / (count - 1) : 0;
}

static double dial_position(const struct options *options, const struct action_call *call)
{
	struct dial dial;
	if (read_dial_of(call->option, call->value, &dial, NULL) != RV_OK)
		return -1;
	return call->option->type->is_choice
	               ? choice_position(options, call->option)
	               : position_of(&dial, option_number(options, call->option));
}

static double value_position(const struct options *options, const struct action_call *call)
{
	struct options wanted = *options;
	if (set_value(&wanted, call->option, call->value, NULL) != RV_OK)
		return -1;
	return is_same(call->option, options, &wanted);
}

double action_position(const struct options *options, const struct action_call *call)
{
	if (call->action->run == action_dial)
		return dial_position(options, call);
	if (call->action->run == action_cycle && call->option->type->is_choice)
		return choice_position(options, call->option);
	if (call->action->run == action_set || call->action->run == action_toggle)
		return value_position(options, call);
	return -1;
}

bool action_dial_is_right(const struct options *options, const struct action_call *call)
{
	struct dial dial;
	return call->action->run == action_dial &&
	       read_dial_of(call->option, call->value, &dial, NULL) == RV_OK &&
	       dialled(call->option, &dial) ==
	               rounded(call->option, option_number(options, call->option));
}
