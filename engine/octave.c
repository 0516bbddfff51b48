#include "engine/octave.h"

#include <string.h>

#include "engine/gradient.h"

static void record_buffers(struct recorder *recorder, struct octave *octave)
{
	struct raster *rasters[] = {&octave->base, &octave->picture, &octave->detail, &octave->past,
	                            &octave->gradient};

	for (size_t i = 0; i < sizeof(rasters) / sizeof(rasters[0]); i++)
		*rasters[i] = record_own_raster(recorder, octave->width, octave->height);
}

/* detail = (1 - blend) * detail from below + blend * the last frame's. Both at every octave, not
 * only at the smallest: enlarging a small picture of the last detail would lose its fine part. */
static void record_enter(struct recorder *recorder, struct octave *octave,
                         const struct octave_recipe *recipe)
{
	record_raster_resize(recorder, recipe->frame, &octave->base);
	record_raster_resize(recorder, recipe->last_detail, &octave->past);
	if (recipe->below)
		record_raster_resize(recorder, &recipe->below->detail, &octave->detail);
	else
		record_raster_combine(recorder, &octave->detail, &octave->past, 0, NULL, 0, false);
	octave->blend_launch = record_raster_combine(recorder, &octave->detail, &octave->detail, 1,
	                                             &octave->past, 0, false);
	record_raster_combine(recorder, &octave->picture, &octave->base, 1, &octave->detail, 1,
	                      true);
}

static void record_step(struct recorder *recorder, struct octave *octave,
                        const struct octave_recipe *recipe)
{
	const rv_params *params = recipe->ascent->params;
	struct gradient_settings settings = {.normalisation = params->normalisation,
	                                     .step = params->step};
	struct slice gradient = network_gradient(octave->network, 0);

	octave->present_backward_launch = record_present_backward(
		recorder, &gradient, recipe->ascent->format, &octave->gradient);
	octave->step_launch =
		record_gradient_step(recorder, &octave->gradient, &octave->picture, &settings);
}

rv_status octave_record(struct octave *octave, struct device *device,
                        const struct octave_recipe *recipe, rv_error *error)
{
	struct recorder recorder = {
		.device = device, .zeros = recipe->buffers->zeros, .error = error};
	struct slice input;
	rv_status status;

	status = network_record(octave->network, device, recipe->buffers, recipe->convolutions,
	                        recipe->ascent->targets, error);
	if (status)
		return status;
	recorder.list = &octave->buffers;
	record_buffers(&recorder, octave);
	recorder.list = &octave->enter;
	record_enter(&recorder, octave, recipe);
	recorder.list = &octave->present;
	input = network_activation(octave->network, 0);
	octave->present_launch =
		record_present(&recorder, &octave->picture, recipe->ascent->format, &input);
	recorder.list = &octave->step;
	record_step(&recorder, octave, recipe);
	recorder.list = &octave->leave;
	record_raster_combine(&recorder, &octave->detail, &octave->picture, 1, &octave->base, -1,
	                      false);
	return recorder.status;
}

void octave_release(struct octave *octave)
{
	launch_list_clear(&octave->enter);
	launch_list_clear(&octave->present);
	launch_list_clear(&octave->step);
	launch_list_clear(&octave->leave);
	launch_list_clear(&octave->buffers);
	network_destroy(&octave->network);
	memset(octave, 0, sizeof(*octave));
}

void octave_set(struct octave *octave, const rv_params *params, bool has_past)
{
	const struct launch *blend = &octave->enter.launches[octave->blend_launch];
	float past = has_past ? params->blend : 0;

	launch_set_float(blend, RASTER_COMBINE_WEIGHT_A, 1 - past);
	launch_set_float(blend, RASTER_COMBINE_WEIGHT_B, past);
	launch_set_float(&octave->step.launches[octave->step_launch], GRADIENT_STEP, params->step);
}

rv_status octave_enter(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	return launch_list_run(&octave->enter, queue, error);
}

rv_status octave_step(struct octave *octave, int shift_y, int shift_x, cl_command_queue queue,
                      rv_error *error)
{
	const struct launch *shifted[] = {
		&octave->present.launches[octave->present_launch],
		&octave->step.launches[octave->present_backward_launch],
	};
	const struct launch_list *lists[] = {&octave->present, &octave->network->forward,
	                                     &octave->network->backward, &octave->step};
	rv_status status = RV_OK;

	for (size_t i = 0; i < sizeof(shifted) / sizeof(shifted[0]); i++) {
		launch_set_int(shifted[i], RASTER_SHIFT_Y, shift_y);
		launch_set_int(shifted[i], RASTER_SHIFT_X, shift_x);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && !status; i++)
		status = launch_list_run(lists[i], queue, error);
	return status;
}

rv_status octave_leave(struct octave *octave, cl_command_queue queue, rv_error *error)
{
	return launch_list_run(&octave->leave, queue, error);
}
