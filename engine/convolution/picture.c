/* The gradient of the network's input: shaders/convolution/picture.cl. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/minmax.h"
#include "engine/convolution/methods.h"

enum { GROUP_ITEMS = 64, COMPUTED_PER_HALO = 4 };

/* How the kernel cuts its work. */
struct picture_plan {
	struct register_tile tile;
	int columns, passes; /* of the window's columns, columns in each pass */
	int run_pixels;      /* source pixels of a run */
	int halo;            /* source pixels before a run that reach into it */
	int runs;            /* of an output row */
};

/* Passes over a window of this width where each does as many columns as the tile has lanes for. */
static int passes_of(struct register_tile tile, int width, int channels)
{
	return divide_up(width, tile.vectors * tile.lanes / channels);
}

static void plan_tile(struct picture_plan *plan, const struct convolution_problem *problem,
                      int lanes)
{
	int width = problem->node->window.width, channels = problem->outputs[0].run.channels;
	double best = 0;

	for (const struct register_tile *tile = register_tiles(lanes); tile->lanes; tile++) {
		int passes = passes_of(*tile, width, channels);
		double cost = register_tile_cost(*tile, passes * tile->vectors);
		if (plan->passes == 0 || cost < best) {
			plan->tile = *tile;
			plan->passes = passes;
			best = cost;
		}
	}
	plan->columns = divide_up(width, plan->passes);
	/* No tile may reach over the end of a row. */
	plan->tile.pixels = min_int(plan->tile.pixels, problem->input_size.width);
}

/* A processor does whole rows. With groups of many items a run is one tile, or as many as keep the
 * halo, which is computed twice, a small part. */
static void plan_runs(struct picture_plan *plan, const struct convolution_problem *problem,
                      bool groups)
{
	const struct window *window = &problem->node->window;
	int width = problem->input_size.width, pixels = plan->tile.pixels;

	plan->halo = divide_up((window->width - 1) * window->dilation_x, window->stride_x);
	plan->run_pixels = width;
	if (groups) {
		int wanted = max_int(pixels, COMPUTED_PER_HALO * plan->halo);
		plan->run_pixels = divide_up(wanted, pixels) * pixels - plan->halo;
	}
	plan->runs = divide_up(width, plan->run_pixels);
}

static struct picture_plan plan_picture(const struct convolution_problem *problem,
                                        const struct device *device)
{
	struct picture_plan plan = {.passes = 0};

	plan_tile(&plan, problem, device->lanes);
	plan_runs(&plan, problem, device_wants_groups(device));
	return plan;
}

/* [pass][window row][row][window column of the pass][channel of a pixel], the last two together
 * filled up to whole tiles */
static bool pack_columns(const struct weight_layout *layout, const struct weights_bank *bank,
                         float *packed)
{
	const int columns = layout->parameters[0], floats = layout->parameters[1];
	const int width = bank->node->window.width, channels = bank->inner;

	for (int first = 0; first < width; first += columns)
		for (int line = 0; line < bank->taps; line += width)
			for (int row = 0; row < bank->rows; row++, packed += floats)
				for (int i = 0; i < columns && first + i < width; i++)
					for (int c = 0; c < channels; c++)
						packed[i * channels + c] = weights_bank_weight(
							bank, line + first + i, row, c);
	return true;
}

static cl_mem packed_columns(struct launch_recorder *recorder, struct weights_cache *weights,
                             const struct convolution_problem *problem,
                             const struct picture_plan *plan)
{
	int floats = plan->tile.vectors * plan->tile.lanes;
	struct weight_layout layout = {
		.method = "picture",
		.parameters = {plan->columns, floats},
		.count = (size_t)plan->passes * problem->node->window.height *
	                 problem->input_width * floats,
		.pack = pack_columns,
	};

	return weights_cache_find(weights, recorder, problem, &layout);
}

