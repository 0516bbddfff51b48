/* Journeys: the last dream itself, moved, is the picture that is dreamed. */
#include <math.h>

#include "engine/picture/sphere.h"
#include "engine/time/temporal.h"
#include "engine/time/temporal_state.h"

static void set_tone(struct launch *launch, const struct camera_tone *tone)
{
	launch_set_float(launch, JOURNEY_CONTRAST, (float)tone->contrast);
	launch_set_float(launch, JOURNEY_COLOURFULNESS, (float)tone->colourfulness);
	for (cl_uint c = 0; c < 3; c++)
		launch_set_float(launch, JOURNEY_OFFSET + c, (float)tone->offset[c]);
}

static rv_status move_dream(struct temporal *temporal, const struct camera_move *move,
                            const struct camera_tone *tone, rv_error *error)
{
	const struct raster *frame = temporal->buffers.rasters.frame;
	rv_status status;
	cl_int code;

	temporal_set_move(&temporal->move.launches[0], JOURNEY_MOVE, move);
	set_tone(&temporal->move.launches[0], tone);
	status = launch_list_run(&temporal->move, temporal->device->queue, error);
	if (status != RV_OK)
		return status;
	code = clEnqueueCopyBuffer(temporal->device->queue,
	                           temporal->buffers.rasters.inherited->buffer, frame->buffer, 0, 0,
	                           raster_bytes(frame->width, frame->height), 0, NULL, NULL);
	return code ? device_fail(error, code, "moving the dream")
	            : sphere_mend_margins(frame, temporal->buffers.rasters.margin,
	                                  temporal->device->queue, error);
}

/* Begins a frame; now is the dream that it goes on from. */
static void set_out(struct temporal *temporal, const struct dream_view *now)
{
	temporal->before = temporal->history;
	temporal->verdict = SCENE_GOES_ON;
	if (!temporal->history.on_journey)
		temporal->history.first = *now;
	temporal->history.on_journey = true;
}

rv_status temporal_journey(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                           struct temporal_plan *plan, rv_error *error)
{
	/* A step is as long as a thirtieth of a second needs; frames further apart take longer
	 * steps, up to twice as long. */
	double seconds = temporal_seconds(temporal, nanoseconds), share = fmin(seconds * 30, 2);
	struct dream_view now;
	struct camera_move move;
	struct camera_tone tone;
	rv_status status;

	if (!temporal->history.has_past)
		return rv_fail(
			error, RV_INVALID,
			"there is no dream yet to begin a journey with; dream a picture first");
	status = temporal_read_table(temporal, error);
	if (status != RV_OK)
		return status;
	now = scene_dream(temporal->view, temporal->buffers.blocks);
	set_out(temporal, &now);
	temporal_wander(&temporal->history, (double)params->time.drift, nanoseconds);
	temporal->history.nanoseconds = nanoseconds;
	temporal->plan = (struct temporal_plan){.likeness = 1};
	temporal->plan.effort =
		effort_even(params->time.warm_steps ? params->time.warm_steps : 1, RV_OCTAVES_MAX);
	for (int i = 0; i < RV_OCTAVES_MAX; i++)
		temporal->plan.effort.length[i] = (float)share;
	temporal->plan.seed = (uint64_t)nanoseconds;
	temporal->plan.scene = temporal->history.cuts;
	temporal->plan.wandered = temporal->history.wandered;
	move = temporal_find_move(temporal, &params->time, seconds);
	tone = camera_find_tone(&temporal->history.first, &now, seconds);
	status = move_dream(temporal, &move, &tone, error);
	temporal->history.turns = (struct turns){0};
	*plan = temporal->plan;
	return status;
}
