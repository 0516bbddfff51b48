#include "app/control/action.h"

#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/control/action_atlas.h"
#include "app/control/action_display.h"
#include "app/control/action_dream.h"
#include "app/control/action_option.h"
#include "app/control/action_store.h"

enum { WORD_LENGTH = 64 };

static const int64_t pause = CLOCK_SECOND; /* after which a knob is turned anew */

const struct action action_table[] = {
	{"add", "OPTION AMOUNT", "raise or lower a number", .run = action_add},
	{"dial", "OPTION POSITION", "put it where a knob is, 0 to 1; or as `0.5 LOW HIGH`",
         .run = action_dial},
	{"set", "OPTION VALUE", "give an option a value", .run = action_set},
	{"cycle", "OPTION", "go to an option's next choice", .run = action_cycle},
	{"toggle", "OPTION VALUE", "choose that, or what was there before", .run = action_toggle},
	{"layer-up", NULL, "dream of the next layer", .run = action_move_layer, .by = 1},
	{"layer-down", NULL, "dream of the layer before", .run = action_move_layer, .by = -1},
	{"channel-up", NULL, "dream of the layer's next channel alone", .run = action_move_channel,
         .by = 1},
	{"channel-down", NULL, "dream of the channel before, at last of all",
         .run = action_move_channel, .by = -1},
	{"channel-random", NULL, "dream of one of the layer's channels by chance",
         .run = action_random_channel},
	{"random", NULL, "a layer, and perhaps a channel, by chance", .run = action_randomise},
	{"preset", "NAME", "take that preset", .run = action_preset},
	{"preset-next", NULL, "the next preset", .run = action_move_preset, .by = 1},
	{"preset-previous", NULL, "the preset before", .run = action_move_preset, .by = -1},
	{"store", "NUMBER", "keep the dream there, 1 to 9, for later sessions too",
         .run = action_store, .guarded = true, .no_undo = true},
	{"recall", "NUMBER", "dream what was stored there", .run = action_recall},
	{"undo", NULL, "take back the last change of the dream", .run = action_undo,
         .message = "undone", .no_undo = true},
	{"redo", NULL, "make it again", .run = action_redo, .message = "made again",
         .no_undo = true},
	{"save-preset", NULL, "write the settings to a preset in this folder",
         .requests = ACTION_SAVE_PRESET, .guarded = true},
	{"reset", NULL, "forget the dream so far", .requests = ACTION_RESET,
         .message = "dreaming anew"},
	{"brush-clear", NULL, "forget what the brush painted", .requests = ACTION_CLEAR_BRUSH,
         .message = "the brush's mask is gone"},
	{"atlas-move", "X,Y", "go so many tiles across and down the atlas",
         .run = action_move_in_atlas, .no_undo = true},
	{"atlas-choose", NULL, "dream of the chosen tile", .run = action_choose_from_atlas},
	{"atlas-place", NULL, "dream of it where the pipette points alone",
         .run = action_choose_at_place, .requests = ACTION_PAINT_PLACE},
	{"probe", "X,Y", "offer the channels that answer at this place", .run = action_probe,
         .requests = ACTION_PROBE, .no_undo = true},
	{"screenshot", NULL, "write a PNG, with the settings in it, to this folder",
         .requests = ACTION_SCREENSHOT, .guarded = true},
	{"learn", NULL, "bind the next MIDI knob or key to what was last changed",
         .requests = ACTION_LEARN, .guarded = true},
	{"record", NULL, "start or stop a video, with sound, in this folder",
         .requests = ACTION_RECORD, .guarded = true},
	{"input-next", NULL, "show the next input", .run = action_move_input, .by = 1,
         .no_undo = true},
	{"input-previous", NULL, "show the input before", .run = action_move_input, .by = -1,
         .no_undo = true},
	{"playlist-next", NULL, "go on to the playlist's next line",
         .requests = ACTION_PLAYLIST_NEXT},
	{"playlist-pause", NULL, "let the playlist wait, or go on",
         .requests = ACTION_PLAYLIST_PAUSE},
	{"tap", NULL, "tap beats, which go on at that tempo where no sound is heard",
         .requests = ACTION_TAP},
	{"beat", NULL, "a beat that another program tells, and that leads over what is heard",
         .requests = ACTION_BEAT},
	{"tempo", "BEATS", "go on at so many beats a minute, whatever is heard; 0: no more",
         .run = action_tell_tempo, .requests = ACTION_TEMPO, .no_undo = true},
	{"next-display", NULL, "show on the next display", .requests = ACTION_NEXT_DISPLAY},
	{"corner-move", "X,Y", "move the marked corner by so many pixels",
         .run = action_move_corner, .guarded = true, .no_undo = true},
	{"corner-reset", NULL, "make the display whole again", .run = action_reset_corners,
         .message = "corners as they were", .guarded = true, .no_undo = true},
	{"quit", NULL, "end", .requests = ACTION_QUIT, .guarded = true},
	{"leave", NULL, "leave fullscreen; where there is none, end", .run = action_leave,
         .guarded = true, .no_undo = true},
	{.name = NULL},
};

