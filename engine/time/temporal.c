#include "engine/time/temporal.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/rounding.h"
#include "engine/flow/flow.h"
#include "engine/time/camera_path.h"
#include "engine/time/effort.h"
#include "engine/time/scene.h"
#include "engine/time/temporal_record.h"

/* Blocks along the longer side, and the smallest side of one: enough that most hold one thing only,
 * few enough to read back. */
enum { BLOCKS_ALONG = 32, BLOCK_SIDE_LEAST = 8 };

/* How much riper what is in full need becomes in a second: it is as strong as the rest after a
 * half of one. */
static const double ripening_per_second = 2.5;

/* Coarse octaves of warm frames take fewer steps than cold ones, that much longer. */
static const float coarse_length = 2;

/* How many times the coarse steps of a cold frame it takes to make up for what decays: steps of
 * different frames go partly against each other, and without these the colours, which are coarse,
 * would fade next to the lines. */
static const double ripening_again = 2.4;

/* Pixels a second that a drift of 1 moves the octaves' phase by; neither soon comes back together.
 */
static const double phase_rate_x = 8, phase_rate_y = 5;

/* What a frame knows of those before it, beside the rasters: all that another object takes over. */
struct history {
	bool has_past;
	bool was_fresh;      /* still within the scene's beginning */
	int64_t nanoseconds; /* presentation time */
	struct scene scene;
	uint64_t cuts;   /* since the beginning */
	double wandered; /* drift, over the seconds */
	struct strength_control strength;
	double owed;             /* coarse steps that uncovered parts have earned */
	double begun;            /* part of the scene's beginning that was dreamed, 1: all */
	struct dream_view first; /* of a journey */
	bool travelling;
};

struct temporal {
	struct device *device;
	struct temporal_stage stage;
	struct flow *flow;
	rv_time made_for;
	struct scene_block *view; /* the table, read back */
	struct launch_list buffers, trace, compare, inherit, want, travel;
	struct launch_list keep;
	cl_mem keep_from; /* what keep was recorded for */

	/* The frame under way. */
	struct temporal_plan plan;
	enum scene_verdict verdict;
	double seconds; /* since the last one */
	double share;   /* of a cold dream that a frame of the scene's beginning does */

	struct history history;
};

/* ---- life ---- */

static void cut_into_blocks(struct temporal *temporal)
{
	const struct raster *frame = temporal->stage.rasters.frame;
	int longer = frame->width > frame->height ? frame->width : frame->height;

	temporal->stage.side = divide_up(longer, BLOCKS_ALONG);
	if (temporal->stage.side < BLOCK_SIDE_LEAST)
		temporal->stage.side = BLOCK_SIDE_LEAST;
	temporal->stage.columns = divide_up(frame->width, temporal->stage.side);
	temporal->stage.blocks =
		temporal->stage.columns * divide_up(frame->height, temporal->stage.side);
}

static rv_status create_flow(struct temporal *temporal, rv_error *error)
{
	const rv_time *time = &temporal->made_for;
	/* The way back only checks the way there: half its resolution will do. */
	const struct flow_settings settings = {
		.width = temporal->stage.rasters.frame->width,
		.height = temporal->stage.rasters.frame->height,
		.quality = time->flow_quality,
		.skip = {[FLOW_TO_PAST] = time->flow_skip,
	                 [FLOW_TO_PRESENT] = time->flow_skip < 8 ? time->flow_skip + 1 : 8},
	};

	return flow_create(&temporal->flow, temporal->device, &settings, error);
}

static rv_status record_all(struct temporal *temporal, rv_error *error)
{
	struct launch_recorder recorder = {.device = temporal->device, .error = error};

	recorder.list = &temporal->buffers;
	temporal_record_buffers(&recorder, &temporal->stage);
	temporal->stage.to_past = flow_field(temporal->flow, FLOW_TO_PAST);
	temporal->stage.to_present = flow_field(temporal->flow, FLOW_TO_PRESENT);
	recorder.list = &temporal->trace;
	temporal_record_trace(&recorder, &temporal->stage);
	recorder.list = &temporal->compare;
	temporal_record_compare(&recorder, &temporal->stage);
	recorder.list = &temporal->inherit;
	temporal_record_inherit(&recorder, &temporal->stage);
	recorder.list = &temporal->want;
	temporal_record_want(&recorder, &temporal->stage);
	recorder.list = &temporal->travel;
	temporal_record_travel(&recorder, &temporal->stage);
	return recorder.status;
}

