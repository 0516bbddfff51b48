/* Operators on the device: one table, {forward, backward, saved bytes} by kind.
 *
 * forward records the launches that compute the outputs' activations from the inputs'. backward
 * records those that turn the outputs' gradients into the inputs' gradients. */
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

struct operator_functions {
	/* May be NULL: nothing to do (OPERATOR_INPUT, a Concat whose inputs lie in place). */
	void (*forward)(struct launch_recorder *recorder, const struct operation *operation);
	void (*backward)(struct launch_recorder *recorder, const struct operation *operation);
	/* Bytes to keep from forward to backward (indices of a max pool); NULL: none. */
	size_t (*saved_bytes)(const struct operation *operation);
	/* Whether backward reads these activations: the plan keeps them that long. */
	bool backward_reads_input, backward_reads_output;
};

extern const struct operator_functions operator_table[OPERATOR_KINDS];

/* Sets the DESTINATION_ARGUMENTS of shaders/base/common.cl, nine arguments: how a backward kernel
 * writes the gradient of one of its inputs, with accumulate, masked and clamp. */
void operator_record_destination(struct launch_recorder *recorder, const struct operand *input);

/* True where source already is the run of channels of destination that starts at channel. */
bool operator_slice_lies_in(const struct slice *source, const struct slice *destination,
                            int channel);

#endif
