#include "tests/support/graph_interpreter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/resampled.h"

/* One tensor with its size. */
struct volume {
	int channels, height, width;
	double *data;
};

static double *at(const struct volume *volume, int c, int y, int x)
{
	return &volume->data[((size_t)c * (size_t)volume->height + (size_t)y) *
	                             (size_t)volume->width +
	                     (size_t)x];
}

static size_t volume_count(const struct volume *volume)
{
	return (size_t)volume->channels * (size_t)volume->height * (size_t)volume->width;
}

static struct volume view(const struct graph *graph, const struct graph_values *values, int tensor)
{
	return (struct volume){graph->tensors[tensor].channels, values->extents[tensor].height,
	                       values->extents[tensor].width, values->arrays[tensor]};
}

static double clamped(double value, struct clamp clamp)
{
	return fmin(fmax(value, (double)clamp.low), (double)clamp.high);
}

/* ---- windows ---- */

static bool inside(const struct volume *volume, int y, int x)
{
	return y >= 0 && y < volume->height && x >= 0 && x < volume->width;
}

static double convolve(const struct graph_node *node, const struct convolution_part *part,
                       const struct volume *input, int o, int top, int left)
{
	const struct window *window = &node->window;
	int group_inputs = input->channels / node->groups;
	int first = o / (part->channels / node->groups) * group_inputs;
	const float *weight =
		part->weights + (size_t)o * (size_t)(group_inputs * window->height * window->width);
	double sum = part->bias ? part->bias[o] : 0;
	for (int i = 0; i < group_inputs; i++)
		for (int ky = 0; ky < window->height; ky++)
			for (int kx = 0; kx < window->width; kx++, weight++) {
				int y = top + ky * window->dilation_y,
				    x = left + kx * window->dilation_x;
				if (inside(input, y, x))
					sum += (double)*weight * *at(input, first + i, y, x);
			}
	return clamped(sum, part->clamp);
}

/* What a rounded-up size reaches beyond the pads was never there. */
static int taps_with_pads(int size, int dilation, int start, int end)
{
	int count = 0;
	for (int i = 0; i < size; i++)
		count += start + i * dilation < end;
	return count;
}

/* Automatic pads reach as far as the last window does. */
static int pads_after(const struct window *window, const struct volume *input, bool vertical)
{
	if (window->pad_same != PAD_EXPLICIT)
		return input->height + input->width;
	return vertical ? window->pad_bottom : window->pad_right;
}

static double pool(const struct graph_node *node, const struct volume *input, int c, int top,
                   int left)
{
	struct window all = {
		.height = input->height, .width = input->width, .dilation_y = 1, .dilation_x = 1};
	const struct window *window = node->window.whole ? &all : &node->window;
	double sum = 0, most = -INFINITY;
	int count = 0;
	for (int ky = 0; ky < window->height; ky++)
		for (int kx = 0; kx < window->width; kx++) {
			int y = top + ky * window->dilation_y, x = left + kx * window->dilation_x;
			if (!inside(input, y, x))
				continue;
			sum += *at(input, c, y, x);
			most = fmax(most, *at(input, c, y, x));
			count++;
		}
	if (node->kind == OPERATOR_MAX_POOL)
		return most;
	if (window->count_include_pad)
		count = taps_with_pads(window->height, window->dilation_y, top,
		                       input->height + pads_after(window, input, true)) *
		        taps_with_pads(window->width, window->dilation_x, left,
		                       input->width + pads_after(window, input, false));
	return clamped(sum / count + (node->bias ? (double)node->bias[c] : 0), node->clamp);
}

static void run_window(const struct graph_node *node, int part, const struct volume *input,
                       struct volume *output)
{
	const struct window *window = &node->window;
	struct extent extent = {input->height, input->width};
	struct graph_window_fit fit = graph_window_fit(window, extent);
	for (int c = 0; c < output->channels; c++)
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++) {
				int top = y * window->stride_y - fit.pad_top;
				int left = x * window->stride_x - fit.pad_left;
				*at(output, c, y, x) = node->kind == OPERATOR_CONVOLUTION
				                               ? convolve(node, &node->parts[part],
				                                          input, c, top, left)
				                               : pool(node, input, c, top, left);
			}
}

