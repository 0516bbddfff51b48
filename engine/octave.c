#include "engine/octave.h"

#include <string.h>

#include "engine/gradient.h"
#include "engine/temporal.h"

static bool is_full_size(const struct octave *octave, const struct octave_recipe *recipe)
{
	return octave->width == recipe->frame->width && octave->height == recipe->frame->height;
}

static void record_buffers(struct recorder *recorder, struct octave *octave,
                           const struct octave_recipe *recipe)
{
	struct raster shared = {NULL, octave->width, octave->height};

	octave->detail = record_own_raster(recorder, octave->width, octave->height);
	octave->picture = octave->detail;
	octave->base = octave->gradient = shared;
	octave->base.buffer = recipe->room->base;
	octave->gradient.buffer = recipe->room->gradient;
	octave->past = shared;
	octave->past.buffer = recipe->room->past ? recipe->room->past : recipe->room->gradient;
	if (is_full_size(octave, recipe)) {
		octave->base = *recipe->frame;
		octave->past = *recipe->inherited;
	}
}

/* detail = detail from below + what is inherited, each by its weight. Both at every octave, not
 * only at the smallest: enlarging a small picture of the last detail would lose its fine part. */
static void record_enter(struct recorder *recorder, struct octave *octave,
                         const struct octave_recipe *recipe)
{
	if (!is_full_size(octave, recipe)) {
		record_raster_resize(recorder, recipe->frame, &octave->base);
		record_raster_resize(recorder, recipe->inherited, &octave->past);
	}
	if (recipe->below)
		record_raster_resize(recorder, &recipe->below->detail, &octave->detail);
	else
		record_raster_combine(recorder, &octave->detail, &octave->past, 0, NULL, 0, false);
	octave->blend_launch = record_raster_combine(recorder, &octave->detail, &octave->detail, 1,
	                                             &octave->past, 0, false);
	record_raster_combine(recorder, &octave->picture, &octave->base, 1, &octave->detail, 1,
	                      true);
}

static void record_gather(struct recorder *recorder, struct octave *octave,
                          const struct octave_recipe *recipe)
{
	struct slice gradient = network_gradient(octave->network, 0);

	octave->gather_launch = record_present_backward(recorder, &gradient, recipe->ascent->format,
	                                                &octave->gradient);
}

static void record_step(struct recorder *recorder, struct octave *octave,
                        const struct octave_recipe *recipe)
{
	const rv_params *params = recipe->ascent->params;
	struct gradient_settings settings = {.normalisation = params->normalisation,
	                                     .step = params->step,
	                                     .length = recipe->length};

	octave->step_launch =
		record_gradient_step(recorder, &octave->gradient, &octave->picture, &settings);
}

rv_status octave_record(struct octave *octave, struct device *device,
                        const struct octave_recipe *recipe, rv_error *error)
{
	struct recorder recorder = {.device = device,
	                            .zeros = recipe->buffers->zeros,
	                            .scratch = recipe->room->scratch,
	                            .scratch_bytes = recipe->room->scratch_bytes,
	                            .error = error};
	struct slice input;
	rv_status status;

	status = network_record(octave->network, device, recipe->buffers, recipe->convolutions,
	                        recipe->ascent->targets, error);
	if (status)
		return status;
	recorder.list = &octave->buffers;
	record_buffers(&recorder, octave, recipe);
	recorder.list = &octave->enter;
	record_enter(&recorder, octave, recipe);
	recorder.list = &octave->present;
	input = network_activation(octave->network, 0);
	octave->present_launch =
		record_present(&recorder, &octave->picture, recipe->ascent->format, &input);
	recorder.list = &octave->gather;
	record_gather(&recorder, octave, recipe);
	recorder.list = &octave->mask;
	if (octave->past.buffer != octave->gradient.buffer)
		record_temporal_mask(&recorder, &octave->gradient, &octave->past);
	recorder.list = &octave->step;
	record_step(&recorder, octave, recipe);
	recorder.list = &octave->leave;
	record_raster_combine(&recorder, &octave->detail, &octave->picture, 1, &octave->base, -1,
	                      false);
	octave->change_launch = record_raster_combine(&recorder, &octave->detail, &octave->detail,
	                                              1, &octave->past, 0, false);
	return recorder.status;
}

void octave_release(struct octave *octave)
{
	launch_list_clear(&octave->enter);
	launch_list_clear(&octave->present);
	launch_list_clear(&octave->gather);
	launch_list_clear(&octave->mask);
	launch_list_clear(&octave->step);
	launch_list_clear(&octave->leave);
	launch_list_clear(&octave->buffers);
	network_destroy(&octave->network);
	memset(octave, 0, sizeof(*octave));
}

