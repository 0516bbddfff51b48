/* Operators across the channels of a pixel: shaders/operators/lrn.cl and
 * shaders/operators/softmax.cl. */
#include <stdio.h>

#include "engine/base/rounding.h"
#include "engine/operators/kinds.h"

/* How local response normalisation is laid out, in elements. */
struct lrn_layout {
	int margin, row;    /* of a pixel's terms of a sum, with a margin on either side */
	int scales, stride; /* from the start of operation->saved; of a pixel there */
	int before, after;  /* channels summed on either side */
	float alpha_over_size;
};

static struct lrn_layout lrn_layout(const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	int size = operation->node->size;
	struct lrn_layout layout = {
		.margin = round_up(size / 2, TENSOR_ALIGNMENT),
		.scales = operation->saved_offset / (int)sizeof(float),
		.stride = round_up(in->channels, TENSOR_ALIGNMENT),
		.before = (size - 1) / 2,
		.after = size / 2,
		.alpha_over_size = operation->node->alpha / (float)size,
	};

	layout.row = layout.stride + 2 * layout.margin;
	return layout;
}

size_t operator_lrn_saved_bytes(const struct operation *operation)
{
	size_t pixels = (size_t)slice_pixels(&operation->inputs[0].activation);
	return pixels * (size_t)lrn_layout(operation).stride * sizeof(float);
}

static void record_lrn_kernel(struct launch_recorder *recorder, const struct operation *operation,
                              const struct lrn_layout *layout, const char *kernel)
{
	char options[96];

	snprintf(options, sizeof(options), "-DROW=%d -DMARGIN=%d%s%s", layout->row, layout->margin,
	         operation->node->beta == 0.75f ? " -DBETA_IS_THREE_QUARTERS" : "",
	         device_wants_groups(recorder->device) ? " -DMANY_ITEMS" : "");
	operator_record(recorder, operation, "operators/lrn", options, kernel);
}

static void record_lrn_scales(struct launch_recorder *recorder, const struct operation *operation,
                              const struct lrn_layout *layout)
{
	record_buffer(recorder, operation->saved);
	record_int(recorder, layout->scales);
	record_int(recorder, layout->stride);
	record_int(recorder, layout->before);
	record_int(recorder, layout->after);
}

static void record_size(struct launch_recorder *recorder, const struct slice *slice)
{
	record_int(recorder, slice->channels);
	record_int(recorder, slice_pixels(slice));
}

void operator_lrn_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	struct lrn_layout layout = lrn_layout(operation);

	record_lrn_kernel(recorder, operation, &layout, "lrn_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_lrn_scales(recorder, operation, &layout);
	record_float(recorder, operation->node->constant);
	record_float(recorder, layout.alpha_over_size);
	record_float(recorder, operation->node->beta);
	record_size(recorder, in);
	operator_record_whole_pixels(recorder, in, operator_lanes(recorder, operation));
}

void operator_lrn_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	struct lrn_layout layout = lrn_layout(operation);

	if (!input->wants_gradient)
		return;
	record_lrn_kernel(recorder, operation, &layout, "lrn_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &input->activation);
	record_lrn_scales(recorder, operation, &layout);
	record_float(recorder, 2 * layout.alpha_over_size * operation->node->beta);
	record_float(recorder, operation->node->beta);
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
