/* How Winograd's method cuts a problem into tiles; winograd.c records it. */
#ifndef ENGINE_CONVOLUTION_WINOGRAD_PLAN_H
#define ENGINE_CONVOLUTION_WINOGRAD_PLAN_H

#include "engine/convolution/methods.h"
#include "engine/convolution/winograd_transform.h"

/* The network's picture is taken in cells of so many pixels each way, with all their channels: to a
 * convolution of that stride they are the pixels of one without, whose window has half as many
 * taps. A cell fills TENSOR_ALIGNMENT channels, its pixels INPUT_STRIDE each, row by row. */
enum { WINOGRAD_CELL = 2 };

/* A problem cut into tiles. */
struct winograd_plan {
	struct winograd_transform transform;
	bool vertical, horizontal;
	int points;               /* of a tile, both directions */
	int outputs_y, outputs_x; /* of a tile */
	int tiles_down, tiles_across;
	int block_tiles;          /* of a work-group; a multiple of the register tile's */
	int panels, block_panels; /* of output channels, and of a work-group */
	bool bfloat16;
	bool reads_cells, writes_cells;
	int rows, columns; /* the channels of what is read, and of what is written, padding included
	                    */
	size_t local_bytes;
};

/* False where the method cannot do it: see convolution_winograd_outputs. */
bool winograd_plan(struct winograd_plan *plan, const struct device *device,
                   const struct convolution_problem *problem, struct register_tile tile,
                   int block_tiles);

#endif
