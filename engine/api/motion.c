/* Optical flow between pictures of the caller. */
#include <stdlib.h>

#include "engine/api/engine.h"
#include "engine/base/clock.h"
#include "engine/flow/flow.h"
#include "engine/opencl/device_open.h"
#include "engine/opencl/program.h"
#include "engine/reverie_motion.h"

/* One of the two pictures, on its way to the device. */
struct motion_picture {
	struct launch_list load; /* owns the pixels; recorded again when their format changes */
	struct raster_pixels pixels;
	struct raster raster;
};

struct rv_motion {
	struct device *device;
	struct flow *flow;
	struct launch_list rasters; /* owns them */
	struct motion_picture pictures[2];
};

/* ---- life ---- */

static rv_status create_rasters(struct rv_motion *motion, int width, int height, rv_error *error)
{
	struct launch_recorder recorder = {
		.device = motion->device, .list = &motion->rasters, .error = error};

	for (int i = 0; i < 2; i++)
		motion->pictures[i].raster = raster_record_own(&recorder, width, height);
	return recorder.status;
}

rv_status rv_motion_create(rv_motion **out, const rv_config *config, int width, int height,
                           rv_flow_quality quality, rv_error *error)
{
	const struct flow_settings settings = {
		.width = width, .height = height, .quality = quality};
	rv_motion *motion;
	rv_status status;

	if (!out)
		return rv_fail(error, RV_INVALID, "rv_motion_create needs a place for the motion");
	*out = NULL;
	motion = calloc(1, sizeof(*motion));
	if (!motion)
		return rv_fail(error, RV_MEMORY, "out of memory");
	if ((status = device_open(&motion->device, config, error)) != RV_OK ||
	    (status = flow_create(&motion->flow, motion->device, &settings, NULL, error)) !=
	            RV_OK ||
	    (status = create_rasters(motion, width, height, error)) != RV_OK) {
		rv_motion_destroy(&motion);
		return status;
	}
	*out = motion;
	return RV_OK;
}

void rv_motion_destroy(rv_motion **pointer)
{
	rv_motion *motion = pointer ? *pointer : NULL;

	if (!motion)
		return;
	if (motion->device)
		clFinish(motion->device->queue);
	for (int i = 0; i < 2; i++)
		launch_list_clear(&motion->pictures[i].load);
	launch_list_clear(&motion->rasters);
	flow_destroy(&motion->flow);
	device_close(&motion->device);
	free(motion);
	*pointer = NULL;
}

/* ---- pictures ---- */

static rv_status check(const struct rv_motion *motion, const rv_image *image, rv_error *error)
{
	const struct raster *raster = &motion->pictures[0].raster;
	rv_status status = engine_check_image(image, error);

	if (status == RV_OK && (image->width != raster->width || image->height != raster->height))
		return rv_fail(error, RV_INVALID,
		               "no optical flow from %dx%d pixels to %dx%d; both pictures must "
		               "have one size",
		               raster->width, raster->height, image->width, image->height);
	return status;
}

/* The last row of an image need not be as long as the stride. */
static size_t image_bytes(const rv_image *image)
{
	size_t sample = raster_sample_bytes(image->format);

	return image->stride * (size_t)(image->height - 1) + 3 * sample * (size_t)image->width;
}

static rv_status record_load(struct rv_motion *motion, struct motion_picture *picture,
                             const rv_image *image, rv_error *error)
{
	struct launch_recorder recorder = {
		.device = motion->device, .list = &picture->load, .error = error};
	struct raster_pixels *pixels = &picture->pixels;

	if (picture->load.count && pixels->format == image->format &&
	    pixels->stride == image->stride)
		return RV_OK;
	launch_list_clear(&picture->load);
	*pixels = (struct raster_pixels){.format = image->format, .stride = image->stride};
	pixels->buffer = record_own_buffer(&recorder, image_bytes(image), NULL);
	raster_record_load(&recorder, pixels, &picture->raster);
	if (recorder.status != RV_OK)
		launch_list_clear(&picture->load);
	return recorder.status;
}

