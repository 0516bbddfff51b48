/* Operators across the channels of a pixel: shaders/operators/lrn.cl and
 * shaders/operators/softmax.cl. */
#include "engine/base/rounding.h"
#include "engine/operators/kinds.h"

/* Local response normalisation keeps two rows a pixel: a sum's terms with margins on either side,
 * and the scales. */
struct lrn_places {
	int margin, stride;  /* elements */
	int scratch, scales; /* elements from the start of operation->saved */
	int before, after;   /* channels summed on either side */
	float alpha_over_size;
};

static struct lrn_places lrn_places(const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	int size = operation->node->size;
	struct lrn_places places = {
		.margin = round_up(size / 2, TENSOR_ALIGNMENT),
		.scratch = operation->saved_offset / (int)sizeof(float),
		.before = (size - 1) / 2,
		.after = size / 2,
		.alpha_over_size = operation->node->alpha / (float)size,
	};

	places.stride = round_up(in->channels, TENSOR_ALIGNMENT) + 2 * places.margin;
	places.scales = places.scratch + slice_pixels(in) * places.stride;
	return places;
}

size_t operator_lrn_saved_bytes(const struct operation *operation)
{
	size_t pixels = (size_t)slice_pixels(&operation->inputs[0].activation);
	return 2 * pixels * (size_t)lrn_places(operation).stride * sizeof(float);
}

static void finish(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;

	operator_record_over_pixels(recorder, in, operator_lanes(recorder, operation));
}

static void record_size(struct launch_recorder *recorder, const struct slice *slice)
{
	record_int(recorder, slice->channels);
	record_int(recorder, slice_pixels(slice));
}

void operator_lrn_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	struct lrn_places places = lrn_places(operation);

	operator_record(recorder, operation, "operators/lrn", NULL, "lrn_squares");
	record_slice(recorder, in);
	record_buffer(recorder, operation->saved);
	record_int(recorder, places.scratch);
	record_int(recorder, places.margin);
	record_int(recorder, places.stride);
	record_size(recorder, in);
	finish(recorder, operation);

	operator_record(recorder, operation, "operators/lrn", NULL, "lrn_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_buffer(recorder, operation->saved);
	record_int(recorder, places.scratch);
	record_int(recorder, places.scales);
	record_int(recorder, places.margin);
	record_int(recorder, places.stride);
	record_int(recorder, places.before);
	record_int(recorder, places.after);
	record_float(recorder, operation->node->constant);
	record_float(recorder, places.alpha_over_size);
	record_float(recorder, operation->node->beta);
	record_size(recorder, in);
	finish(recorder, operation);
}

static void record_lrn_ratios(struct launch_recorder *recorder, const struct operation *operation,
                              const struct lrn_places *places)
{
	operator_record(recorder, operation, "operators/lrn", NULL, "lrn_ratios");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &operation->outputs[0].activation);
	record_buffer(recorder, operation->saved);
	record_int(recorder, places->scratch);
	record_int(recorder, places->scales);
	record_int(recorder, places->margin);
	record_int(recorder, places->stride);
	record_size(recorder, &operation->inputs[0].activation);
	finish(recorder, operation);
}

void operator_lrn_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	struct lrn_places places = lrn_places(operation);

	if (!input->wants_gradient)
		return;
	record_lrn_ratios(recorder, operation, &places);
	operator_record(recorder, operation, "operators/lrn", NULL, "lrn_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &input->activation);
	record_buffer(recorder, operation->saved);
	record_int(recorder, places.scratch);
	record_int(recorder, places.scales);
	record_int(recorder, places.margin);
	record_int(recorder, places.stride);
	record_int(recorder, places.before);
	record_int(recorder, places.after);
	record_float(recorder, 2 * places.alpha_over_size * operation->node->beta);
	record_float(recorder, operation->node->beta);
	record_size(recorder, &input->activation);
	operator_record_destination(recorder, input);
	finish(recorder, operation);
}

/* One vector wide, so that every work-item has whole pixels. */
static void finish_softmax(struct launch_recorder *recorder, const struct operation *operation)
{
	struct slice narrow = operation->inputs[0].activation;
	int lanes = operator_lanes(recorder, operation);

	narrow.channels = lanes;
	operator_record_over_pixels(recorder, &narrow, lanes);
}

void operator_softmax_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	operator_record(recorder, operation, "operators/softmax", NULL, "softmax_forward");
	record_slice(recorder, &operation->inputs[0].activation);
	record_slice(recorder, &operation->outputs[0].activation);
	record_size(recorder, &operation->inputs[0].activation);
	finish_softmax(recorder, operation);
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
	finish_softmax(recorder, operation);
}