rv_status temporal_create(struct temporal **out, struct device *device, const rv_time *time,
                          const struct temporal_rasters *rasters, cl_mem length, rv_error *error)
{
	struct temporal *temporal = calloc(1, sizeof(*temporal));
	rv_status status;

	*out = NULL;
	if (!temporal)
		return rv_fail(error, RV_MEMORY, "out of memory");
	temporal->device = device;
	temporal->stage.rasters = *rasters;
	temporal->stage.length = length;
	temporal->made_for = *time;
	cut_into_blocks(temporal);
	temporal->view = calloc((size_t)temporal->stage.blocks, sizeof(*temporal->view));
	status = temporal->view ? create_flow(temporal, error)
	                        : rv_fail(error, RV_MEMORY, "out of memory");
	if (!status)
		status = record_all(temporal, error);
	if (status) {
		temporal_destroy(&temporal);
		return status;
	}
	*out = temporal;
	return RV_OK;
}

void temporal_destroy(struct temporal **pointer)
{
	struct temporal *temporal = *pointer;

	if (!temporal)
		return;
	launch_list_clear(&temporal->keep);
	launch_list_clear(&temporal->travel);
	launch_list_clear(&temporal->want);
	launch_list_clear(&temporal->inherit);
	launch_list_clear(&temporal->compare);
	launch_list_clear(&temporal->trace);
	launch_list_clear(&temporal->buffers);
	flow_destroy(&temporal->flow);
	free(temporal->view);
	free(temporal);
	*pointer = NULL;
}

size_t temporal_bytes(int width, int height)
{
	/* The past frame, what is found out of it, and the flow: its pyramids, fields and system
	 * of equations. */
	return 10 * raster_bytes(width, height);
}

bool temporal_fits(const struct temporal *temporal, const rv_time *time)
{
	return temporal->made_for.flow_quality == time->flow_quality &&
	       temporal->made_for.flow_skip == time->flow_skip;
}

void temporal_reset(struct temporal *temporal)
{
	temporal->history.has_past = false;
	temporal->history.travelling = false;
	temporal->history.scene = (struct scene){0};
	temporal->history.cuts = 0;
	temporal->history.wandered = 0;
	flow_forget(temporal->flow);
}

/* ---- another's past ---- */

rv_status temporal_go_on(struct temporal *temporal, const struct temporal *from, rv_error *error)
{
	struct launch_list list = {0};
	struct launch_recorder recorder = {
		.device = temporal->device, .list = &list, .error = error};
	rv_status status;

	if (!from->history.has_past)
		return RV_OK;
	temporal_record_take_over(&recorder, &temporal->stage, &from->stage);
	status = recorder.status;
	if (!status)
		status = launch_list_run(&list, temporal->device->queue, error);
	if (!status)
		status = flow_push(temporal->flow, &temporal->stage.past, error);
	if (!status)
		temporal->history = from->history;
	launch_list_clear(&list);
	return status;
}

/* ---- a frame ---- */

static double seconds_since(const struct temporal *temporal, int64_t nanoseconds)
{
	double seconds = ((double)nanoseconds - (double)temporal->history.nanoseconds) * 1e-9;

	return fmin(fmax(seconds, 0), 1);
}

static void set_move(const struct launch *launch, cl_uint argument, const struct move *move)
{
	for (cl_uint i = 0; i < MOVE_COUNT; i++)
		launch_set_float(launch, argument + i, move->at[i]);
}

static rv_status read_table(struct temporal *temporal, rv_error *error)
{
	cl_int code =
		clEnqueueReadBuffer(temporal->device->queue, temporal->stage.table, CL_TRUE, 0,
	                            (size_t)temporal->stage.blocks * sizeof(*temporal->view),
	                            temporal->view, 0, NULL, NULL);

	return code ? device_fail(error, code, "reading what became of the scene") : RV_OK;
}

/* Estimates both flows and compares the frame with the past one. */
static rv_status look(struct temporal *temporal, struct scene_view *view, rv_error *error)
{
	struct stage_times *times = &temporal->device->times;
	cl_command_queue queue = temporal->device->queue;
	rv_status status;

	stage_times_begin(times, queue, TIMED_FLOW);
	status = flow_estimate(temporal->flow, FLOW_TO_PAST, error);
	if (!status)
		status = flow_estimate(temporal->flow, FLOW_TO_PRESENT, error);
	stage_times_end(times, queue, TIMED_FLOW);
	if (!status)
		status = launch_list_run(&temporal->trace, queue, error);
	if (!status)
		status = launch_list_run(&temporal->compare, queue, error);
	if (!status)
		status = read_table(temporal, error);
	if (!status)
		*view = scene_look(temporal->view, temporal->stage.blocks);
	return status;
}

