#include "engine/time/temporal.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"
#include "engine/flow/flow.h"
#include "engine/picture/sphere.h"
#include "engine/time/temporal_state.h"
#include "engine/time/temporal_warm.h"

/* Blocks along the longer side, and the smallest side of one: enough that most hold one thing only,
 * few enough to read back. */
enum { BLOCKS_ALONG = 32, BLOCK_SIDE_LEAST = 8 };

/* Pixels a second that a drift of 1 moves the steady shift of the octaves by. Both come back
 * together only after a long time. */
static const double shift_rate_x = 8, shift_rate_y = 5;

/* ---- life ---- */

static void cut_into_blocks(struct temporal *temporal)
{
	const struct raster *frame = temporal->buffers.rasters.frame;
	int longer = max_int(frame->width, frame->height);

	temporal->buffers.side = max_int(divide_up(longer, BLOCKS_ALONG), BLOCK_SIDE_LEAST);
	temporal->buffers.columns = divide_up(frame->width, temporal->buffers.side);
	temporal->buffers.blocks =
		temporal->buffers.columns * divide_up(frame->height, temporal->buffers.side);
}

/* The way back only checks the way there: half its resolution will do. */
static struct flow_settings flow_settings(const struct raster *frame, const rv_time *time)
{
	return (struct flow_settings){
		.width = frame->width,
		.height = frame->height,
		.quality = time->flow_quality,
		.skip = {[FLOW_TO_PAST] = time->flow_skip,
	                 [FLOW_TO_NEWEST] = time->flow_skip < 8 ? time->flow_skip + 1 : 8},
	};
}

static rv_status create_flow(struct temporal *temporal, struct room *room, rv_error *error)
{
	const struct flow_settings settings =
		flow_settings(temporal->buffers.rasters.frame, &temporal->made_for);

	return flow_create(&temporal->flow, temporal->device, &settings, room, error);
}

static rv_status record_all(struct temporal *temporal, struct room *room, rv_error *error)
{
	struct launch_recorder recorder = {
		.device = temporal->device, .room = room, .error = error};

	recorder.list = &temporal->allocation;
	temporal_record_buffers(&recorder, &temporal->buffers);
	temporal->buffers.to_past = flow_field(temporal->flow, FLOW_TO_PAST);
	temporal->buffers.to_newest = flow_field(temporal->flow, FLOW_TO_NEWEST);
	recorder.list = &temporal->trace;
	temporal_record_trace(&recorder, &temporal->buffers);
	recorder.list = &temporal->compare;
	temporal_record_compare(&recorder, &temporal->buffers);
	recorder.list = &temporal->settle;
	temporal_record_settle(&recorder, &temporal->buffers);
	recorder.list = &temporal->inherit;
	temporal_record_inherit(&recorder, &temporal->buffers);
	recorder.list = &temporal->want;
	temporal_record_want(&recorder, &temporal->buffers);
	recorder.list = &temporal->move;
	temporal_record_move(&recorder, &temporal->buffers);
	return recorder.status;
}

