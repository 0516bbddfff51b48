#include "app/control/action_display.h"

#include <math.h>
#include <stdio.h>

#include "app/control/action_option.h"
#include "app/control/keystone.h"

rv_status action_move_corner(struct action_state *state, const struct action_call *call,
                             rv_error *error)
{
	double x, y;
	int end = 0, corner = state->options.display.corner ? state->options.display.corner - 1 : 0;
	struct projection_point *at = &state->corners.corner[corner];
	if (sscanf(call->value, "%lf,%lf%n", &x, &y, &end) != 2 || call->value[end] ||
	    !isfinite(x) || !isfinite(y))
		return rv_fail(error, RV_INVALID, "\"%.32s\" is not how far to go, as in 1,-1",
		               call->value);
	if (!state->screen_width || !state->screen_height)
		return rv_fail(error, RV_UNSUPPORTED, "there is no display whose corners to move");
	if (!keystone_move(&state->corners, corner, at->x + x / state->screen_width,
	                   at->y + y / state->screen_height))
		return rv_fail(error, RV_INVALID, "the corner can go no further");
	snprintf(state->message, sizeof(state->message), "corner at %.0f,%.0f",
	         at->x * state->screen_width, at->y * state->screen_height);
	return RV_OK;
}

rv_status action_reset_corners(struct action_state *state, const struct action_call *call,
                               rv_error *error)
{
	(void)call, (void)error;
	state->corners = projection_whole;
	return RV_OK;
}

rv_status action_leave(struct action_state *state, const struct action_call *call, rv_error *error)
{
	const struct action_call leave = {.action = call->action,
	                                  .option = option_find("fullscreen", COMMAND_LIVE),
	                                  .value = "off"};
	if (state->options.display.fullscreen)
		return action_set(state, &leave, error);
	state->requests |= ACTION_QUIT;
	return RV_OK;
}

/* ---- inputs ---- */

rv_status action_move_input(struct action_state *state, const struct action_call *call,
                            rv_error *error)
{
	int count = state->input_count, *input = &state->options.live.input;
	if (count < 2)
		return rv_fail(error, RV_NOT_FOUND,
		               "there is one input; `reverie live` takes several");
	*input = (*input - 1 + call->action->by + count) % count + 1;
	snprintf(state->message, sizeof(state->message), "input %d", *input);
	return RV_OK;
}

rv_status action_check_input(const struct action_state *state, rv_error *error)
{
	int count = state->input_count;
	if (!count || state->options.live.input <= count)
		return RV_OK;
	if (count == 1)
		return rv_fail(error, RV_NOT_FOUND, "there is one input");
	return rv_fail(error, RV_NOT_FOUND, "there are %d inputs", count);
}
