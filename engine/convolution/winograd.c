#include <stdio.h>
#include <string.h>

#include "engine/convolution/methods.h"
#include "engine/convolution/winograd_transform.h"

enum {
	OPTIONS_LENGTH = 1536,
	TAPS_MAX = 7,
	/* The most tiles of a work-group: the scratch of more would not fit into the second-level
	   cache. */
	BLOCK_TILES = 24,
	FETCH_TILES = 2,
	/* With more_outputs the error grows with the root of the sums' length: 2.4e-6 with 32
	   channels of windows of 3x3, 4.4e-6 with these, and 5e-6, which is asked of any kernel,
	   with 175. */
	MORE_OUTPUTS_CHANNELS = 128,
	/* Transformed weights are 1.8 times as large, and small octaves need the others too. With
	   few channels they are small, and there transforms, which larger tiles save too, weigh
	   most. */
	MORE_OUTPUTS_WEIGHTS = 64 * 64,
};

/* Windows that are worth transforming, and the outputs of one tile in each direction. More outputs
 * save more products and lose more digits. */
static const struct known_window {
	int height, width, outputs;
	int more_outputs; /* on pictures that tiles so large cover well, in floats; 0: never */
} known_windows[] = {{3, 3, 4, 6}, {5, 5, 2, 4}, {1, 7, 4, 0}, {7, 1, 4, 0},
                     {1, 3, 4, 0}, {3, 1, 4, 0}, {1, 5, 4, 0}, {5, 1, 4, 0}};

/* A problem cut into tiles. */
struct winograd_plan {
	struct winograd_transform transform;
	bool vertical, horizontal;
	int points;               /* of a tile, both directions */
	int outputs_y, outputs_x; /* of a tile */
	int tiles_down, tiles_across;
	int block_tiles; /* of a work-group; a multiple of the register tile's */
	bool bfloat16;
	size_t local_bytes;
};

/* NULL where it is not known. */
static const struct known_window *known_window(const struct window *window)
{
	for (size_t i = 0; i < sizeof(known_windows) / sizeof(known_windows[0]); i++)
		if (window->height == known_windows[i].height &&
		    window->width == known_windows[i].width)
			return &known_windows[i];
	return NULL;
}

int convolution_winograd_outputs_least(const struct window *window)
{
	const struct known_window *known = known_window(window);

	return known ? known->outputs : 0;
}

static int points_of(const struct known_window *known, int outputs)
{
	return (known->height > 1 ? known->height + outputs - 1 : 1) *
	       (known->width > 1 ? known->width + outputs - 1 : 1);
}

int convolution_winograd_points_most(const struct window *window, size_t pairs)
{
	const struct known_window *known = known_window(window);

	if (!known)
		return window->height * window->width;
	return points_of(known, known->outputs) +
	       (known->more_outputs && pairs <= MORE_OUTPUTS_WEIGHTS
	                ? points_of(known, known->more_outputs)
	                : 0);
}

/* The transformed tiles and one panel of products, each point's apart by a cache line more. */
static size_t local_bytes(const struct winograd_plan *plan, int channels, int panel)
{
	int elements = channels / weights_element_rows(plan->bfloat16);

	return sizeof(float) * plan->points *
	       ((size_t)plan->block_tiles * (elements + panel) + 2 * TENSOR_ALIGNMENT);
}

/* Estimates the time that all blocks take, in tiles: those of the compute unit that has the most,
 * and for each of its blocks as many more as it could compute while it fetches the weights again.
 */
static int makespan(int tiles, int block_tiles, const struct device *device)
{
	const int units = device->info.compute_units ? (int)device->info.compute_units : 1;

	return divide_up(divide_up(tiles, block_tiles), units) * (block_tiles + FETCH_TILES);
}

/* Sets plan->block_tiles to block_tiles or, where that is 0, to what makespan() finds the shortest.
 */
static void choose_block(struct winograd_plan *plan, const struct device *device, int channels,
                         struct register_tile tile, int block_tiles)
{
	const int tiles = plan->tiles_down * plan->tiles_across;
	const int panel = tile.lanes * tile.vectors;
	int best = tile.pixels;

	for (int block = 2 * tile.pixels; block <= BLOCK_TILES && !block_tiles;
	     block += tile.pixels) {
		plan->block_tiles = block;
		if (local_bytes(plan, channels, panel) <= device->local_bytes &&
		    makespan(tiles, block, device) <= makespan(tiles, best, device))
			best = block;
	}
	plan->block_tiles = block_tiles ? block_tiles : best;
	plan->local_bytes = local_bytes(plan, channels, panel);
}

