/* Convolution by a GPU's matrix units: shaders/convolution/matrix.cl. */
#include <stdio.h>

#include "engine/convolution/methods.h"
#include "engine/convolution/quads.h"
#include "engine/opencl/units.h"

enum { LANES = 4, GROUP = 2, GROUP_OF_NARROW = 4, OPTIONS_LENGTH = 192 };

/* Of a warp: pixels in sixteens, vectors in fours. Those of floats come first. */
enum { TILES_OF_FLOATS = 5 };
static const struct register_tile of_32[] = {
	{LANES, 4, 2, GROUP, false}, {LANES, 2, 4, GROUP, false}, {LANES, 2, 2, GROUP, false},
	{LANES, 4, 1, GROUP, false}, {LANES, 2, 1, GROUP, false}, {LANES, 4, 2, GROUP, true},
	{LANES, 2, 4, GROUP, true},  {LANES, 2, 2, GROUP, true},  {LANES, 4, 1, GROUP, true},
	{LANES, 2, 1, GROUP, true},  {0, 0, 0, 0, false}};
/* Each of fewer items holds more: with larger tiles registers would be spilled (make units). */
static const struct register_tile of_16[] = {{LANES, 2, 2, GROUP_OF_NARROW, true},
                                             {LANES, 2, 2, GROUP, true},
                                             {LANES, 2, 1, GROUP, true},
                                             {LANES, 1, 1, GROUP, true},
                                             {0, 0, 0, 0, false}};
static const struct register_tile of_8[] = {{LANES, 2, 1, GROUP_OF_NARROW, true},
                                            {LANES, 1, 2, GROUP_OF_NARROW, true},
                                            {LANES, 1, 1, GROUP_OF_NARROW, true},
                                            {LANES, 1, 1, GROUP, true},
                                            {0, 0, 0, 0, false}};

const struct register_tile *matrix_tiles(const struct device *device)
{
	const struct unit_shape shape = units_shape(device->units);

	return shape.warp == 16  ? of_16
	       : shape.warp == 8 ? of_8
	       : shape.pairs     ? of_32 + TILES_OF_FLOATS
	                         : of_32;
}

int matrix_block_channels(struct register_tile tile)
{
	return 4 * LANES * tile.vectors * tile.group;
}

static int items(const struct device *device, struct register_tile tile)
{
	return units_shape(device->units).warp * tile.group * tile.group;
}

/* Of a step. A small block does little between two barriers, and small pictures have few groups to
 * do something else meanwhile: its steps are twice as long, where there are the registers for that.
 */
static int step_quads(const struct device *device, struct register_tile tile)
{
	const int warp = units_shape(device->units).warp;

	return tile.pixels * tile.vectors * 32 > 4 * warp ? 4 : 8;
}

static int block_pixels(struct register_tile tile)
{
	return 16 * tile.pixels * tile.group;
}

static enum unit_kind kind_of(const struct device *device, struct register_tile tile)
{
	return units_of(device, tile.bfloat16);
}

/* Of a factor: a float has 24 bits. */
static int terms(const struct device *device, const struct convolution_problem *problem,
                 enum unit_kind kind)
{
	const rv_precision precision = problem_precision(problem, device);

	if (!units_shape(kind).pairs)
		return precision == RV_PRECISION_FLOAT ? 2 : 1;
	return precision == RV_PRECISION_FLOAT ? 3 : precision == RV_PRECISION_TF32 ? 2 : 1;
}

/* Of the products that make one of the problem's. */
static int time_of_products(const struct device *device, const struct convolution_problem *problem,
                            enum unit_kind kind)
{
	const int count = terms(device, problem, kind);

	return count * (count + 1) / 2 * units_shape(kind).time;
}

/* Whether the device has no other units that take less time for their products, but for those that
 * multiply wrong. Which of two that take as long are faster a race tells. */
static bool suits(const struct device *device, const struct convolution_problem *problem,
                  enum unit_kind kind)
{
	const enum unit_kind kinds[] = {units_of(device, false), units_of(device, true)};
	const int own = time_of_products(device, problem, kind);
	bool least = device->unit_trials[kind] != UNITS_WRONG;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		least &= device->unit_trials[kinds[i]] == UNITS_WRONG ||
		         own <= time_of_products(device, problem, kinds[i]);
	return least;
}

