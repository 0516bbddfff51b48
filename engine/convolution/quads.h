/* The weights of kernels that read quads: shaders/convolution/quads.clh. */
#ifndef ENGINE_CONVOLUTION_QUADS_H
#define ENGINE_CONVOLUTION_QUADS_H

#include "engine/convolution/weights.h"

/* Four rows of `columns` weights for every tap of the tables, which problem_tables_cut_taps has
 * cut: on the device, kept by weights. NULL after a failure of the recorder. */
cl_mem quads_weights(struct launch_recorder *recorder, struct weights_cache *weights,
                     const struct convolution_problem *problem,
                     const struct convolution_tables *tables, int columns);

#endif
