#include "engine/picture/raster.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/rounding.h"

/* Long enough that starting a work-group on a CPU costs little beside it. */
enum { CPU_RUN = 256, GPU_TILE_WIDTH = 32, GPU_TILE_HEIGHT = 4 };

size_t raster_bytes(int width, int height)
{
	return (size_t)width * (size_t)height * 4 * sizeof(float);
}

size_t raster_sample_bytes(rv_pixel_format format)
{
	return format == RV_RGB8 ? 1 : format == RV_RGB16 ? 2 : 4;
}

struct raster raster_record_own(struct launch_recorder *recorder, int width, int height)
{
	return (struct raster){record_own_buffer(recorder, raster_bytes(width, height), NULL),
	                       width, height};
}

struct raster raster_record_part(struct launch_recorder *recorder, int width, int height)
{
	return (struct raster){record_part(recorder, raster_bytes(width, height)), width, height};
}

struct raster_grid raster_grid(const struct device *device, int width, int height)
{
	bool groups = device_wants_groups(device);
	struct raster_grid grid = {
		.global = {(size_t)divide_up(width, CPU_RUN), (size_t)height},
		.local = {1, 1},
	};

	if (groups) {
		size_t items = device_group_items(device, GPU_TILE_WIDTH * GPU_TILE_HEIGHT);
		grid.local[0] = device_group_items(device, GPU_TILE_WIDTH);
		grid.local[1] = items / grid.local[0];
		grid.global[0] = (size_t)round_up(width, (int)grid.local[0]);
		grid.global[1] = (size_t)round_up(height, (int)grid.local[1]);
	}
	snprintf(grid.options, sizeof(grid.options), "-DRUN=%d", groups ? 1 : CPU_RUN);
	return grid;
}

int raster_record_launch(struct launch_recorder *recorder, const struct raster_grid *grid)
{
	record_launch(recorder, grid->global[0], grid->global[1], 1, grid->local[0], grid->local[1],
	              1);
	return recorder->list->count - 1;
}

static void start(struct launch_recorder *recorder, const char *kernel, const char *label)
{
	record_kernel(recorder, "picture/raster", raster_grid(recorder->device, 1, 1).options,
	              kernel, label);
}

/* Ends a launch whose last arguments are width and height; returns its index. */
static int finish(struct launch_recorder *recorder, int width, int height)
{
	struct raster_grid grid = raster_grid(recorder->device, width, height);

	record_int(recorder, width);
	record_int(recorder, height);
	return raster_record_launch(recorder, &grid);
}

/* ---- the caller's pixels ---- */

static void record_pixels(struct launch_recorder *recorder, const struct raster_pixels *pixels)
{
	if (pixels->stride > INT_MAX)
		record_fail(recorder, RV_INVALID, "rows %zu bytes apart are too far",
		            pixels->stride);
	record_buffer(recorder, pixels->buffer);
	record_int(recorder, (int)pixels->stride);
}

void raster_record_load(struct launch_recorder *recorder, const struct raster_pixels *pixels,
                        const struct raster *raster)
{
	static const char *const kernels[] = {
		[RV_RGB8] = "load_8", [RV_RGB16] = "load_16", [RV_RGBF32] = "load_float"};

	start(recorder, kernels[pixels->format], "load picture");
	record_pixels(recorder, pixels);
	record_buffer(recorder, raster->buffer);
	finish(recorder, raster->width, raster->height);
}

int raster_record_store(struct launch_recorder *recorder, const struct raster *frame,
                        const struct raster *detail, float strength, cl_mem weights,
                        const struct raster_pixels *pixels)
{
	static const char *const kernels[] = {
		[RV_RGB8] = "store_8", [RV_RGB16] = "store_16", [RV_RGBF32] = "store_float"};

	start(recorder, kernels[pixels->format], "store picture");
	record_buffer(recorder, frame->buffer);
	record_buffer(recorder, detail ? detail->buffer : frame->buffer);
	record_float(recorder, strength);
	record_int(recorder, detail != NULL);
	record_buffer(recorder, weights ? weights : frame->buffer);
	record_int(recorder, weights != NULL);
	record_pixels(recorder, pixels);
	return finish(recorder, frame->width, frame->height);
}

void raster_record_weigh(struct launch_recorder *recorder, const struct raster *raster,
                         cl_mem weights)
{
	start(recorder, "weigh", "weigh picture");
	record_buffer(recorder, raster->buffer);
	record_buffer(recorder, weights);
	finish(recorder, raster->width, raster->height);
}

/* ---- sums ---- */

int raster_record_combine(struct launch_recorder *recorder, const struct raster *out,
                          const struct raster_term *terms, int count, bool clip)
{
	const struct raster_term none = {terms[0].raster, 0};

	start(recorder, "combine", "combine pictures");
	for (int i = 0; i < RASTER_TERMS_MAX; i++)
		record_buffer(recorder, (i < count ? terms[i] : none).raster->buffer);
	for (int i = 0; i < RASTER_TERMS_MAX; i++)
		record_float(recorder, (i < count ? terms[i] : none).weight);
	record_float(recorder, clip ? 1 : FLT_MAX);
	record_buffer(recorder, out->buffer);
	return finish(recorder, out->width, out->height);
}

/* ---- resizing ---- */

/* One axis: output i is the sum of weights[i * taps + 0..taps-1] times inputs first[i].. */
struct resampling {
	int taps;
	int *first;
	float *weights;
};

static double catmull_rom(double x)
{
	x = fabs(x);
	if (x < 1)
		return (1.5 * x - 2.5) * x * x + 1;
	return x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0;
}

