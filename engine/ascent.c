#include "engine/ascent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/octave.h"
#include "engine/random.h"

struct ascent {
	struct device *device;
	int width, height;
	struct network_buffers buffers;
	size_t buffer_bytes;
	struct launch_list room_buffers; /* owns the room */
	struct octave_room room;
	struct raster frame;       /* the picture as given */
	struct raster last_detail; /* dream minus picture, of the last frame */
	bool has_past;
	struct octave octaves[RV_OCTAVES_MAX]; /* the smallest first */
	int octave_count;
	/* Upload and download; recorded again when the caller's pixel format changes. */
	struct launch_list rasters, load, store;
	struct raster_pixels input, output;
	int store_launch;
};

/* Steps that may be in flight before the host waits for the oldest: enough to keep the device
 * busy, few enough to stop soon when asked to. */
enum { STEPS_IN_FLIGHT = 2 };

static size_t sample_bytes(rv_pixel_format format)
{
	return format == RV_RGB8 ? 1 : format == RV_RGB16 ? 2 : 4;
}

static size_t packed_stride(rv_pixel_format format, int width)
{
	return 3 * (size_t)width * sample_bytes(format);
}

static int scaled(int size, double scale)
{
	return (int)lround(size / scale);
}

/* What the rasters of the whole ascent take, so that networks get what is left: at the full size
 * the frame, the last detail, the gradient, room for resizing and both sides of the caller's
 * pixels; at each size the detail and the levels of its pyramid, a third as much again; and a base.
 */
static size_t raster_room(const struct ascent *ascent, const rv_params *params)
{
	size_t full = raster_bytes(ascent->width, ascent->height), bytes = 5 * full;
	double scale = 1;

	for (int i = 0; i < params->octaves; i++, scale *= params->octave_scale) {
		size_t own =
			raster_bytes(scaled(ascent->width, scale), scaled(ascent->height, scale));
		bytes += own + own / 3 + (i == 1 ? own : 0);
	}
	return bytes;
}

/* The octaves from the full size down, until one is too small for the network. */
static rv_status plan_octaves(struct ascent *ascent, const struct ascent_recipe *recipe,
                              rv_error *error)
{
	size_t rasters = raster_room(ascent, recipe->params);
	struct tile_budget budget = {recipe->memory > rasters ? recipe->memory - rasters : 0,
	                             ascent->device->info.max_buffer_bytes};
	struct octave found[RV_OCTAVES_MAX];
	rv_status status = RV_OK;
	int count = 0;

	for (double scale = 1; count < recipe->params->octaves;
	     scale *= recipe->params->octave_scale) {
		struct octave octave = {.width = scaled(ascent->width, scale),
		                        .height = scaled(ascent->height, scale)};
		if (octave.width < 1 || octave.height < 1)
			break;
		status = tiles_network(&octave.tiles, &octave.network, recipe->graph, octave.height,
		                       octave.width, &budget, count ? NULL : error);
		if (status == RV_INVALID && count > 0) {
			status = RV_OK;
			break;
		}
		if (status)
			break;
		found[count++] = octave;
	}
	for (int i = 0; i < count; i++)
		ascent->octaves[i] = found[count - 1 - i];
	ascent->octave_count = count;
	return status;
}

/* What octaves share. Resizing keeps rows of the one side and columns of the other between its two
 * passes, which is most where the frame shrinks to the octave below it, or that grows again. */
static rv_status create_room(struct ascent *ascent, rv_error *error)
{
	struct recorder recorder = {
		.device = ascent->device, .list = &ascent->room_buffers, .error = error};
	struct octave_room *room = &ascent->room;
	const struct octave *second;

	room->gradient = record_own_raster(&recorder, ascent->width, ascent->height).buffer;
	if (ascent->octave_count > 1) {
		second = &ascent->octaves[ascent->octave_count - 2];
		room->base = record_own_raster(&recorder, second->width, second->height).buffer;
		room->scratch_bytes = raster_bytes(second->width, ascent->height);
		if (raster_bytes(ascent->width, second->height) > room->scratch_bytes)
			room->scratch_bytes = raster_bytes(ascent->width, second->height);
		room->scratch = record_own_buffer(&recorder, room->scratch_bytes, NULL);
	}
	return recorder.status;
}

static rv_status create_buffers(struct ascent *ascent, rv_error *error)
{
	struct network_needs needs = {0};

	for (int i = 0; i < ascent->octave_count; i++)
		network_needs_cover(&needs, &ascent->octaves[i].network->needs);
	ascent->buffer_bytes = network_needs_bytes(&needs);
	return network_buffers_create(&ascent->buffers, ascent->device, &needs, error);
}

static rv_status record_octaves(struct ascent *ascent, const struct ascent_recipe *recipe,
                                struct convolution_library *convolutions, rv_error *error)
{
	struct octave_recipe octave_recipe = {.ascent = recipe,
	                                      .frame = &ascent->frame,
	                                      .last_detail = &ascent->last_detail,
	                                      .room = &ascent->room,
	                                      .buffers = &ascent->buffers,
	                                      .convolutions = convolutions};
	rv_status status = RV_OK;

