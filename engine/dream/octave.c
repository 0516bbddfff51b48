#include "engine/dream/octave.h"

#include <math.h>
#include <string.h>

#include "engine/picture/gradient.h"
#include "engine/time/temporal_record.h"

/* The terms of what an octave enters with, and of what it leaves. */
enum { BLEND_BELOW, BLEND_PAST, BLEND_BASE, BLEND_TERMS };
enum { LEAVE_PICTURE, LEAVE_BASE, LEAVE_PAST, LEAVE_TERMS };

static bool is_full_size(const struct octave *octave, const struct octave_recipe *recipe)
{
	return octave->width == recipe->frame->width && octave->height == recipe->frame->height;
}

static bool inherits(const struct octave_recipe *recipe)
{
	return recipe->ascent->pictures.past != DREAM_PAST_NONE;
}

static void place_rasters(struct octave *octave, const struct octave_recipe *recipe)
{
	const struct shared *shared = recipe->shared;
	bool full = is_full_size(octave, recipe);
	struct raster own = {NULL, octave->width, octave->height};

	octave->detail = octave->base = octave->gradient = own;
	octave->detail.buffer = shared_detail(shared, recipe->from_top);
	octave->picture = octave->detail;
	octave->base.buffer = full ? recipe->frame->buffer : shared->base;
	octave->gradient.buffer = shared->gradient;
	octave->past = octave->base;
	if (inherits(recipe))
		octave->past.buffer = full ? recipe->inherited->buffer : shared->past;
	octave->seen = octave->picture;
	octave->seen_gradient = octave->gradient;
	if (octave->view.kind == VIEW_STRAIGHT)
		return;
	octave->seen = octave->seen_gradient =
		(struct raster){NULL, octave->view.width, octave->view.height * octave->view.parts};
	octave->seen.buffer = shared->seen;
	octave->seen_gradient.buffer = shared->seen_gradient;
}

/* detail = detail from below + what is inherited, each by its weight. Both at every octave, not
 * only at the smallest: enlarging a small picture of the last detail would lose its fine part.
 * Where the picture comes from below instead of its detail, the frame is taken off. */
static void record_enter(struct launch_recorder *recorder, struct octave *octave,
                         const struct octave_recipe *recipe)
{
	const struct raster_term shown[] = {{&octave->base, 1}, {&octave->detail, 1}};
	struct raster_term blended[] = {{&octave->past, 0}, {&octave->past, 0}, {&octave->base, 0}};

	if (!is_full_size(octave, recipe)) {
		raster_record_resize(recorder, recipe->frame, &octave->base);
		if (inherits(recipe))
			raster_record_resize(recorder, recipe->inherited, &octave->past);
	}
	octave->has_below = recipe->below != NULL;
	if (octave->has_below) {
		raster_record_resize(recorder, &recipe->below->detail, &octave->detail);
		blended[BLEND_BELOW].raster = &octave->detail;
	}
	octave->blend_launch =
		raster_record_combine(recorder, &octave->detail, blended, BLEND_TERMS, false);
	raster_record_combine(recorder, &octave->picture, shown, 2, true);
}

/* detail = what the octave changed; for those above, without what they inherit themselves. */
static void record_leave(struct launch_recorder *recorder, struct octave *octave)
{
	const struct raster_term change[] = {
		[LEAVE_PICTURE] = {&octave->picture, 1},
		[LEAVE_BASE] = {&octave->base, -1},
		[LEAVE_PAST] = {&octave->past, 0},
	};

	octave->leave_launch =
		raster_record_combine(recorder, &octave->detail, change, LEAVE_TERMS, false);
}

