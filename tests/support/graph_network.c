#include "tests/support/graph_network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

enum { HEIGHT = 9, WIDTH = 11 };

void graph_network_add_random(struct onnx_builder *builder, const char *name, int rank,
                              const int64_t *dims, uint64_t seed)
{
	float values[4096];
	size_t count = 1;
	for (int i = 0; i < rank; i++)
		count *= (size_t)dims[i];
	fill_random(values, count, seed);
	onnx_builder_floats(builder, name, rank, dims, values);
}

/* A square convolution with bias; its weights are called after its output. */
void graph_network_add_convolution(struct onnx_builder *builder, const char *input,
                                   const char *output, int inputs, int outputs, int size, int pad)
{
	char weights[32], bias[32], names[128];
	const int64_t dims[] = {outputs, inputs, size, size}, pads[] = {pad, pad, pad, pad};
	snprintf(weights, sizeof(weights), "%s_w", output);
	snprintf(bias, sizeof(bias), "%s_b", output);
	snprintf(names, sizeof(names), "%s %s %s", input, weights, bias);
	graph_network_add_random(builder, weights, 4, dims, 17 + (uint64_t)strlen(output));
	graph_network_add_random(builder, bias, 1, dims, 23);
	onnx_builder_node(builder, "Conv", names, output);
	onnx_builder_ints(builder, "pads", 4, pads);
}

void graph_network_add_batch_norm(struct onnx_builder *builder, const char *input,
                                  const char *output, int channels)
{
	char names[160], variance[32];
	const int64_t dims[] = {channels};
	float variances[64];
	snprintf(names, sizeof(names), "%s %s_s %s_b %s_m %s_v", input, output, output, output,
	         output);
	for (int i = 0; i < 3; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%s_%c", output, "sbm"[i]);
		graph_network_add_random(builder, name, 1, dims, 31 + (uint64_t)i);
	}
	snprintf(variance, sizeof(variance), "%s_v", output);
	for (int i = 0; i < channels; i++)
		variances[i] = 0.5f + (float)i;
	onnx_builder_floats(builder, variance, 1, dims, variances);
	onnx_builder_node(builder, "BatchNormalization", names, output);
}

void graph_network_add_average_pool(struct onnx_builder *builder, const char *input,
                                    const char *output, bool include_pads)
{
	static const int64_t shape[] = {3, 3}, pads[] = {1, 1, 1, 1};
	onnx_builder_node(builder, "AveragePool", input, output);
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "pads", 4, pads);
	onnx_builder_int(builder, "count_include_pad", include_pads);
}

/* ||a - b|| / ||b|| of one tensor of each graph. */
double graph_network_difference(const struct graph *a, int tensor_a, const struct graph *b,
                                int tensor_b)
{
	struct graph_values values_a = run_graph(a, HEIGHT, WIDTH, 77);
	struct graph_values values_b = run_graph(b, HEIGHT, WIDTH, 77);
	double error = 0, norm = 0;
	if (values_a.count && values_b.count) {
		struct extent extent = values_b.extents[tensor_b];
		size_t count =
			(size_t)(b->tensors[tensor_b].channels * extent.height * extent.width);
		bool same = a->tensors[tensor_a].channels == b->tensors[tensor_b].channels &&
		            values_a.extents[tensor_a].height == extent.height &&
		            values_a.extents[tensor_a].width == extent.width;
		for (size_t i = 0; same && i < count; i++) {
			double x = values_a.arrays[tensor_a][i], y = values_b.arrays[tensor_b][i];
			error += (x - y) * (x - y);
			norm += y * y;
		}
		error = same ? error : INFINITY;
	}
	graph_values_release(&values_a);
	graph_values_release(&values_b);
	return sqrt(error / (norm > 0 ? norm : 1));
}

struct built graph_network_check_equal(struct onnx_builder *builder, struct onnx_builder *expected,
                                       bool no_fuse, double most)
{
	struct built a = build(builder, "y", no_fuse), b = build(expected, "y", no_fuse);
	if (a.graph && b.graph) {
		double difference = graph_network_difference(a.graph, a.graph->wanted[0], b.graph,
		                                             b.graph->wanted[0]);
		CHECK_MESSAGE(difference < most, "they differ by %g", difference);
	}
	built_release(&b);
	return a;
}

/* Every node reads what earlier nodes make, and tensors know their makers. */
void graph_network_check_order(const struct graph *graph)
{
	for (int i = 0; i < graph->node_count; i++) {
		const struct graph_node *node = &graph->nodes[i];
		for (int j = 0; j < node->input_count; j++)
			CHECK(graph->tensors[node->inputs[j]].producer < i);
		for (int j = 0; j < node->output_count; j++)
			CHECK(graph->tensors[node->outputs[j]].producer == i);
		CHECK(node->name && node->output_count > 0);
	}
	CHECK(graph->nodes[0].kind == OPERATOR_INPUT && graph->nodes[0].outputs[0] == 0);
}
