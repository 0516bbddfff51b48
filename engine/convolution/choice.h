/* A way to do a convolution, and which one to take without a measurement. */
#ifndef ENGINE_CONVOLUTION_CHOICE_H
#define ENGINE_CONVOLUTION_CHOICE_H

#include "engine/convolution/methods.h"

struct convolution_choice {
	rv_convolution method;     /* never AUTO */
	struct register_tile tile; /* all but gemm; direct with a group above 1 is tiled */
	int block_tiles;           /* winograd; 0: as the method thinks best */
};

/* Records problem as choice says; context is the caller's. */
typedef void record_choice(void *context, struct launch_recorder *recorder,
                           const struct convolution_problem *problem,
                           const struct convolution_choice *choice);

/* True if the method can do problem, with that tile, on device. */
bool choice_fits(const struct convolution_choice *choice, const struct device *device,
                 const struct convolution_problem *problem);

/* The direct kernel that suits the device, with the tile that suits the problem. */
struct convolution_choice choice_direct(const struct device *device,
                                        const struct convolution_problem *problem);

/* The method, with a tile that suits the problem; where it does not fit, direct. */
struct convolution_choice choice_forced(rv_convolution method, const struct device *device,
                                        const struct convolution_problem *problem);

/* The kernel that every device runs as it is written, one item a group: what others are held
 * against.
 */
struct convolution_choice choice_plain(const struct device *device,
                                       const struct convolution_problem *problem);

/* Without a measurement. With groups of one item: Winograd where it saves products, else direct.
 * With groups of many: matrix products where the input as it lies is the matrix and the products
 * are many, since CLBlast knows by name what suits a good many GPUs; else tiled direct, which does
 * not write and read every input value once for each tap. */
struct convolution_choice choice_default(const struct device *device,
                                         const struct convolution_problem *problem);

#endif