static void record_gather(struct launch_recorder *recorder, struct octave *octave,
                          const struct octave_recipe *recipe)
{
	struct slice gradient = network_gradient(octave->network, 0);
	const rv_params *params = recipe->ascent->params;

	recorder->list = &octave->gather;
	octave->gather_launch = raster_record_present_backward(
		recorder, &gradient, recipe->ascent->format, &octave->seen_gradient);
	recorder->list = &octave->unview;
	octave->softens = params->soften > 0;
	if (octave->softens)
		octave->soften_launch = gradient_record_soften(recorder, &octave->seen_gradient,
		                                               octave->view.parts);
	if (params->normalisation == RV_NORMALISE_STANDARD)
		gradient_record_centre(recorder, &octave->seen_gradient);
	/* A sphere's gradient is normalised where it is seen: near the poles of the picture its
	 * bands have no one size. */
	if (octave->view.kind == VIEW_SPHERE)
		gradient_record_normalise(
			recorder, &octave->seen_gradient,
			&(struct gradient_settings){.normalisation = params->normalisation,
		                                    .parts = octave->view.parts},
			&octave->factor);
	if (octave->view.kind != VIEW_STRAIGHT)
		octave->unview_launch = view_record_back(recorder, &octave->view,
		                                         &octave->seen_gradient, &octave->gradient);
}

/* The network, with the factors that the octave gives its targets. */
static rv_status record_network(struct launch_recorder *recorder, struct octave *octave,
                                const struct octave_recipe *recipe, rv_error *error)
{
	struct objective_target targets[RV_TARGETS_MAX];
	int count = octave->network->graph->wanted_count;

	memcpy(targets, recipe->ascent->targets, (size_t)count * sizeof(*targets));
	recorder->list = &octave->buffers;
	octave->balance = balance_create(recorder, count);
	for (int i = 0; i < count && count > 1; i++) {
		targets[i].places.factors = octave->balance.factors;
		targets[i].places.factor = i;
	}
	return recorder->status != RV_OK
	               ? recorder->status
	               : network_record(octave->network, recorder->device, recipe->buffers,
	                                recipe->convolutions, targets, error);
}

static void record_weighing(struct launch_recorder *recorder, struct octave *octave,
                            const struct octave_recipe *recipe)
{
	float weights[RV_TARGETS_MAX];

	for (int i = 0; i < octave->balance.count; i++)
		weights[i] = recipe->ascent->targets[i].weight;
	recorder->list = &octave->measure;
	octave->balanced = recipe->ascent->params->balance;
	octave->measure_launch =
		balance_record_measure(recorder, &octave->balance, &octave->seen_gradient);
	recorder->list = &octave->weigh;
	balance_record_find(recorder, &octave->balance, weights);
}

/* The mask as the weights of pixels, by the way in which layers have them. */
static void record_mask(struct launch_recorder *recorder, struct octave *octave,
                        const struct dream_mask *mask)
{
	const struct slice pixels = {.height = octave->height, .width = octave->width};
	const struct places_plan plan = {.kind = PLACES_MASK,
	                                 .mask = mask->buffer,
	                                 .mask_width = mask->width,
	                                 .mask_height = mask->height};
	const struct sphere *sphere = &octave->view.sphere;
	const struct places_position position = {
		.picture_height = octave->height,
		.picture_width = (int)lroundf(sphere->period),
		.x = (int)lroundf(sphere->period - sphere->margin)};
	int launch;

	if (!mask->buffer)
		return;
	recorder->list = &octave->fit_mask;
	launch = places_record(recorder, &plan, &pixels, octave->height, octave->width,
	                       &octave->weights);
	octave->has_new_mask = true;
	if (octave->view.kind == VIEW_SPHERE && recorder->status == RV_OK)
		places_move(&recorder->list->launches[launch], &position);
}

/* Records the way of a raster to the network. Returns the index of the launch that presents it. */
static int record_view(struct launch_recorder *recorder, const struct octave *octave,
                       const struct raster *raster, const rv_input_format *format, int *view_launch)
{
	struct slice input = network_activation(octave->network, 0);
	bool straight = octave->view.kind == VIEW_STRAIGHT;

	if (!straight)
		*view_launch = view_record(recorder, &octave->view, raster, &octave->seen);
	return raster_record_present(recorder, straight ? raster : &octave->seen, format, &input);
}

