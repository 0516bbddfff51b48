/* Normalisation by the mean and variance of what is there: shaders/operators/normalise.cl. */
#include "engine/operators/kinds.h"

static void record_table(struct launch_recorder *recorder, const float *values, int count)
{
	record_buffer(recorder, operator_record_channel_table(recorder, values, count));
}

/* ---- over channels ---- */

void operator_layer_norm_forward(struct launch_recorder *recorder,
                                 const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;

	operator_record(recorder, operation, "operators/normalise", NULL, "layer_norm_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_table(recorder, operation->node->scale, in->channels);
	record_table(recorder, operation->node->shift, in->channels);
	record_float(recorder, operation->node->constant);
	record_int(recorder, in->channels);
	record_int(recorder, slice_pixels(in));
	operator_record_items(recorder, slice_pixels(&operation->inputs[0].activation));
}

void operator_layer_norm_backward(struct launch_recorder *recorder,
                                  const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/normalise", NULL, "layer_norm_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &input->activation);
	record_table(recorder, operation->node->scale, input->gradient.channels);
	record_float(recorder, operation->node->constant);
	record_int(recorder, input->gradient.channels);
	record_int(recorder, slice_pixels(&input->gradient));
	operator_record_destination(recorder, input);
	operator_record_items(recorder, slice_pixels(&operation->inputs[0].activation));
}

/* ---- over pixels ---- */

void operator_instance_norm_forward(struct launch_recorder *recorder,
                                    const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	struct operator_channel_grid grid =
		operator_channel_grid(recorder->device, in, operator_lanes(recorder, operation));

	operator_record(recorder, operation, "operators/normalise", grid.options,
	                "instance_norm_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_table(recorder, operation->node->scale, in->channels);
	record_table(recorder, operation->node->shift, in->channels);
	record_float(recorder, operation->node->constant);
	record_int(recorder, slice_pixels(in));
	operator_record_over_channels(recorder, &grid);
}

void operator_instance_norm_backward(struct launch_recorder *recorder,
                                     const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	struct operator_channel_grid grid = operator_channel_grid(
		recorder->device, &input->gradient, operator_lanes(recorder, operation));

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/normalise", grid.options,
	                "instance_norm_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &input->activation);
	record_table(recorder, operation->node->scale, input->gradient.channels);
	record_float(recorder, operation->node->constant);
	record_int(recorder, slice_pixels(&input->gradient));
	operator_record_destination(recorder, input);
	operator_record_over_channels(recorder, &grid);
}
