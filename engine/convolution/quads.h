/* The tables and weights of kernels that read quads: shaders/convolution/quads.clh. */
#ifndef ENGINE_CONVOLUTION_QUADS_H
#define ENGINE_CONVOLUTION_QUADS_H

#include "engine/convolution/weights.h"

/* What such a kernel reads of a problem. */
struct quads {
	struct convolution_tables tables; /* with quads for taps */
	cl_mem weights; /* rows of epilogue_count * lanes, four for every quad, or as pairs of
	                   bfloat16 two for every term of it: on the device, kept */
};

/* Makes tables of vectors of `lanes` channels, `vectors` of them in a block and `step` quads in a
 * step of the kernel, and finds their weights, as floats, or where terms is not 0 as the sum of so
 * many bfloat16. False after a failure of the recorder, which then
 * holds why; otherwise quads_release. */
bool quads_create(struct quads *quads, struct launch_recorder *recorder,
                  struct weights_cache *weights, const struct convolution_problem *problem,
                  int terms, int lanes, int vectors, int step);
void quads_release(struct quads *quads);

#endif