static void record_present(struct launch_recorder *recorder, struct octave *octave,
                           const struct octave_recipe *recipe)
{
	const rv_input_format *format = recipe->ascent->format;

	recorder->list = &octave->present;
	octave->present_launch =
		record_view(recorder, octave, &octave->picture, format, &octave->view_launch);
	if (!octave->network->keep.count)
		return;
	recorder->list = &octave->present_frame;
	octave->frame_launch =
		record_view(recorder, octave, &octave->base, format, &octave->view_frame_launch);
}

rv_status octave_record(struct octave *octave, struct device *device,
                        const struct octave_recipe *recipe, rv_error *error)
{
	struct room room = recipe->shared->room; /* the other octaves take the same */
	struct launch_recorder recorder = {.device = device,
	                                   .zeros = recipe->buffers->zeros,
	                                   .room = &room,
	                                   .scratch = recipe->shared->scratch,
	                                   .scratch_bytes = recipe->shared->scratch_bytes,
	                                   .error = error};
	rv_status status;

	octave->view = view_plan(recipe->ascent, octave->width, octave->height);
	status = record_network(&recorder, octave, recipe, error);
	if (status != RV_OK)
		return status;
	recorder.list = &octave->buffers;
	place_rasters(octave, recipe);
	record_mask(&recorder, octave, &recipe->ascent->mask);
	recorder.list = &octave->enter;
	record_enter(&recorder, octave, recipe);
	record_present(&recorder, octave, recipe);
	record_gather(&recorder, octave, recipe);
	record_weighing(&recorder, octave, recipe);
	recorder.list = &octave->mask;
	if (recipe->ascent->pictures.past == DREAM_PAST_IN_TIME)
		temporal_record_mask(&recorder, &octave->gradient, &octave->past, recipe->wants,
		                     recipe->length);
	step_record(&octave->step, &recorder, recipe->ascent->params,
	            &(struct step_rasters){.gradient = &octave->gradient,
	                                   .picture = &octave->picture,
	                                   .base = &octave->base,
	                                   .weights = octave->weights,
	                                   .length = recipe->length,
	                                   .factor = octave->factor});
	recorder.list = &octave->leave;
	record_leave(&recorder, octave);
	octave->preparation = &device->preparation;
	return recorder.status;
}

void octave_release(struct octave *octave)
{
	launch_list_clear(&octave->enter);
	launch_list_clear(&octave->present);
	launch_list_clear(&octave->present_frame);
	launch_list_clear(&octave->unview);
	launch_list_clear(&octave->fit_mask);
	launch_list_clear(&octave->measure);
	launch_list_clear(&octave->weigh);
	launch_list_clear(&octave->gather);
	launch_list_clear(&octave->mask);
	launch_list_clear(&octave->step.list);
	launch_list_clear(&octave->leave);
	launch_list_clear(&octave->descend);
	launch_list_clear(&octave->ascend);
	launch_list_clear(&octave->buffers);
	network_destroy(&octave->network);
	memset(octave, 0, sizeof(*octave));
}

double octave_preparation(const struct graph *graph)
{
	return 2 * network_preparation(graph);
}

size_t octave_bytes(const struct octave *octave)
{
	return launch_list_bytes(&octave->buffers) + launch_list_bytes(&octave->enter) +
	       launch_list_bytes(&octave->fit_mask) + launch_list_bytes(&octave->step.list) +
	       launch_list_bytes(&octave->unview) + launch_list_bytes(&octave->leave);
}

