#include "engine/dream/ascent.h"

#include <stdlib.h>
#include <string.h>

#include "engine/dream/ascent_state.h"
#include "engine/dream/octave_plan.h"
#include "engine/dream/passage.h"
#include "engine/dream/sight.h"

/* The rasters that live as long as the ascent. Of pictures by themselves the detail is the largest
 * octave's own. */
static void create_rasters(struct ascent *ascent, struct launch_recorder *recorder,
                           const struct dream_recipe *recipe)
{
	const int width = ascent->width, height = ascent->height;

	ascent->frame = raster_record_own(recorder, width, height);
	larger_record(&ascent->larger, recorder, recipe, width, height);
	if (ascent->pictures.past == DREAM_PAST_NONE)
		return;
	ascent->detail = ascent->inherited = raster_record_own(recorder, width, height);
	if (ascent->pictures.past == DREAM_PAST_IN_TIME)
		ascent->inherited = raster_record_own(recorder, width, height);
}

/* What all but the networks take, so that these get what is left. */
static size_t rasters_needed(const struct ascent *ascent, const struct dream_recipe *recipe)
{
	const struct shared_sizes sizes =
		shared_plan(ascent->width, ascent->height, recipe->params);
	struct ascent like = {
		.width = ascent->width, .height = ascent->height, .pictures = ascent->pictures};
	size_t bytes = 0;
	struct launch_recorder recorder = {.measured = &bytes};

	create_rasters(&like, &recorder, recipe);
	/* One for the device, and two that a host has of what it reads and writes. */
	bytes += 3 * transfer_needed(recipe->pictures.width + 2 * like.larger.margin,
	                             recipe->pictures.height, recipe->pictures.sample_bytes);
	return bytes + ascent->timed_bytes + shared_measure(recipe, &sizes);
}

static rv_status plan_octaves(struct ascent *ascent, const struct dream_recipe *recipe,
                              rv_error *error)
{
	size_t rasters = rasters_needed(ascent, recipe);
	struct tile_budget budget = {recipe->memory > rasters ? recipe->memory - rasters : 0,
	                             ascent->device->info.max_buffer_bytes};

	return octave_plan(ascent->octaves, &ascent->octave_count, recipe, ascent->width,
	                   ascent->height, &budget, error);
}

static rv_status create_shared(struct ascent *ascent, const struct dream_recipe *recipe,
                               rv_error *error)
{
	struct shared_sizes sizes = {.count = ascent->octave_count};
	rv_status status;

	for (int i = 0; i < sizes.count; i++) {
		const struct octave *octave = &ascent->octaves[sizes.count - 1 - i];
		sizes.octaves[i] = (struct raster){NULL, octave->width, octave->height};
	}
	status = shared_create(&ascent->shared, ascent->device, recipe, &sizes,
	                       ascent->detail.buffer, error);
	if (ascent->pictures.past == DREAM_PAST_NONE)
		ascent->detail = (struct raster){shared_detail(&ascent->shared, 0), ascent->width,
		                                 ascent->height};
	return status;
}

static rv_status create_buffers(struct ascent *ascent, rv_error *error)
{
	for (int i = 0; i < ascent->octave_count; i++)
		network_needs_cover(&ascent->needs, &ascent->octaves[i].network->needs);
	return network_buffers_create(&ascent->buffers, ascent->device, &ascent->needs, error);
}

/* The recipe's targets, with the weights that the ascent gives to their channels. */
static void create_channel_weights(struct ascent *ascent, struct launch_recorder *recorder,
                                   const struct dream_recipe *recipe,
                                   struct objective_target targets[RV_TARGETS_MAX])
{
	const struct graph *graph = recipe->graph;

	for (int i = 0; i < graph->wanted_count; i++) {
		channel_weights_create(&ascent->channel_weights[i], recorder,
		                       graph->tensors[graph->wanted[i]].channels);
		targets[i] = recipe->targets[i];
		targets[i].channel_weights = ascent->channel_weights[i].table;
	}
	ascent->target_count = graph->wanted_count;
}

