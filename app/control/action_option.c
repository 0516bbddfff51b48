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

/* Numbers are rounded to thousandths: otherwise the errors of many small steps would add up, and a
 * value would never be round again. */
static void put_number(struct action_state *state, const struct option *option, double value)
{
	value = within(value, option->range->minimum, option->range->maximum);
	if (option->type == &option_type_number)
		value = round(value * 1000) / 1000;
	option_set_number(&state->options, option, value);
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
	put_number(state, option,
	           option->type->number(option_value(&state->options, option)) + amount);
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
static double value_at(const struct dial *dial)
{
	if (!dial->has_ends && dial->low > 0 && dial->high / dial->low > 50)
		return dial->low * pow(dial->high / dial->low, dial->position);
	return dial->low + dial->position * (dial->high - dial->low);
}

rv_status action_dial(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct option *option = call->option;
	bool is_choice = option->type->is_choice;
	struct dial dial;
	if (!is_choice && !can_be_added_to(option))
		return rv_fail(error, RV_INVALID, "%s is nothing to turn", option->name);
	rv_status status = read_dial(option, call->value, &dial, error);
	if (status != RV_OK)
		return status;
	if (is_choice && dial.has_ends)
		return rv_fail(error, RV_INVALID, "%s has choices, and no ends to turn between",
		               option->name);
	if (is_choice) {
		int count = option_choice_count(option);
		option_set_number(&state->options, option,
		                  within(floor(dial.position * count), 0, count - 1));
	} else {
		double value = value_at(&dial);
		put_number(state, option,
		           option->type == &option_type_whole ? round(value) : value);
	}
	tell_value(state, option);
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
	int next = (int)option->type->number(option_value(&state->options, option)) + 1;
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
