#include "engine/convolution/register_tile.h"

#include <stdio.h>

#include "engine/base/rounding.h"

/* shaders/convolution/register_tiles.clh lists the same. */
static const struct register_tile tiles_of_16_lanes[] = {
	{16, 8, 3, 1, false},  {16, 6, 4, 1, false},  {16, 4, 5, 1, false},
	{16, 12, 2, 1, false}, {16, 14, 1, 1, false}, {0, 0, 0, 0, false}};
/* 16 registers: 3 pixels by 4 vectors would need 12 for sums, 4 for weights and one for a pixel.
 * The first suits every width and was seldom beaten, and each that is used is a kernel more to
 * compile. */
static const struct register_tile tiles_of_8_lanes[] = {
	{8, 6, 2, 1, false}, {8, 4, 3, 1, false}, {0, 0, 0, 0, false}};
static const struct register_tile tiles_of_4_lanes[] = {
	{4, 6, 2, 1, false}, {4, 4, 3, 1, false}, {4, 3, 4, 1, false}, {0, 0, 0, 0, false}};

const struct register_tile *register_tiles(int lanes)
{
	return lanes >= 16 ? tiles_of_16_lanes : lanes >= 8 ? tiles_of_8_lanes : tiles_of_4_lanes;
}

/* For each row of weights a tile of P pixels and V vectors takes P * V multiply-adds and P + V
 * loads. Both count. */
double register_tile_cost(struct register_tile tile, int vectors)
{
	return vectors * (1 + 1.0 / tile.pixels + 1.0 / tile.vectors);
}

/* Also of what is computed beyond the last vector. */
static double cost_of_width(struct register_tile tile, int vectors)
{
	return register_tile_cost(tile, divide_up(vectors, tile.vectors) * tile.vectors);
}

struct register_tile register_tile_default(int lanes, int output_width)
{
	const struct register_tile *tile = register_tiles(lanes), *best = tile;
	const int vectors = output_width / tile->lanes;

	if (lanes < 16)
		return *tile;
	for (; tile->lanes; tile++)
		if (cost_of_width(*tile, vectors) < cost_of_width(*best, vectors))
			best = tile;
	return *best;
}

struct register_tile_kernel register_tile_kernel(struct register_tile tile, const char *method)
{
	struct register_tile_kernel kernel;

	snprintf(kernel.name, sizeof(kernel.name), "%s%s_%dx%d", method,
	         tile.bfloat16 ? "_bfloat16" : "", tile.pixels, tile.vectors);
	return kernel;
}
