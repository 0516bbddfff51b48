/* The operators behind the table in operation.c, and what they share. */
#ifndef OPERATION_KINDS_H
#define OPERATION_KINDS_H

#include "engine/operation.h"
#include "engine/rounding.h"

typedef void operation_recorder(struct recorder *recorder, const struct operation *operation);
typedef size_t operation_bytes(const struct operation *operation);

operation_recorder affine_forward, affine_backward;
operation_recorder unary_forward, unary_backward; /* one input, no neighbours */
operation_recorder add_forward, add_backward;
operation_recorder multiply_forward, multiply_backward;
operation_recorder global_average_pool_forward, global_average_pool_backward;
operation_recorder concat_forward, concat_backward;
operation_recorder pad_forward, pad_backward;
operation_recorder max_pool_forward, max_pool_backward;
operation_recorder average_pool_forward, average_pool_backward;
operation_recorder lrn_forward, lrn_backward;
operation_recorder softmax_forward, softmax_backward;
operation_bytes max_pool_saved_bytes, lrn_saved_bytes;

/* The lanes to build operation's kernels with: the device's, or fewer where a slice is the
 * network's input, whose pixels are only INPUT_STRIDE apart. */
int operation_lanes(const struct recorder *recorder, const struct operation *operation);

/* record_kernel with -DLANES=lanes before options (NULL: none), and the node's name as label. */
void record_operation(struct recorder *recorder, const struct operation *operation,
                      const char *shader, const char *options, const char *kernel);

/* Ends the launch of a kernel that uses FOR_PIXELS and FOR_CHANNELS (shaders/common.cl), so that a
 * CPU's cores get a few long runs of pixels each and a GPU a work-item for each vector. */
void record_over_pixels(struct recorder *recorder, const struct slice *slice, int lanes);

/* How kernels that sum over all pixels are launched: on a CPU an item does all pixels of a vector,
 * on a GPU the items of a group share them. */
struct channel_grid {
	char options[32]; /* for record_operation; has SHARE and VECTORS */
	size_t vectors;   /* work-items in dimension 0 */
	size_t width, share;
};
struct channel_grid channel_grid(const struct device *device, const struct slice *slice, int lanes);

/* Ends the launch of such a kernel. */
void record_over_channels(struct recorder *recorder, const struct channel_grid *grid);

/* A buffer the list owns, of values[count] and zeros up to the next multiple of TENSOR_ALIGNMENT;
 * values NULL: all zeros. */
cl_mem record_channel_table(struct recorder *recorder, const float *values, int count);

static inline int slice_pixels(const struct slice *slice)
{
	return slice->height * slice->width;
}

#endif
