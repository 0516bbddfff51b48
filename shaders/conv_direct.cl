// Direct convolution: a register tile of some pixels by some vectors of output channels. Every input
// value is broadcast over the lanes, so the input needs no particular alignment and any window,
// stride and dilation is a list of taps. Taps outside the picture read zeros instead, so that there
// are no borders to treat apart.
//
// Build options: CHANNEL_STEP (input channels of every run are a multiple of it).

#ifndef CHANNEL_STEP // built on its own, to see whether it compiles
#define CHANNEL_STEP 16
#endif

// How many rows of weights ahead to fetch: about the time memory needs, at a row each few cycles.
#define ROWS_AHEAD 16

// A kernel for each register tile of engine/register_tile.c: one program of all builds in a third of
// the time that a program for each takes.
#if LANES == 16
#define TILE_PIXELS 8
#define TILE_VECTORS 3
#include "conv_direct.clh"
#define TILE_PIXELS 6
#define TILE_VECTORS 4
#include "conv_direct.clh"
#define TILE_PIXELS 4
#define TILE_VECTORS 5
#include "conv_direct.clh"
#define TILE_PIXELS 12
#define TILE_VECTORS 2
#include "conv_direct.clh"
#define TILE_PIXELS 14
#define TILE_VECTORS 1
#include "conv_direct.clh"
#elif LANES == 8
#define TILE_PIXELS 6
#define TILE_VECTORS 2
#include "conv_direct.clh"
#define TILE_PIXELS 4
#define TILE_VECTORS 3
#include "conv_direct.clh"
#else
#define TILE_PIXELS 6
#define TILE_VECTORS 2
#include "conv_direct.clh"
#define TILE_PIXELS 4
#define TILE_VECTORS 3
#include "conv_direct.clh"
#define TILE_PIXELS 3
#define TILE_VECTORS 4
#include "conv_direct.clh"
#endif