static void run_pad(const struct graph_node *node, const struct volume *input,
                    struct volume *output)
{
	for (int c = 0; c < output->channels; c++)
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++) {
				int from_y = y - node->window.pad_top,
				    from_x = x - node->window.pad_left;
				*at(output, c, y, x) = inside(input, from_y, from_x)
				                               ? *at(input, c, from_y, from_x)
				                               : (double)node->constant;
			}
}

/* ---- whole channels ---- */

static void run_global_average(const struct volume *input, struct volume *output)
{
	size_t pixels = (size_t)input->height * (size_t)input->width;
	for (int c = 0; c < input->channels; c++) {
		double sum = 0;
		for (size_t i = 0; i < pixels; i++)
			sum += input->data[(size_t)c * pixels + i];
		output->data[c] = sum / (double)pixels;
	}
}

static void run_lrn(const struct graph_node *node, const struct volume *input,
                    struct volume *output)
{
	size_t pixels = (size_t)input->height * (size_t)input->width;
	for (int c = 0; c < input->channels; c++)
		for (size_t i = 0; i < pixels; i++) {
			double sum = 0;
			for (int d = c - (node->size - 1) / 2; d <= c + node->size / 2; d++)
				if (d >= 0 && d < input->channels)
					sum += pow(input->data[(size_t)d * pixels + i], 2);
			double base =
				(double)node->constant + (double)node->alpha / node->size * sum;
			output->data[(size_t)c * pixels + i] =
				input->data[(size_t)c * pixels + i] / pow(base, (double)node->beta);
		}
}

static void run_softmax(const struct volume *input, struct volume *output)
{
	size_t pixels = (size_t)input->height * (size_t)input->width;
	for (size_t i = 0; i < pixels; i++) {
		double sum = 0;
		for (int c = 0; c < input->channels; c++)
			sum += exp(input->data[(size_t)c * pixels + i]);
		for (int c = 0; c < input->channels; c++)
			output->data[(size_t)c * pixels + i] =
				exp(input->data[(size_t)c * pixels + i]) / sum;
	}
}

static void normalise(const struct graph_node *node, const struct volume *input, int c, int pixel,
                      double mean, double variance, struct volume *output)
{
	size_t pixels = (size_t)input->height * (size_t)input->width;
	size_t i = (size_t)c * pixels + (size_t)pixel;
	double normal = (input->data[i] - mean) / sqrt(variance + (double)node->constant);
	output->data[i] = normal * (double)node->scale[c] + (double)node->shift[c];
}

/* over_channels: mean and variance of each pixel; else of each channel. */
static void run_norm(const struct graph_node *node, const struct volume *input,
                     struct volume *output, bool over_channels)
{
	int pixels = input->height * input->width;
	int outer = over_channels ? pixels : input->channels;
	int inner = over_channels ? input->channels : pixels;
	for (int o = 0; o < outer; o++) {
		double sum = 0, squares = 0;
		for (int pass = 0; pass < 3; pass++)
			for (int i = 0; i < inner; i++) {
				int c = over_channels ? i : o, pixel = over_channels ? o : i;
				double x = input->data[(size_t)c * (size_t)pixels + (size_t)pixel];
				if (pass == 0)
					sum += x;
				else if (pass == 1)
					squares += pow(x - sum / inner, 2);
				else
					normalise(node, input, c, pixel, sum / inner,
					          squares / inner, output);
			}
	}
}

/* ---- values from elsewhere ---- */

