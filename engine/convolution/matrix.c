/* Convolution by a GPU's matrix units: shaders/convolution/matrix.cl. */
#include <stdio.h>

#include "engine/convolution/methods.h"
#include "engine/convolution/quads.h"

enum { LANES = 4, GROUP = 2, WARP = 32, ITEMS = WARP * GROUP * GROUP, OPTIONS_LENGTH = 128 };

/* Of a warp: pixels in sixteens, vectors in fours. */
static const struct register_tile tiles[] = {
	{LANES, 4, 2, GROUP, false}, {LANES, 2, 4, GROUP, false}, {LANES, 2, 2, GROUP, false},
	{LANES, 4, 1, GROUP, false}, {LANES, 2, 1, GROUP, false}, {0, 0, 0, 0, false}};

const struct register_tile *matrix_tiles(void)
{
	return tiles;
}

int matrix_block_channels(struct register_tile tile)
{
	return 4 * LANES * tile.vectors * tile.group;
}

/* Of a step. A small block does little between two barriers, and small pictures have few groups to
 * do something else meanwhile: its steps are twice as long. */
static int step_quads(struct register_tile tile)
{
	return tile.pixels * tile.vectors > 4 ? 4 : 8;
}

static int block_pixels(struct register_tile tile)
{
	return 16 * tile.pixels * tile.group;
}

static size_t local_bytes(const struct device *device, struct register_tile tile)
{
	size_t count = (size_t)step_quads(tile);
	size_t quads = count * ((size_t)block_pixels(tile) + 8 / count);
	size_t vectors = 4 * count * ((size_t)matrix_block_channels(tile) / LANES + 2);
	size_t scratch = device->matrix_units ? 1 : 6 * ITEMS;

	return sizeof(float) * (LANES * (quads + vectors) + scratch);
}

bool convolution_matrix_fits(const struct device *device, const struct convolution_problem *problem,
                             struct register_tile tile)
{
	return !problem_writes_picture(problem) && device->max_work_group >= ITEMS &&
	       local_bytes(device, tile) <= device->local_bytes;
}

/* As of tiled.c's tiles; here the loads of 16 pixels take about as long as a product for 16
 * channels, and so the other way round. */
static double tile_cost(const struct device *device, const struct convolution_problem *problem,
                        struct register_tile tile)
{
	const double rounds =
		problem_rounds(problem, device, block_pixels(tile), matrix_block_channels(tile));

	return rounds * block_pixels(tile) * matrix_block_channels(tile) *
	       (1 + 1.3 / tile.pixels + 1.3 / tile.vectors);
}

struct register_tile matrix_tile_default(const struct device *device,
                                         const struct convolution_problem *problem)
{
	struct register_tile best = tiles[0];

	for (const struct register_tile *tile = tiles; tile->lanes; tile++)
		if (tile_cost(device, problem, *tile) < tile_cost(device, problem, best))
			best = *tile;
	return best;
}

static void write_options(char options[OPTIONS_LENGTH], const struct device *device,
                          const struct convolution_problem *problem, struct register_tile tile)
{
	snprintf(options, OPTIONS_LENGTH,
	         "-DLANES=%d -DGROUP=%d -DTILE_PIXELS=%d -DTILE_VECTORS=%d -DQUADS=%d -DTERMS=%d%s",
	         tile.lanes, tile.group, tile.pixels, tile.vectors, step_quads(tile),
	         problem_precision(problem, device) == RV_PRECISION_TF32 ? 1 : 3,
	         device->matrix_units ? " -DMATRIX_UNITS" : "");
}

static bool kernel_runs(struct launch_recorder *recorder, const struct convolution_problem *problem,
                        struct register_tile tile)
{
	char options[OPTIONS_LENGTH];

	write_options(options, recorder->device, problem, tile);
	return record_can_run(recorder, "convolution/matrix", options, "convolve_by_matrix_units",
	                      ITEMS);
}

static void record_matrix(struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct convolution_tables *tables, cl_mem weights,
                          struct register_tile tile)
{
	size_t groups = (size_t)tables->epilogue_count * LANES / matrix_block_channels(tile);
	char options[OPTIONS_LENGTH];

	write_options(options, recorder->device, problem, tile);
	record_kernel(recorder, "convolution/matrix", options, "convolve_by_matrix_units",
	              problem->node->name);
	problem_record_arguments(recorder, problem, tables, weights,
	                         tables->epilogue_count * tile.lanes);
	record_launch(recorder, groups * ITEMS,
	              (size_t)divide_up(tables->largest_phase, block_pixels(tile)),
	              tables->phase_count, ITEMS, 1, 1);
}

void convolution_matrix(struct launch_recorder *recorder, struct weights_cache *weights,
                        const struct convolution_problem *problem, struct register_tile tile)
{
	int vectors = matrix_block_channels(tile) / LANES;
	struct quads quads;

	if (!kernel_runs(recorder, problem, tile)) {
		convolution_tiled(recorder, weights, problem,
		                  tiled_tile_default(recorder->device, problem));
		return;
	}
	if (!quads_create(&quads, recorder, weights, problem, tile.lanes, vectors,
	                  step_quads(tile)))
		return;
	record_matrix(recorder, problem, &quads.tables, quads.weights, tile);
	quads_release(&quads);
}