/* Transforms make the rounding's error five to twelve times as large. In a gradient that is noise,
 * which the next step knows nothing of; forward it turns ReLUs and maxima, and GoogLeNet's dreams
 * were less deep by it (tests/bench/precision.py). */
static bool may_round(const struct device *device, const struct convolution_problem *problem,
                      struct register_tile tile)
{
	return problem->backward && tile.lanes == 16 &&
	       problem_precision(problem, device) == RV_PRECISION_BFLOAT16;
}

static bool may_transform(const struct device *device, const struct convolution_problem *problem,
                          struct register_tile tile, int block_tiles)
{
	const struct window *window = &problem->node->window;

	return known_window(window) && window->stride_y == 1 && window->stride_x == 1 &&
	       window->dilation_y == 1 && window->dilation_x == 1 &&
	       problem->inputs[0].pixel_stride != INPUT_STRIDE &&
	       !problem_writes_picture(problem) && block_tiles % tile.pixels == 0 &&
	       (!tile.bfloat16 || may_round(device, problem, tile));
}

/* Into tiles of so many outputs; false where a block does not fit into the device's local memory.
 */
static bool cut_into_tiles(struct winograd_plan *plan, const struct device *device,
                           const struct convolution_problem *problem, struct register_tile tile,
                           int block_tiles, int outputs)
{
	const struct window *window = &problem->node->window;

	memset(plan, 0, sizeof(*plan));
	plan->bfloat16 = tile.bfloat16;
	plan->vertical = window->height > 1;
	plan->horizontal = window->width > 1;
	if (!winograd_transform(&plan->transform, outputs,
	                        plan->vertical ? window->height : window->width))
		return false;
	plan->points = (plan->vertical ? plan->transform.points : 1) *
	               (plan->horizontal ? plan->transform.points : 1);
	plan->outputs_y = plan->vertical ? outputs : 1;
	plan->outputs_x = plan->horizontal ? outputs : 1;
	plan->tiles_down = divide_up(problem->output_size.height, plan->outputs_y);
	plan->tiles_across = divide_up(problem->output_size.width, plan->outputs_x);
	choose_block(plan, device, problem->input_width, tile, block_tiles);
	return plan->local_bytes <= device->local_bytes;
}

/* In products of a point. */
static int estimate(const struct winograd_plan *plan, const struct device *device)
{
	return makespan(plan->tiles_down * plan->tiles_across, plan->block_tiles, device) *
	       plan->points;
}

/* What factors are rounded to was judged with the fewest outputs, and loses more with more. */
static bool plan_create(struct winograd_plan *plan, const struct device *device,
                        const struct convolution_problem *problem, struct register_tile tile,
                        int block_tiles)
{
	const struct known_window *known = known_window(&problem->node->window);
	struct winograd_plan larger;

	if (!may_transform(device, problem, tile, block_tiles) ||
	    !cut_into_tiles(plan, device, problem, tile, block_tiles, known->outputs))
		return false;
	if (known->more_outputs && !tile.bfloat16 &&
	    problem->input_width <= MORE_OUTPUTS_CHANNELS &&
	    problem->input_width * problem->output_width <= MORE_OUTPUTS_WEIGHTS &&
	    cut_into_tiles(&larger, device, problem, tile, block_tiles, known->more_outputs) &&
	    estimate(&larger, device) < estimate(plan, device))
		*plan = larger;
	return true;
}

int convolution_winograd_outputs(const struct device *device,
                                 const struct convolution_problem *problem,
                                 struct register_tile tile, int block_tiles)
{
	struct winograd_plan plan;

	return plan_create(&plan, device, problem, tile, block_tiles) ? plan.transform.outputs : 0;
}

bool convolution_winograd_saves(const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;
	const int outputs = convolution_winograd_outputs_least(window);
	const int outputs_y = window->height > 1 ? outputs : 1;
	const int outputs_x = window->width > 1 ? outputs : 1;
	double direct, transformed;

	if (!outputs)
		return false;
	direct = (double)problem->output_size.height * problem->output_size.width * window->height *
	         window->width;
	transformed = (double)divide_up(problem->output_size.height, outputs_y) *
	              divide_up(problem->output_size.width, outputs_x) *
	              (outputs_y + window->height - 1) * (outputs_x + window->width - 1);
	return direct > 1.25 * transformed;
}

/* ---- weights ---- */

