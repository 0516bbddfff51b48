/* Operators that treat every element by itself: shaders/operators/elementwise.cl. */
#include "engine/operators/kinds.h"

static void record_clamp(struct launch_recorder *recorder, struct clamp clamp)
{
	record_float(recorder, clamp.low);
	record_float(recorder, clamp.high);
}

/* Ends a launch whose last arguments are channels and pixels. */
static void finish(struct launch_recorder *recorder, const struct slice *slice, int lanes)
{
	record_int(recorder, slice->channels);
	record_int(recorder, slice_pixels(slice));
	operator_record_over_pixels(recorder, slice, lanes);
}

/* The same for a backward kernel, whose last arguments say where the gradient goes. */
static void finish_backward(struct launch_recorder *recorder, const struct operand *input,
                            int lanes)
{
	record_int(recorder, input->gradient.channels);
	record_int(recorder, slice_pixels(&input->gradient));
	operator_record_destination(recorder, input);
	operator_record_over_pixels(recorder, &input->gradient, lanes);
}

void operator_affine_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;

	operator_record(recorder, operation, "operators/elementwise", NULL, "affine_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_buffer(recorder, operator_record_channel_table(recorder, operation->node->scale,
	                                                      in->channels));
	record_buffer(recorder, operator_record_channel_table(recorder, operation->node->shift,
	                                                      in->channels));
	record_clamp(recorder, operation->node->clamp);
	finish(recorder, in, operator_lanes(recorder, operation));
}

void operator_affine_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/elementwise", NULL, "affine_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_buffer(recorder, operator_record_channel_table(recorder, operation->node->scale,
	                                                      input->gradient.channels));
	finish_backward(recorder, input, operator_lanes(recorder, operation));
}

/* The kernels of the unary operators and the constants a, b they take. */
struct unary {
	const char *forward, *backward;
	float a, b;
};

static struct unary unary_of(const struct graph_node *node)
{
	switch (node->kind) {
	case OPERATOR_CLAMP:
		return (struct unary){"clamp_forward", "clamp_backward", node->clamp.low,
		                      node->clamp.high};
	case OPERATOR_LEAKY_RELU:
		return (struct unary){"leaky_relu_forward", "leaky_relu_backward", node->alpha, 0};
	case OPERATOR_SIGMOID:
		return (struct unary){"sigmoid_forward", "sigmoid_backward", 0, 0};
	case OPERATOR_HARD_SIGMOID:
		return (struct unary){"hard_sigmoid_forward", "hard_sigmoid_backward", node->alpha,
		                      node->beta};
	case OPERATOR_ELU:
		return (struct unary){"elu_forward", "elu_backward", node->alpha, 0};
	case OPERATOR_TANH:
		return (struct unary){"tanh_forward", "tanh_backward", 0, 0};
	case OPERATOR_SOFTPLUS:
		return (struct unary){"softplus_forward", "softplus_backward", 0, 0};
	case OPERATOR_ERF:
		return (struct unary){"erf_forward", "erf_backward", 0, 0};
	case OPERATOR_GELU:
		return (struct unary){"gelu_forward", "gelu_backward", 0, 0};
	case OPERATOR_GELU_TANH:
		return (struct unary){"gelu_tanh_forward", "gelu_tanh_backward", 0, 0};
	case OPERATOR_POWER:
		return (struct unary){"power_forward", "power_backward", node->alpha, 0};
	default:
		return (struct unary){"hard_swish_forward", "hard_swish_backward", 0, 0};
	}
}

void operator_unary_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	struct unary unary = unary_of(operation->node);

	operator_record(recorder, operation, "operators/elementwise", NULL, unary.forward);
	record_slice(recorder, &operation->inputs[0].activation);
	record_slice(recorder, &operation->outputs[0].activation);
	record_float(recorder, unary.a);
	record_float(recorder, unary.b);
	finish(recorder, &operation->inputs[0].activation, operator_lanes(recorder, operation));
}

