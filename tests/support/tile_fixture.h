/* Small networks, one octave of a picture by itself, and its gradient as a whole or in tiles. */
#ifndef TESTS_SUPPORT_TILE_FIXTURE_H
#define TESTS_SUPPORT_TILE_FIXTURE_H

#include "engine/dream/octave.h"

struct onnx_model;

/* A Slice of rows and columns: starts, ends and steps of both. */
struct slice_taken {
	int64_t starts[2], ends[2], steps[2];
};

/* One octave of a picture, with all that it needs. */
struct tile_trial {
	struct octave octave;
	struct convolution_library *convolutions;
	struct network_buffers buffers;
	struct launch_list list; /* owns what follows */
	struct shared shared;
	struct raster frame, inherited;
	rv_error error;
};

/* Three convolutions and a pool: 12 pixels of the picture for each of the layer "top". taken: of
 * what comes out of the pool; NULL: all of it. */
struct onnx_model *tile_network(const struct slice_taken *taken);

struct graph *tile_graph(const struct onnx_model *model, const char *layer);

void tile_trial_end(struct tile_trial *trial);

/* An octave whose picture is `picture`, [height][width][4] from -1 to 1. */
bool tile_trial_start(struct tile_trial *trial, const struct graph *graph, const float *picture,
                      int width, int height, size_t bytes);

bool tile_trial_run_tiles(struct tile_trial *trial, int shift_y, int shift_x);

/* A raster of the trial, to be freed. */
float *tile_trial_read(const struct raster *raster);

/* The gradient of a picture, whole where bytes is SIZE_MAX; tiles receives how it was done. */
float *tile_trial_gradient(const struct graph *graph, const float *picture, int width, int height,
                           size_t bytes, int shift_y, int shift_x, struct tiles *tiles);

/* What the network of the whole picture takes. */
size_t tile_trial_whole_bytes(const struct graph *graph, int width, int height);

/* [height][width][4] from -1 to 1, the fourth 0. */
float *tile_trial_picture(int width, int height);

#endif