static double rearranged(const struct rearrangement *how, const struct volume *input, int c, int y,
                         int x, int channels)
{
	int n = how->number, block = n * n;
	switch (how->kind) {
	case REARRANGE_SHUFFLE:
		return *at(input, c % n * (input->channels / n) + c / n, y, x);
	case REARRANGE_WIDEN:
		return *at(input, c * n + x % n, y, x / n);
	case REARRANGE_NARROW:
		return *at(input, c / n, y, x * n + c % n);
	case REARRANGE_TO_SPACE:
		return *at(input, (y % n * n + x % n) * channels + c, y / n, x / n);
	case REARRANGE_TO_SPACE_CRD:
		return *at(input, c * block + y % n * n + x % n, y / n, x / n);
	case REARRANGE_TO_DEPTH:
		return *at(input, c % input->channels, y * n + c / input->channels / n,
		           x * n + c / input->channels % n);
	case REARRANGE_TO_DEPTH_CRD:
		return *at(input, c / block, y * n + c % block / n, x * n + c % n);
	default:
		return *at(input, c + n, y, x);
	}
}

static void run_move(const struct graph_node *node, const struct volume *input,
                     struct volume *output)
{
	for (int c = 0; c < output->channels; c++)
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				*at(output, c, y, x) =
					node->kind == OPERATOR_RESAMPLE
						? resampled_at(node, at(input, c, 0, 0),
				                               (struct extent){input->height,
				                                               input->width},
				                               (struct extent){output->height,
				                                               output->width},
				                               y, x)
						: rearranged(&node->rearrangement, input, c, y, x,
				                             output->channels);
}

/* ---- each value by itself ---- */

static double pointwise(const struct graph_node *node, double x, int c)
{
	double hard;
	switch (node->kind) {
	case OPERATOR_AFFINE:
		return clamped(x * (double)node->scale[c] + (double)node->shift[c], node->clamp);
	case OPERATOR_CLAMP:
		return clamped(x, node->clamp);
	case OPERATOR_LEAKY_RELU:
		return x < 0 ? x * (double)node->alpha : x;
	case OPERATOR_SIGMOID:
		return 1 / (1 + exp(-x));
	case OPERATOR_HARD_SIGMOID:
		hard = (double)node->alpha * x + (double)node->beta;
		return fmin(fmax(hard, 0), 1);
	case OPERATOR_HARD_SWISH:
		return x * fmin(fmax(x / 6 + 0.5, 0), 1);
	case OPERATOR_PRELU:
		return x < 0 ? x * (double)node->scale[c] : x;
	case OPERATOR_ELU:
		return x < 0 ? (double)node->alpha * expm1(x) : x;
	case OPERATOR_TANH:
		return tanh(x);
	case OPERATOR_SOFTPLUS:
		return log1p(exp(x));
	case OPERATOR_ERF:
		return erf(x);
	case OPERATOR_GELU:
		return x / 2 * (1 + erf(x / sqrt(2)));
	case OPERATOR_GELU_TANH:
		return x / 2 * (1 + tanh(sqrt(M_2_PI) * (x + 0.044715 * x * x * x)));
	case OPERATOR_POWER:
		return pow(x, (double)node->alpha);
	default:
		abort();
	}
}

static void run_pointwise(const struct graph_node *node, const struct volume *input,
                          struct volume *output)
{
	size_t pixels = (size_t)input->height * (size_t)input->width;
	for (size_t i = 0; i < volume_count(input); i++)
		output->data[i] = pointwise(node, input->data[i], (int)(i / pixels));
}

/* ---- several inputs ---- */

static void run_product(const struct volume *a, const struct volume *b, struct volume *output)
{
	bool pixel = b->height == 1 && b->width == 1;
	for (int c = 0; c < a->channels; c++)
		for (int y = 0; y < a->height; y++)
			for (int x = 0; x < a->width; x++)
				*at(output, c, y, x) =
					*at(a, c, y, x) * *at(b, c, pixel ? 0 : y, pixel ? 0 : x);
}

static void run_sum(const struct graph *graph, const struct graph_node *node,
                    const struct graph_values *values, struct volume *output)
{
	for (size_t i = 0; i < volume_count(output); i++) {
		double sum = 0;
		for (int k = 0; k < node->input_count; k++)
			sum += view(graph, values, node->inputs[k]).data[i];
		output->data[i] = clamped(sum, node->clamp);
	}
}