	for (int i = 0; i < ascent->octave_count && !status; i++) {
		octave_recipe.below = i ? &ascent->octaves[i - 1] : NULL;
		status = octave_record(&ascent->octaves[i], ascent->device, &octave_recipe, error);
	}
	return status;
}

rv_status ascent_create(struct ascent **out, struct device *device,
                        struct convolution_library *convolutions,
                        const struct ascent_recipe *recipe, int width, int height, rv_error *error)
{
	struct ascent *ascent = calloc(1, sizeof(*ascent));
	struct recorder recorder = {.device = device, .error = error};
	rv_status status;

	*out = NULL;
	if (!ascent)
		return rv_fail(error, RV_MEMORY, "out of memory");
	ascent->device = device;
	ascent->width = width;
	ascent->height = height;
	recorder.list = &ascent->rasters;
	ascent->frame = record_own_raster(&recorder, width, height);
	ascent->last_detail = record_own_raster(&recorder, width, height);
	status = recorder.status;
	if (!status)
		status = plan_octaves(ascent, recipe, error);
	if (!status)
		status = create_buffers(ascent, error);
	if (!status)
		status = create_room(ascent, error);
	if (!status)
		status = record_octaves(ascent, recipe, convolutions, error);
	if (status) {
		ascent_destroy(&ascent);
		return status;
	}
	*out = ascent;
	return RV_OK;
}

void ascent_destroy(struct ascent **pointer)
{
	struct ascent *ascent = *pointer;

	if (!ascent)
		return;
	clFinish(ascent->device->queue);
	for (int i = 0; i < ascent->octave_count; i++)
		octave_release(&ascent->octaves[i]);
	launch_list_clear(&ascent->load);
	launch_list_clear(&ascent->store);
	launch_list_clear(&ascent->rasters);
	launch_list_clear(&ascent->room_buffers);
	network_buffers_release(&ascent->buffers);
	free(ascent);
	*pointer = NULL;
}

bool ascent_fits(const struct ascent *ascent, int width, int height)
{
	return ascent->width == width && ascent->height == height;
}

void ascent_reset(struct ascent *ascent)
{
	ascent->has_past = false;
}

size_t ascent_bytes(const struct ascent *ascent)
{
	size_t bytes = ascent->buffer_bytes + launch_list_bytes(&ascent->rasters) +
	               launch_list_bytes(&ascent->room_buffers) + launch_list_bytes(&ascent->load) +
	               launch_list_bytes(&ascent->store);

	for (int i = 0; i < ascent->octave_count; i++)
		bytes += octave_bytes(&ascent->octaves[i]);
	return bytes;
}

/* A list's own buffer for the caller's pixels, rows without gaps. */
static void own_pixels(struct recorder *recorder, const struct ascent *ascent,
                       rv_pixel_format format, struct raster_pixels *pixels)
{
	pixels->format = format;
	pixels->stride = packed_stride(format, ascent->width);
	pixels->buffer = record_own_buffer(recorder, pixels->stride * (size_t)ascent->height, NULL);
}

static rv_status record_load(struct ascent *ascent, rv_pixel_format format, rv_error *error)
{
	struct recorder recorder = {
		.device = ascent->device, .list = &ascent->load, .error = error};

	if (ascent->load.count && ascent->input.format == format)
		return RV_OK;
	launch_list_clear(&ascent->load);
	own_pixels(&recorder, ascent, format, &ascent->input);
	record_raster_load(&recorder, &ascent->input, &ascent->frame);
	if (recorder.status)
		launch_list_clear(&ascent->load);
	return recorder.status;
}

static rv_status record_store(struct ascent *ascent, rv_pixel_format format, rv_error *error)
{
	struct recorder recorder = {
		.device = ascent->device, .list = &ascent->store, .error = error};
	const struct octave *top = &ascent->octaves[ascent->octave_count - 1];

	if (ascent->store.count && ascent->output.format == format)
		return RV_OK;
	launch_list_clear(&ascent->store);
	own_pixels(&recorder, ascent, format, &ascent->output);
	record_raster_resize(&recorder, &top->detail, &ascent->last_detail);
	ascent->store_launch = record_raster_store(&recorder, &ascent->frame, &ascent->last_detail,
	                                           1, &ascent->output);
	if (recorder.status)
		launch_list_clear(&ascent->store);
	return recorder.status;
}

static rv_status upload(struct ascent *ascent, const rv_image *image, rv_error *error)
{
	const size_t origin[3] = {0, 0, 0};
	size_t region[3] = {0, (size_t)ascent->height, 1};
	rv_status status = record_load(ascent, image->format, error);
	cl_int code;

	if (status)
		return status;
	region[0] = ascent->input.stride;
	code = clEnqueueWriteBufferRect(ascent->device->queue, ascent->input.buffer, CL_TRUE,
	                                origin, origin, region, ascent->input.stride, 0,
	                                image->stride, 0, image->pixels, 0, NULL, NULL);
	if (code)
		return device_fail(error, code, "uploading the picture");
	return launch_list_run(&ascent->load, ascent->device->queue, error);
}

