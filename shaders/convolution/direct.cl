// Direct convolution: a register tile of some pixels by some vectors of output channels. Every input
// value is broadcast over the lanes, so the input needs no particular alignment and any window,
// stride and dilation is a list of taps. Taps outside the picture read zeros instead, so that there
// are no borders to treat apart.
//
// Build options: CHANNEL_STEP (input channels of every run are a multiple of it); BFLOAT16 or TF32
// (factors.clh).

#ifndef CHANNEL_STEP // built on its own, to see whether it compiles
#define CHANNEL_STEP 16
#endif

// How many rows of weights ahead to fetch: about the time memory needs, at a row each few cycles.
#define ROWS_AHEAD 16

#include "factors.clh"

#define STEP_ELEMENTS (CHANNEL_STEP / ELEMENT_CHANNELS)

// What a step reads of a tile's pixels: floats where they lie; pairs of bfloat16 from a copy that is made first,
// since broadcasts come from memory.
#ifdef BFLOAT16
#define STAGE(staged, source, c)                                                                   \
	uint8 staged[TILE_PIXELS];                                                                 \
	UNROLLED(i, TILE_PIXELS)                                                                   \
	staged[i] = to_pairs(load(source[i] + c));
#define ELEMENT(staged, source, i, c, e) (((const uint *)&staged[i])[e])
#else
#define STAGE(staged, source, c)
#define ELEMENT(staged, source, i, c, e) (source[i][(c) + (e)])
#endif

#define TILE_KERNELS "direct.clh"
#include "register_tiles.clh"
