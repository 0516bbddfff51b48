#include "engine/time/temporal_warm.h"

#include <math.h>

#include "engine/flow/flow.h"

/* How much of the last detail is passed on where the dream is alive and stands still, where it
 * moves, and where it is at rest; and how much of its maturity is, where it stands still and where
 * it moves. */
struct passing {
	double still, moving, resting, maturity_still, maturity_moving;
};

static struct passing passing_of(const rv_time *time, double seconds)
{
	double still = exp(-(double)time->drift * seconds) * (1 - fmax((double)time->polarity, 0));
	double moving =
		exp(-(double)time->drift * seconds) * (1 - fmax(-(double)time->polarity, 0));

	return (struct passing){
		.still = still * (double)time->inherit,
		.moving = moving * (double)time->inherit * pow((double)time->decay, seconds),
		.resting = still,
		.maturity_still = still,
		.maturity_moving = moving,
	};
}

/* Replaces the flow by one that says that nothing moved. */
static rv_status rest(struct temporal *temporal, rv_error *error)
{
	rv_status status = flow_rest(temporal->flow, error);

	return status != RV_OK ? status
	                       : launch_list_run(&temporal->trace, temporal->device->queue, error);
}

static void set_passing(struct launch *launch, const struct passing *passing, double fade)
{
	launch_set_float(launch, INHERIT_STILL, (float)(passing->still * fade));
	launch_set_float(launch, INHERIT_MOVING, (float)(passing->moving * fade));
	launch_set_float(launch, INHERIT_RESTING, (float)(passing->resting * fade));
	launch_set_float(launch, INHERIT_MATURITY_STILL, (float)passing->maturity_still);
	launch_set_float(launch, INHERIT_MATURITY_MOVING, (float)passing->maturity_moving);
}

static rv_status settle(struct temporal *temporal, const struct scene_view *view, rv_error *error)
{
	struct launch *launch = &temporal->settle.launches[0];

	launch_set_float(launch, SETTLE_GAIN, (float)view->gain);
	launch_set_float(launch, SETTLE_OFFSET, (float)view->offset);
	return launch_list_run(&temporal->settle, temporal->device->queue, error);
}

static rv_status inherit(struct temporal *temporal, const rv_time *time,
                         const struct scene_view *view, double fade, rv_error *error)
{
	struct launch *launch = &temporal->inherit.launches[0];
	bool is_sphere = temporal->buffers.rasters.margin; /* which no zoom fits */
	rv_time moved =
		is_sphere ? *time
			  : camera_breathe(time, (double)temporal->history.nanoseconds * 1e-9);
	struct passing passing = passing_of(time, temporal->seconds);
	struct camera_move move = temporal_find_move(temporal, &moved, temporal->seconds);
	rv_status status = RV_OK;

	/* While the whole melting lies ahead, all of the detail is another dream's, and none of it
	 * is mature. */
	if (temporal->history.melting >= MELT_SECONDS)
		passing.maturity_still = passing.maturity_moving = 0;
	/* Cuts are still judged by the motion; only what is inherited does not go along. */
	if (!time->carry)
		status = rest(temporal, error);
	if (status == RV_OK)
		status = settle(temporal, view, error);
	set_passing(launch, &passing, fade);
	temporal_set_move(launch, INHERIT_MOVE, &move);
	if (status == RV_OK)
		status = launch_list_run(&temporal->inherit, temporal->device->queue, error);
	if (status == RV_OK)
		status = launch_list_run(&temporal->want, temporal->device->queue, error);
	return status;
}

/* While a flash hides the scene, the last dream is kept as it is, and shown as it is. */
static rv_status hold(struct temporal *temporal, rv_error *error)
{
	static const cl_ushort4 nothing;
	const struct temporal_buffers *buffers = &temporal->buffers;
	const struct raster *from = &buffers->dreamed, *to = buffers->rasters.inherited;
	cl_command_queue queue = temporal->device->queue;
	size_t pixels = (size_t)from->width * (size_t)from->height;
	cl_int code = clEnqueueCopyBuffer(queue, from->buffer, to->buffer, 0, 0,
	                                  raster_bytes(from->width, from->height), 0, NULL, NULL);

	if (!code)
		code = clEnqueueFillBuffer(queue, buffers->seen, &nothing, sizeof(nothing), 0,
		                           pixels * sizeof(nothing), 0, NULL, NULL);
	return code ? device_fail(error, code, "keeping the last dream") : RV_OK;
}

