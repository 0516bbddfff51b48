#include <stdio.h>
#include <string.h>

#include "engine/convolution/winograd_plan.h"

enum { OPTIONS_LENGTH = 1536, TAPS_MAX = 7 };

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

/* The weight of tap (y, x) of the window that is transformed, for channels of what is read and
 * written: where these are of cells, that of the tap and the channel that the cell's pixel stands
 * for. */
static double weight_of(const struct winograd_plan *plan, const struct weights_bank *bank, int y,
                        int x, int row, int column)
{
	const struct window *window = &bank->node->window;
	int *channel = plan->reads_cells ? &row : &column, pixel = *channel / INPUT_STRIDE;

	if (plan->reads_cells || plan->writes_cells) {
		y = y * WINOGRAD_CELL + pixel / WINOGRAD_CELL;
		x = x * WINOGRAD_CELL + pixel % WINOGRAD_CELL;
		*channel %= INPUT_STRIDE;
		if (y >= window->height || x >= window->width || *channel >= bank->inner)
			return 0;
	}
	return weights_bank_weight(bank, y * window->width + x, row, column);
}

/* Backward, the window is turned by half a turn. */
static void gather_window(const struct winograd_plan *plan, const struct weights_bank *bank,
                          int row, int column, double *window)
{
	const int height = plan->vertical ? plan->transform.taps : 1;
	const int width = plan->horizontal ? plan->transform.taps : 1;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			for (int i = 0; i < COLUMNS_AT_ONCE; i++)
				*window++ = weight_of(
					plan, bank, bank->backward ? height - 1 - y : y,
					bank->backward ? width - 1 - x : x, row, column + i);
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

	gather_window(plan, bank, row, column, window);
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

	for (int row = 0; row < plan->rows; row++)
		for (int column = 0; column < plan->columns; column += COLUMNS_AT_ONCE) {
			transform_window(plan, bank, row, column, window);
			for (int point = 0; point < plan->points; point++)
				for (int i = 0; i < COLUMNS_AT_ONCE; i++) {
					int at = column + i;
					size_t elements =
						(size_t)(at / panel) * plan->points + point;
					elements = (elements * plan->rows + row) / step;
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
		.count = (size_t)divide_up(plan->columns, panel) * panel * plan->rows *
	                 plan->points / weights_element_rows(plan->bfloat16),
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
	                 "-cl-no-signed-zeros -DLANES=%d -DSQUARE=%d -DPOINTS=%d -DOUTPUTS=%d%s%s "
	                 "-DINPUT_ROWS=",
	                 tile.lanes, plan->vertical && plan->horizontal, points, transform->outputs,
	                 plan->bfloat16 ? " -DBFLOAT16" : "",
	                 plan->reads_cells    ? " -DREADS_CELLS"
	                 : plan->writes_cells ? " -DWRITES_CELLS"
	                                      : "");

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

/* Where the window over cells of the picture's gradient reads first; the kernel knows where such
 * cells lie. */
static void begin_with_cells(struct convolution_tables *tables, const struct winograd_plan *plan)
{
	const int taps = plan->transform.taps;

	for (int i = 0; i < tables->tap_count; i++)
		tables->taps[i].dy = tables->taps[i].dx = 1 - taps;
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
	record_int(recorder, plan->rows);
	record_buffer(recorder, problem->output);
	record_int(recorder, problem->output_size.height);
	record_int(recorder, problem->output_size.width);
	record_buffer(recorder, problem->mask);
	problem_record_taps(recorder, tables);
	record_int(recorder, tables->tap_count);
	problem_record_epilogues(recorder, tables);
	record_int(recorder, tables->epilogue_count);
	record_int(recorder, plan->vertical);
	record_int(recorder, -problem->pad_top);
	record_int(recorder, -problem->pad_left);
	record_int(recorder, plan->tiles_across);
	record_int(recorder, tile_count);
	record_int(recorder, plan->block_tiles);
	record_int(recorder, plan->block_panels);
	record_local(recorder, plan->local_bytes);
	record_launch(recorder, divide_up(tile_count, plan->block_tiles),
	              divide_up(plan->panels, plan->block_panels), 1, 1, 1, 1);
}

void convolution_winograd(struct launch_recorder *recorder, struct weights_cache *weights,
                          const struct convolution_problem *problem, struct register_tile tile,
                          int block_tiles)
{
	struct winograd_plan plan;
	struct convolution_tables tables;
	cl_mem packed;

	if (!winograd_plan(&plan, recorder->device, problem, tile, block_tiles)) {
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
	if (plan.writes_cells)
		begin_with_cells(&tables, &plan);
	record_winograd(recorder, problem, &plan, &tables, packed, tile);
	problem_tables_release(&tables);
}
