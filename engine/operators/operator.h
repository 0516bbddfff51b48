/* What operators on the device work on, and what the code of all of them shares. */
#ifndef ENGINE_OPERATORS_OPERATOR_H
#define ENGINE_OPERATORS_OPERATOR_H

#include "engine/graph/graph.h"
#include "engine/opencl/record.h"

/* One input or output of an operation. */
struct operand {
	struct slice activation;
	struct slice gradient;
	/* For inputs, in backward; forward may look at them too: */
	bool wants_gradient; /* false: do not compute it */
	bool accumulate;     /* add to what gradient holds already, instead of overwriting */
	/* The gradient must end multiplied by the derivative of the clamp that was fused into this
	 * tensor's store: where not (low < activation < high), 0. Set only for the last operation
	 * that writes it; apply after accumulating. */
	bool masked;
	struct clamp clamp;
};

struct operation {
	const struct graph_node *node;
	struct operand *inputs, *outputs;
	int input_count, output_count;
	cl_mem saved;     /* bytes kept from forward to backward: saved_offset.. + saved_bytes() */
	int saved_offset; /* bytes, a multiple of 64 */
	struct convolution_library *convolutions; /* for convolutions */
};

/* Whether the backward of an operator reads its inputs' or its outputs' activations, which must
 * then be kept that long. */
struct operator_reads {
	bool input, output;
};

extern const struct operator_reads operator_reads[OPERATOR_KINDS];

/* Sets the DESTINATION_ARGUMENTS of shaders/base/common.cl, nine arguments: how a backward kernel
 * writes the gradient of one of its inputs, with accumulate, masked and clamp. */
void operator_record_destination(struct launch_recorder *recorder, const struct operand *input);

/* True where source already is the run of channels of destination that starts at channel. */
bool operator_slice_lies_in(const struct slice *source, const struct slice *destination,
                            int channel);

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

/* The same for a kernel whose work-items have whole pixels, or whatever else there is count of. */
void operator_record_items(struct launch_recorder *recorder, int count);

/* The same as over pixels, but each work-group has whole pixels: a GPU's work-items of one share
 * their vectors. */
void operator_record_whole_pixels(struct launch_recorder *recorder, const struct slice *slice,
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

/* Bytes of one number for each pixel. */
static inline size_t slice_map_bytes(const struct slice *slice)
{
	return (size_t)slice_pixels(slice) * sizeof(cl_float);
}

#endif