size_t octave_bytes(const struct octave *octave)
{
	return launch_list_bytes(&octave->buffers) + launch_list_bytes(&octave->enter) +
	       launch_list_bytes(&octave->step) + launch_list_bytes(&octave->leave);
}

void octave_set(struct octave *octave, const struct octave_role *role)
{
	const struct launch *blend = &octave->enter.launches[octave->blend_launch];
	const struct launch *change = &octave->leave.launches[octave->change_launch];

	launch_set_float(blend, RASTER_COMBINE_WEIGHT_A, role->from_below);
	launch_set_float(blend, RASTER_COMBINE_WEIGHT_B, role->from_past);
	launch_set_float(change, RASTER_COMBINE_WEIGHT_B, -role->subtracted);
	launch_set_float(&octave->step.launches[octave->step_launch], GRADIENT_STEP, role->step);
	octave->masked = role->masked;
}

rv_status octave_enter(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	return launch_list_run(&octave->enter, queue, error);
}

static void set_ramps(const struct launch *gather, cl_uint argument, const struct tile_span *span)
{
	launch_set_int(gather, argument, span->rise.from);
	launch_set_int(gather, argument + 1, span->rise.to);
	launch_set_int(gather, argument + 2, span->fall.from);
	launch_set_int(gather, argument + 3, span->fall.to);
}

/* The tile's place in the shifted picture. */
static void place_tile(const struct octave *octave, int tile, int shift_y, int shift_x)
{
	struct tile_span y = tile_span(&octave->tiles.y, tile / octave->tiles.x.count);
	struct tile_span x = tile_span(&octave->tiles.x, tile % octave->tiles.x.count);
	const struct launch *present = &octave->present.launches[octave->present_launch];
	const struct launch *gather = &octave->gather.launches[octave->gather_launch];
	const struct launch *shifted[] = {present, gather};

	for (size_t i = 0; i < sizeof(shifted) / sizeof(shifted[0]); i++) {
		launch_set_int(shifted[i], RASTER_SHIFT_Y, (shift_y + y.start) % octave->height);
		launch_set_int(shifted[i], RASTER_SHIFT_X, (shift_x + x.start) % octave->width);
	}
	set_ramps(gather, RASTER_TILE_Y, &y);
	set_ramps(gather, RASTER_TILE_X, &x);
	launch_set_int(gather, RASTER_ACCUMULATE, tiles_count(&octave->tiles) > 1);
}

/* Tiles add to the gradient. */
static rv_status clear_gradient(const struct octave *octave, cl_command_queue queue,
                                rv_error *error)
{
	const float zero = 0;
	cl_int code =
		clEnqueueFillBuffer(queue, octave->gradient.buffer, &zero, sizeof(zero), 0,
	                            raster_bytes(octave->width, octave->height), 0, NULL, NULL);

	return code ? device_fail(error, code, "clearing the gradient") : RV_OK;
}

rv_status octave_tile(struct octave *octave, int tile, int shift_y, int shift_x,
                      cl_command_queue queue, rv_error *error)
{
	const struct launch_list *lists[] = {&octave->present, &octave->network->forward,
	                                     &octave->network->backward, &octave->gather};
	rv_status status = RV_OK;

	place_tile(octave, tile, shift_y, shift_x);
	if (tile == 0 && tiles_count(&octave->tiles) > 1)
		status = clear_gradient(octave, queue, error);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && !status; i++)
		status = launch_list_run(lists[i], queue, error);
	return status;
}

rv_status octave_step(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	rv_status status = octave->masked ? launch_list_run(&octave->mask, queue, error) : RV_OK;

	return status ? status : launch_list_run(&octave->step, queue, error);
}

rv_status octave_leave(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	return launch_list_run(&octave->leave, queue, error);
}

rv_status octave_visit(struct octave *octave, int steps, ascent_visitor *visit, void *context,
                       rv_error *error)
{
	int tiles = steps * tiles_count(&octave->tiles);
	const struct {
		const struct launch_list *list;
		bool backward;
		int times;
	} lists[] = {
		{&octave->enter, false, 1},
		{&octave->present, false, tiles},
		{&octave->network->forward, false, tiles},
		{&octave->network->backward, true, tiles},
		{&octave->gather, true, tiles},
		{&octave->step, true, steps},
		{&octave->leave, false, 1},
	};
	rv_status status = RV_OK;

	place_tile(octave, 0, 0, 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && !status; i++)
		status = visit(context, lists[i].list, lists[i].backward, lists[i].times, error);
	return status;
}