static rv_status download(struct ascent *ascent, float strength, const rv_image *image,
                          rv_error *error)
{
	const size_t origin[3] = {0, 0, 0};
	size_t region[3] = {0, (size_t)ascent->height, 1};
	rv_status status = record_store(ascent, image->format, error);
	cl_int code;

	if (status)
		return status;
	launch_set_float(&ascent->store.launches[ascent->store_launch], RASTER_STORE_STRENGTH,
	                 strength);
	status = launch_list_run(&ascent->store, ascent->device->queue, error);
	if (status)
		return status;
	region[0] = ascent->output.stride;
	code = clEnqueueReadBufferRect(ascent->device->queue, ascent->output.buffer, CL_TRUE,
	                               origin, origin, region, ascent->output.stride, 0,
	                               image->stride, 0, image->pixels, 0, NULL, NULL);
	return code ? device_fail(error, code, "downloading the dream") : RV_OK;
}

/* A shift of -jitter..jitter pixels, brought into 0..size-1. */
static int draw_shift(uint64_t *state, int jitter, int size)
{
	int shift = (int)(random_next(state) % (uint64_t)(2 * jitter + 1)) - jitter;
	return ((shift % size) + size) % size;
}

/* Lets STEPS_IN_FLIGHT steps run ahead of the host. */
struct pace {
	cl_event events[STEPS_IN_FLIGHT];
	int next;
};

static rv_status pace_step(struct pace *pace, cl_command_queue queue, rv_error *error)
{
	cl_event *slot = &pace->events[pace->next];
	cl_int code = CL_SUCCESS;

	if (*slot) {
		code = clWaitForEvents(1, slot);
		clReleaseEvent(*slot);
		*slot = NULL;
	}
	if (!code)
		code = clEnqueueMarkerWithWaitList(queue, 0, NULL, slot);
	if (!code)
		code = clFlush(queue);
	pace->next = (pace->next + 1) % STEPS_IN_FLIGHT;
	return code ? device_fail(error, code, "running a gradient step") : RV_OK;
}

static void pace_end(struct pace *pace)
{
	for (int i = 0; i < STEPS_IN_FLIGHT; i++)
		if (pace->events[i])
			clReleaseEvent(pace->events[i]);
}

/* What a climb goes through. */
struct climb {
	struct ascent *ascent;
	struct pace pace;
	rv_progress *progress;
	void *context;
	int step, steps; /* done; in all */
};

static rv_status report(const struct climb *climb, double part_of_step, rv_error *error)
{
	double part = (climb->step + part_of_step) / climb->steps;

	if (climb->progress && !climb->progress(climb->context, part))
		return rv_fail(error, RV_CANCELLED, "stopped while dreaming");
	return RV_OK;
}

static rv_status take_step(struct climb *climb, struct octave *octave, int shift_y, int shift_x,
                           rv_error *error)
{
	cl_command_queue queue = climb->ascent->device->queue;
	int tiles = tiles_count(&octave->tiles);
	rv_status status = RV_OK;

	for (int tile = 0; tile < tiles && !status; tile++) {
		status = octave_tile(octave, tile, shift_y, shift_x, queue, error);
		if (!status && tile == tiles - 1)
			status = octave_step(octave, queue, error);
		if (!status)
			status = pace_step(&climb->pace, queue, error);
		if (!status)
			status = report(climb, (tile + 1.0) / tiles, error);
	}
	climb->step++;
	return status;
}

static rv_status climb_octaves(struct climb *climb, const rv_params *params, rv_error *error)
{
	struct ascent *ascent = climb->ascent;
	cl_command_queue queue = ascent->device->queue;
	uint64_t random = params->seed;
	rv_status status = RV_OK;

	climb->steps = ascent->octave_count * params->iterations;
	for (int o = 0; o < ascent->octave_count && !status; o++) {
		struct octave *octave = &ascent->octaves[o];
		octave_set(octave, params, ascent->has_past);
		status = octave_enter(octave, queue, error);
		for (int i = 0; i < params->iterations && !status; i++) {
			int shift_y = draw_shift(&random, params->jitter, octave->height);
			int shift_x = draw_shift(&random, params->jitter, octave->width);
			status = take_step(climb, octave, shift_y, shift_x, error);
		}
		if (!status)
			status = octave_leave(octave, queue, error);
	}
	return status;
}

rv_status ascent_run(struct ascent *ascent, const rv_params *params, const rv_image *input,
                     const rv_image *output, rv_progress *progress, void *context, rv_error *error)
{
	struct climb climb = {.ascent = ascent, .progress = progress, .context = context};
	rv_status status = upload(ascent, input, error);

	if (!status)
		status = climb_octaves(&climb, params, error);
	if (!status)
		status = download(ascent, params->strength, output, error);
	clFinish(ascent->device->queue);
	pace_end(&climb.pace);
	ascent->has_past = status == RV_OK;
	return status;
}
