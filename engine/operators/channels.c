/* Operators across the channels of a pixel: shaders/operators/lrn.cl and
 * shaders/operators/softmax.cl. */
#include <stdio.h>

#include "engine/base/rounding.h"
#include "engine/operators/kinds.h"

/* ROW is how many terms the kernel keeps for a pixel: its channels, and on either side a margin of
 * zeros as wide as half a window. */
static void record_lrn_kernel(struct launch_recorder *recorder, const struct operation *operation,
                              const char *kernel)
{
	const struct graph_node *node = operation->node;
	int margin = round_up(node->size / 2, TENSOR_ALIGNMENT);
	int row = round_up(operation->inputs[0].activation.channels, TENSOR_ALIGNMENT) + 2 * margin;
	char options[96];

	snprintf(options, sizeof(options), "-DROW=%d -DMARGIN=%d%s%s", row, margin,
	         node->beta == 0.75f ? " -DBETA_IS_THREE_QUARTERS" : "",
	         device_wants_groups(recorder->device) ? " -DMANY_ITEMS" : "");
	operator_record(recorder, operation, "operators/lrn", options, kernel);
}

static float alpha_over_size(const struct graph_node *node)
{
	return node->alpha / (float)node->size;
}

/* With the channels that are summed on either side. */
static void record_lrn_scale(struct launch_recorder *recorder, const struct graph_node *node)
{
	record_int(recorder, (node->size - 1) / 2);
	record_int(recorder, node->size / 2);
	record_float(recorder, node->constant);
	record_float(recorder, alpha_over_size(node));
	record_float(recorder, node->beta);
}

static void record_size(struct launch_recorder *recorder, const struct slice *slice)
{
	record_int(recorder, slice->channels);
	record_int(recorder, slice_pixels(slice));
}

void operator_lrn_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;

	record_lrn_kernel(recorder, operation, "lrn_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_lrn_scale(recorder, operation->node);
	record_size(recorder, in);
	operator_record_whole_pixels(recorder, in, operator_lanes(recorder, operation));
}

void operator_lrn_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	const struct graph_node *node = operation->node;

	if (!input->wants_gradient)
		return;
	record_lrn_kernel(recorder, operation, "lrn_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &input->activation);
	record_lrn_scale(recorder, node);
	record_float(recorder, 2 * alpha_over_size(node) * node->beta);
	record_size(recorder, &input->activation);
	operator_record_destination(recorder, input);
	operator_record_whole_pixels(recorder, &input->activation,
	                             operator_lanes(recorder, operation));
}

void operator_softmax_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	operator_record(recorder, operation, "operators/softmax", NULL, "softmax_forward");
	record_slice(recorder, &operation->inputs[0].activation);
	record_slice(recorder, &operation->outputs[0].activation);
	record_size(recorder, &operation->inputs[0].activation);
	operator_record_items(recorder, slice_pixels(&operation->inputs[0].activation));
}

void operator_softmax_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/softmax", NULL, "softmax_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &operation->outputs[0].activation);
	record_size(recorder, &input->gradient);
	operator_record_destination(recorder, input);
	operator_record_items(recorder, slice_pixels(&operation->inputs[0].activation));
}