static size_t local_bytes(const struct device *device, const struct convolution_problem *problem,
                          struct register_tile tile)
{
	const struct unit_shape shape = units_shape(kind_of(device, tile));
	const size_t pairs = shape.pairs ? terms(device, problem, kind_of(device, tile)) : 2;
	size_t count = (size_t)step_quads(device, tile);
	size_t quads = count * ((size_t)block_pixels(tile) + (shape.pairs ? 4 : 8 / count));
	size_t vectors =
		count * ((size_t)matrix_block_channels(tile) / LANES + (shape.pairs ? 1 : 2));
	size_t scratch = device->matrix_units ? 1 : (size_t)shape.words * items(device, tile);

	return sizeof(float) * (pairs * (2 * quads + 2 * LANES * vectors) + scratch);
}

bool convolution_matrix_fits(const struct device *device, const struct convolution_problem *problem,
                             struct register_tile tile)
{
	return !problem_writes_picture(problem) && suits(device, problem, kind_of(device, tile)) &&
	       device->max_work_group >= (size_t)items(device, tile) &&
	       local_bytes(device, problem, tile) <= device->local_bytes;
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
	const struct register_tile *tile = matrix_tiles(device);
	struct register_tile best;

	while (tile[1].lanes && !suits(device, problem, kind_of(device, *tile)))
		tile++;
	for (best = *tile; tile->lanes && tile->bfloat16 == best.bfloat16; tile++)
		if (tile_cost(device, problem, *tile) < tile_cost(device, problem, best))
			best = *tile;
	return best;
}

static void write_options(char options[OPTIONS_LENGTH], const struct device *device,
                          const struct convolution_problem *problem, struct register_tile tile)
{
	const enum unit_kind kind = kind_of(device, tile);
	char units[UNIT_OPTIONS_LENGTH];

	units_write_options(units, device, kind);
	snprintf(
		options, OPTIONS_LENGTH,
		"-DLANES=%d -DGROUP=%d -DTILE_PIXELS=%d -DTILE_VECTORS=%d -DQUADS=%d -DTERMS=%d %s",
		tile.lanes, tile.group, tile.pixels, tile.vectors, step_quads(device, tile),
		terms(device, problem, kind), units);
}

static bool kernel_runs(struct launch_recorder *recorder, const struct convolution_problem *problem,
                        struct register_tile tile)
{
	char options[OPTIONS_LENGTH];

	write_options(options, recorder->device, problem, tile);
	return record_can_run(recorder, "convolution/matrix", options, "convolve_by_matrix_units",
	                      items(recorder->device, tile));
}

static void record_matrix(struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct convolution_tables *tables, cl_mem weights,
                          struct register_tile tile)
{
	size_t groups = (size_t)tables->epilogue_count * LANES / matrix_block_channels(tile);
	size_t group_items = (size_t)items(recorder->device, tile);
	char options[OPTIONS_LENGTH];

	write_options(options, recorder->device, problem, tile);
	record_kernel(recorder, "convolution/matrix", options, "convolve_by_matrix_units",
	              problem->node->name);
	problem_record_arguments(recorder, problem, tables, weights,
	                         tables->epilogue_count * tile.lanes);
	record_launch(recorder, groups * group_items,
	              (size_t)divide_up(tables->largest_phase, block_pixels(tile)),
	              tables->phase_count, group_items, 1, 1);
}

void convolution_matrix(struct launch_recorder *recorder, struct weights_cache *weights,
                        const struct convolution_problem *problem, struct register_tile tile)
{
	const struct device *device = recorder->device;
	int vectors = matrix_block_channels(tile) / LANES;
	enum unit_kind kind = kind_of(device, tile);
	int pairs = units_shape(kind).pairs ? terms(device, problem, kind) : 0;
	struct quads quads;

	if (!kernel_runs(recorder, problem, tile)) {
		convolution_tiled(recorder, weights, problem, tiled_tile_default(device, problem));
		return;
	}
	if (!quads_create(&quads, recorder, weights, problem, pairs, tile.lanes, vectors,
	                  step_quads(device, tile)))
		return;
	record_matrix(recorder, problem, &quads.tables, quads.weights, tile);
	quads_release(&quads);
}