void octave_set(struct octave *octave, const struct octave_role *role)
{
	struct launch *blend = &octave->enter.launches[octave->blend_launch];
	struct launch *leave = &octave->leave.launches[octave->leave_launch];

	launch_set_float(blend, RASTER_COMBINE_WEIGHTS + BLEND_BELOW,
	                 octave->has_below ? role->from_below : 0);
	launch_set_float(blend, RASTER_COMBINE_WEIGHTS + BLEND_PAST, role->from_past);
	launch_set_float(blend, RASTER_COMBINE_WEIGHTS + BLEND_BASE,
	                 octave->has_below ? -role->taken_off : 0);
	launch_set_float(leave, RASTER_COMBINE_WEIGHTS + LEAVE_BASE, role->leaves_picture ? 0 : -1);
	launch_set_float(leave, RASTER_COMBINE_WEIGHTS + LEAVE_PAST, -role->subtracted);
	step_set(&octave->step, &role->strength);
	octave->masked = role->masked;
	for (int i = 0; i < octave->mask.count; i++)
		launch_set_float(&octave->mask.launches[i], MASK_LIVING, role->living);
}

void octave_smooth(struct octave *octave, float blur, float soften)
{
	step_blur(&octave->step, blur);
	if (octave->softens)
		launch_set_float(&octave->unview.launches[octave->soften_launch], GRADIENT_SOFTEN,
		                 soften);
}

void octave_look(struct octave *octave, const struct look *look)
{
	const struct view *view = &octave->view;

	if (view->kind == VIEW_STRAIGHT)
		return;
	view_set(view, &octave->present.launches[octave->view_launch], look);
	if (octave->present_frame.count)
		view_set(view, &octave->present_frame.launches[octave->view_frame_launch], look);
	view_set(view, &octave->unview.launches[octave->unview_launch], look);
	octave->mirrored = view->kind == VIEW_TURNED && look->turn.mirrored;
}

int octave_tiles(const struct octave *octave)
{
	return octave->view.parts * tiles_count(&octave->tiles);
}

static rv_status fit_mask(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	rv_status status =
		octave->has_new_mask ? launch_list_run(&octave->fit_mask, queue, error) : RV_OK;

	octave->has_new_mask &= status != RV_OK;
	return status;
}

rv_status octave_enter(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	rv_status status = fit_mask(octave, queue, error);
	return status != RV_OK ? status : launch_list_run(&octave->enter, queue, error);
}

rv_status octave_descend(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	rv_status status = fit_mask(octave, queue, error);
	return status != RV_OK ? status : launch_list_run(&octave->descend, queue, error);
}

rv_status octave_ascend(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	return launch_list_run(&octave->ascend, queue, error);
}

static void set_ramps(struct launch *gather, cl_uint argument, const struct tiles_span *span)
{
	launch_set_int(gather, argument, span->rise.from);
	launch_set_int(gather, argument + 1, span->rise.to);
	launch_set_int(gather, argument + 2, span->fall.from);
	launch_set_int(gather, argument + 3, span->fall.to);
}

/* The tile's place in what is seen of the shifted picture. */
static void place_tile(const struct octave *octave, int number, int shift_y, int shift_x)
{
	const struct view *view = &octave->view;
	int tile = number % tiles_count(&octave->tiles),
	    part = number / tiles_count(&octave->tiles);
	struct tiles_span y = tiles_span(&octave->tiles.y, tile / octave->tiles.x.count);
	struct tiles_span x = tiles_span(&octave->tiles.x, tile % octave->tiles.x.count);
	struct launch *present = &octave->present.launches[octave->present_launch];
	struct launch *gather = &octave->gather.launches[octave->gather_launch];
	struct launch *frame = octave->present_frame.count
	                               ? &octave->present_frame.launches[octave->frame_launch]
	                               : present;
	struct launch *shifted[] = {present, gather, frame};
	struct places_position position = {.picture_height = view->parts * view->height,
	                                   .picture_width = view->width,
	                                   .y = (shift_y + y.start) % view->height +
	                                        part * view->height,
	                                   .x = (shift_x + x.start) % view->width,
	                                   .mirrored = octave->mirrored};

	for (size_t i = 0; i < sizeof(shifted) / sizeof(shifted[0]); i++) {
		launch_set_int(shifted[i], RASTER_SHIFT_Y, position.y);
		launch_set_int(shifted[i], RASTER_SHIFT_X, position.x);
	}
	network_move(octave->network, &position);
	set_ramps(gather, RASTER_TILE_Y, &y);
	set_ramps(gather, RASTER_TILE_X, &x);
	launch_set_int(gather, RASTER_ACCUMULATE, tiles_count(&octave->tiles) > 1);
}