static rv_status record_octaves(struct ascent *ascent, const struct dream_recipe *recipe,
                                struct convolution_library *convolutions, rv_error *error)
{
	struct octave_recipe octave_recipe = {.ascent = recipe,
	                                      .frame = &ascent->frame,
	                                      .inherited = &ascent->inherited,
	                                      .length = ascent->length,
	                                      .wants = ascent->wants,
	                                      .shared = &ascent->shared,
	                                      .buffers = &ascent->buffers,
	                                      .convolutions = convolutions};
	const int top = ascent->octave_count - 1;
	rv_status status = RV_OK;

	preparation_begin(&ascent->device->preparation,
	                  ascent->octave_count * octave_preparation(recipe->graph));
	for (int i = 0; i < ascent->octave_count && status == RV_OK; i++) {
		octave_recipe.below = i ? &ascent->octaves[i - 1] : NULL;
		octave_recipe.from_top = top - i;
		status = octave_record(&ascent->octaves[i], ascent->device, &octave_recipe, error);
	}
	for (int i = 0; i < top && status == RV_OK; i++)
		if (recipe->params->octave_order == RV_OCTAVES_CHANCE)
			status = passage_record(&ascent->octaves[i], &ascent->octaves[top],
			                        ascent->device, &octave_recipe, error);
	ascent->transfer = (struct transfer){.device = ascent->device,
	                                     .frame = ascent->frame,
	                                     .detail = ascent->detail,
	                                     .weights = ascent->octaves[top].weights,
	                                     .margin = ascent->margin};
	/* Where the gradient lies in the detail that is shown, the largest octave has one of its
	 * own, which nobody needs before and after all steps. */
	larger_transfer(&ascent->larger, &ascent->transfer,
	                recipe->lends_detail ? shared_detail(&ascent->shared, 0)
	                                     : ascent->shared.gradient);
	return status;
}

/* The buffers that live as long as the ascent, and the weights of channels, which are filled in
 * beside what the recipe says of targets. */
static rv_status create_lasting(struct ascent *ascent, const struct dream_recipe *recipe,
                                struct objective_target targets[RV_TARGETS_MAX], rv_error *error)
{
	struct launch_recorder recorder = {
		.device = ascent->device, .list = &ascent->rasters, .error = error};
	const float unit = 1;

	create_rasters(ascent, &recorder, recipe);
	ascent->length = record_own_buffer(&recorder, sizeof(unit), &unit);
	ascent->wants = record_own_buffer(&recorder, sizeof(struct temporal_wants), NULL);
	create_channel_weights(ascent, &recorder, recipe, targets);
	return recorder.status;
}

rv_status ascent_create(struct ascent **out, struct device *device,
                        struct convolution_library *convolutions, const struct dream_recipe *recipe,
                        rv_error *error)
{
	const struct dream_pictures *pictures = &recipe->pictures;
	struct ascent *ascent = calloc(1, sizeof(*ascent));
	struct objective_target targets[RV_TARGETS_MAX];
	struct dream_recipe own = *recipe;
	rv_status status;

	*out = NULL;
	if (!ascent)
		return rv_fail(error, RV_MEMORY, "out of memory");
	ascent->device = device;
	ascent->pictures = *pictures;
	ascent->width = larger_side(recipe->params, pictures->width);
	ascent->height = larger_side(recipe->params, pictures->height);
	ascent->margin = larger_margin(ascent->width, recipe->params->sphere);
	ascent->width += 2 * ascent->margin;
	if (pictures->past == DREAM_PAST_IN_TIME)
		ascent->timed_bytes = temporal_measure(ascent->width, ascent->height,
		                                       &recipe->params->time, &(size_t){0});
	own.lends_detail = ascent->lends_detail =
		recipe->lends_detail && pictures->past == DREAM_PAST_IN_TIME;
	own.margin = (float)ascent->margin / (float)ascent->width;
	status = plan_octaves(ascent, &own, error);
	own.targets = targets; /* which create_lasting fills in */
	if (status != RV_OK || (status = create_lasting(ascent, recipe, targets, error)) != RV_OK ||
	    (status = create_buffers(ascent, error)) != RV_OK ||
	    (status = create_shared(ascent, &own, error)) != RV_OK ||
	    (status = record_octaves(ascent, &own, convolutions, error)) != RV_OK) {
		ascent_destroy(&ascent);
		return status;
	}
	*out = ascent;
	return RV_OK;
}

