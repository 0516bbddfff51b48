/* The functions of engine/reverie_inspect.h that look inside: arrays, tuning, kernels. */

#include <stdlib.h>
#include <string.h>

#include "engine/api/probe.h"
#include "engine/opencl/device_open.h"
#include "engine/opencl/program.h"
#include "engine/reverie_inspect.h"

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
	if (status != RV_OK)
		return status;
	status = probe_create(&probe, engine, layer, picture->width, picture->height,
	                      gradient != NULL, inspect_scale, error);
	if (status != RV_OK)
		return status;
	status = probe_present(&probe, picture, error);
	if (status == RV_OK)
		status = probe_run(&probe, error);
	if (status == RV_OK && activation)
		status = probe_activation(&probe, activation, error);
	if (status == RV_OK && gradient)
		status = probe_gradient(&probe, gradient, error);
	if (status == RV_OK && gradient)
		divide(gradient, inspect_scale);
	if (status == RV_OK)
		program_cache_keep(engine->device, true);
	probe_release(&probe);
	if (status != RV_OK) {
		rv_array_release(activation);
		rv_array_release(gradient);
	}
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
	if (status != RV_OK)
		return status;
	count = probe.graph->node_count;
	for (int n = 0; n < count && status == RV_OK; n++) {
		const struct operation *operation = &probe.network->operations[n];
		bool was_measured = false;
		if (operation->node->kind != OPERATOR_CONVOLUTION)
			continue;
		status = convolution_tune(probe.convolutions, operation, probe.buffers.zeros,
		                          &was_measured, error);
		*measured += was_measured;
		if (status == RV_OK && engine->progress &&
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
	if (status != RV_OK)
		return status;
	status = program_compile_all(device, compiled, error);
	device_close(&device);
	return status;
}
