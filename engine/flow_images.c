/* rv_flow: the optical flow of two pictures that the caller holds. */
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "engine/flow.h"
#include "engine/program.h"

struct flow_call {
	struct device *device;
	struct flow *flow;
	struct launch_list loading; /* owns the rasters */
	struct raster pictures[2];
};

static double now_milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static rv_status check(const rv_image *first, const rv_image *second, rv_error *error)
{
	rv_status status = engine_check_image(first, error);

	if (!status)
		status = engine_check_image(second, error);
	if (!status && (first->width != second->width || first->height != second->height))
		return rv_fail(error, RV_INVALID,
		               "no optical flow from %dx%d pixels to %dx%d; both pictures must "
		               "have one size",
		               first->width, first->height, second->width, second->height);
	return status;
}

static void record_load(struct recorder *recorder, const rv_image *image, struct raster *raster)
{
	struct raster_pixels pixels = {.format = image->format, .stride = image->stride};

	pixels.buffer =
		record_own_buffer(recorder, image->stride * (size_t)image->height, image->pixels);
	*raster = record_own_raster(recorder, image->width, image->height);
	record_raster_load(recorder, &pixels, raster);
}

static rv_status load(struct flow_call *call, const rv_image *first, const rv_image *second,
                      rv_error *error)
{
	struct recorder recorder = {.device = call->device, .list = &call->loading, .error = error};

	record_load(&recorder, first, &call->pictures[0]);
	record_load(&recorder, second, &call->pictures[1]);
	if (recorder.status)
		return recorder.status;
	return launch_list_run(&call->loading, call->device->queue, error);
}

/* From both pictures to the flow between them, and waits for it. */
static rv_status estimate(const struct flow_call *call, double *milliseconds, rv_error *error)
{
	double start = now_milliseconds();
	rv_status status;
	cl_int code;

	if ((status = flow_push(call->flow, &call->pictures[0], error)) ||
	    (status = flow_push(call->flow, &call->pictures[1], error)) ||
	    (status = flow_estimate(call->flow, FLOW_TO_PRESENT, error)))
		return status;
	code = clFinish(call->device->queue);
	if (code)
		return device_fail(error, code, "optical flow");
	if (milliseconds)
		*milliseconds = now_milliseconds() - start;
	return RV_OK;
}

static rv_status run(struct flow_call *call, float *motion, int runs, double *milliseconds,
                     rv_error *error)
{
	const struct raster *picture = &call->pictures[0];
	size_t bytes = (size_t)picture->width * (size_t)picture->height * 2 * sizeof(*motion);
	rv_status status = estimate(call, NULL, error); /* compiles and warms up */
	cl_int code;

	program_cache_keep(call->device, true);
	for (int i = 0; milliseconds && i < runs && !status; i++)
		status = estimate(call, &milliseconds[i], error);
	if (status)
		return status;
	code = clEnqueueReadBuffer(call->device->queue, flow_field(call->flow, FLOW_TO_PRESENT),
	                           CL_TRUE, 0, bytes, motion, 0, NULL, NULL);
	return code ? device_fail(error, code, "reading the optical flow") : RV_OK;
}

rv_status rv_flow(const rv_config *config, const rv_image *first, const rv_image *second,
                  rv_flow_quality quality, float *motion, int runs, double *milliseconds,
                  rv_error *error)
{
	struct flow_settings settings = {.quality = quality};
	struct flow_call call = {0};
	rv_status status = RV_INVALID;

	if (!first || !second || !motion || (milliseconds && runs < 1))
		return rv_fail(error, RV_INVALID,
		               "rv_flow needs two pictures and room for the flow");
	if ((status = check(first, second, error)))
		return status;
	settings.width = first->width;
	settings.height = first->height;
	if ((status = device_open(&call.device, config, error)) ||
	    (status = load(&call, first, second, error)) ||
	    (status = flow_create(&call.flow, call.device, &settings, error)))
		goto cleanup;
	status = run(&call, motion, runs, milliseconds, error);
cleanup:
	flow_destroy(&call.flow);
	launch_list_clear(&call.loading);
	device_close(&call.device);
	return status;
}
