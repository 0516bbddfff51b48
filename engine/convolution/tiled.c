/* Direct convolution by work-groups: shaders/convolution/tiled.cl. */
#include <stdio.h>

#include "engine/convolution/methods.h"
#include "engine/convolution/quads.h"

enum {
	LANES = 4,
	QUADS_OF_STEP = 4, /* QUADS of the kernel */
	SPARE_QUADS = 2,   /* of each row in local memory: its QUAD_STRIDE */
	OPTIONS_LENGTH = 128,
};

/* Largest blocks first. Every item copies whole quads: pixels * 4 is a multiple of group. */
static const struct register_tile tiles[] = {
	{LANES, 8, 2, 16, false}, {LANES, 4, 2, 16, false}, {LANES, 8, 1, 16, false},
	{LANES, 4, 1, 16, false}, {LANES, 8, 2, 8, false},  {LANES, 4, 4, 8, false},
	{LANES, 4, 2, 8, false},  {LANES, 8, 1, 8, false},  {LANES, 4, 1, 8, false},
	{LANES, 4, 2, 4, false},  {LANES, 4, 1, 4, false},  {LANES, 4, 1, 2, false},
	{0, 0, 0, 0, false}};

const struct register_tile *tiled_tiles(void)
{
	return tiles;
}

static int block_pixels(struct register_tile tile)
{
	return tile.group * tile.pixels;
}

static int block_vectors(struct register_tile tile)
{
	return tile.group * tile.vectors;
}

static size_t local_bytes(struct register_tile tile)
{
	int quads = QUADS_OF_STEP * (block_pixels(tile) + SPARE_QUADS);
	int vectors = 4 * QUADS_OF_STEP * block_vectors(tile);

	return sizeof(float) * (4 * (size_t)quads + LANES * (size_t)vectors);
}

bool convolution_tiled_fits(const struct device *device, struct register_tile tile)
{
	return (size_t)tile.group * tile.group <= device->max_work_group &&
	       local_bytes(tile) <= device->local_bytes;
}

/* The rounds that the device's compute units need for all blocks, by the work of a block: its
 * products, and the loads from local memory, of which a pixel takes one for four channels and a
 * vector one for each. */
static double tile_cost(const struct device *device, const struct convolution_problem *problem,
                        struct register_tile tile)
{
	const double rounds = problem_rounds(problem, device, block_pixels(tile),
	                                     block_vectors(tile) * tile.lanes);

	return rounds * block_pixels(tile) * block_vectors(tile) *
	       (1 + 1.0 / tile.pixels + 0.25 / tile.vectors);
}

struct register_tile tiled_tile_default(const struct device *device,
                                        const struct convolution_problem *problem)
{
	struct register_tile best = {0, 0, 0, 0, false};

	for (const struct register_tile *tile = tiles; tile->lanes; tile++)
		if (convolution_tiled_fits(device, *tile) &&
		    (!best.lanes ||
		     tile_cost(device, problem, *tile) < tile_cost(device, problem, best)))
			best = *tile;
	return best;
}

/* ---- launch ---- */

static void write_options(char options[OPTIONS_LENGTH], struct register_tile tile)
{
	snprintf(options, OPTIONS_LENGTH,
	         "-DLANES=%d -DGROUP=%d -DTILE_PIXELS=%d -DTILE_VECTORS=%d", tile.lanes, tile.group,
	         tile.pixels, tile.vectors);
}

static bool kernel_runs(struct launch_recorder *recorder, struct register_tile tile)
{
	char options[OPTIONS_LENGTH];

	write_options(options, tile);
	return record_can_run(recorder, "convolution/tiled", options, "convolve_tiled",
	                      (size_t)tile.group * tile.group);
}

/* The tile, or the next smaller one that runs; lanes 0 where none does or after a failure. */
static struct register_tile tile_that_runs(struct launch_recorder *recorder,
                                           struct register_tile wanted)
{
	const struct register_tile *tile = tiles;

	while (tile->lanes && (tile->pixels != wanted.pixels || tile->vectors != wanted.vectors ||
	                       tile->group != wanted.group))
		tile++;
	while (tile->lanes && recorder->status == RV_OK &&
	       !(convolution_tiled_fits(recorder->device, *tile) && kernel_runs(recorder, *tile)))
		tile++;
	return recorder->status ? (struct register_tile){0, 0, 0, 0, false} : *tile;
}

static void record_tiled(struct launch_recorder *recorder,
                         const struct convolution_problem *problem,
                         const struct convolution_tables *tables, cl_mem weights,
                         struct register_tile tile)
{
	char options[OPTIONS_LENGTH];

	write_options(options, tile);
	record_kernel(recorder, "convolution/tiled", options, "convolve_tiled",
	              problem->node->name);
	problem_record_arguments(recorder, problem, tables, weights,
	                         tables->epilogue_count * tile.lanes);
	record_launch(recorder, (size_t)tables->epilogue_count / tile.vectors,
	              (size_t)divide_up(tables->largest_phase, block_pixels(tile)) * tile.group,
	              tables->phase_count, tile.group, tile.group, 1);
}

void convolution_tiled(struct launch_recorder *recorder, struct weights_cache *weights,
                       const struct convolution_problem *problem, struct register_tile wanted)
{
	struct register_tile tile = tile_that_runs(recorder, wanted);
	struct quads quads;

	if (recorder->status != RV_OK)
		return;
	if (!tile.lanes) {
		convolution_direct(recorder, weights, problem,
		                   register_tile_default(LANES, problem->output_width));
		return;
	}
	if (!quads_create(&quads, recorder, weights, problem, 0, tile.lanes, block_vectors(tile),
	                  QUADS_OF_STEP))
		return;
	record_tiled(recorder, problem, &quads.tables, quads.weights, tile);
	quads_release(&quads);
}
