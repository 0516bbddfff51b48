#include <stdio.h>

#include "engine/base/minmax.h"
#include "engine/convolution/methods.h"

/* ---- direct ---- */

/* [panel][tap and element of rows][column of the panel] */
static bool pack_panels(const struct weight_layout *layout, const struct weights_bank *bank,
                        float *packed)
{
	const int width = layout->parameters[0];
	const bool bfloat16 = layout->parameters[1];
	const int step = weights_element_rows(bfloat16);

	for (int first = 0; first < bank->columns; first += width) {
		int count = min_int(bank->columns - first, width);
		float *panel = packed + (size_t)first * bank->taps * bank->rows / step;
		for (int i = 0; i < bank->taps * bank->rows; i++) {
			int tap = i / bank->rows, row = i % bank->rows;
			float *element = panel + (size_t)i / step * width;

			for (int column = 0; column < count; column++)
				weights_put(element + column, row,
				            weights_bank_weight(bank, tap, row, first + column),
				            bfloat16);
		}
	}
	return true;
}

/* Of one column. */
static int panel_elements(const struct convolution_problem *problem, struct register_tile tile)
{
	const struct window *window = &problem->node->window;

	return window->height * window->width * problem->input_width /
	       weights_element_rows(tile.bfloat16);
}

static cl_mem panels(struct launch_recorder *recorder, struct weights_cache *weights,
                     const struct convolution_problem *problem, struct register_tile tile)
{
	int width = tile.lanes * tile.vectors;
	size_t columns = (size_t)divide_up(problem->output_width, width) * width;
	struct weight_layout layout = {
		.method = "panels",
		.parameters = {width, tile.bfloat16},
		.count = columns * panel_elements(problem, tile),
		.pack = pack_panels,
	};
	return weights_cache_find(weights, recorder, problem, &layout);
}

/* How many tiles of pixels a work-group computes one after the other. It has to fetch its panel of
 * weights from memory, so it does as many tiles as leave each core enough work-groups to share the
 * work evenly. */
static int tiles_per_group(const struct device *device, int tiles, int others)
{
	int wanted = 12 * (int)device->info.compute_units, count = 16, groups;

	while (count > 1 && divide_up(tiles, count) * others < wanted)
		count /= 2;
	groups = divide_up(tiles, count);
	return divide_up(tiles, groups);
}

static void record_direct(struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct convolution_tables *tables, cl_mem weights,
                          struct register_tile tile)
{
	int panel_count = tables->epilogue_count / tile.vectors;
	int tile_count = divide_up(tables->largest_phase, tile.pixels);
	int tiles =
		tiles_per_group(recorder->device, tile_count, panel_count * tables->phase_count);
	int step = problem_reads_picture(problem) ? problem->inputs[0].channels : TENSOR_ALIGNMENT;
	char options[64];

	snprintf(options, sizeof(options), "-DLANES=%d -DCHANNEL_STEP=%d%s", tile.lanes, step,
	         tile.bfloat16                                  ? " -DBFLOAT16"
	         : problem_stands_in(problem, recorder->device) ? " -DTF32"
	                                                        : "");
	record_kernel(recorder, "convolution/direct", options,
	              register_tile_kernel(tile, "convolve").name, problem->node->name);
	problem_record_arguments(recorder, problem, tables, weights, panel_elements(problem, tile));
	record_int(recorder, tiles);
	record_launch(recorder, panel_count, divide_up(tile_count, tiles), tables->phase_count, 1,
	              1, 1);
}

bool convolution_direct_fits(const struct device *device, const struct convolution_problem *problem,
                             struct register_tile tile)
{
	return !tile.bfloat16 || (problem_precision(problem, device) == RV_PRECISION_BFLOAT16 &&
	                          tile.lanes == 16 && !problem_reads_picture(problem));
}

void convolution_direct(struct launch_recorder *recorder, struct weights_cache *weights,
                        const struct convolution_problem *problem, struct register_tile tile)
{
	struct convolution_tables tables;
	cl_mem packed = panels(recorder, weights, problem, tile);

	if (recorder->status != RV_OK)
		return;
	if (!problem_tables_create(&tables, problem, tile.lanes, tile.vectors)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return;
	}
	record_direct(recorder, problem, &tables, packed, tile);
	problem_tables_release(&tables);
}

/* ---- depthwise ---- */

enum { DEPTHWISE_PIXELS = 8, GROUP_ITEMS = 64 };

/* [tap][channel] */
static bool pack_diagonal(const struct weight_layout *layout, const struct weights_bank *bank,
                          float *packed)
{
	(void)layout;
	for (int tap = 0; tap < bank->taps; tap++)
		for (int row = 0; row < bank->rows; row++)
			*packed++ = weights_bank_weight(bank, tap, row, row);
	return true;
}

/* With groups of many items, an item does one vector of one pixel, and items side by side do
 * vectors side by side, so that their loads join. */
static void launch_depthwise(struct launch_recorder *recorder,
                             const struct convolution_tables *tables)
{
	const struct device *device = recorder->device;
	int vectors = tables->epilogue_count, group = (int)device_group_items(device, GROUP_ITEMS);
	int width = 1;

	while (2 * width <= group && vectors % (2 * width) == 0)
		width *= 2;
	record_int(recorder, 1);
	record_launch(recorder, vectors,
	              (size_t)divide_up(tables->largest_phase, group / width) * (group / width),
	              tables->phase_count, width, group / width, 1);
}

static void launch_depthwise_alone(struct launch_recorder *recorder,
                                   const struct convolution_tables *tables)
{
	int tile_count = divide_up(tables->largest_phase, DEPTHWISE_PIXELS);
	int tiles = tiles_per_group(recorder->device, tile_count,
	                            tables->epilogue_count * tables->phase_count);

	record_int(recorder, tiles);
	record_launch(recorder, tables->epilogue_count, divide_up(tile_count, tiles),
	              tables->phase_count, 1, 1, 1);
}

void convolution_depthwise(struct launch_recorder *recorder, struct weights_cache *weights,
                           const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;
	bool groups = device_wants_groups(recorder->device);
	struct weight_layout layout = {
		.method = "depthwise",
		.count = (size_t)problem->input_width * window->height * window->width,
		.pack = pack_diagonal,
	};
	struct convolution_tables tables;
	cl_mem packed = weights_cache_find(weights, recorder, problem, &layout);
	char options[64];

	if (recorder->status != RV_OK)
		return;
	if (!problem_tables_create(&tables, problem, recorder->device->lanes, 1)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return;
	}
	snprintf(options, sizeof(options), "-DTILE_PIXELS=%d%s", groups ? 1 : DEPTHWISE_PIXELS,
	         groups ? " -DMANY_ITEMS" : "");
	record_kernel(recorder, "convolution/depthwise", options, "convolve_depthwise",
	              problem->node->name);
	problem_record_arguments(recorder, problem, &tables, packed, 0);
	if (groups)
		launch_depthwise(recorder, &tables);
	else
		launch_depthwise_alone(recorder, &tables);
	problem_tables_release(&tables);
}
