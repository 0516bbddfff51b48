#include "engine/convolution/winograd_plan.h"

#include <string.h>

enum {
	/* The most tiles of a work-group: the scratch of more would not fit into the second-level
	   cache. */
	BLOCK_TILES = 24,
	FETCH_TILES = 2,
	/* As many tiles are transformed while one is multiplied by a panel. */
	TRANSFORMED_TILES = 6,
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
struct known_window {
	int height, width, outputs;
	int more_outputs; /* on pictures that tiles so large cover well, in floats; 0: never */
};

static const struct known_window known_windows[] = {{3, 3, 4, 6}, {5, 5, 2, 4}, {1, 7, 4, 0},
                                                    {7, 1, 4, 0}, {1, 3, 4, 0}, {3, 1, 4, 0},
                                                    {1, 5, 4, 0}, {5, 1, 4, 0}};

/* The same over cells, of 7x7 or 8x8 pixels. Windows of 3x3 pixels took 1.3 times as long as the
 * direct kernel. */
static const struct known_window cell_window = {4, 4, 5, 0};

/* NULL where it is not known. */
static const struct known_window *known_window(const struct window *window)
{
	for (size_t i = 0; i < sizeof(known_windows) / sizeof(known_windows[0]); i++)
		if (window->height == known_windows[i].height &&
		    window->width == known_windows[i].width)
			return &known_windows[i];
	return NULL;
}

static const struct known_window *known_window_of_cells(const struct window *window)
{
	return divide_up(window->height, WINOGRAD_CELL) == cell_window.height &&
	                       divide_up(window->width, WINOGRAD_CELL) == cell_window.width &&
	                       window->stride_y == WINOGRAD_CELL &&
	                       window->stride_x == WINOGRAD_CELL
	               ? &cell_window
	               : NULL;
}

static bool is_of_picture(const struct convolution_problem *problem)
{
	return problem_reads_picture(problem) || problem_writes_picture(problem);
}

/* Of the window that is transformed. */
static const struct known_window *window_of(const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;

	return is_of_picture(problem) ? known_window_of_cells(window) : known_window(window);
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

size_t convolution_winograd_picture_floats(const struct window *window, int filters)
{
	const struct known_window *known = known_window_of_cells(window);

	return known ? (size_t)points_of(known, known->outputs) * TENSOR_ALIGNMENT *
	                       (size_t)round_up(filters, TENSOR_ALIGNMENT)
	             : 0;
}

/* The transformed tiles and one panel of products, each point's apart by a cache line more. */
static size_t local_bytes(const struct winograd_plan *plan, int panel)
{
	int elements = plan->rows / weights_element_rows(plan->bfloat16);

	return sizeof(float) * plan->points *
	       ((size_t)plan->block_tiles * (elements + panel) + 2 * TENSOR_ALIGNMENT);
}

/* Estimates the time that all work-groups take, in parts of a product of a tile and a panel: that
 * of the compute unit that has the most of them. To each belongs what it could compute while it
 * fetches its weights, and the transform of its tiles, which those that share a block's panels all
 * do. */
static double makespan(const struct winograd_plan *plan, const struct device *device)
{
	const int units = device->info.compute_units ? (int)device->info.compute_units : 1;
	const int tiles = plan->tiles_down * plan->tiles_across;
	const int blocks =
		divide_up(tiles, plan->block_tiles) * divide_up(plan->panels, plan->block_panels);

	return (double)divide_up(blocks, units) *
	       ((plan->block_tiles + FETCH_TILES) * plan->block_panels * TRANSFORMED_TILES +
	        plan->block_tiles);
}

/* Sets plan->block_panels to what makespan() finds the shortest: where tiles are few, units that
 * share a block's panels are busy, and fetch weights once among them. */
static void share_panels(struct winograd_plan *plan, const struct device *device)
{
	struct winograd_plan shared = *plan;

	plan->block_panels = plan->panels;
	for (int shares = 2; shares <= plan->panels; shares++) {
		shared.block_panels = divide_up(plan->panels, shares);
		if (makespan(&shared, device) < makespan(plan, device))
			*plan = shared;
	}
}

/* Sets plan->block_tiles to block_tiles or, where that is 0, to what makespan() finds the shortest.
 */
static void choose_block(struct winograd_plan *plan, const struct device *device,
                         struct register_tile tile, int block_tiles)
{
	const int panel = tile.lanes * tile.vectors;
	struct winograd_plan other = *plan;

	plan->panels = other.panels = divide_up(plan->columns, panel);
	plan->block_tiles = block_tiles ? block_tiles : tile.pixels;
	share_panels(plan, device);
	for (int block = 2 * tile.pixels; block <= BLOCK_TILES && !block_tiles;
	     block += tile.pixels) {
		other.block_tiles = block;
		share_panels(&other, device);
		if (local_bytes(&other, panel) <= device->local_bytes &&
		    makespan(&other, device) <= makespan(plan, device))
			*plan = other;
	}
	plan->local_bytes = local_bytes(plan, panel);
}

/* Transforms make the rounding's error five to twelve times as large. In a gradient that is noise,
 * which the next step knows nothing of; forward it turns ReLUs and maxima, and GoogLeNet's dreams
 * were less deep by it (tests/bench/precision.py). With the outputs that cells have it would be
 * more yet. */
static bool may_round(const struct device *device, const struct convolution_problem *problem,
                      struct register_tile tile)
{
	return problem->backward && !is_of_picture(problem) && tile.lanes == 16 &&
	       problem_precision(problem, device) == RV_PRECISION_BFLOAT16;
}

static bool may_transform(const struct device *device, const struct convolution_problem *problem,
                          struct register_tile tile, int block_tiles)
{
	const struct window *window = &problem->node->window;
	const int stride = is_of_picture(problem) ? WINOGRAD_CELL : 1;

	return window_of(problem) && window->stride_y == stride && window->stride_x == stride &&
	       window->dilation_y == 1 && window->dilation_x == 1 &&
	       block_tiles % tile.pixels == 0 &&
	       (!tile.bfloat16 || may_round(device, problem, tile));
}

/* Of what is written, in pixels or cells. Those of the picture's gradient begin where its padding
 * does. */
static struct extent grid_of(const struct convolution_problem *problem)
{
	struct extent size = problem->output_size;

	if (!problem_writes_picture(problem))
		return size;
	return (struct extent){divide_up(size.height + problem->pad_top, WINOGRAD_CELL),
	                       divide_up(size.width + problem->pad_left, WINOGRAD_CELL)};
}

/* Into tiles of so many outputs; false where a block does not fit into the device's local memory.
 */
static bool cut_into_tiles(struct winograd_plan *plan, const struct device *device,
                           const struct convolution_problem *problem, struct register_tile tile,
                           int block_tiles, int outputs)
{
	const struct known_window *window = window_of(problem);
	const struct extent grid = grid_of(problem);

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
	plan->tiles_down = divide_up(grid.height, plan->outputs_y);
	plan->tiles_across = divide_up(grid.width, plan->outputs_x);
	plan->reads_cells = problem_reads_picture(problem);
	plan->writes_cells = problem_writes_picture(problem);
	plan->rows = plan->reads_cells ? TENSOR_ALIGNMENT : problem->input_width;
	plan->columns = problem->output_width;
	choose_block(plan, device, tile, block_tiles);
	return plan->local_bytes <= device->local_bytes;
}

/* In products of a point. */
static double estimate(const struct winograd_plan *plan, const struct device *device)
{
	return makespan(plan, device) * plan->points;
}

/* What factors are rounded to was judged with the fewest outputs, and loses more with more. */
bool winograd_plan(struct winograd_plan *plan, const struct device *device,
                   const struct convolution_problem *problem, struct register_tile tile,
                   int block_tiles)
{
	const struct known_window *known = window_of(problem);
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

	return winograd_plan(&plan, device, problem, tile, block_tiles) ? plan.transform.outputs
	                                                                : 0;
}

bool convolution_winograd_saves(const struct convolution_problem *problem)
{
	const struct window *window = &problem->node->window;
	const struct known_window *known = window_of(problem);
	const struct extent grid = grid_of(problem);
	const int pixels =
		is_of_picture(problem) ? WINOGRAD_CELL * WINOGRAD_CELL : 1; /* of a cell */
	int outputs_y, outputs_x;
	double direct, transformed;

	if (!known)
		return false;
	outputs_y = known->height > 1 ? known->outputs : 1;
	outputs_x = known->width > 1 ? known->outputs : 1;
	direct = (double)grid.height * grid.width * window->height * window->width;
	transformed = (double)divide_up(grid.height, outputs_y) * divide_up(grid.width, outputs_x) *
	              points_of(known, known->outputs) * pixels;
	return direct > 1.25 * transformed;
}