/* ---- taking apart ---- */

bool action_can_change(const struct option *option)
{
	return option && option->cost != OPTION_START && (option->commands & COMMAND_LIVE) &&
	       option->group != OPTION_GROUP_NETWORK && option->group != OPTION_GROUP_DEVICE;
}

const struct action *action_find(const char *name)
{
	for (const struct action *action = action_table; action->name; action++)
		if (!strcmp(action->name, name))
			return action;
	return NULL;
}

/* Copies the word that text begins with, and moves text behind it and the blanks around it. */
static void take_word(const char **text, char word[WORD_LENGTH])
{
	*text += strspn(*text, " ");
	size_t length = strcspn(*text, " ");
	snprintf(word, WORD_LENGTH, "%.*s", (int)length, *text);
	*text += length;
	*text += strspn(*text, " ");
}

rv_status action_parse(struct action_call *call, const char *text, rv_error *error)
{
	char name[WORD_LENGTH], option[WORD_LENGTH] = "";
	const char *rest = text;
	take_word(&rest, name);
	call->action = action_find(name);
	call->option = NULL;
	if (!call->action)
		return rv_fail(error, RV_INVALID,
		               "%.64s: no such action; `reverie --help keys` lists them",
		               name[0] ? name : text);
	const char *arguments = call->action->arguments ? call->action->arguments : "";
	bool needs_option = !strncmp(arguments, "OPTION", 6);
	bool needs_value = needs_option ? strchr(arguments, ' ') != NULL : arguments[0] != '\0';
	if (needs_option)
		take_word(&rest, option);
	if (needs_option != (option[0] != '\0') || needs_value != (rest[0] != '\0') ||
	    strlen(rest) >= sizeof(call->value))
		return rv_fail(error, RV_INVALID, "%.64s: it goes `%s%s%s`", text, name,
		               arguments[0] ? " " : "", arguments);
	strcpy(call->value, rest);
	if (needs_option)
		call->option = option_find(option, COMMAND_LIVE);
	if (needs_option && !action_can_change(call->option))
		return rv_fail(error, RV_INVALID, "%.64s: no option that changes while it runs",
		               option);
	return RV_OK;
}

rv_status action_check(const char *text, rv_error *error)
{
	struct action_call call;
	return action_parse(&call, text, error);
}

bool action_is_guarded(const char *text)
{
	struct action_call call;
	return action_parse(&call, text, NULL) == RV_OK && call.action->guarded;
}

/* ---- running ---- */

/* What only the view shows is not worth undoing. */
static bool changes_dream(const struct action_call *call)
{
	if (call->option)
		return call->option->group != OPTION_GROUP_LIVE &&
		       call->option->group != OPTION_GROUP_DISPLAY;
	return call->action->run && !call->action->no_undo;
}

/* What it changed is all, or nothing where it failed. */
static rv_status run(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct action *action = call->action;
	rv_status status = RV_OK;
	const unsigned requests = state->requests;
	state->before = state->options;
	state->named_before = state->named;
	state->fade_before = state->fade;
	snprintf(state->message, sizeof(state->message), "%s",
	         action->message ? action->message : "");
	if (action->run)
		status = action->run(state, call, error);
	if (status == RV_OK)
		status = action_check_input(state, error);
	if (status == RV_OK && changes_dream(call))
		status = action_check_layers(state, &state->options.dream, error);
	if (status != RV_OK) {
		state->options = state->before;
		state->named = state->named_before;
		state->fade = state->fade_before;
		state->requests = requests;
		return status;
	}
	state->requests |= action->requests;
	return RV_OK;
}

/* Repetitions of one action are undone together, and so are the positions of a knob that is turned.
 */
static bool goes_on(const struct action_state *state, const struct action_call *call,
                    const char *text)
{
	size_t before_value = strlen(text) - strlen(call->value);
	bool turns = call->action->run == action_dial && state->now - state->last_at < pause;
	return !strcmp(text, state->last) || (turns && !strncmp(text, state->last, before_value));
}

rv_status action_run(struct action_state *state, const char *text, rv_error *error)
{
	struct action_call call;
	rv_status status = action_parse(&call, text, error);
	if (status == RV_OK)
		status = run(state, &call, error);
	if (status != RV_OK)
		return status;
	if (changes_dream(&call) && !goes_on(state, &call, text))
		action_remember(state);
	if (call.action->requests & ACTION_LEARN)
		return RV_OK;
	snprintf(state->last, sizeof(state->last), "%s", text);
	state->last_at = state->now;
	if (call.option)
		state->last_option = call.option;
	return RV_OK;
}

rv_status action_follow(struct action_state *state, const char *text, rv_error *error)
{
	struct action_call call;
	rv_status status = action_parse(&call, text, error);
	return status == RV_OK ? run(state, &call, error) : status;
}