/* Shares need not sum to exactly 1. */
static bool is_beginning(const struct temporal *temporal)
{
	return temporal->history.begun < 1 - 1e-6;
}

/* What is unripe everywhere is dreamed as if cold, but on what was inherited. */
static void go_on_beginning(struct temporal *temporal, const rv_params *params)
{
	temporal->plan.steps = temporal->plan.coarse_steps =
		effort_onset(params->iterations, params->time.onset);
}

/* Steps of the largest octaves as keep the strength; coarse ones as are earned: what is uncovered
 * gets what a cold frame would give it. */
static void set_effort(struct temporal *temporal, const rv_params *params, double length,
                       double uncovered, double need)
{
	struct temporal_plan *plan = &temporal->plan;
	double again = fmin(ripening_per_second * temporal->seconds, 1) * need;
	struct effort effort = effort_for(length, uncovered, params->iterations);

	plan->steps = params->time.warm_steps ? params->time.warm_steps : effort.steps;
	plan->step = params->time.warm_steps ? 1 : effort.length;
	plan->coarse_step = coarse_length;
	plan->coarse_steps = effort_earn(
		&temporal->history.owed,
		(uncovered + ripening_again * again) / (double)coarse_length, params->iterations);
}

/* Fewer steps, each the longer, as far as one is trusted. */
static void limit_steps(struct temporal_plan *plan, int most)
{
	if (plan->steps <= most)
		return;
	plan->step = fminf(plan->step * (float)plan->steps / (float)most, STEP_LENGTH_MOST);
	plan->steps = most;
}

/* No frame is to take much longer than those of an onset: what is left to be done of coarse steps
 * stays owed. */
static void limit_effort(struct temporal *temporal, const rv_params *params)
{
	struct temporal_plan *plan = &temporal->plan;
	int share = effort_onset(params->iterations, params->time.onset);

	if (plan->coarse_steps > share) {
		temporal->history.owed += plan->coarse_steps - share;
		plan->coarse_steps = share;
	}
	if (params->time.warm_steps)
		return;
	limit_steps(plan, share + WARM_STEPS_MOST);
	if (params->time.warm_most)
		limit_steps(plan, params->time.warm_most);
}

static bool is_at_rest(const struct temporal *temporal, const rv_time *time,
                       const struct scene_view *view, const struct dream_view *dream)
{
	return view->still && dream->need == 0 && time->inherit == 1 && time->polarity == 0 &&
	       time->drift == 0 && time->zoom == 1 && time->rotation == 0 && time->pan_x == 0 &&
	       time->pan_y == 0 && temporal->verdict == SCENE_GOES_ON;
}

/* As if nothing had moved. */
static rv_status rest(struct temporal *temporal, rv_error *error)
{
	rv_status status = flow_rest(temporal->flow, error);

	return status ? status : launch_list_run(&temporal->trace, temporal->device->queue, error);
}

/* What keeps the strength from rising and from sinking. */
struct correction {
	double fade, unripen;
};

static rv_status inherit(struct temporal *temporal, const rv_time *time,
                         const struct scene_view *view, double seconds,
                         const struct correction *correction, rv_error *error)
{
	const struct launch *launch = &temporal->inherit.launches[0];
	rv_time moved = drift_breathe(time, (double)temporal->history.nanoseconds * 1e-9);
	double still = exp(-(double)time->drift * seconds);
	double moving = pow((double)time->decay, seconds) * still;
	struct move move = move_find(&moved, temporal->stage.rasters.frame->width,
	                             temporal->stage.rasters.frame->height, seconds);
	rv_status status = RV_OK;

	/* Cuts are still judged by the motion; only what is inherited does not go along. */
	if (!time->carry)
		status = rest(temporal, error);
	still *= time->inherit * (1 - fmaxf(time->polarity, 0));
	moving *= time->inherit * (1 - fmaxf(-time->polarity, 0));
	launch_set_float(launch, INHERIT_GAIN, (float)view->gain);
	launch_set_float(launch, INHERIT_OFFSET, (float)view->offset);
	launch_set_float(launch, INHERIT_STILL, (float)still);
	launch_set_float(launch, INHERIT_MOVING, (float)moving);
	launch_set_float(launch, INHERIT_FADE, (float)correction->fade);
	launch_set_float(launch, INHERIT_UNRIPEN, (float)correction->unripen);
	set_move(launch, INHERIT_MOVE, &move);
	if (!status)
		status = launch_list_run(&temporal->inherit, temporal->device->queue, error);
	if (!status)
		status = launch_list_run(&temporal->want, temporal->device->queue, error);
	return status;
}

