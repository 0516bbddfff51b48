#include "action_dream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/preset.h"

/* ---- options by name ---- */

static double number_of(const struct options *options, const struct option *option)
{
	const void *place = (const char *)options + option->place;
	const int *whole = place;
	const float *number = place;
	return option->type == OPTION_WHOLE ? *whole : (double)*number;
}

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

rv_status action_set(struct action_state *state, const struct action_call *call, rv_error *error)
{
	rv_status status = option_set(&state->options, call->option, call->value, "", error);
	if (status == RV_OK)
		tell_value(state, call->option);
	return status;
}

/* Stops at the ends of the range: a key held down is no mistake. */
rv_status action_add(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct option *option = call->option;
	const char *value = call->value;
	void *place = (char *)&state->options + option->place;
	int *whole = place;
	float *number = place;
	char *end;
	double amount = strtod(value, &end);
	if ((option->type != OPTION_WHOLE && option->type != OPTION_NUMBER) || option->odd)
		return rv_fail(error, RV_INVALID, "%s is no number to add to", option->name);
	if (end == value || *end || !(amount >= -1e6 && amount <= 1e6))
		return rv_fail(error, RV_INVALID, "\"%.32s\" is not a number to add to %s", value,
		               option->name);
	double sum = within(number_of(&state->options, option) + amount, option->minimum,
	                    option->maximum);
	if (option->type == OPTION_WHOLE)
		*whole = (int)sum;
	else /* in thousandths, or many small steps would end beside round numbers */
		*number = (float)((double)(long)(sum * 1000 + (sum < 0 ? -0.5 : 0.5)) / 1000);
	tell_value(state, option);
	return RV_OK;
}

rv_status action_cycle(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct option *option = call->option;
	void *member = (char *)&state->options + option->place;
	int *place = member;
	if (option->type != OPTION_CHOICE)
		return rv_fail(error, RV_INVALID, "%s has no choices to go through", option->name);
	(*place)++;
	if (!option->choices[*place])
		*place = 0;
	tell_value(state, option);
	return RV_OK;
}

/* ---- layers and channels ---- */

static int current_layer(const struct action_state *state)
{
	const struct option_layers *layers = &state->options.layers;
	for (int i = 0; layers->count && i < state->layer_count; i++)
		if (!strcmp(layers->list[0].name, state->layers[i].name))
			return i;
	return state->default_layer;
}

static void go_to_layer(struct action_state *state, int index)
{
	struct options *options = &state->options;
	index = (int)within(index, 0, state->layer_count - 1);
	options->layers.count = 1;
	options->layers.list[0].weight = 1;
	snprintf(options->layers.list[0].name, RV_LAYER_NAME_LENGTH, "%s",
	         state->layers[index].name);
	options->channels.count = 0;
	snprintf(state->message, sizeof(state->message), "layer %.100s", state->layers[index].name);
}

rv_status action_move_layer(struct action_state *state, const struct action_call *call,
                            rv_error *error)
{
	if (!state->layer_count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no layers to go through");
	go_to_layer(state, current_layer(state) + call->action->by);
	return RV_OK;
}

/* All channels come before the first single one. */
rv_status action_move_channel(struct action_state *state, const struct action_call *call,
                              rv_error *error)
{
	struct option_channels *channels = &state->options.channels;
	if (!state->layer_count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no channels to go through");
	int count = state->layers[current_layer(state)].channels;
	int channel = channels->count ? channels->list[0] : -1;
	channel = (int)within(channel + call->action->by, -1, count - 1);
	channels->count = channel >= 0;
	channels->list[0] = channel >= 0 ? channel : 0;
	if (channel >= 0)
		snprintf(state->message, sizeof(state->message), "channel %d of %d", channel,
		         count);
	else
		snprintf(state->message, sizeof(state->message), "all %d channels", count);
	return RV_OK;
}

/* ---- whole sets of options ---- */

/* splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
static uint64_t next_random(struct action_state *state)
{
	uint64_t z = state->random += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

rv_status action_randomise(struct action_state *state, const struct action_call *call,
                           rv_error *error)
{
	(void)call;
	if (!state->layer_count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no layers to choose from");
	int index = (int)(next_random(state) % (uint64_t)state->layer_count);
	int channels = state->layers[index].channels;
	go_to_layer(state, index);
	if (next_random(state) & 1) {
		struct option_channels *chosen = &state->options.channels;
		chosen->count = 1;
		chosen->list[0] = (int)(next_random(state) % (uint64_t)channels);
		snprintf(state->message, sizeof(state->message), "layer %.100s, channel %d",
		         state->layers[index].name, chosen->list[0]);
	}
	return RV_OK;
}

/* Takes over what presets hold, but for the network, which stays open. */
static void take_dream(struct options *options, const struct options *from)
{
	options->params = from->params;
	options->layers = from->layers;
	options->channels = from->channels;
	options->time = from->time;
}

rv_status action_move_preset(struct action_state *state, const struct action_call *call,
                             rv_error *error)
{
	struct options loaded = options_default();
	if (!state->preset_count)
		return rv_fail(error, RV_NOT_FOUND, "there are no presets");
	/* Before the first move in either direction, none is the current one. */
	int count = state->preset_count, by = call->action->by;
	int index = state->preset ? state->preset - 1 + by : by > 0 ? 0 : count - 1;
	index = (index % count + count) % count;
	const char *path = state->presets[index];
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	state->preset = index + 1;
	rv_status status = preset_load(&loaded, path, error);
	if (status != RV_OK)
		return status;
	take_dream(&state->options, &loaded);
	snprintf(state->message, sizeof(state->message), "preset %.*s", (int)strcspn(name, "."),
	         name);
	return RV_OK;
}

/* The newest of the undone changes comes first in what follows the newest change. */
void action_remember(struct action_state *state, const struct options *before)
{
	if (state->undo_count == ACTION_UNDO_MAX)
		memmove(state->history, state->history + 1,
		        sizeof(state->history[0]) * (size_t)--state->undo_count);
	state->history[state->undo_count++] = *before;
	state->redo_count = 0;
}

/* Swaps the dream with that in the history, so that it can be swapped back. */
static void swap_dream(struct action_state *state, struct options *other)
{
	struct options now = state->options;
	take_dream(&state->options, other);
	state->options.size = other->size;
	*other = now;
}

rv_status action_undo(struct action_state *state, const struct action_call *call, rv_error *error)
{
	(void)call;
	if (!state->undo_count)
		return rv_fail(error, RV_NOT_FOUND, "there is nothing to undo");
	swap_dream(state, &state->history[--state->undo_count]);
	state->redo_count++;
	return RV_OK;
}

rv_status action_redo(struct action_state *state, const struct action_call *call, rv_error *error)
{
	(void)call;
	if (!state->redo_count)
		return rv_fail(error, RV_NOT_FOUND, "there is nothing to redo");
	swap_dream(state, &state->history[state->undo_count++]);
	state->redo_count--;
	return RV_OK;
}

static void add_preset(void *context, const char *path, const char *name)
{
	struct action_state *state = context;
	(void)name;
	if (state->preset_count < ACTION_PRESETS_MAX)
		snprintf(state->presets[state->preset_count++], PATH_LENGTH, "%s", path);
}

void action_find_presets(struct action_state *state)
{
	struct paths folders = paths_preset_folders();
	state->preset_count = state->preset = 0;
	paths_each(&folders, ".preset", add_preset, state);
}