void ascent_retire(struct ascent *ascent)
{
	clFinish(ascent->device->queue);
	for (int i = 0; i < ascent->octave_count; i++)
		octave_release(&ascent->octaves[i]);
	ascent->octave_count = 0;
	transfer_release(&ascent->transfer);
	shared_release(&ascent->shared);
	network_buffers_release(&ascent->buffers);
}

void ascent_destroy(struct ascent **pointer)
{
	struct ascent *ascent = *pointer;

	if (!ascent)
		return;
	ascent_retire(ascent);
	temporal_destroy(&ascent->temporal);
	for (int i = 0; i < ascent->target_count; i++)
		channel_weights_release(&ascent->channel_weights[i]);
	launch_list_clear(&ascent->rasters);
	free(ascent);
	*pointer = NULL;
}

bool ascent_fits(const struct ascent *ascent, const struct dream_pictures *pictures)
{
	return ascent->pictures.width == pictures->width &&
	       ascent->pictures.height == pictures->height &&
	       ascent->pictures.past >= pictures->past;
}

void ascent_reset(struct ascent *ascent)
{
	ascent->has_past = ascent->looks = false;
	ascent->scene_frames = 0;
	if (ascent->temporal)
		temporal_reset(ascent->temporal);
}

void ascent_take_mask(struct ascent *ascent)
{
	for (int i = 0; i < ascent->octave_count; i++)
		ascent->octaves[i].has_new_mask = ascent->octaves[i].weights != NULL;
}

rv_frame_report ascent_report(const struct ascent *ascent)
{
	return ascent->report;
}

void ascent_measure(const struct ascent *ascent, rv_memory *memory)
{
	const struct octave *top = &ascent->octaves[ascent->octave_count - 1];

	memory->tensors = ascent->needs.tensor_bytes + ascent->needs.zero_bytes;
	memory->saved = ascent->needs.saved_bytes;
	memory->rasters =
		launch_list_bytes(&ascent->rasters) + launch_list_bytes(&ascent->shared.parts) +
		ascent->shared.room.bytes + ascent->timed_bytes +
		transfer_needed(ascent->transfer.frame.width, ascent->transfer.frame.height,
	                        ascent->pictures.sample_bytes);
	for (int i = 0; i < ascent->octave_count; i++) {
		memory->rasters += octave_bytes(&ascent->octaves[i]);
		memory->kept += network_own_bytes(ascent->octaves[i].network);
	}
	memory->tiles = tiles_count(&top->tiles);
	memory->tile_width = top->tiles.x.tile;
	memory->tile_height = top->tiles.y.tile;
}

/* A step is as long as the plan says, unless temporal_begin finds that only parts of the picture
 * are to take it. */
static rv_status reset_length(struct ascent *ascent, rv_error *error)
{
	static const float unit = 1; /* read after this returns */
	cl_int code = clEnqueueWriteBuffer(ascent->device->queue, ascent->length, CL_FALSE, 0,
	                                   sizeof(unit), &unit, 0, NULL, NULL);

	return code ? device_fail(error, code, "setting the length of a step") : RV_OK;
}

/* ---- with and without time ---- */

static rv_status keep_detail(struct ascent *ascent, rv_error *error)
{
	const struct raster *from = &ascent->octaves[ascent->octave_count - 1].detail;
	cl_int code;

	if (from->buffer == ascent->detail.buffer)
		return RV_OK;
	code = clEnqueueCopyBuffer(ascent->device->queue, from->buffer, ascent->detail.buffer, 0, 0,
	                           raster_bytes(from->width, from->height), 0, NULL, NULL);

	return code ? device_fail(error, code, "keeping the detail") : RV_OK;
}

/* Each target's channels come and go in an order of their own. */
static rv_status wander_channel_weights(struct ascent *ascent, uint64_t seed, double wandered,
                                        rv_error *error)
{
	rv_status status = RV_OK;

	for (int i = 0; i < ascent->target_count && status == RV_OK; i++)
		status = channel_weights_wander(&ascent->channel_weights[i], ascent->device->queue,
		                                seed + ((uint64_t)i << 32), wandered, error);
	return status;
}