/* The weights of one window and one row of input channels, for up to `count` columns, transformed
 * along one axis: to[point][j][column] = sum of filter[point][k] * from[k][j][column]. */
static void transform_axis(const struct winograd_transform *transform, const double *from,
                           double *to, int others, int count)
{
	const int length = others * count;

	for (int point = 0; point < transform->points; point++)
		for (int i = 0; i < length; i++) {
			double sum = 0;
			for (int k = 0; k < transform->taps; k++)
				sum += transform->filter[point][k] * from[k * length + i];
			to[point * length + i] = sum;
		}
}

enum { COLUMNS_AT_ONCE = 16, TRANSFORMED_MAX = WINOGRAD_POINTS_MAX * WINOGRAD_POINTS_MAX };

/* Swaps the first two of three axes. */
static void swap_axes(const double *from, double *to, int first, int second, int count)
{
	for (int i = 0; i < first; i++)
		for (int k = 0; k < second; k++)
			memcpy(to + (k * first + i) * count, from + (i * second + k) * count,
			       count * sizeof(*to));
}

/* Backward, the window is turned by half a turn. */
static void gather_window(const struct weights_bank *bank, int row, int column, double *window)
{
	for (int tap = 0; tap < bank->taps; tap++) {
		int of = bank->backward ? bank->taps - 1 - tap : tap;
		for (int i = 0; i < COLUMNS_AT_ONCE; i++)
			window[tap * COLUMNS_AT_ONCE + i] =
				weights_bank_weight(bank, of, row, column + i);
	}
}

/* [y point][x point][column] of one row and COLUMNS_AT_ONCE columns. */
static void transform_window(const struct winograd_plan *plan, const struct weights_bank *bank,
                             int row, int column, double *result)
{
	const struct winograd_transform *transform = &plan->transform;
	const int height = plan->vertical ? transform->taps : 1;
	const int width = plan->horizontal ? transform->taps : 1;
	double window[TAPS_MAX * TAPS_MAX * COLUMNS_AT_ONCE];
	double other[TRANSFORMED_MAX * COLUMNS_AT_ONCE], turned[TRANSFORMED_MAX * COLUMNS_AT_ONCE];

	gather_window(bank, row, column, window);
	if (!plan->horizontal) {
		transform_axis(transform, window, result, 1, COLUMNS_AT_ONCE);
		return;
	}
	swap_axes(window, turned, height, width, COLUMNS_AT_ONCE);
	if (!plan->vertical) {
		transform_axis(transform, turned, result, 1, COLUMNS_AT_ONCE);
		return;
	}
	transform_axis(transform, turned, other, height, COLUMNS_AT_ONCE);
	swap_axes(other, turned, transform->points, height, COLUMNS_AT_ONCE);
	transform_axis(transform, turned, result, transform->points, COLUMNS_AT_ONCE);
}

/* [panel][point][row][column of the panel] */
static bool pack_transformed(const struct weight_layout *layout, const struct weights_bank *bank,
                             float *packed)
{
	const struct winograd_plan *plan = layout->context;
	const int panel = layout->parameters[0], step = weights_element_rows(plan->bfloat16);
	double window[TRANSFORMED_MAX * COLUMNS_AT_ONCE];

	for (int row = 0; row < bank->rows; row++)
		for (int column = 0; column < bank->columns; column += COLUMNS_AT_ONCE) {
			transform_window(plan, bank, row, column, window);
			for (int point = 0; point < plan->points; point++)
				for (int i = 0; i < COLUMNS_AT_ONCE; i++) {
					int at = column + i;
					size_t elements =
						(size_t)(at / panel) * plan->points + point;
					elements = (elements * bank->rows + row) / step;
					weights_put(packed + elements * panel + at % panel, row,
					            (float)window[point * COLUMNS_AT_ONCE + i],
					            plan->bfloat16);
				}
		}
	return true;
}

static cl_mem transformed_weights(struct launch_recorder *recorder, struct weights_cache *weights,
                                  const struct convolution_problem *problem,
                                  const struct winograd_plan *plan, int panel)
{
	const struct window *window = &problem->node->window;
	struct weight_layout layout = {
		.method = "winograd",
		.parameters = {panel, plan->transform.outputs, window->height, window->width,
	                       plan->bfloat16},
		.count = (size_t)divide_up(problem->output_width, panel) * panel *
	                 problem->input_width * plan->points / weights_element_rows(plan->bfloat16),
		.pack = pack_transformed,
		.context = plan,
	};
	return weights_cache_find(weights, recorder, problem, &layout);
}