void operator_unary_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	struct unary unary = unary_of(operation->node);
	const struct operand *input = &operation->inputs[0], *output = &operation->outputs[0];
	bool from_output = operator_reads[operation->node->kind].output;

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/elementwise", NULL, unary.backward);
	record_slice(recorder, &output->gradient);
	record_slice(recorder, from_output ? &output->activation : &input->activation);
	record_float(recorder, unary.a);
	record_float(recorder, unary.b);
	finish_backward(recorder, input, operator_lanes(recorder, operation));
}

void operator_prelu_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;

	operator_record(recorder, operation, "operators/elementwise", NULL, "prelu_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_buffer(recorder, operator_record_channel_table(recorder, operation->node->scale,
	                                                      in->channels));
	finish(recorder, in, operator_lanes(recorder, operation));
}

void operator_prelu_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/elementwise", NULL, "prelu_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, &input->activation);
	record_buffer(recorder, operator_record_channel_table(recorder, operation->node->scale,
	                                                      input->gradient.channels));
	finish_backward(recorder, input, operator_lanes(recorder, operation));
}

/* Two at a time: the first pair into the output, then every other input onto it. */
void operator_add_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *out = &operation->outputs[0].activation;

	for (int i = 1; i < operation->input_count; i++) {
		bool last = i == operation->input_count - 1;
		operator_record(recorder, operation, "operators/elementwise", NULL, "add_forward");
		record_slice(recorder, i == 1 ? &operation->inputs[0].activation : out);
		record_slice(recorder, &operation->inputs[i].activation);
		record_slice(recorder, out);
		record_clamp(recorder, last ? operation->node->clamp : graph_clamp_none);
		finish(recorder, out, operator_lanes(recorder, operation));
	}
}

/* Copies the output's gradient, from the given channel on, to an input's. Where the input's lies in
 * the output's already, what is left to do is the mask. */
static void pass_gradient(struct launch_recorder *recorder, const struct operation *operation,
                          const struct operand *input, int channel)
{
	struct slice gradient = operation->outputs[0].gradient;
	struct operand destination = *input;

	if (!input->wants_gradient)
		return;
	if (operator_slice_lies_in(&input->gradient, &gradient, channel)) {
		if (!input->masked)
			return;
		destination.accumulate = false;
	}
	gradient.offset += channel;
	operator_record(recorder, operation, "operators/elementwise", NULL, "copy_backward");
	record_slice(recorder, &gradient);
	finish_backward(recorder, &destination, operator_lanes(recorder, operation));
}

void operator_add_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	for (int i = 0; i < operation->input_count; i++)
		pass_gradient(recorder, operation, &operation->inputs[i], 0);
}

void operator_concat_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	int channel = 0;

	for (int i = 0; i < operation->input_count; i++) {
		const struct slice *in = &operation->inputs[i].activation;
		struct slice out = operation->outputs[0].activation;
		if (!operator_slice_lies_in(in, &out, channel)) {
			out.offset += channel;
			operator_record(recorder, operation, "operators/elementwise", NULL,
			                "copy_channels");
			record_slice(recorder, in);
			record_slice(recorder, &out);
			finish(recorder, in, operator_lanes(recorder, operation));
		}
		channel += in->channels;
	}
}

void operator_concat_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	int channel = 0;

	for (int i = 0; i < operation->input_count; i++) {
		pass_gradient(recorder, operation, &operation->inputs[i], channel);
		channel += operation->inputs[i].activation.channels;
	}
}

/* True where the second factor is a single pixel that multiplies all of the first's. */
static bool second_is_pixel(const struct operation *operation)
{
	return slice_pixels(&operation->inputs[1].activation) == 1;
}

void operator_multiply_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *out = &operation->outputs[0].activation;

	operator_record(recorder, operation, "operators/elementwise", NULL, "multiply_forward");
	record_slice(recorder, &operation->inputs[0].activation);
	record_slice(recorder, &operation->inputs[1].activation);
	record_int(recorder, second_is_pixel(operation) ? 0 : 1);
	record_slice(recorder, out);
	finish(recorder, out, operator_lanes(recorder, operation));
}