/* Uploads the image, which has been read when this returns, and enqueues its conversion. */
static rv_status load(struct rv_motion *motion, struct motion_picture *picture,
                      const rv_image *image, rv_error *error)
{
	cl_command_queue queue = motion->device->queue;
	rv_status status = record_load(motion, picture, image, error);
	cl_int code;

	if (status != RV_OK)
		return status;
	code = clEnqueueWriteBuffer(queue, picture->pixels.buffer, CL_TRUE, 0, image_bytes(image),
	                            image->pixels, 0, NULL, NULL);
	if (code)
		return device_fail(error, code, "uploading a picture");
	return launch_list_run(&picture->load, queue, error);
}

/* ---- the flow ---- */

/* From both pictures on the device to the flow between them, and waits for it. */
static rv_status estimate(struct rv_motion *motion, double *milliseconds, rv_error *error)
{
	double start = clock_now_ms();
	rv_status status;
	cl_int code;

	if ((status = flow_push(motion->flow, &motion->pictures[0].raster, error)) != RV_OK ||
	    (status = flow_push(motion->flow, &motion->pictures[1].raster, error)) != RV_OK ||
	    (status = flow_estimate(motion->flow, FLOW_TO_NEWEST, error)) != RV_OK)
		return status;
	code = clFinish(motion->device->queue);
	if (code)
		return device_fail(error, code, "optical flow");
	if (milliseconds)
		*milliseconds = clock_now_ms() - start;
	return RV_OK;
}

static rv_status read_flow(struct rv_motion *motion, float *flow, rv_error *error)
{
	const struct raster *raster = &motion->pictures[0].raster;
	size_t bytes = (size_t)raster->width * (size_t)raster->height * 2 * sizeof(*flow);
	cl_int code =
		clEnqueueReadBuffer(motion->device->queue, flow_field(motion->flow, FLOW_TO_NEWEST),
	                            CL_TRUE, 0, bytes, flow, 0, NULL, NULL);

	return code ? device_fail(error, code, "reading the optical flow") : RV_OK;
}

rv_status rv_motion_estimate(rv_motion *motion, const rv_image *first, const rv_image *second,
                             float *flow, rv_error *error)
{
	rv_status status;

	if (!motion || !flow)
		return rv_fail(error, RV_INVALID,
		               "rv_motion_estimate needs a motion and room for the flow");
	if ((status = check(motion, first, error)) != RV_OK ||
	    (status = check(motion, second, error)) != RV_OK ||
	    (status = load(motion, &motion->pictures[0], first, error)) != RV_OK ||
	    (status = load(motion, &motion->pictures[1], second, error)) != RV_OK ||
	    (status = estimate(motion, NULL, error)) != RV_OK)
		return status;
	program_cache_keep(motion->device, true);
	return read_flow(motion, flow, error);
}

rv_status rv_flow(const rv_config *config, const rv_image *first, const rv_image *second,
                  rv_flow_quality quality, float *motion, int runs, double *milliseconds,
                  rv_error *error)
{
	rv_motion *between = NULL;
	rv_status status;

	if (!first || !second || !motion || (milliseconds && runs < 1))
		return rv_fail(error, RV_INVALID,
		               "rv_flow needs two pictures, room for the flow, and of runs that "
		               "are timed at least 1");
	if ((status = engine_check_image(first, error)) != RV_OK ||
	    (status = rv_motion_create(&between, config, first->width, first->height, quality,
	                               error)) != RV_OK)
		return status;
	status = rv_motion_estimate(between, first, second, motion, error); /* and compiles */
	for (int i = 0; milliseconds && i < runs && status == RV_OK; i++)
		status = estimate(between, &milliseconds[i], error);
	rv_motion_destroy(&between);
	return status;
}