/* One tap for each window row and run of input channels, as the kernel wants them. */
static cl_mem picture_taps(struct launch_recorder *recorder,
                           const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;
	size_t count = (size_t)window->height * problem->input_count, bytes;
	struct convolution_tap *taps = calloc(count, sizeof(*taps)), *tap = taps;
	int row = 0;
	cl_mem buffer;

	if (!taps) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return NULL;
	}
	bytes = count * sizeof(*taps);
	for (int line = 0; line < window->height; line++)
		for (int i = 0; i < problem->input_count; i++, tap++) {
			const struct channel_run *run = &problem->inputs[i];
			int channels = problem_channel_run_width(run);
			*tap = (struct convolution_tap){
				line * window->dilation_y - problem->pad_top,
				0,
				run->offset,
				run->pixel_stride,
				channels,
				row};
			row += channels;
		}
	buffer = record_own_buffer(recorder, bytes, taps);
	free(taps);
	return buffer;
}

/* The pixel stride of all inputs; 0 where they differ. */
static int common_stride(const struct convolution_problem *problem)
{
	int stride = problem->inputs[0].pixel_stride;

	for (int i = 1; i < problem->input_count; i++)
		if (problem->inputs[i].pixel_stride != stride)
			return 0;
	return stride;
}

static void write_options(char *options, size_t size, const struct convolution_problem *problem,
                          const struct picture_plan *plan, bool groups)
{
	const struct window *window = &problem->node->window;
	int stride = common_stride(problem);
	char stride_option[32] = "";

	if (stride)
		snprintf(stride_option, sizeof(stride_option), " -DPIXEL_STRIDE=%d", stride);
	snprintf(options, size,
	         "-DLANES=%d -DTILE_PIXELS=%d -DTILE_VECTORS=%d -DCHANNELS=%d -DCOLUMNS=%d "
	         "-DSTRIDE_Y=%d -DSTRIDE_X=%d -DDILATION_X=%d%s%s",
	         plan->tile.lanes, plan->tile.pixels, plan->tile.vectors,
	         problem->outputs[0].run.channels, plan->columns, window->stride_y,
	         window->stride_x, window->dilation_x, stride_option,
	         groups ? " -DMANY_ITEMS" : "");
}

static void record_picture(struct launch_recorder *recorder,
                           const struct convolution_problem *problem,
                           const struct picture_plan *plan, cl_mem weights, cl_mem taps)
{
	const struct window *window = &problem->node->window;
	const struct convolution_output *output = &problem->outputs[0];
	bool groups = device_wants_groups(recorder->device);
	int group = groups ? (int)device_group_items(recorder->device, GROUP_ITEMS) : 1;
	int items = plan->runs * problem->output_size.height;
	char options[256];

	write_options(options, sizeof(options), problem, plan, groups);
	record_kernel(recorder, "convolution/picture", options, "convolve_to_picture",
	              problem->node->name);
	record_flop(recorder, problem->flop);
	problem_record_input(recorder, problem);
	record_buffer(recorder, weights);
	record_int(recorder, window->height * problem->input_width);
	record_int(recorder, plan->passes);
	record_buffer(recorder, taps);
	record_int(recorder, window->height * problem->input_count);
	record_buffer(recorder, problem->output);
	record_int(recorder, output->run.offset);
	record_int(recorder, problem->output_size.height);
	record_int(recorder, problem->output_size.width);
	record_int(recorder, problem->pad_left);
	record_int(recorder, output->accumulate);
	record_int(recorder, plan->run_pixels);
	record_int(recorder, plan->halo);
	record_int(recorder, plan->runs);
	record_launch(recorder, (size_t)divide_up(items, group) * group, 1, 1, group, 1, 1);
}

void convolution_picture(struct launch_recorder *recorder, struct weights_cache *weights,
                         const struct convolution_problem *problem)
{
	struct picture_plan plan = plan_picture(problem, recorder->device);
	cl_mem packed = packed_columns(recorder, weights, problem, &plan);
	cl_mem taps = picture_taps(recorder, problem);

	record_picture(recorder, problem, &plan, packed, taps);
}
