/* The methods behind convolution.h. Each records all launches of one problem. */
#ifndef ENGINE_CONVOLUTION_METHODS_H
#define ENGINE_CONVOLUTION_METHODS_H

#include "engine/base/rounding.h"
#include "engine/convolution/register_tile.h"
#include "engine/convolution/weights.h"

/* Any convolution; pairs of bfloat16 only where problem_precision is that, and not of the network's
 * input, whose channels are no pairs. */
bool convolution_direct_fits(const struct device *device, const struct convolution_problem *problem,
                             struct register_tile tile);
void convolution_direct(struct launch_recorder *recorder, struct weights_cache *weights,
                        const struct convolution_problem *problem, struct register_tile tile);

/* Any convolution, by groups of many items with a block of input and weights in local memory. Where
 * the kernel does not run with this tile a smaller one is taken, and at the end
 * convolution_direct. */
void convolution_tiled(struct launch_recorder *recorder, struct weights_cache *weights,
                       const struct convolution_problem *problem, struct register_tile tile);
/* The tiles there are, largest blocks first; ends with {0}. */
const struct register_tile *tiled_tiles(void);
/* Whether a device of this size of work-group and local memory may run it. */
bool convolution_tiled_fits(const struct device *device, struct register_tile tile);
/* The tile that fits and keeps all compute units busy with the least work; {0} where none fits. */
struct register_tile tiled_tile_default(const struct device *device,
                                        const struct convolution_problem *problem);

/* All but problem_writes_picture, by work-groups whose items share a GPU's matrix units
 * (device->matrix_units), as exactly as problem_precision asks. On other devices a stand-in does
 * the same products, slowly. Where the kernel does not run, convolution_tiled does it. The tiles
 * there are end with {0}; of two kinds of units those of floats come first, and a tile fits whose
 * units take no longer for the products than the other kind. */
void convolution_matrix(struct launch_recorder *recorder, struct weights_cache *weights,
                        const struct convolution_problem *problem, struct register_tile tile);
const struct register_tile *matrix_tiles(const struct device *device);
/* The tile that keeps all compute units busy with the least work. */
struct register_tile matrix_tile_default(const struct device *device,
                                         const struct convolution_problem *problem);
int matrix_block_channels(struct register_tile tile);
bool convolution_matrix_fits(const struct device *device, const struct convolution_problem *problem,
                             struct register_tile tile);

/* Windows of 3x3, 5x5, 1x3, 1x5, 1x7 and those turned, with stride and dilation 1, and of the
 * network's picture those of 7x7 and 8x8 with stride 2, where the device has the local memory for
 * blocks of block_tiles Winograd tiles, a multiple of tile.pixels; 0 leaves their number to the
 * method. A work-group is one item, so on a GPU it is no candidate. Pairs of bfloat16 only
 * backward, and not to the picture. Returns the outputs of a tile in each direction that is
 * transformed, of those that are known the ones that take less time; 0 for other windows. */
int convolution_winograd_outputs(const struct device *device,
                                 const struct convolution_problem *problem,
                                 struct register_tile tile, int block_tiles);
/* The fewest that are known, which bfloat16 always takes; 0 where no transform is known. */
int convolution_winograd_outputs_least(const struct window *window);
/* Floats that the transformed weights of so many pairs of an input and an output channel take for
 * each pair at most, as pictures of different sizes take different tiles; those of the window
 * itself where no transform is known. */
int convolution_winograd_points_most(const struct window *window, size_t pairs);
/* The same of all pairs of a window over the network's picture, in one pass; 0: not known. */
size_t convolution_winograd_picture_floats(const struct window *window, int filters);
/* Whether so many products are saved that the transforms pay: tiles over the edge of a small output
 * are computed whole. */
bool convolution_winograd_saves(const struct convolution_problem *problem);
void convolution_winograd(struct launch_recorder *recorder, struct weights_cache *weights,
                          const struct convolution_problem *problem, struct register_tile tile,
                          int block_tiles);

/* Buffers that every product of matrices uses in turn. RV_UNSUPPORTED where Reverie was built
 * without CLBlast. */
struct gemm_scratch;
rv_status gemm_scratch_create(struct gemm_scratch **scratch, struct device *device,
                              rv_error *error);
void gemm_scratch_destroy(struct gemm_scratch **scratch);

/* All but problem_writes_picture and windows too deep for the scratch; nothing without CLBlast. */
bool convolution_gemm_fits(const struct convolution_problem *problem);
void convolution_gemm(struct launch_recorder *recorder, struct weights_cache *weights,
                      const struct convolution_problem *problem, struct gemm_scratch *scratch);

/* Where problem_is_depthwise. */
void convolution_depthwise(struct launch_recorder *recorder, struct weights_cache *weights,
                           const struct convolution_problem *problem);

/* Where problem_writes_picture, if Winograd's method does not do it. Nothing clamps the network's
 * input, so its gradient is never masked. */
void convolution_picture(struct launch_recorder *recorder, struct weights_cache *weights,
                         const struct convolution_problem *problem);

#endif