rv_status temporal_create(struct temporal **out, struct device *device, const rv_time *time,
                          const struct temporal_rasters *rasters, cl_mem wants,
                          const struct room *room, rv_error *error)
{
	struct room own = *room;
	struct temporal *temporal = calloc(1, sizeof(*temporal));
	rv_status status;

	*out = NULL;
	if (!temporal)
		return rv_fail(error, RV_MEMORY, "out of memory");
	temporal->device = device;
	temporal->buffers.rasters = *rasters;
	temporal->buffers.wants = wants;
	temporal->made_for = *time;
	own.taken = 0;
	cut_into_blocks(temporal);
	temporal->view = calloc((size_t)temporal->buffers.blocks, sizeof(*temporal->view));
	status = temporal->view ? create_flow(temporal, &own, error)
	                        : rv_fail(error, RV_MEMORY, "out of memory");
	if (status == RV_OK)
		status = record_all(temporal, &own, error);
	if (status != RV_OK) {
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
	launch_list_clear(&temporal->move);
	launch_list_clear(&temporal->want);
	launch_list_clear(&temporal->inherit);
	launch_list_clear(&temporal->settle);
	launch_list_clear(&temporal->compare);
	launch_list_clear(&temporal->trace);
	launch_list_clear(&temporal->allocation);
	flow_destroy(&temporal->flow);
	free(temporal->view);
	free(temporal);
	*pointer = NULL;
}

size_t temporal_measure(int width, int height, const rv_time *time, size_t *room_bytes)
{
	const struct raster frame = {.width = width, .height = height};
	const struct flow_settings settings = flow_settings(&frame, time);
	struct temporal temporal = {.buffers.rasters.frame = &frame};
	struct room room = {0};
	size_t bytes = flow_measure(&settings, &room);
	struct launch_recorder recorder = {.room = &room, .measured = &bytes};

	cut_into_blocks(&temporal);
	temporal_record_buffers(&recorder, &temporal.buffers);
	*room_bytes = room.bytes;
	return bytes;
}

bool temporal_fits(const struct temporal *temporal, const rv_time *time)
{
	return temporal->made_for.flow_quality == time->flow_quality &&
	       temporal->made_for.flow_skip == time->flow_skip;
}

void temporal_reset(struct temporal *temporal)
{
	temporal->history.has_past = false;
	temporal->history.on_journey = false;
	temporal->history.scene = (struct scene){0};
	temporal->history.cuts = 0;
	temporal->history.wandered = 0;
	flow_forget(temporal->flow);
}

/* ---- another's past ---- */

/* Goes on with what another object knows. A dream that was enlarged by about an octave or more
 * lacks the largest ones: where beginnings are spread over frames, it has another, and how deep it
 * is to be is seen anew. */
static void take_history(struct temporal *temporal, const struct temporal *from)
{
	static const double about_an_octave = 0.8;
	struct history *history = &temporal->history;
	double scale = (double)from->buffers.past.width / temporal->buffers.past.width;

	*history = from->history;
	if (scale > about_an_octave || from->history.share >= 1)
		return;
	history->begun = fmin(history->begun, 1) * scale;
	depth_begin(&history->depth);
}

rv_status temporal_go_on(struct temporal *temporal, const struct temporal *from, rv_error *error)
{
	struct launch_list list = {0};
	struct launch_recorder recorder = {
		.device = temporal->device, .list = &list, .error = error};
	rv_status status;

	if (!from->history.has_past)
		return RV_OK;
	temporal_record_take_over(&recorder, &temporal->buffers, &from->buffers);
	status = recorder.status;
	if (status == RV_OK)
		status = launch_list_run(&list, temporal->device->queue, error);
	if (status == RV_OK)
		status = flow_push(temporal->flow, &temporal->buffers.past, error);
	if (status == RV_OK)
		take_history(temporal, from);
	launch_list_clear(&list);
	return status;
}

bool temporal_remembers(const struct temporal *temporal)
{
	return temporal && temporal->history.has_past;
}

/* Makes the last frame that was dreamed the one that is there, from which a journey would go on. */
static rv_status return_to_past(struct temporal *temporal, rv_error *error)
{
	const struct raster *past = &temporal->buffers.past,
			    *frame = temporal->buffers.rasters.frame;
	cl_int code =
		clEnqueueCopyBuffer(temporal->device->queue, past->buffer, frame->buffer, 0, 0,
	                            raster_bytes(past->width, past->height), 0, NULL, NULL);

	return code ? device_fail(error, code, "going back to the last frame")
	            : flow_push(temporal->flow, past, error);
}

void temporal_checkpoint(struct temporal *temporal, struct checkpoint *checkpoint)
{
	struct temporal_buffers *buffers = &temporal->buffers;
	const struct raster *rasters[] = {&buffers->past, &buffers->dreamed,
	                                  buffers->rasters.detail};

	checkpoint_bytes(checkpoint, &temporal->history, sizeof(temporal->history));
	for (size_t i = 0; i < sizeof(rasters) / sizeof(rasters[0]); i++)
		checkpoint_buffer(checkpoint, rasters[i]->buffer,
		                  raster_bytes(rasters[i]->width, rasters[i]->height));
	checkpoint_buffer(checkpoint, buffers->table,
	                  (size_t)buffers->blocks * sizeof(*temporal->view));
	if (checkpoint_reads(checkpoint) && checkpoint->status == RV_OK)
		checkpoint->status = return_to_past(temporal, checkpoint->error);
}

void temporal_melt(struct temporal *temporal)
{
	temporal->history.melting = temporal->history.has_past ? MELT_SECONDS : 0;
	temporal->history.strength = 0; /* the other dream's */
	depth_begin(&temporal->history.depth);
}

/* ---- a frame ---- */

/* Estimates both flows and compares the frame with the past one. */
static rv_status look(struct temporal *temporal, struct scene_view *view, rv_error *error)
{
	struct stage_times *times = &temporal->device->times;
	cl_command_queue queue = temporal->device->queue;
	rv_status status;

	stage_times_begin(times, queue, TIMED_FLOW);
	status = flow_estimate(temporal->flow, FLOW_TO_PAST, error);
	if (status == RV_OK)
		status = flow_estimate(temporal->flow, FLOW_TO_NEWEST, error);
	stage_times_end(times, queue, TIMED_FLOW);
	if (status == RV_OK)
		status = launch_list_run(&temporal->trace, queue, error);
	if (status == RV_OK)
		status = launch_list_run(&temporal->compare, queue, error);
	if (status == RV_OK)
		status = temporal_read_table(temporal, error);
	if (status == RV_OK)
		*view = scene_look(temporal->view, temporal->buffers.blocks);
	return status;
}

/* Where the dream wanders to. Each frame draws its jitter anew: with few steps a frame, a dream
 * that always saw the same shifts would be one for these alone, and much shallower for whoever
 * looks from beside them. One that drifts is to follow its shifts, which stay the same and move on
 * slowly as a whole. */
static void wander(struct temporal *temporal, const rv_time *time)
{
	struct history *history = &temporal->history;
	uint64_t draw = time->drift > 0 ? 0 : (uint64_t)history->scene.frames;

	history->cuts += temporal->plan.cut;
	temporal->plan.scene = history->cuts;
	temporal->plan.seed = history->cuts + (draw << 48);
	temporal->plan.wandered = history->wandered;
	temporal->plan.steady_shift_x = shift_rate_x * history->wandered;
	temporal->plan.steady_shift_y = shift_rate_y * history->wandered;
}

/* The first frame of a scene. */
static void plan_cold(struct temporal *temporal, const rv_params *params)
{
	/* Whether it moves is not known yet; most scenes do. */
	const struct effort_beginning beginning = temporal_beginning(temporal, params, true);

	temporal->history.begun = 0;
	temporal->history.melting = 0;
	temporal->history.turns = (struct turns){0};
	/* A scene knows nothing of the one before, so that a film may be dreamed in chunks. */
	temporal->history.depth = (struct depth){0};
	temporal->plan.effort = effort_begin(&beginning, 0);
}

/* Takes the frame in, of which nothing is known yet. */
static rv_status begin_frame(struct temporal *temporal, int64_t nanoseconds, rv_error *error)
{
	temporal->before = temporal->history;
	temporal->plan = (struct temporal_plan){.uncovered = 1};
	temporal->verdict = SCENE_GOES_ON;
	temporal->seconds = temporal_seconds(temporal, nanoseconds);
	return flow_push(temporal->flow, temporal->buffers.rasters.frame, error);
}

/* Finds out whether the scene goes on. */
static rv_status judge(struct temporal *temporal, const rv_time *time, struct scene_view *view,
                       rv_error *error)
{
	rv_status status = look(temporal, view, error);

	if (status != RV_OK)
		return status;
	temporal->verdict =
		scene_judge(&temporal->history.scene, view, time->cut, temporal->seconds);
	temporal->plan.likeness = (float)view->likeness;
	temporal->plan.uncovered = (float)view->uncovered;
	temporal->plan.cut = temporal->verdict == SCENE_CUT;
	return RV_OK;
}

/* From time to time, and sooner where much comes into view, a frame's coarse octaves are dreamed by
 * themselves besides, as what is in the picture changes how deep a dream of it can be. Not where no
 * frame may take long. */
static void look_anew(struct temporal *temporal, const rv_time *time)
{
	static const double often = 1.5, soon = 0.4; /* seconds */
	static const double much = 2;                /* whole pictures */
	struct temporal_plan *plan = &temporal->plan;
	struct history *history = &temporal->history;

	history->looked += temporal->seconds;
	history->news += (double)plan->uncovered;
	plan->alone = plan->dreamed && time->onset <= 1 &&
	              history->looked >= (history->news >= much ? soon : often);
	if (!plan->warm || plan->alone)
		history->looked = history->news = 0;
}

rv_status temporal_begin(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                         struct temporal_plan *plan, rv_error *error)
{
	struct history *history = &temporal->history;
	struct scene_view view = {0};
	rv_status status = begin_frame(temporal, nanoseconds, error);

	if (status == RV_OK && history->has_past && !history->on_journey)
		status = judge(temporal, &params->time, &view, error);
	temporal_wander(history, (double)params->time.drift, nanoseconds);
	history->nanoseconds = nanoseconds;
	wander(temporal, &params->time);
	if (status == RV_OK && (!history->has_past || history->on_journey || temporal->plan.cut))
		plan_cold(temporal, params);
	else if (status == RV_OK)
		status = temporal_plan_warm(temporal, params, &view, error);
	temporal->plan.onset = temporal_is_beginning(temporal);
	history->share = effort_share(params->iterations, params->time.onset);
	history->on_journey = false;
	look_anew(temporal, &params->time);
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
	temporal_record_keep(&recorder, &temporal->buffers, dreamed);
	temporal->keep_from = dreamed->buffer;
	if (recorder.status)
		launch_list_clear(&temporal->keep);
	return recorder.status;
}

/* A flash is not the past of what follows it. */
static rv_status become_past(struct temporal *temporal, rv_error *error)
{
	const struct raster *frame = temporal->buffers.rasters.frame;
	cl_int code;

	if (temporal->verdict == SCENE_FLASHES)
		return flow_push(temporal->flow, &temporal->buffers.past, error);
	code = clEnqueueCopyBuffer(temporal->device->queue, frame->buffer,
	                           temporal->buffers.past.buffer, 0, 0,
	                           raster_bytes(frame->width, frame->height), 0, NULL, NULL);
	return code ? device_fail(error, code, "keeping the frame") : RV_OK;
}

rv_status temporal_look(struct temporal *temporal, const rv_time *time, int64_t nanoseconds,
                        struct temporal_plan *plan, rv_error *error)
{
	struct history *history = &temporal->history;
	struct scene_view view;
	rv_status status = begin_frame(temporal, nanoseconds, error);

	if (status == RV_OK && history->has_past)
		status = judge(temporal, time, &view, error);
	history->nanoseconds = nanoseconds;
	if (status == RV_OK)
		status = become_past(temporal, error);
	history->has_past = status == RV_OK;
	*plan = temporal->plan;
	return status;
}

/* For how many seconds the frame matures. 0: it was not dreamed. Below 0: it was dreamed all over,
 * and this is its maturity with the sign turned. */
static double maturing(const struct temporal *temporal)
{
	if (temporal->history.on_journey)
		return -MATURITY_AT_REST;
	if (!temporal->plan.warm || (temporal->plan.onset && temporal->plan.dreamed))
		return -MATURITY_ALIVE;
	return temporal->plan.dreamed ? fmax(temporal->seconds, 1e-6) : 0;
}

/* What came from beyond the raster's own sides is not what lies there on the sphere. */
static rv_status mend_margins(struct temporal *temporal, rv_error *error)
{
	const struct temporal_rasters *rasters = &temporal->buffers.rasters;
	cl_command_queue queue = temporal->device->queue;
	rv_status status =
		sphere_mend_margins(&temporal->buffers.dreamed, rasters->margin, queue, error);

	return status != RV_OK
	               ? status
	               : sphere_mend_margins(rasters->detail, rasters->margin, queue, error);
}

rv_status temporal_end(struct temporal *temporal, const struct raster *dreamed, rv_error *error)
{
	rv_status status = prepare_keep(temporal, dreamed, error);

	if (status != RV_OK)
		return status;
	launch_set_float(&temporal->keep.launches[0], KEEP_MATURING, (float)maturing(temporal));
	status = launch_list_run(&temporal->keep, temporal->device->queue, error);
	if (status == RV_OK)
		status = mend_margins(temporal, error);
	if (status == RV_OK)
		status = become_past(temporal, error);
	temporal->history.has_past = status == RV_OK;
	temporal->history.melting = fmax(temporal->history.melting - temporal->seconds, 0);
	temporal->history.was_fresh = temporal->plan.onset || !temporal->plan.warm;
	if (temporal->verdict != SCENE_FLASHES)
		temporal->history.begun += temporal->history.share;
	return status;
}

void temporal_learn(struct temporal *temporal, const struct depth_sight *sight)
{
	const struct temporal_plan *plan = &temporal->plan;

	if (plan->onset && temporal->history.share < 1)
		depth_learn_begun(&temporal->history.depth, sight);
	if (!plan->warm)
		depth_learn_alone(&temporal->history.depth, sight);
	else if (plan->dreamed && !plan->onset && !(temporal->history.melting > 0))
		depth_learn(&temporal->history.depth, sight);
}

void temporal_learn_alone(struct temporal *temporal, const struct depth_sight *sight)
{
	depth_learn_alone(&temporal->history.depth, sight);
}

rv_status temporal_abandon(struct temporal *temporal, rv_error *error)
{
	temporal->history = temporal->before;
	return temporal->history.has_past ? return_to_past(temporal, error) : RV_OK;
}
