/* The tables and weights of kernels that read quads: shaders/convolution/quads.clh. */
#ifndef ENGINE_CONVOLUTION_QUADS_H
#define ENGINE_CONVOLUTION_QUADS_H

#include "engine/convolution/weights.h"

/* What such a kernel reads of a problem. */
struct quads {
	struct convolution_tables tables; /* with quads for taps */
	cl_mem weights; /* four rows of epilogue_count * lanes for every quad: on the device, kept
	                 */
};

/* Makes tables of vectors of `lanes` channels, `vectors` of them in a block and `step` quads in a
 * step of the kernel, and finds their weights. False after a failure of the recorder, which then
 * holds why; otherwise quads_release. */
bool quads_create(struct quads *quads, struct launch_recorder *recorder,
                  struct weights_cache *weights, const struct convolution_problem *problem,
                  int lanes, int vectors, int step);
void quads_release(struct quads *quads);

#endif