/* A picture by itself, or blended with what the last one became. */
static rv_status run_alone(struct ascent *ascent, struct schedule *schedule,
                           const rv_params *params, bool blended, rv_error *error)
{
	struct schedule_plan plan =
		schedule_plan_cold(params, ascent->scene_frames, ascent->target_count);
	rv_status status = wander_channel_weights(ascent, params->seed, 0, error);

	if (blended && ascent->has_past)
		plan.past = params->blend;
	if (status == RV_OK)
		status = schedule_run(schedule, &plan, params->jitter, error);
	if (status == RV_OK)
		status = keep_detail(ascent, error);
	ascent->report = (rv_frame_report){.cold = true, .uncovered = 1};
	return status;
}

rv_status ascent_prepare_temporal(struct ascent *ascent, const rv_time *time, rv_error *error)
{
	const struct temporal_rasters rasters = {.frame = &ascent->frame,
	                                         .detail = &ascent->detail,
	                                         .inherited = &ascent->inherited,
	                                         .margin = ascent->margin,
	                                         .octaves = ascent->octave_count};
	struct temporal *last = ascent->temporal;
	rv_status status;

	if (last && temporal_fits(last, time))
		return RV_OK;
	status = temporal_create(&ascent->temporal, ascent->device, time, &rasters, ascent->wants,
	                         &ascent->shared.room, error);
	if (status == RV_OK && last)
		status = temporal_go_on(ascent->temporal, last, error);
	temporal_destroy(&last);
	return status;
}

rv_status ascent_go_on(struct ascent *ascent, const struct ascent *last, const rv_time *time,
                       bool melts, rv_error *error)
{
	rv_status status;

	if (ascent->pictures.past != DREAM_PAST_IN_TIME || !last->temporal || last->looks)
		return RV_OK;
	status = ascent_prepare_temporal(ascent, time, error);
	if (status == RV_OK)
		status = temporal_go_on(ascent->temporal, last->temporal, error);
	if (status == RV_OK && melts)
		temporal_melt(ascent->temporal);
	return status;
}

/* What becomes of the last frame, and how the next one is dreamed. */
static rv_status begin_in_time(struct ascent *ascent, const rv_params *params, int64_t time,
                               bool on_journey, struct temporal_plan *plan, rv_error *error)
{
	rv_status status = ascent_prepare_temporal(ascent, &params->time, error);

	if (status == RV_OK && !on_journey)
		return temporal_begin(ascent->temporal, params, time, plan, error);
	if (status == RV_OK)
		status = temporal_journey(ascent->temporal, params, time, plan, error);
	if (status == RV_OK)
		status = transfer_take_frame(&ascent->transfer, error);
	return status;
}

/* Dreams a frame of a video, or with on_journey the next one of a journey, for which there is no
 * new frame. */
static rv_status run_in_time(struct ascent *ascent, struct schedule *schedule,
                             const rv_params *params, int64_t time, bool on_journey,
                             rv_error *error)
{
	const struct octave *top = &ascent->octaves[ascent->octave_count - 1];
	struct temporal_plan temporal;
	struct schedule_plan plan;
	rv_status status = begin_in_time(ascent, params, time, on_journey, &temporal, error);

	if (status != RV_OK)
		return status;
	if (!temporal.warm && !on_journey)
		ascent->scene_frames = 0;
	plan = schedule_plan_cold(params, ascent->scene_frames, ascent->target_count);
	plan.seed += temporal.seed;
	if (temporal.alone)
		status =
			sight_learn_alone(schedule, &plan, params->jitter, ascent->temporal, error);
	ascent->effort = temporal.effort;
	schedule_follow(&plan, &temporal);
	if (status == RV_OK)
		status = wander_channel_weights(ascent, params->seed + temporal.scene,
		                                temporal.wandered, error);
	if (status == RV_OK)
		status = schedule_run(schedule, &plan, params->jitter, error);
	if (status == RV_OK)
		status = temporal_end(ascent->temporal, &top->detail, error);
	ascent->report = (rv_frame_report){.cold = !temporal.warm && !on_journey,
	                                   .cut = temporal.cut,
	                                   .onset = temporal.onset,
	                                   .likeness = temporal.likeness,
	                                   .uncovered = temporal.uncovered};
	return status;
}

