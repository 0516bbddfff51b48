/* Tiles of a picture whose gradient does not fit the memory as a whole.
 *
 * Equal tiles cover the picture, one network of their size computes the gradient in each, and where
 * two overlap their gradients are blended: each counts for nothing near its own border, where it
 * misses what lies beyond. All of them begin at multiples of the network's stride, so that its
 * pools and strides fall on the same pixels as in the whole picture. The overlap follows the
 * receptive field of the wanted layers. As jitter shifts the picture under the tiles, their borders
 * lie elsewhere in each step (tiles and shifts: Mordvintsev's notebook, 2015). */
#ifndef ENGINE_DREAM_TILES_H
#define ENGINE_DREAM_TILES_H

#include "engine/network/network.h"

/* Tiles along one axis; pixels. */
struct tile_axis {
	int size; /* of the picture */
	int tile; /* of each tile */
	int count;
	int stride; /* tiles begin at multiples of it; so size - tile is one too */
};

struct tiles {
	struct tile_axis y, x;
};

/* The weight of a tile's gradient rises from 0 at pixel `from` of the tile to 1 at `to`, or falls
 * in the same way. Pixels may lie outside the tile. */
struct tile_ramp {
	int from, to;
};

/* Where one tile lies along one axis, and what its gradient weighs there. The weights of all tiles
 * sum to 1 at every pixel of the picture. */
struct tiles_span {
	int start; /* pixel of the picture */
	struct tile_ramp rise, fall;
};

/* 0 <= index < axis->count */
struct tiles_span tiles_span(const struct tile_axis *axis, int index);

/* The weight of pixel x of the tile: the formula that the kernel uses too. */
float tiles_weight(const struct tiles_span *span, int x);

/* One tile as large as the picture. */
struct tiles tiles_whole(int height, int width);
int tiles_count(const struct tiles *tiles);

/* How coarse the network is, and how much of the picture a pixel of it sees. */
struct tiles_receptive_field {
	int stride;        /* picture pixels from one pixel of the coarsest tensor to the next */
	int height, width; /* of the picture that one pixel of a wanted layer sees; what global
	                    * pools see is left out */
	int cut;           /* picture pixels that slices take off along a side */
};

/* RV_UNSUPPORTED where a slice takes rows or columns by their place in the whole picture, so that a
 * tile by itself cannot. */
rv_status tiles_receptive_field(const struct graph *graph, struct tiles_receptive_field *field,
                                rv_error *error);

/* The tiles of least area in all that overlap by at least `overlap` pixels and have at most
 * most_pixels each; false if there are none. */
bool tiles_cover(struct tiles *tiles, int height, int width, int stride, int overlap,
                 double most_pixels);

/* Memory that a network's buffers may take: all together, and the largest. */
struct tile_budget {
	size_t bytes, buffer_bytes;
};

/* A network for the whole picture where that fits, else for a tile. RV_INVALID where the picture is
 * too small for the network, RV_MEMORY where no tile fits. */
rv_status tiles_network(struct tiles *tiles, struct network **network, const struct graph *graph,
                        int height, int width, const struct tile_budget *budget, rv_error *error);

#endif
