#include "app/control/action_atlas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char action_atlas_no_place[] = "no place was pointed to; `probe 0.5,0.5` points to one";

int action_atlas_number(const struct action_atlas *atlas, int index)
{
	if (index < 0 || index >= atlas->count)
		return -1;
	return atlas->is_list ? atlas->list[index] : index;
}

static rv_status find_chosen(const struct action_state *state, int *number, rv_error *error)
{
	*number = action_atlas_number(&state->atlas, state->atlas.chosen);
	if (state->options.display.atlas && *number >= 0)
		return RV_OK;
	return rv_fail(error, RV_NOT_FOUND,
	               "nothing to choose from; `set atlas layer` opens the atlas");
}

static bool is_stride(int tiles)
{
	return tiles >= -ACTION_ATLAS_STRIDE && tiles <= ACTION_ATLAS_STRIDE;
}

rv_status action_move_in_atlas(struct action_state *state, const struct action_call *call,
                               rv_error *error)
{
	struct action_atlas *atlas = &state->atlas;
	int x, y, end = 0, number;
	if (sscanf(call->value, "%d,%d%n", &x, &y, &end) != 2 || call->value[end] ||
	    !is_stride(x) || !is_stride(y))
		return rv_fail(error, RV_INVALID, "\"%.32s\" is not how far to go, as in 1,-1",
		               call->value);
	rv_status status = find_chosen(state, &number, error);
	if (status != RV_OK)
		return status;
	int wanted = atlas->chosen + x + y * (atlas->columns > 0 ? atlas->columns : 1);
	if (wanted >= 0 && wanted < atlas->count)
		atlas->chosen = wanted;
	return RV_OK;
}

/* What else was asked for goes: the chosen one alone is what a person wants to see. */
static void clear_targets(struct option_dream *dream)
{
	dream->channels = dream->classes = (struct option_channels){0};
	dream->targets.count = 0;
	dream->guide[0] = '\0';
}

static void close_atlas(struct action_state *state, const char *what, int number)
{
	state->options.display.atlas = OPTION_ATLAS_OFF;
	snprintf(state->message, sizeof(state->message), "%s %d of %.100s", what, number,
	         state->atlas.layer);
}

rv_status action_choose_from_atlas(struct action_state *state, const struct action_call *call,
                                   rv_error *error)
{
	struct option_dream *dream = &state->options.dream;
	int number;
	rv_status status = find_chosen(state, &number, error);
	(void)call;
	if (status != RV_OK)
		return status;
	clear_targets(dream);
	struct option_channels *to = state->atlas.classes ? &dream->classes : &dream->channels;
	to->count = 1;
	to->list[0] = number;
	dream->layers.count = 0;
	if (!state->atlas.classes)
		option_layers_set(&dream->layers, state->atlas.layer);
	close_atlas(state, state->atlas.classes ? "class" : "channel", number);
	return RV_OK;
}

rv_status action_choose_at_place(struct action_state *state, const struct action_call *call,
                                 rv_error *error)
{
	if (state->options.display.atlas == OPTION_ATLAS_LAYER)
		return rv_fail(error, RV_INVALID, "%s", action_atlas_no_place);
	return action_choose_from_atlas(state, call, error);
}

rv_status action_probe(struct action_state *state, const struct action_call *call, rv_error *error)
{
	float x, y;
	int end = 0;
	if (sscanf(call->value, "%f,%f%n", &x, &y, &end) != 2 || call->value[end] ||
	    !(x >= 0 && x <= 1 && y >= 0 && y <= 1))
		return rv_fail(
			error, RV_INVALID,
			"\"%.32s\" is not a place such as 0.5,0.3, in parts of width and height",
			call->value);
	state->atlas.x = x;
	state->atlas.y = y;
	state->options.display.atlas = OPTION_ATLAS_PLACE;
	return RV_OK;
}
