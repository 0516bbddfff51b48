/* The picture of one tile of an atlas: the noise that its dream begins with, and what is kept of
 * the dream. */
#ifndef ENGINE_API_ATLAS_TILE_H
#define ENGINE_API_ATLAS_TILE_H

#include "engine/reverie_inspect.h"

/* The side of what is dreamed: a tile and what is cut off around it, where the network's own
 * borders show. */
enum {
	ATLAS_TILE_BORDER = 8,
	ATLAS_TILE_DREAM = RV_ATLAS_SIDE + 2 * ATLAS_TILE_BORDER,
	ATLAS_TILE_SAMPLES = ATLAS_TILE_DREAM * ATLAS_TILE_DREAM * 3,
};

/* Writes what an attempt begins with to float pixels[ATLAS_TILE_DREAM][ATLAS_TILE_DREAM][3], 0..1:
 * at first grey with noise as strong at every size, as photographs have it; after that noise over
 * dead leaves (engine/api/channel_rms.h), whose edges wake channels that noise does not. RV_MEMORY.
 */
rv_status atlas_tile_begin(float *pixels, int attempt, rv_error *error);

/* Writes to start noise with what a dream added to the start that it began with. */
void atlas_tile_grow(float *start, const float *dream, int attempt);

/* How alike two such pictures are: their correlation. */
double atlas_tile_likeness(const float *a, const float *b);

/* Writes the middle of a dream as bytes to pixels[RV_ATLAS_SIDE][RV_ATLAS_SIDE][3], all dreams
 * being brought to the same mean and contrast. */
void atlas_tile_store(const float *dream, uint8_t *pixels);

#endif
