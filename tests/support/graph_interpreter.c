#include "tests/support/graph_interpreter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static double pool(const struct graph_node *node, const struct volume *input, int c, int top,
                   int left)
{
	const struct window *window = &node->window;
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
		count = window->height * window->width;
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

static void run_pair(const struct graph_node *node, const struct volume *a, const struct volume *b,
                     struct volume *output)
{
	for (int c = 0; c < a->channels; c++)
		for (int y = 0; y < a->height; y++)
			for (int x = 0; x < a->width; x++) {
				bool pixel = b->height == 1 && b->width == 1;
				double first = *at(a, c, y, x);
				double second = *at(b, c, pixel ? 0 : y, pixel ? 0 : x);
				*at(output, c, y, x) =
					node->kind == OPERATOR_ADD
						? clamped(first + second, node->clamp)
						: first * second;
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

static void run_node(const struct graph *graph, const struct graph_node *node, int part,
                     const struct graph_values *values)
{
	struct volume input = view(graph, values, node->inputs[0]);
	struct volume output = view(graph, values, node->outputs[part]);
	struct volume second;
	switch (node->kind) {
	case OPERATOR_CONVOLUTION:
	case OPERATOR_MAX_POOL:
	case OPERATOR_AVERAGE_POOL:
		run_window(node, part, &input, &output);
		break;
	case OPERATOR_PAD:
		run_pad(node, &input, &output);
		break;
	case OPERATOR_GLOBAL_AVERAGE_POOL:
		run_global_average(&input, &output);
		break;
	case OPERATOR_LRN:
		run_lrn(node, &input, &output);
		break;
	case OPERATOR_SOFTMAX:
		run_softmax(&input, &output);
		break;
	case OPERATOR_ADD:
	case OPERATOR_MULTIPLY:
		second = view(graph, values, node->inputs[1]);
		run_pair(node, &input, &second, &output);
		break;
	case OPERATOR_CONCAT:
		run_concat(graph, node, values, &output);
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
	for (int i = 1; i < graph->node_count; i++)
		for (int j = 0; j < graph->nodes[i].output_count; j++)
			run_node(graph, &graph->nodes[i], j, values);
	return true;
}

void graph_values_release(struct graph_values *values)
{
	for (int i = 0; i < values->count; i++)
		free(values->arrays[i]);
	free(values->arrays);
	free(values->extents);
	*values = (struct graph_values){0};
}
