#include "app/control/action_dream.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options/preset.h"

/* ---- layers and channels ---- */

static int find_layer(const struct action_state *state, const char *name)
{
	for (int i = 0; i < state->layer_count; i++)
		if (!strcmp(name, state->layers[i].name))
			return i;
	return -1;
}

/* The index of the layer that is dreamed of; of several, that of the first. */
static int current_layer(const struct action_state *state)
{
	const struct option_layers *layers = &state->options.dream.layers;
	int index = layers->count ? find_layer(state, layers->list[0].name) : -1;
	return index >= 0 ? index : state->default_layer;
}

static void go_to_layer(struct action_state *state, int index)
{
	struct options *options = &state->options;
	option_layers_set(&options->dream.layers, state->layers[index].name);
	options->dream.channels = (struct option_channels){0};
	snprintf(state->message, sizeof(state->message), "layer %.100s", state->layers[index].name);
}

static bool may_browse(const struct action_state *state, int index)
{
	return state->layers[index].browsed && state->layers[index].channels > 0;
}

rv_status action_move_layer(struct action_state *state, const struct action_call *call,
                            rv_error *error)
{
	if (!state->layer_count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no layers to go through");
	int now = current_layer(state), index = now + call->action->by;
	while (index >= 0 && index < state->layer_count && !may_browse(state, index))
		index += call->action->by;
	go_to_layer(state, index >= 0 && index < state->layer_count ? index : now);
	return RV_OK;
}

/* Chooses one channel of the current layer, or with -1 all of them. */
static void go_to_channel(struct action_state *state, int channel)
{
	struct option_channels *channels = &state->options.dream.channels;
	int count = state->layers[current_layer(state)].channels;
	channels->count = channel >= 0;
	channels->list[0] = channel >= 0 ? channel : 0;
	if (channel >= 0)
		snprintf(state->message, sizeof(state->message), "channel %d of %d", channel,
		         count);
	else
		snprintf(state->message, sizeof(state->message), "all %d channels", count);
}

static rv_status count_channels(const struct action_state *state, int *count, rv_error *error)
{
	*count = state->layer_count ? state->layers[current_layer(state)].channels : 0;
	return *count ? RV_OK
	              : rv_fail(error, RV_NOT_FOUND, "this layer has no channels to go through");
}

/* Channel -1, which is all of them, comes before channel 0. */
rv_status action_move_channel(struct action_state *state, const struct action_call *call,
                              rv_error *error)
{
	const struct option_channels *channels = &state->options.dream.channels;
	int count, channel = channels->count ? channels->list[0] : -1;
	rv_status status = count_channels(state, &count, error);
	if (status == RV_OK)
		go_to_channel(state, (int)fmin(fmax(channel + call->action->by, -1), count - 1));
	return status;
}

static rv_status refuse_layer(const struct action_state *state, const char *name, rv_error *error)
{
	const char *nearest = NULL;
	int least = INT_MAX;
	for (int i = 0; i < state->layer_count; i++) {
		int distance = rv_edit_distance(name, state->layers[i].name);
		if (distance >= least)
			continue;
		least = distance;
		nearest = state->layers[i].name;
	}
	return rv_fail(error, RV_NOT_FOUND,
	               "layer %.64s: this network has none to dream of; did you mean %.64s?", name,
	               nearest);
}

static rv_status check_channels(const struct option_channels *channels,
                                const struct action_layer *layer, rv_error *error)
{
	for (int i = 0; i < channels->count; i++)
		if (layer->channels && channels->list[i] >= layer->channels)
			return rv_fail(error, RV_INVALID, "channel %d: %.64s has only 0 to %d",
			               channels->list[i], layer->name, layer->channels - 1);
	return RV_OK;
}

rv_status action_check_layers(const struct action_state *state, const struct option_dream *dream,
                              rv_error *error)
{
	const struct option_layers *layers = &dream->layers;
	rv_status status = RV_OK;
	if (!state->layer_count)
		return RV_OK;
	if (!layers->count)
		return check_channels(&dream->channels, &state->layers[state->default_layer],
		                      error);
	for (int i = 0; i < layers->count && status == RV_OK; i++) {
		int index = find_layer(state, layers->list[i].name);
		status = index < 0 ? refuse_layer(state, layers->list[i].name, error)
		                   : check_channels(&dream->channels, &state->layers[index], error);
	}
	return status;
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

static int random_below(struct action_state *state, int limit)
{
	return (int)(next_random(state) % (uint64_t)limit);
}

rv_status action_random_channel(struct action_state *state, const struct action_call *call,
                                rv_error *error)
{
	int count;
	rv_status status = count_channels(state, &count, error);
	(void)call;
	if (status == RV_OK)
		go_to_channel(state, random_below(state, count));
	return status;
}

rv_status action_randomise(struct action_state *state, const struct action_call *call,
                           rv_error *error)
{
	int count = 0, index = -1;
	for (int i = 0; i < state->layer_count; i++)
		count += may_browse(state, i);
	if (!count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no layers to choose from");
	for (int left = random_below(state, count); left >= 0; left -= may_browse(state, index))
		index++;
	go_to_layer(state, index);
	if (next_random(state) & 1)
		action_random_channel(state, call, error);
	snprintf(state->message, sizeof(state->message), "layer %.100s%s",
	         state->layers[index].name,
	         state->options.dream.channels.count ? ", one channel" : "");
	return RV_OK;
}

/* Takes over what presets hold, except for the network: the one that is open stays. */
static void take_dream(struct option_dream *dream, const struct option_dream *from)
{
	struct option_network open = dream->network;
	*dream = *from;
	dream->network = open;
}

/* Of a preset by its name, in which there may be points, or by its path. */
static void preset_name(const char *preset, char name[ACTION_NAME_LENGTH])
{
	const char *slash = strrchr(preset, '/'), *last = slash ? slash + 1 : preset;
	const char *point = strrchr(last, '.');
	bool is_file = point && !strcmp(point, ".preset");
	snprintf(name, ACTION_NAME_LENGTH, "%.*s",
	         (int)(is_file ? (size_t)(point - last) : strlen(last)), last);
}

/* The preset that the dream is named by is the current one of the list; where it has none, the last
 * one stays. */
static void find_current_preset(struct action_state *state)
{
	char name[ACTION_NAME_LENGTH];
	for (int i = 0; i < state->preset_count; i++) {
		preset_name(state->presets[i], name);
		if (!strcmp(name, state->named.name))
			state->preset = i + 1;
	}
}

void action_name_dream(struct action_state *state, const char *preset)
{
	preset_name(preset, state->named.name);
	state->named.dream = state->options.dream;
	find_current_preset(state);
}

bool action_is_changed(const struct action_state *state)
{
	return state->named.name[0] && !state->fade.on &&
	       !option_dream_equal(&state->named.dream, &state->options.dream);
}

void action_take_dream(struct action_state *state, const struct option_dream *preset,
                       const char *name, double seconds)
{
	struct option_dream before = state->options.dream;
	take_dream(&state->options.dream, preset);
	action_name_dream(state, name);
	fade_begin(&state->fade, &before, &state->options.dream, seconds);
	if (state->fade.on)
		state->requests |= ACTION_FADE;
}

static rv_status take_preset(struct action_state *state, const char *preset, rv_error *error)
{
	struct option_dream loaded = option_dream_default();
	char name[ACTION_NAME_LENGTH];
	preset_name(preset, name);
	const char *open = state->options.dream.network.name;
	strcpy(loaded.network.name, open);
	rv_status status = preset_load(&loaded, preset, error);
	if (status != RV_OK ||
	    (status = preset_check_network(loaded.network.name, name, open, error)) != RV_OK)
		return status;
	option_dream_settle(&loaded, open);
	/* Before it is the current one, which the next one is counted from. */
	status = action_check_layers(state, &loaded, error);
	if (status != RV_OK)
		return status;
	action_take_dream(state, &loaded, name, (double)state->options.live.fade);
	snprintf(state->message, sizeof(state->message), "preset %s", name);
	return RV_OK;
}

rv_status action_move_preset(struct action_state *state, const struct action_call *call,
                             rv_error *error)
{
	if (!state->preset_count)
		return rv_fail(error, RV_NOT_FOUND, "there are no presets");
	/* Where none is the current one, forward begins with the first, backward with the last. */
	int count = state->preset_count, by = call->action->by;
	int index = state->preset ? state->preset - 1 + by : by > 0 ? 0 : count - 1;
	index = (index % count + count) % count;
	rv_status status = take_preset(state, state->presets[index], error);
	state->preset = index + 1; /* one that cannot be taken is passed by, too */
	return status;
}

/* A path is refused: whoever sends actions over a network must not be able to have any file read.
 */
rv_status action_preset(struct action_state *state, const struct action_call *call, rv_error *error)
{
	if (strchr(call->value, '/') || call->value[0] == '.')
		return rv_fail(error, RV_INVALID, "preset %.64s: the name of one, not a file",
		               call->value);
	return take_preset(state, call->value, error);
}

/* history holds first the undo_count changes that can be undone, the newest last, and behind them
 * the redo_count changes that can be made again, the one undone last first. */
void action_remember(struct action_state *state)
{
	if (state->undo_count == ACTION_UNDO_MAX)
		memmove(state->history, state->history + 1,
		        sizeof(state->history[0]) * (size_t)--state->undo_count);
	state->history[state->undo_count++] = (struct action_change){
		state->before.dream, state->named_before, state->before.output.size};
	state->redo_count = 0;
}

/* Swaps the dream with that in the history, so that it can be swapped back. */
static void swap_dream(struct action_state *state, struct action_change *other)
{
	struct options *options = &state->options;
	struct action_change now = {options->dream, state->named, options->output.size};
	take_dream(&options->dream, &other->dream);
	state->named = other->named;
	find_current_preset(state);
	options->output.size = other->size;
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
	if (state->preset_count < ACTION_PRESETS_MAX &&
	    preset_fits(path, state->options.dream.network.name))
		snprintf(state->presets[state->preset_count++], PATH_LENGTH, "%s", path);
}

void action_find_presets(struct action_state *state)
{
	struct paths folders = paths_preset_folders();
	state->preset_count = state->preset = 0;
	paths_each(&folders, ".preset", add_preset, state);
	find_current_preset(state);
}