static void multiply_backward_into(struct launch_recorder *recorder,
                                   const struct operation *operation, const struct operand *input,
                                   const struct slice *other, int other_step)
{
	operator_record(recorder, operation, "operators/elementwise", NULL, "multiply_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	record_slice(recorder, other);
	record_int(recorder, other_step);
	finish_backward(recorder, input, operator_lanes(recorder, operation));
}

static void multiply_backward_sum(struct launch_recorder *recorder,
                                  const struct operation *operation)
{
	const struct operand *second = &operation->inputs[1];
	const struct slice *gradient = &operation->outputs[0].gradient;

	struct operator_channel_grid grid = operator_channel_grid(
		recorder->device, gradient, operator_lanes(recorder, operation));

	operator_record(recorder, operation, "operators/elementwise", grid.options,
	                "multiply_backward_sum");
	record_slice(recorder, gradient);
	record_slice(recorder, &operation->inputs[0].activation);
	record_int(recorder, slice_pixels(gradient));
	operator_record_destination(recorder, second);
	operator_record_over_channels(recorder, &grid);
}

void operator_multiply_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *first = &operation->inputs[0], *second = &operation->inputs[1];
	bool pixel = second_is_pixel(operation);

	if (first->wants_gradient)
		multiply_backward_into(recorder, operation, first, &second->activation,
		                       pixel ? 0 : 1);
	if (second->wants_gradient && pixel)
		multiply_backward_sum(recorder, operation);
	else if (second->wants_gradient)
		multiply_backward_into(recorder, operation, second, &first->activation, 1);
}

void operator_global_average_pool_forward(struct launch_recorder *recorder,
                                          const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;

	struct operator_channel_grid grid =
		operator_channel_grid(recorder->device, in, operator_lanes(recorder, operation));

	operator_record(recorder, operation, "operators/elementwise", grid.options, "mean_forward");
	record_slice(recorder, in);
	record_slice(recorder, &operation->outputs[0].activation);
	record_int(recorder, slice_pixels(in));
	operator_record_over_channels(recorder, &grid);
}

void operator_global_average_pool_backward(struct launch_recorder *recorder,
                                           const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/elementwise", NULL, "mean_backward");
	record_slice(recorder, &operation->outputs[0].gradient);
	finish_backward(recorder, input, operator_lanes(recorder, operation));
}

void operator_pad_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	const struct slice *out = &operation->outputs[0].activation;

	operator_record(recorder, operation, "operators/elementwise", NULL, "pad_forward");
	record_slice(recorder, in);
	record_int(recorder, in->height);
	record_int(recorder, in->width);
	record_slice(recorder, out);
	record_int(recorder, out->height);
	record_int(recorder, out->width);
	record_int(recorder, operation->node->window.pad_top);
	record_int(recorder, operation->node->window.pad_left);
	record_float(recorder, operation->node->constant);
	record_int(recorder, in->channels);
	operator_record_over_pixels(recorder, out, operator_lanes(recorder, operation));
}

void operator_pad_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	const struct slice *gradient = &operation->outputs[0].gradient;

	if (!input->wants_gradient)
		return;
	operator_record(recorder, operation, "operators/elementwise", NULL, "pad_backward");
	record_slice(recorder, gradient);
	record_int(recorder, gradient->height);
	record_int(recorder, gradient->width);
	record_int(recorder, input->gradient.height);
	record_int(recorder, input->gradient.width);
	record_int(recorder, operation->node->window.pad_top);
	record_int(recorder, operation->node->window.pad_left);
	record_int(recorder, input->gradient.channels);
	operator_record_destination(recorder, input);
	operator_record_over_pixels(recorder, &input->gradient,
	                            operator_lanes(recorder, operation));
}
