/* How much of a convolution one work-item computes in registers. */
#ifndef ENGINE_CONVOLUTION_REGISTER_TILE_H
#define ENGINE_CONVOLUTION_REGISTER_TILE_H

#include <stdbool.h>

/* What one work-item computes: pixels (or Winograd tiles) by vectors of lanes output channels. */
struct register_tile {
	int lanes, pixels, vectors;
	int group;     /* a work-group has group * group items */
	bool bfloat16; /* multiplies pairs of bfloat16; of 16 lanes, or by matrix units */
};

/* Tiles whose sums fit into the registers of a processor with vectors of this many lanes: 32
 * registers where there are 16 lanes (AVX-512), else 16. Of groups of one item. Ends with {0}. */
const struct register_tile *register_tiles(int lanes);

/* What it costs to compute this many vectors, in no particular unit. */
double register_tile_cost(struct register_tile tile, int vectors);
/* The tile that does output_width channels, a multiple of TENSOR_ALIGNMENT, at the least cost. */
struct register_tile register_tile_default(int lanes, int output_width);

/* The name of this tile's kernel among those whose names begin like that. */
struct register_tile_kernel {
	char name[64];
};
struct register_tile_kernel register_tile_kernel(struct register_tile tile, const char *method);

#endif
