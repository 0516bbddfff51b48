/* The functions of engine/reverie.h that look inside: arrays, times, tuning. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/levels.h"
#include "engine/probe.h"
#include "engine/program.h"

/* The gradient of a mean over a whole layer is so small that it would come near denormal numbers,
 * which the kernels take for 0. A power of two is exact to multiply with and to divide by again. */
static const float inspect_scale = 1 << 20;

static void divide(rv_array *array, float divisor)
{
	size_t count = (size_t)array->channels * (size_t)array->height * (size_t)array->width;

	for (size_t i = 0; i < count; i++)
		array->data[i] /= divisor;
}

rv_status rv_inspect(rv_engine *engine, const rv_image *picture, const char *layer,
                     rv_array *activation, rv_array *gradient, rv_error *error)
{
	struct probe probe;
	rv_status status;

	if (!engine || !layer)
		return rv_fail(error, RV_INVALID, "rv_inspect needs an engine and a layer");
	if (activation)
		memset(activation, 0, sizeof(*activation));
	if (gradient)
		memset(gradient, 0, sizeof(*gradient));
	status = engine_check_image(picture, error);
	if (status)
		return status;
	status = probe_create(&probe, engine, layer, picture->width, picture->height,
	                      gradient != NULL, inspect_scale, error);
	if (status)
		return status;
	status = probe_present(&probe, picture, error);
	if (!status)
		status = probe_run(&probe, error);
	if (!status && activation)
		status = probe_activation(&probe, activation, error);
	if (!status && gradient)
		status = probe_gradient(&probe, gradient, error);
	if (!status && gradient)
		divide(gradient, inspect_scale);
	if (!status)
		program_cache_save(engine->device);
	probe_release(&probe);
	if (status) {
		rv_array_release(activation);
		rv_array_release(gradient);
	}
	return status;
}

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

/* One step, waited for. */
static rv_status time_step(struct probe *probe, double *milliseconds, rv_error *error)
{
	double start = now_ms();
	rv_status status = probe_run(probe, error);
	cl_int code = status ? CL_SUCCESS : clFinish(probe->engine->device->queue);

	*milliseconds = now_ms() - start;
	return code ? device_fail(error, code, "running a gradient step") : status;
}

static rv_status present_dead_leaves(struct probe *probe, rv_error *error)
{
	rv_image image = {.format = RV_RGBF32,
	                  .width = probe->picture.width,
	                  .height = probe->picture.height,
	                  .stride = 3 * (size_t)probe->picture.width * sizeof(float)};
	rv_status status;

	image.pixels = levels_dead_leaves(image.width, image.height, 1);
	if (!image.pixels)
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = probe_present(probe, &image, error);
	free(image.pixels);
	return status;
}

rv_status rv_measure_step(rv_engine *engine, const char *layer, int width, int height, int runs,
                          double *milliseconds, double *gflop, rv_error *error)
{
	struct probe probe;
	double uncounted;
	rv_status status;

	if (!engine || !layer || runs < 1 || width < 1 || height < 1)
		return rv_fail(error, RV_INVALID,
		               "rv_measure_step needs an engine, a layer, a size and runs");
	status = probe_create(&probe, engine, layer, width, height, true,
	                      (float)width * (float)height, error);
	if (status)
		return status;
	status = present_dead_leaves(&probe, error);
	if (!status)
		status = time_step(&probe, &uncounted, error);
	if (!status)
		program_cache_save(engine->device);
	for (int i = 0; i < runs && !status; i++)
		status = time_step(&probe, &milliseconds[i], error);
	/* Backward multiplies and adds as often as forward. */
	*gflop = 2 * probe.network->layout->flop * 1e-9;
	probe_release(&probe);
	return status;
}

rv_status rv_tune(rv_engine *engine, const char *layer, int width, int height, int *measured,
                  rv_error *error)
{
	struct probe probe;
	rv_status status;
	int count;

	if (!engine || !layer || !measured)
		return rv_fail(error, RV_INVALID, "rv_tune needs an engine and a layer");
	*measured = 0;
	status = probe_create(&probe, engine, layer, width, height, true, 1, error);
	if (status)
		return status;
	count = probe.graph->node_count;
	for (int n = 0; n < count && !status; n++) {
		const struct operation *operation = &probe.network->operations[n];
		bool was_measured = false;
		if (operation->node->kind != OPERATOR_CONVOLUTION)
			continue;
		status = convolution_tune(probe.convolutions, operation, probe.buffers.zeros,
		                          &was_measured, error);
		*measured += was_measured;
		if (!status && engine->progress &&
		    !engine->progress(engine->progress_context, (double)(n + 1) / count))
			status = rv_fail(error, RV_CANCELLED, "stopped while tuning");
	}
	probe_release(&probe);
	return status;
}

rv_status rv_compile_kernels(const rv_config *config, int *compiled, rv_error *error)
{
	struct device *device;
	rv_status status;

	if (!compiled)
		return rv_fail(error, RV_INVALID, "rv_compile_kernels needs a count");
	status = device_open(&device, config, error);
	if (status)
		return status;
	status = program_compile_all(device, compiled, error);
	device_close(&device);
	return status;
}