static bool is_at_rest(const struct temporal *temporal, const rv_time *time,
                       const struct scene_view *view, const struct dream_view *dream)
{
	return view->still && dream->need == 0 && time->polarity == 0 && time->drift == 0 &&
	       time->zoom == 1 && time->rotation == 0 && time->pan_x == 0 && time->pan_y == 0 &&
	       temporal->verdict == SCENE_GOES_ON && !(temporal->history.melting > 0);
}

/* What is left, after so many seconds, of a dream that melts into another one, besides what every
 * dream loses. */
static double melt_fade(const struct temporal *temporal)
{
	static const double left = 0.3; /* after a second */

	return temporal->history.melting > 0 ? pow(left, temporal->seconds) : 1;
}

/* The part of a frame that is new. While one dream melts into another, all of it is, but not at
 * once: it gets a cold dream over the time that it takes. */
static double news_of(const struct temporal *temporal, double fresh)
{
	static const double rate = 2; /* a second */

	return temporal->history.melting > 0 ? fmin(fresh + rate * temporal->seconds, 1) : fresh;
}

/* How deep a beginning that is spread over frames leaves the scene, whose octaves stand in the
 * middle of their turns then. */
static void expect(struct temporal *temporal, bool moves)
{
	struct history *history = &temporal->history;

	for (int i = 0; i < RV_OCTAVES_MAX; i++) {
		history->depth.reached[i] = effort_reached(i, moves ? temporal->seconds : 0);
		history->turns.owed[i] = 0.5;
	}
}

static struct effort effort_of(struct temporal *temporal, const rv_params *params, bool still,
                               double fresh)
{
	const rv_time *time = &params->time;
	struct effort_beginning beginning = temporal_beginning(temporal, params, !still);
	struct effort effort;

	/* The rest of a beginning is dreamed as if cold, but on what was inherited. */
	if (temporal_is_beginning(temporal)) {
		expect(temporal, !still);
		return effort_begin(&beginning, temporal->history.begun);
	}
	if (time->warm_steps) {
		effort = effort_even(time->warm_steps, time->warm_octaves);
		effort_favour_fresh(&effort);
		return effort;
	}
	effort = effort_next(&temporal->history.turns, &temporal->history.depth,
	                     news_of(temporal, fresh), params);
	/* No frame is to take much longer than those of an onset. */
	effort_limit(&effort, effort_onset(params->iterations, time->onset) + 1);
	return effort;
}

/* Which steps the frame takes, once it is known how fresh what it inherited is. */
static rv_status plan_effort(struct temporal *temporal, const rv_params *params, bool still,
                             rv_error *error)
{
	struct temporal_wants wants;
	cl_int code = clEnqueueReadBuffer(temporal->device->queue, temporal->buffers.wants, CL_TRUE,
	                                  0, sizeof(wants), &wants, 0, NULL, NULL);

	if (code)
		return device_fail(error, code, "reading what wants to be dreamed on");
	temporal->plan.effort = effort_of(temporal, params, still, (double)wants.fresh);
	temporal->plan.dreamed = true;
	return RV_OK;
}

rv_status temporal_plan_warm(struct temporal *temporal, const rv_params *params,
                             const struct scene_view *view, rv_error *error)
{
	struct temporal_plan *plan = &temporal->plan;
	struct history *history = &temporal->history;
	struct dream_view dream = scene_dream(temporal->view, temporal->buffers.blocks);
	rv_status status;

	plan->warm = true;
	if (history->was_fresh || (!(history->strength > 0) && !(history->melting > 0)))
		history->strength = dream.strength;
	if (temporal->verdict == SCENE_FLASHES)
		return hold(temporal, error);
	status = inherit(temporal, &params->time, view,
	                 effort_fade(dream.strength, history->strength, temporal->seconds) *
	                         melt_fade(temporal),
	                 error);
	if (status == RV_OK && !is_at_rest(temporal, &params->time, view, &dream))
		status = plan_effort(temporal, params, view->still, error);
	return status;
}
