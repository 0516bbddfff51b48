/* The operator_table behind the table in operation.c, and what they share. */
#ifndef ENGINE_OPERATORS_KINDS_H
#define ENGINE_OPERATORS_KINDS_H

#include "engine/base/rounding.h"
#include "engine/operators/operator.h"

typedef void operation_recorder(struct launch_recorder *recorder,
                                const struct operation *operation);
typedef size_t operation_bytes(const struct operation *operation);

operation_recorder operator_affine_forward, operator_affine_backward;
operation_recorder operator_unary_forward, operator_unary_backward; /* one input, no neighbours */
operation_recorder operator_add_forward, operator_add_backward;
operation_recorder operator_multiply_forward, operator_multiply_backward;
operation_recorder operator_global_average_pool_forward, operator_global_average_pool_backward;
operation_recorder operator_concat_forward, operator_concat_backward;
operation_recorder operator_pad_forward, operator_pad_backward;
operation_recorder operator_max_pool_forward, operator_max_pool_backward;
operation_recorder operator_average_pool_forward, operator_average_pool_backward;
operation_recorder operator_lrn_forward, operator_lrn_backward;
operation_recorder operator_softmax_forward, operator_softmax_backward;
operation_bytes operator_max_pool_saved_bytes, operator_lrn_saved_bytes;

/* The lanes to build operation's kernels with: the device's, or fewer where a slice is the
 * network's input, whose pixels are only INPUT_STRIDE apart. */
int operator_lanes(const struct launch_recorder *recorder, const struct operation *operation);

/* record_kernel with -DLANES=lanes before options (NULL: none), and the node's name as label. */
void operator_record(struct launch_recorder *recorder, const struct operation *operation,
                     const char *shader, const char *options, const char *kernel);

/* Ends the launch of a kernel that uses FOR_PIXELS and FOR_CHANNELS (shaders/base/common.cl), so
 * that a CPU's cores get a few long runs of pixels each and a GPU a work-item for each vector. */
void operator_record_over_pixels(struct launch_recorder *recorder, const struct slice *slice,
                                 int lanes);

/* How kernels that sum over all pixels are launched: on a CPU an item does all pixels of a vector,
 * on a GPU the items of a group share them. */
struct operator_channel_grid {
	char options[32]; /* for operator_record; has SHARE and VECTORS */
	size_t vectors;   /* work-items in dimension 0 */
	size_t width, share;
};
struct operator_channel_grid operator_channel_grid(const struct device *device,
                                                   const struct slice *slice, int lanes);

/* Ends the launch of such a kernel. */
void operator_record_over_channels(struct launch_recorder *recorder,
                                   const struct operator_channel_grid *grid);

/* A buffer the list owns, of values[count] and zeros up to the next multiple of TENSOR_ALIGNMENT;
 * values NULL: all zeros. */
cl_mem operator_record_channel_table(struct launch_recorder *recorder, const float *values,
                                     int count);

static inline int slice_pixels(const struct slice *slice)
{
	return slice->height * slice->width;
}

#endif
