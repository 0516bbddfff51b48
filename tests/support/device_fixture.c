#include "tests/support/device_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/opencl/device_open.h"
#include "tests/support/test.h"

/* Never closed: OpenCL is not to be called while the process ends. */
static struct device *shared_device;

rv_config test_config(void)
{
	const char *device = getenv("REVERIE_TEST_DEVICE");
	const char *kernels = getenv("REVERIE_TEST_KERNELS");
	rv_config config = {.cache_directory = ""};

	if (device)
		config.device = atoi(device);
	if (kernels)
		config.kernels = strcmp(kernels, "gpu") == 0 ? RV_KERNELS_GPU : RV_KERNELS_CPU;
	return config;
}

struct device *fixture_device(void)
{
	rv_config config = test_config();
	rv_error error;

	if (!shared_device) {
		if (device_open(&shared_device, &config, &error))
			test_failed(__FILE__, __LINE__, "%s", error.message);
	}
	return shared_device;
}

bool recording_start(struct recording *recording)
{
	memset(recording, 0, sizeof(*recording));
	recording->recorder.device = fixture_device();
	recording->recorder.list = &recording->list;
	recording->recorder.error = &recording->error;
	return recording->recorder.device != NULL;
}

static bool succeeded(const struct recording *recording)
{
	if (recording->recorder.status)
		test_failed(__FILE__, __LINE__, "%s", recording->error.message);
	return !recording->recorder.status;
}

bool recording_run(struct recording *recording)
{
	struct launch_recorder *recorder = &recording->recorder;

	if (!recorder->status)
		recorder->status = launch_list_run(&recording->list, recorder->device->queue,
		                                   &recording->error);
	return succeeded(recording);
}

void recording_end(struct recording *recording)
{
	launch_list_clear(&recording->list);
}

cl_mem recording_buffer(struct recording *recording, const float *values, size_t count)
{
	return record_own_buffer(&recording->recorder, count * sizeof(*values), values);
}

bool recording_read(struct recording *recording, cl_mem buffer, void *content, size_t bytes)
{
	struct launch_recorder *recorder = &recording->recorder;

	if (!recorder->status && clEnqueueReadBuffer(recorder->device->queue, buffer, CL_TRUE, 0,
	                                             bytes, content, 0, NULL, NULL))
		recorder->status = rv_fail(&recording->error, RV_DEVICE, "reading back failed");
	return succeeded(recording);
}

struct raster recording_raster(struct recording *recording, const float *rgb, int width, int height)
{
	size_t pixels = (size_t)width * (size_t)height;
	float *values = calloc(pixels * 4, sizeof(*values));
	struct raster raster = {NULL, width, height};

	for (size_t i = 0; values && i < pixels; i++)
		memcpy(values + 4 * i, rgb + 3 * i, 3 * sizeof(*values));
	raster.buffer = recording_buffer(recording, values, pixels * 4);
	free(values);
	return raster;
}

bool recording_read_raster(struct recording *recording, const struct raster *raster, float *rgb)
{
	size_t pixels = (size_t)raster->width * (size_t)raster->height;
	float *values = calloc(pixels * 4, sizeof(*values));
	bool ok = values && recording_read(recording, raster->buffer, values,
	                                   raster_bytes(raster->width, raster->height));

	for (size_t i = 0; ok && i < pixels; i++) {
		memcpy(rgb + 3 * i, values + 4 * i, 3 * sizeof(*values));
		if (values[4 * i + 3] != 0) {
			test_failed(__FILE__, __LINE__, "fourth element of pixel %zu is %g", i,
			            (double)values[4 * i + 3]);
			ok = false;
		}
	}
	free(values);
	return ok;
}

float *random_floats(size_t count, float low, float high, unsigned seed)
{
	float *values = malloc((count ? count : 1) * sizeof(*values));
	uint32_t state = seed * 2654435761u + 1;

	for (size_t i = 0; values && i < count; i++) {
		state = state * 1664525u + 1013904223u;
		values[i] = low + (high - low) * (float)(state >> 8) / (float)(1 << 24);
	}
	return values;
}
