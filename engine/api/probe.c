#include "engine/api/probe.h"

#include <stdlib.h>
#include <string.h>

static rv_status record_network(struct probe *probe, bool backward, float scale, rv_error *error)
{
	struct objective_target target = {.kind = OBJECTIVE_L2, .weight = 1, .scale = scale};

	return network_record(probe->network, probe->engine->device, &probe->buffers,
	                      probe->convolutions, backward ? &target : NULL, error);
}

/* heads: see graph_options. */
static rv_status build(struct probe *probe, rv_engine *engine, const char *layer, unsigned heads,
                       rv_error *error)
{
	memset(probe, 0, sizeof(*probe));
	probe->engine = engine;
	return engine_build(engine, &layer, 1, heads, &probe->graph, &probe->convolutions, error);
}

/* Goes on from a built graph; releases the probe on an error. */
static rv_status lay_out(struct probe *probe, int width, int height, bool backward, float scale,
                         rv_error *error)
{
	rv_engine *engine = probe->engine;
	rv_status status;

	probe->picture = (struct raster){.width = width, .height = height};
	status = network_create(&probe->network, probe->graph, height, width, error);
	if (status == RV_OK)
		status = network_buffers_create(&probe->buffers, engine->device,
		                                &probe->network->needs, error);
	if (status == RV_OK)
		status = record_network(probe, backward, scale, error);
	if (status != RV_OK)
		probe_release(probe);
	return status;
}

rv_status probe_create(struct probe *probe, rv_engine *engine, const char *layer, int width,
                       int height, bool backward, float scale, rv_error *error)
{
	rv_status status = build(probe, engine, layer, 0, error);

	return status != RV_OK ? status : lay_out(probe, width, height, backward, scale, error);
}

rv_status probe_create_spread(struct probe *probe, rv_engine *engine, const char *layer, int width,
                              int height, rv_error *error)
{
	rv_status status = build(probe, engine, layer, 1, error);

	return status != RV_OK ? status : lay_out(probe, width, height, false, 1, error);
}

void probe_release(struct probe *probe)
{
	if (probe->engine)
		clFinish(probe->engine->device->queue);
	launch_list_clear(&probe->present);
	launch_list_clear(&probe->input_buffer);
	network_destroy(&probe->network);
	network_buffers_release(&probe->buffers);
	convolution_library_destroy(&probe->convolutions);
	graph_destroy(&probe->graph);
	memset(probe, 0, sizeof(*probe));
}

/* The picture's rows, packed as the device wants them. Released with free(). */
static unsigned char *packed_rows(const rv_image *picture, size_t row_bytes)
{
	unsigned char *rows = malloc(row_bytes * (size_t)picture->height);

	for (int y = 0; rows && y < picture->height; y++)
		memcpy(rows + (size_t)y * row_bytes,
		       (const unsigned char *)picture->pixels + (size_t)y * picture->stride,
		       row_bytes);
	return rows;
}

rv_status probe_present(struct probe *probe, const rv_image *picture, rv_error *error)
{
	struct device *device = probe->engine->device;
	struct launch_recorder recorder = {
		.device = device, .list = &probe->present, .error = error};
	struct slice input = network_activation(probe->network, 0);
	size_t sample = raster_sample_bytes(picture->format);
	struct raster_pixels pixels = {.format = picture->format,
	                               .stride = 3 * sample * (size_t)picture->width};
	unsigned char *rows = packed_rows(picture, pixels.stride);

	if (!rows)
		return rv_fail(error, RV_MEMORY, "out of memory");
	launch_list_clear(&probe->present);
	probe->picture = raster_record_own(&recorder, picture->width, picture->height);
	pixels.buffer = record_own_buffer(&recorder, pixels.stride * (size_t)picture->height, rows);
	free(rows);
	raster_record_load(&recorder, &pixels, &probe->picture);
	raster_record_present(&recorder, &probe->picture,
	                      rv_model_input_format(probe->engine->model), &input);
	if (recorder.status != RV_OK)
		return recorder.status;
	return launch_list_run(&probe->present, device->queue, error);
}

rv_status probe_run(struct probe *probe, rv_error *error)
{
	cl_command_queue queue = probe->engine->device->queue;
	rv_status status = launch_list_run(&probe->network->forward, queue, error);

	return status != RV_OK ? status : launch_list_run(&probe->network->backward, queue, error);
}

/* From pixels of channels on the device to planes of channels on the host. */
static rv_status read_slice(struct device *device, const struct slice *slice, rv_array *array,
                            rv_error *error)
{
	size_t pixels = (size_t)slice->height * (size_t)slice->width;
	size_t stride = (size_t)slice->pixel_stride, channels = (size_t)slice->channels;
	size_t elements = (pixels - 1) * stride + channels;
	float *raw = malloc(elements * sizeof(*raw));
	cl_int code;

	array->data = malloc(pixels * channels * sizeof(*array->data));
	if (!raw || !array->data) {
		free(raw);
		rv_array_release(array);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	code = clEnqueueReadBuffer(device->queue, slice->buffer, CL_TRUE,
	                           (size_t)slice->offset * sizeof(*raw), elements * sizeof(*raw),
	                           raw, 0, NULL, NULL);
	for (size_t c = 0; c < channels && !code; c++)
		for (size_t p = 0; p < pixels; p++)
			array->data[c * pixels + p] = raw[p * stride + c];
	array->channels = slice->channels;
	array->height = slice->height;
	array->width = slice->width;
	free(raw);
	if (!code)
		return RV_OK;
	rv_array_release(array);
	return device_fail(error, code, "reading an array from the device");
}

rv_status probe_activation(const struct probe *probe, rv_array *array, rv_error *error)
{
	struct slice slice = network_activation(probe->network, probe->graph->wanted[0]);
	return read_slice(probe->engine->device, &slice, array, error);
}

rv_status probe_gradient(const struct probe *probe, rv_array *array, rv_error *error)
{
	struct slice slice = network_gradient(probe->network, 0);
	return read_slice(probe->engine->device, &slice, array, error);
}

void rv_array_release(rv_array *array)
{
	if (!array)
		return;
	free(array->data);
	memset(array, 0, sizeof(*array));
}