/* While a flash hides the scene, the last detail is kept as it is, and seen as far as it is. */
static rv_status hold(struct temporal *temporal, rv_error *error)
{
	const struct raster *detail = temporal->stage.rasters.detail;
	cl_int code = clEnqueueCopyBuffer(
		temporal->device->queue, detail->buffer, temporal->stage.rasters.inherited->buffer,
		0, 0, raster_bytes(detail->width, detail->height), 0, NULL, NULL);

	return code ? device_fail(error, code, "keeping the last detail") : RV_OK;
}

static rv_status plan_warm(struct temporal *temporal, const rv_params *params,
                           const struct scene_view *view, double seconds, rv_error *error)
{
	struct temporal_plan *plan = &temporal->plan;
	struct dream_view dream = scene_dream(temporal->view, temporal->stage.blocks);
	double length = strength_control_next(&temporal->history.strength, dream.strength,
	                                      temporal->history.was_fresh);
	struct correction correction = {
		.fade = strength_control_fade(&temporal->history.strength, dream.strength, seconds),
		.unripen = strength_control_unripen(&temporal->history.strength, dream.strength,
	                                            seconds),
	};

	plan->warm = true;
	if (temporal->verdict == SCENE_FLASHES)
		return hold(temporal, error);
	if (is_beginning(temporal)) {
		go_on_beginning(temporal, params);
	} else if (!is_at_rest(temporal, &params->time, view, &dream)) {
		set_effort(temporal, params, length, view->uncovered, dream.need);
		limit_effort(temporal, params);
	}
	return inherit(temporal, &params->time, view, seconds, &correction, error);
}

rv_status temporal_begin(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                         struct temporal_plan *plan, rv_error *error)
{
	double seconds = seconds_since(temporal, nanoseconds);
	struct scene_view view = {0};
	rv_status status = flow_push(temporal->flow, temporal->stage.rasters.frame, error);

	temporal->plan = (struct temporal_plan){.step = 1, .coarse_step = 1, .uncovered = 1};
	temporal->verdict = SCENE_GOES_ON;
	if (!status && temporal->history.has_past && !temporal->history.travelling) {
		status = look(temporal, &view, error);
		temporal->verdict =
			scene_judge(&temporal->history.scene, &view, params->time.cut, seconds);
		temporal->plan.likeness = (float)view.likeness;
		temporal->plan.uncovered = (float)view.uncovered;
		temporal->plan.cut = temporal->verdict == SCENE_CUT;
	}
	temporal->history.nanoseconds = nanoseconds;
	temporal->seconds = seconds;
	/* The same jitter in every frame of a scene keeps the dream in its place; where it drifts,
	 * the jitter moves on slowly as a whole, as one drawn anew would only add noise. */
	temporal->history.cuts += temporal->plan.cut;
	temporal->plan.seed = temporal->history.cuts;
	if (temporal->history.has_past)
		temporal->history.wandered += (double)params->time.drift * seconds;
	temporal->plan.wandered = temporal->history.wandered;
	temporal->plan.phase_x = phase_rate_x * temporal->history.wandered;
	temporal->plan.phase_y = phase_rate_y * temporal->history.wandered;
	if (!status &&
	    (!temporal->history.has_past || temporal->history.travelling || temporal->plan.cut)) {
		temporal->history.begun = 0;
		temporal->history.owed = 0;
		temporal->plan.steps = effort_onset(params->iterations, params->time.onset);
	} else if (!status) {
		status = plan_warm(temporal, params, &view, seconds, error);
	}
	temporal->plan.onset = is_beginning(temporal);
	temporal->share =
		(double)effort_onset(params->iterations, params->time.onset) / params->iterations;
	temporal->history.travelling = false;
	*plan = temporal->plan;
	return status;
}

static void set_tone(const struct launch *launch, const struct tone *tone)
{
	launch_set_float(launch, TRAVEL_CONTRAST, (float)tone->contrast);
	launch_set_float(launch, TRAVEL_COLOURFULNESS, (float)tone->colourfulness);
	for (cl_uint c = 0; c < 3; c++)
		launch_set_float(launch, TRAVEL_OFFSET + c, (float)tone->offset[c]);
}