/* ---- launch ---- */

/* Every matrix entry as a literal of the kernel, which its compiler folds. Of a pair of points, the
 * first stands for both. */
static void write_options(char options[OPTIONS_LENGTH], const struct winograd_plan *plan,
                          struct register_tile tile)
{
	const struct winograd_transform *transform = &plan->transform;
	const int points = transform->points;
	int length =
		snprintf(options, OPTIONS_LENGTH,
	                 "-cl-no-signed-zeros -DLANES=%d -DSQUARE=%d -DPOINTS=%d -DOUTPUTS=%d%s "
	                 "-DINPUT_ROWS=",
	                 tile.lanes, plan->vertical && plan->horizontal, points, transform->outputs,
	                 plan->bfloat16 ? " -DBFLOAT16" : "");

	for (int point = 0; point < points; point += point == 0 || point == points - 2 ? 1 : 2)
		for (int i = 0; i < points; i++)
			length += snprintf(options + length, OPTIONS_LENGTH - length, "%.9g,",
			                   transform->input[point][i]);
	length += snprintf(options + length, OPTIONS_LENGTH - length, " -DOUTPUT_ROWS=");
	for (int i = 0; i < transform->outputs; i++)
		for (int point = 0; point < points; point += point == 0 ? 1 : 2)
			length += snprintf(options + length, OPTIONS_LENGTH - length, "%.9g,",
			                   transform->output[i][point]);
}

/* Leaves the taps of the one corner of the window that comes first when inputs are read in order:
 * the first tap, or backward, where the window is turned, the last. */
static void keep_first_corner(struct convolution_tables *tables,
                              const struct convolution_problem *problem)
{
	const int first = problem->backward ? tables->tap_count - problem->input_count : 0;
	const int row = tables->taps[first].row;

	memmove(tables->taps, tables->taps + first, problem->input_count * sizeof(*tables->taps));
	tables->tap_count = problem->input_count;
	for (int i = 0; i < tables->tap_count; i++)
		tables->taps[i].row -= row;
}

static void record_winograd(struct launch_recorder *recorder,
                            const struct convolution_problem *problem,
                            const struct winograd_plan *plan,
                            const struct convolution_tables *tables, cl_mem weights,
                            struct register_tile tile)
{
	const int tile_count = plan->tiles_down * plan->tiles_across;
	char options[OPTIONS_LENGTH];

	write_options(options, plan, tile);
	record_kernel(recorder, "convolution/winograd", options,
	              register_tile_kernel(tile, "convolve_winograd").name, problem->node->name);
	record_flop(recorder, problem->flop);
	problem_record_input(recorder, problem);
	record_buffer(recorder, recorder->zeros);
	record_buffer(recorder, weights);
	record_int(recorder, problem->input_width);
	record_buffer(recorder, problem->output);
	record_int(recorder, problem->output_size.height);
	record_int(recorder, problem->output_size.width);
	record_buffer(recorder, problem->mask);
	problem_record_taps(recorder, tables);
	record_int(recorder, tables->tap_count);
	problem_record_epilogues(recorder, tables);
	record_int(recorder, tables->epilogue_count);
	record_int(recorder, plan->vertical);
	record_int(recorder, plan->tiles_across);
	record_int(recorder, tile_count);
	record_int(recorder, plan->block_tiles);
	record_local(recorder, plan->local_bytes);
	record_launch(recorder, divide_up(tile_count, plan->block_tiles), 1, 1, 1, 1, 1);
}

void convolution_winograd(struct launch_recorder *recorder, struct weights_cache *weights,
                          const struct convolution_problem *problem, struct register_tile tile,
                          int block_tiles)
{
	struct winograd_plan plan;
	struct convolution_tables tables;
	cl_mem packed;

	if (!plan_create(&plan, recorder->device, problem, tile, block_tiles)) {
		record_fail(recorder, RV_UNSUPPORTED, "%s: not a convolution for Winograd",
		            problem->node->name);
		return;
	}
	packed = transformed_weights(recorder, weights, problem, &plan, tile.lanes * tile.vectors);
	if (recorder->status != RV_OK)
		return;
	if (!problem_tables_create(&tables, problem, tile.lanes, tile.vectors)) {
		record_fail(recorder, RV_MEMORY, "%s: out of memory", problem->node->name);
		return;
	}
	keep_first_corner(&tables, problem);
	record_winograd(recorder, problem, &plan, &tables, packed, tile);
	problem_tables_release(&tables);
}