static int clamp_index(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* Taps past the border are added to the border's own weight, so that kernels need not ask. */
static void fill_weights(struct resampling *resampling, int i, int in, int out)
{
	double ratio = (double)in / out, widening = ratio > 1 ? ratio : 1;
	double centre = (i + 0.5) * ratio - 0.5, sum = 0;
	int from = (int)floor(centre - 2 * widening) + 1;
	int to = (int)ceil(centre + 2 * widening) - 1;
	int first = clamp_index(from, 0, in - resampling->taps);
	float *weights = resampling->weights + (size_t)i * (size_t)resampling->taps;

	for (int k = from; k <= to; k++)
		sum += catmull_rom((k - centre) / widening);
	for (int k = from; k <= to; k++)
		weights[clamp_index(k, 0, in - 1) - first] +=
			(float)(catmull_rom((k - centre) / widening) / sum);
	resampling->first[i] = first;
}

static bool resampling_create(struct resampling *resampling, int in, int out)
{
	double ratio = (double)in / out;
	double taps = ceil(4 * (ratio > 1 ? ratio : 1));

	resampling->taps = taps < in ? (int)taps : in;
	resampling->first = calloc((size_t)out, sizeof(int));
	resampling->weights = calloc((size_t)out * (size_t)resampling->taps, sizeof(float));
	if (!resampling->first || !resampling->weights)
		return false;
	for (int i = 0; i < out; i++)
		fill_weights(resampling, i, in, out);
	return true;
}

/* The arguments first, weights, taps of the kernels. */
static void record_resampling(struct launch_recorder *recorder, int in, int out)
{
	struct resampling resampling = {0};

	if (!resampling_create(&resampling, in, out)) {
		record_fail(recorder, RV_MEMORY, "out of memory");
	} else {
		size_t weights = (size_t)out * (size_t)resampling.taps;
		record_buffer(recorder, record_own_buffer(recorder, (size_t)out * sizeof(int),
		                                          resampling.first));
		record_buffer(recorder, record_own_buffer(recorder, weights * sizeof(float),
		                                          resampling.weights));
		record_int(recorder, resampling.taps);
	}
	free(resampling.first);
	free(resampling.weights);
}

void raster_record_resize(struct launch_recorder *recorder, const struct raster *from,
                          const struct raster *to)
{
	struct raster between = {NULL, to->width, from->height};

	if (from->width == to->width && from->height == to->height) {
		raster_record_combine(recorder, to, &(struct raster_term){from, 1}, 1, false);
		return;
	}
	between.buffer = record_scratch(recorder, raster_bytes(between.width, between.height));
	start(recorder, "resize_rows", "resize rows");
	record_buffer(recorder, from->buffer);
	record_int(recorder, from->width);
	record_buffer(recorder, between.buffer);
	record_resampling(recorder, from->width, to->width);
	finish(recorder, between.width, between.height);

	start(recorder, "resize_columns", "resize columns");
	record_buffer(recorder, between.buffer);
	record_buffer(recorder, to->buffer);
	record_resampling(recorder, from->height, to->height);
	finish(recorder, to->width, to->height);
}

/* ---- the network's input ---- */

/* Four float4: what the colour is multiplied with for each channel, and what is added. */
static void fill_transform(const rv_input_format *format, int channels, float transform[4][4])
{
	static const float luma[3] = {0.299f, 0.587f, 0.114f};
	const float half = 127.5f; /* a step of 1 in -1..1 is this much in 0..255 */

	for (int c = 0; c < channels; c++) {
		float scale = format->scale[c] * half;
		for (int colour = 0; colour < 3; colour++)
			transform[c][colour] = channels == 1 ? luma[colour] * scale
			                       : colour == (format->bgr ? 2 - c : c) ? scale
			                                                             : 0;
		transform[3][c] = (half - format->mean[c]) * format->scale[c];
	}
}

/* Starts a launch that the caller finishes. */
static void record_between(struct launch_recorder *recorder, const char *kernel,
                           const struct raster *raster, const rv_input_format *format,
                           const struct slice *input)
{
	float transform[4][4] = {{0}};

	if (input->channels != 1 && input->channels != 3)
		record_fail(recorder, RV_UNSUPPORTED,
		            "the network's input has %d channels; 3 or 1 are supported",
		            input->channels);
	else
		fill_transform(format, input->channels, transform);
	start(recorder, kernel, kernel);
	record_buffer(recorder, raster->buffer);
	record_int(recorder, 0);
	record_int(recorder, 0);
	record_int(recorder, raster->height);
	record_int(recorder, raster->width);
	record_slice(recorder, input);
	record_buffer(recorder, record_own_buffer(recorder, sizeof(transform), transform));
}

int raster_record_present(struct launch_recorder *recorder, const struct raster *picture,
                          const rv_input_format *format, const struct slice *input)
{
	record_between(recorder, "present", picture, format, input);
	return finish(recorder, input->width, input->height);
}

int raster_record_present_backward(struct launch_recorder *recorder,
                                   const struct slice *input_gradient,
                                   const rv_input_format *format, const struct raster *gradient)
{
	const int sizes[] = {input_gradient->height, input_gradient->width};

	record_between(recorder, "present_backward", gradient, format, input_gradient);
	record_int(recorder, false);
	for (int axis = 0; axis < 2; axis++) {
		/* No ramps: the rise ends before the first pixel, the fall begins behind the last.
		 */
		record_int(recorder, -1);
		record_int(recorder, 0);
		record_int(recorder, sizes[axis]);
		record_int(recorder, sizes[axis] + 1);
	}
	return finish(recorder, input_gradient->width, input_gradient->height);
}