static rv_status move_dream(struct temporal *temporal, const struct move *move,
                            const struct tone *tone, rv_error *error)
{
	const struct raster *frame = temporal->stage.rasters.frame;
	rv_status status;
	cl_int code;

	set_move(&temporal->travel.launches[0], TRAVEL_MOVE, move);
	set_tone(&temporal->travel.launches[0], tone);
	status = launch_list_run(&temporal->travel, temporal->device->queue, error);
	if (status)
		return status;
	code = clEnqueueCopyBuffer(temporal->device->queue,
	                           temporal->stage.rasters.inherited->buffer, frame->buffer, 0, 0,
	                           raster_bytes(frame->width, frame->height), 0, NULL, NULL);
	return code ? device_fail(error, code, "moving the dream") : RV_OK;
}

rv_status temporal_travel(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                          struct temporal_plan *plan, rv_error *error)
{
	/* Of the thirtieth of a second that a step is meant for. */
	double seconds = seconds_since(temporal, nanoseconds), share = fmin(seconds * 30, 2);
	struct dream_view now;
	struct move move;
	struct tone tone;
	rv_status status;

	if (!temporal->history.has_past)
		return rv_fail(error, RV_INVALID,
		               "there is no dream yet to travel through; dream a picture first");
	status = read_table(temporal, error);
	if (status)
		return status;
	now = scene_dream(temporal->view, temporal->stage.blocks);
	if (!temporal->history.travelling)
		temporal->history.first = now;
	temporal->history.travelling = true;
	temporal->history.nanoseconds = nanoseconds;
	temporal->plan = (struct temporal_plan){
		.step = (float)share, .coarse_step = (float)share, .likeness = 1};
	temporal->plan.steps = params->time.warm_steps ? params->time.warm_steps : 1;
	temporal->plan.coarse_steps = temporal->plan.steps;
	temporal->plan.seed = (uint64_t)nanoseconds;
	temporal->history.wandered += (double)params->time.drift * seconds;
	temporal->plan.wandered = temporal->history.wandered;
	move = move_find(&params->time, temporal->stage.rasters.frame->width,
	                 temporal->stage.rasters.frame->height, seconds);
	tone = tone_find(&temporal->history.first, &now, seconds);
	status = move_dream(temporal, &move, &tone, error);
	temporal->history.owed = 0;
	*plan = temporal->plan;
	return status;
}

/* The buffer that is dreamed in is known when the first frame ends. */
static rv_status prepare_keep(struct temporal *temporal, const struct raster *dreamed,
                              rv_error *error)
{
	struct launch_recorder recorder = {
		.device = temporal->device, .list = &temporal->keep, .error = error};

	if (temporal->keep.count && temporal->keep_from == dreamed->buffer)
		return RV_OK;
	launch_list_clear(&temporal->keep);
	temporal_record_keep(&recorder, &temporal->stage, dreamed);
	temporal->keep_from = dreamed->buffer;
	if (recorder.status)
		launch_list_clear(&temporal->keep);
	return recorder.status;
}

/* A flash is not the past of what follows it. */
static rv_status become_past(struct temporal *temporal, rv_error *error)
{
	const struct raster *frame = temporal->stage.rasters.frame;
	cl_int code;

	if (temporal->verdict == SCENE_FLASHES)
		return flow_push(temporal->flow, &temporal->stage.past, error);
	code = clEnqueueCopyBuffer(temporal->device->queue, frame->buffer,
	                           temporal->stage.past.buffer, 0, 0,
	                           raster_bytes(frame->width, frame->height), 0, NULL, NULL);
	return code ? device_fail(error, code, "keeping the frame") : RV_OK;
}

/* How much riper the frame makes what is in full need; below 0, how ripe a cold one is. */
static double ripening(const struct temporal *temporal)
{
	if (!temporal->plan.warm)
		return temporal->history.travelling ? -1 : -fmin(temporal->share, 1);
	if (temporal->plan.onset)
		return temporal->share;
	return temporal->plan.steps ? fmin(ripening_per_second * temporal->seconds, 1) : 0;
}

rv_status temporal_end(struct temporal *temporal, const struct raster *dreamed, rv_error *error)
{
	rv_status status = prepare_keep(temporal, dreamed, error);

	if (status)
		return status;
	launch_set_float(&temporal->keep.launches[0], KEEP_RIPENING, (float)ripening(temporal));
	status = launch_list_run(&temporal->keep, temporal->device->queue, error);
	if (!status)
		status = become_past(temporal, error);
	temporal->history.has_past = !status;
	temporal->history.was_fresh = temporal->plan.onset || !temporal->plan.warm;
	if (temporal->verdict != SCENE_FLASHES)
		temporal->history.begun += temporal->share;
	return status;
}