static void run_concat(const struct graph *graph, const struct graph_node *node,
                       const struct graph_values *values, struct volume *output)
{
	double *next = output->data;
	for (int i = 0; i < node->input_count; i++) {
		struct volume input = view(graph, values, node->inputs[i]);
		memcpy(next, input.data, volume_count(&input) * sizeof(*next));
		next += volume_count(&input);
	}
}

/* Nodes with several inputs, or that look at whole channels or pixels; false for the others. */
static bool run_wide(const struct graph *graph, const struct graph_node *node,
                     const struct graph_values *values, const struct volume *input,
                     struct volume *output)
{
	struct volume second;
	switch (node->kind) {
	case OPERATOR_GLOBAL_AVERAGE_POOL:
		run_global_average(input, output);
		return true;
	case OPERATOR_LRN:
		run_lrn(node, input, output);
		return true;
	case OPERATOR_SOFTMAX:
		run_softmax(input, output);
		return true;
	case OPERATOR_LAYER_NORM:
	case OPERATOR_INSTANCE_NORM:
		run_norm(node, input, output, node->kind == OPERATOR_LAYER_NORM);
		return true;
	case OPERATOR_ADD:
		run_sum(graph, node, values, output);
		return true;
	case OPERATOR_MULTIPLY:
		second = view(graph, values, node->inputs[1]);
		run_product(input, &second, output);
		return true;
	case OPERATOR_CONCAT:
		run_concat(graph, node, values, output);
		return true;
	default:
		return false;
	}
}

static void run_node(const struct graph *graph, const struct graph_node *node, int part,
                     const struct graph_values *values)
{
	struct volume input = view(graph, values, node->inputs[0]);
	struct volume output = view(graph, values, node->outputs[part]);
	if (run_wide(graph, node, values, &input, &output))
		return;
	switch (node->kind) {
	case OPERATOR_CONVOLUTION:
	case OPERATOR_MAX_POOL:
	case OPERATOR_AVERAGE_POOL:
		run_window(node, part, &input, &output);
		break;
	case OPERATOR_PAD:
		run_pad(node, &input, &output);
		break;
	case OPERATOR_REARRANGE:
	case OPERATOR_RESAMPLE:
		run_move(node, &input, &output);
		break;
	default:
		run_pointwise(node, &input, &output);
		break;
	}
}

static void *allocate(size_t count, size_t size)
{
	void *pointer = calloc(count ? count : 1, size);
	if (!pointer)
		abort();
	return pointer;
}

bool graph_interpret(const struct graph *graph, const double *picture, int height, int width,
                     struct graph_values *values, rv_error *error)
{
	values->count = graph->tensor_count;
	values->arrays = allocate((size_t)values->count, sizeof(*values->arrays));
	values->extents = allocate((size_t)values->count, sizeof(*values->extents));
	if (graph_infer(graph, height, width, values->extents, error)) {
		graph_values_release(values);
		return false;
	}
	for (int i = 0; i < values->count; i++) {
		struct volume volume = view(graph, values, i);
		values->arrays[i] = allocate(volume_count(&volume), sizeof(double));
		if (i == 0)
			memcpy(values->arrays[0], picture, volume_count(&volume) * sizeof(double));
	}
	struct graph_node *nodes = allocate((size_t)graph->node_count, sizeof(*nodes));
	bool good = graph_resolve(graph, height, width, nodes, error) == RV_OK;
	for (int i = 1; good && i < graph->node_count; i++)
		for (int j = 0; j < nodes[i].output_count; j++)
			run_node(graph, &nodes[i], j, values);
	free(nodes);
	if (!good)
		graph_values_release(values);
	return good;
}

void graph_values_release(struct graph_values *values)
{
	for (int i = 0; i < values->count; i++)
		free(values->arrays[i]);
	free(values->arrays);
	free(values->extents);
	*values = (struct graph_values){0};
}
