#include "action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/preset.h"

enum { WORD_LENGTH = 64 };

/* ---- options by name ---- */

static bool can_change(const struct option *option)
{
	return option && option->cost != OPTION_START && (option->commands & COMMAND_LIVE) &&
	       option->group != OPTION_GROUP_NETWORK && option->group != OPTION_GROUP_DEVICE;
}

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

static rv_status set_option(struct action_state *state, const struct option *option,
                            const char *value, rv_error *error)
{
	rv_status status = option_set(&state->options, option, value, "", error);
	if (status == RV_OK)
		tell_value(state, option);
	return status;
}

/* Stops at the ends of the range: a key held down is no mistake. */
static rv_status add_to_option(struct action_state *state, const struct option *option,
                               const char *value, rv_error *error)
{
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

static rv_status cycle_option(struct action_state *state, const struct option *option,
                              const char *value, rv_error *error)
{
	int *place = (int *)((char *)&state->options + option->place);
	(void)value;
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

static rv_status move_layer(struct action_state *state, int by, rv_error *error)
{
	if (!state->layer_count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no layers to go through");
	go_to_layer(state, current_layer(state) + by);
	return RV_OK;
}

static rv_status layer_up(struct action_state *state, const struct option *option,
                          const char *value, rv_error *error)
{
	(void)option, (void)value;
	return move_layer(state, 1, error);
}

static rv_status layer_down(struct action_state *state, const struct option *option,
                            const char *value, rv_error *error)
{
	(void)option, (void)value;
	return move_layer(state, -1, error);
}

/* All channels come before the first single one. */
static rv_status move_channel(struct action_state *state, int by, rv_error *error)
{
	struct option_channels *channels = &state->options.channels;
	if (!state->layer_count)
		return rv_fail(error, RV_NOT_FOUND, "this network has no channels to go through");
	int count = state->layers[current_layer(state)].channels;
	int channel = channels->count ? channels->list[0] : -1;
	channel = (int)within(channel + by, -1, count - 1);
	channels->count = channel >= 0;
	channels->list[0] = channel >= 0 ? channel : 0;
	if (channel >= 0)
		snprintf(state->message, sizeof(state->message), "channel %d of %d", channel,
		         count);
	else
		snprintf(state->message, sizeof(state->message), "all %d channels", count);
	return RV_OK;
}

static rv_status channel_up(struct action_state *state, const struct option *option,
                            const char *value, rv_error *error)
{
	(void)option, (void)value;
	return move_channel(state, 1, error);
}

static rv_status channel_down(struct action_state *state, const struct option *option,
                              const char *value, rv_error *error)
{
	(void)option, (void)value;
	return move_channel(state, -1, error);
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

static rv_status randomise(struct action_state *state, const struct option *option,
                           const char *value, rv_error *error)
{
	(void)option, (void)value;
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

static rv_status next_preset(struct action_state *state, const struct option *option,
                             const char *value, rv_error *error)
{
	struct options loaded = options_default();
	(void)option, (void)value;
	if (!state->preset_count)
		return rv_fail(error, RV_NOT_FOUND, "there are no presets");
	const char *path = state->presets[state->next_preset];
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	state->next_preset = (state->next_preset + 1) % state->preset_count;
	rv_status status = preset_load(&loaded, path, error);
	if (status != RV_OK)
		return status;
	take_dream(&state->options, &loaded);
	snprintf(state->message, sizeof(state->message), "preset %.*s", (int)strcspn(name, "."),
	         name);
	return RV_OK;
}

static void remember(struct action_state *state)
{
	if (state->undo_count == ACTION_UNDO_MAX)
		memmove(state->undo, state->undo + 1,
		        sizeof(state->undo[0]) * (size_t)--state->undo_count);
	state->undo[state->undo_count++] = state->options;
}

static rv_status undo(struct action_state *state, const struct option *option, const char *value,
                      rv_error *error)
{
	(void)option, (void)value;
	if (!state->undo_count)
		return rv_fail(error, RV_NOT_FOUND, "there is nothing to undo");
	take_dream(&state->options, &state->undo[--state->undo_count]);
	snprintf(state->message, sizeof(state->message), "undone");
	return RV_OK;
}

/* ---- what others do ---- */

static rv_status quit(struct action_state *state, const struct option *option, const char *value,
                      rv_error *error)
{
	(void)option, (void)value, (void)error;
	state->requests |= ACTION_QUIT;
	return RV_OK;
}

static rv_status screenshot(struct action_state *state, const struct option *option,
                            const char *value, rv_error *error)
{
	(void)option, (void)value, (void)error;
	state->requests |= ACTION_SCREENSHOT;
	return RV_OK;
}

static rv_status reset(struct action_state *state, const struct option *option, const char *value,
                       rv_error *error)
{
	(void)option, (void)value, (void)error;
	state->requests |= ACTION_RESET;
	snprintf(state->message, sizeof(state->message), "dreaming anew");
	return RV_OK;
}

static rv_status save_preset(struct action_state *state, const struct option *option,
                             const char *value, rv_error *error)
{
	(void)option, (void)value, (void)error;
	state->requests |= ACTION_SAVE_PRESET;
	return RV_OK;
}

const struct action action_table[] = {
	{"add", "OPTION AMOUNT", "raise or lower a number", add_to_option},
	{"set", "OPTION VALUE", "give an option a value", set_option},
	{"cycle", "OPTION", "go to an option's next choice", cycle_option},
	{"layer-up", NULL, "dream of the next layer", layer_up},
	{"layer-down", NULL, "dream of the layer before", layer_down},
	{"channel-up", NULL, "dream of the layer's next channel alone", channel_up},
	{"channel-down", NULL, "dream of the channel before, at last of all", channel_down},
	{"random", NULL, "a layer, and perhaps a channel, by chance", randomise},
	{"preset-next", NULL, "the next preset", next_preset},
	{"save-preset", NULL, "write the settings to a preset in this folder", save_preset},
	{"undo", NULL, "take back the last change of the dream", undo},
	{"reset", NULL, "forget the dream so far", reset},
	{"screenshot", NULL, "write a PNG, with the settings in it, to this folder", screenshot},
	{"quit", NULL, "end", quit},
	{NULL, NULL, NULL, NULL},
};

/* ---- running ---- */

/* An action taken apart. */
struct call {
	const struct action *action;
	const struct option *option;
	char value[OPTION_VALUE_LENGTH];
};

static const struct action *find(const char *name)
{
	for (const struct action *action = action_table; action->name; action++)
		if (!strcmp(action->name, name))
			return action;
	return NULL;
}

static rv_status parse(struct call *call, const char *text, rv_error *error)
{
	char name[WORD_LENGTH] = "", option[WORD_LENGTH] = "";
	int used = 0;
	call->value[0] = '\0';
	if (strlen(text) < sizeof(call->value) &&
	    sscanf(text, " %63s %63s %n", name, option, &used) == 2 && used)
		strcpy(call->value, text + used);
	call->action = find(name);
	call->option = option_find(option, COMMAND_LIVE);
	if (!call->action)
		return rv_fail(error, RV_INVALID, "%.64s: no such action", name[0] ? name : text);
	bool needs_value = call->action->arguments && strchr(call->action->arguments, ' ');
	if ((call->action->arguments != NULL) != (option[0] != '\0') ||
	    needs_value != (call->value[0] != '\0'))
		return rv_fail(error, RV_INVALID, "%.64s: it goes `%s%s%s`", text,
		               call->action->name, call->action->arguments ? " " : "",
		               call->action->arguments ? call->action->arguments : "");
	if (call->action->arguments && !can_change(call->option))
		return rv_fail(error, RV_INVALID, "%.64s: no option that changes while it runs",
		               option);
	return RV_OK;
}

rv_status action_check(const char *text, rv_error *error)
{
	struct call call;
	return parse(&call, text, error);
}

/* What only the view shows is not worth undoing. */
static bool changes_dream(const struct call *call)
{
	if (call->option)
		return call->option->group != OPTION_GROUP_LIVE;
	return call->action->run != undo && call->action->run != quit &&
	       call->action->run != reset && call->action->run != screenshot &&
	       call->action->run != save_preset;
}

rv_status action_run(struct action_state *state, const char *text, rv_error *error)
{
	struct call call;
	rv_status status = parse(&call, text, error);
	if (status != RV_OK)
		return status;
	bool remembers = changes_dream(&call) && strcmp(text, state->last);
	if (remembers)
		remember(state);
	state->message[0] = '\0';
	status = call.action->run(state, call.option, call.value, error);
	if (status != RV_OK && remembers)
		state->undo_count--;
	else
		snprintf(state->last, sizeof(state->last), "%s", text);
	return status;
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
	state->preset_count = state->next_preset = 0;
	paths_each(&folders, ".preset", add_preset, state);
}