/* Tiles add to the gradient. */
static rv_status clear_gradient(const struct octave *octave, cl_command_queue queue,
                                rv_error *error)
{
	const float zero = 0;
	cl_int code = clEnqueueFillBuffer(
		queue, octave->seen_gradient.buffer, &zero, sizeof(zero), 0,
		raster_bytes(octave->seen_gradient.width, octave->seen_gradient.height), 0, NULL,
		NULL);

	return code ? device_fail(error, code, "clearing the gradient") : RV_OK;
}

rv_status octave_tile(struct octave *octave, int tile, int shift_y, int shift_x,
                      cl_command_queue queue, rv_error *error)
{
	const struct launch_list *frame[] = {&octave->present_frame, &octave->network->forward,
	                                     &octave->network->keep};
	const struct launch_list *lists[] = {&octave->present, &octave->network->forward,
	                                     &octave->network->backward, &octave->gather};
	enum { LISTS = sizeof(lists) / sizeof(lists[0]) };
	const double units = network_preparation(octave->network->graph);
	rv_status status = RV_OK;

	place_tile(octave, tile, shift_y, shift_x);
	network_watch(octave->network, !octave->watched ? WORTH_KEPT
	                               : tile           ? WORTH_ADDED
	                                                : WORTH_ANEW);
	if (tile == 0 && tiles_count(&octave->tiles) > 1)
		status = clear_gradient(octave, queue, error);
	for (int i = 0; i < 3 && octave->present_frame.count && status == RV_OK; i++)
		status = launch_list_run(frame[i], queue, error);
	for (size_t i = 0; i < LISTS && status == RV_OK; i++)
		status = octave->preparation
		                 ? launch_list_run_first(lists[i], queue, octave->preparation,
		                                         units / LISTS, error)
		                 : launch_list_run(lists[i], queue, error);
	if (status == RV_OK)
		octave->preparation = NULL;
	return status;
}

rv_status octave_step(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	rv_status status = launch_list_run(&octave->unview, queue, error);

	if (status == RV_OK && octave->masked)
		status = launch_list_run(&octave->mask, queue, error);
	return status != RV_OK ? status : launch_list_run(&octave->step.list, queue, error);
}

rv_status octave_leave(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	return launch_list_run(&octave->leave, queue, error);
}

rv_status octave_visit(struct octave *octave, int steps, dream_visitor *visit, void *context,
                       rv_error *error)
{
	int tiles = steps * octave_tiles(octave);
	const struct {
		const struct launch_list *list;
		bool backward;
		int times;
	} lists[] = {
		{&octave->enter, false, 1},
		{&octave->present_frame, false, tiles},
		{&octave->network->keep, false, tiles},
		{&octave->present, false, tiles},
		{&octave->network->forward, false, octave->present_frame.count ? 2 * tiles : tiles},
		{&octave->network->backward, true, tiles},
		{&octave->gather, true, tiles},
		{&octave->unview, true, steps},
		{&octave->step.list, true, steps},
		{&octave->leave, false, 1},
	};
	rv_status status = RV_OK;

	place_tile(octave, 0, 0, 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && status == RV_OK; i++)
		status = visit(context, lists[i].list, lists[i].backward, lists[i].times, error);
	return status;
}