/* After a cancelled dream the past is the one that it began with. False where that is lost. */
static bool abandon(struct ascent *ascent, rv_status status, int scene_frames)
{
	ascent->scene_frames = scene_frames;
	return status == RV_CANCELLED && !ascent->lends_detail &&
	       (!ascent->temporal || temporal_abandon(ascent->temporal, NULL) == RV_OK);
}

/* input may be NULL. */
static rv_status begin_dream(struct ascent *ascent, const rv_image *input, rv_error *error)
{
	rv_status status = reset_length(ascent, error);

	if (ascent->looks)
		ascent_reset(ascent);
	if (status == RV_OK && input)
		status = transfer_upload(&ascent->transfer, input, error);
	return status;
}

rv_status ascent_run(struct ascent *ascent, const rv_params *params, const rv_image *input,
                     int64_t time, const rv_image *output, rv_progress *progress, void *context,
                     rv_error *error)
{
	bool lone = time == RV_TIME_NONE;
	struct schedule schedule = {.octaves = ascent->octaves,
	                            .octave_count = ascent->octave_count,
	                            .unit = (double)ascent->pictures.width *
	                                    ascent->pictures.height,
	                            .queue = ascent->device->queue,
	                            .times = &ascent->device->times,
	                            .progress = progress,
	                            .context = context};
	rv_status status = begin_dream(ascent, input, error);
	const int scene_frames = ascent->scene_frames;

	if (status == RV_OK)
		status = params->time.on && !lone
		                 ? run_in_time(ascent, &schedule, params, time, !input, error)
		                 : run_alone(ascent, &schedule, params, !lone, error);
	if (status == RV_OK)
		status = transfer_download(&ascent->transfer, params->strength, output, error);
	if (status == RV_OK && params->time.on && !lone && input)
		status = sight_learn(&schedule, &ascent->effort, params, ascent->temporal, error);
	if (status != RV_OK)
		clFinish(ascent->device->queue);
	else {
		preparation_end(&ascent->device->preparation);
		ascent->has_past = true;
	}
	ascent->scene_frames++;
	schedule_report(&schedule, &ascent->report);
	ascent->report.tiles = tiles_count(&ascent->octaves[ascent->octave_count - 1].tiles);
	ascent->report.flow_ms = (float)stage_times_take(&ascent->device->times, TIMED_FLOW);
	ascent->report.steps_ms = (float)stage_times_take(&ascent->device->times, TIMED_STEPS);
	if (lone || (status != RV_OK && !abandon(ascent, status, scene_frames)))
		ascent_reset(ascent);
	return status;
}

rv_status ascent_look(struct ascent *ascent, const rv_params *params, const rv_image *input,
                      int64_t time, rv_error *error)
{
	struct temporal_plan plan = {.cut = false};
	rv_status status = transfer_upload(&ascent->transfer, input, error);

	if (!ascent->looks)
		ascent_reset(ascent);
	ascent->looks = true;
	if (status == RV_OK)
		status = ascent_prepare_temporal(ascent, &params->time, error);
	if (status == RV_OK)
		status = temporal_look(ascent->temporal, &params->time, time, &plan, error);
	clFinish(ascent->device->queue); /* of a scene's first frame nothing was waited for */
	if (status == RV_OK)
		preparation_end(&ascent->device->preparation);
	else
		ascent_reset(ascent);
	ascent->report = (rv_frame_report){
		.cut = plan.cut,
		.likeness = plan.likeness,
		.uncovered = plan.uncovered,
		.flow_ms = (float)stage_times_take(&ascent->device->times, TIMED_FLOW)};
	return status;
}

rv_status ascent_visit(struct ascent *ascent, const rv_params *params, dream_visitor *visit,
                       void *context, rv_error *error)
{
	rv_status status = transfer_record(&ascent->transfer, RV_RGB8, error);

	if (status == RV_OK)
		status = visit(context, &ascent->transfer.load, false, 1, error);
	for (int i = 0; i < ascent->octave_count && status == RV_OK; i++)
		status = octave_visit(&ascent->octaves[i], params->iterations, visit, context,
		                      error);
	return status != RV_OK ? status : visit(context, &ascent->transfer.store, false, 1, error);
}
