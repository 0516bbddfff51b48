/* Folding and fusing: the graph must compute the same with fewer nodes, and what was asked for must
 * stay whole. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/model.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

enum { HEIGHT = 9, WIDTH = 11 };

static struct onnx_builder *start(void)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	return builder;
}

static void add_random(struct onnx_builder *builder, const char *name, int rank,
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
static void add_convolution(struct onnx_builder *builder, const char *input, const char *output,
                            int inputs, int outputs, int size, int pad)
{
	char weights[32], bias[32], names[128];
	const int64_t dims[] = {outputs, inputs, size, size}, pads[] = {pad, pad, pad, pad};
	snprintf(weights, sizeof(weights), "%s_w", output);
	snprintf(bias, sizeof(bias), "%s_b", output);
	snprintf(names, sizeof(names), "%s %s %s", input, weights, bias);
	add_random(builder, weights, 4, dims, 17 + (uint64_t)strlen(output));
	add_random(builder, bias, 1, dims, 23);
	onnx_builder_node(builder, "Conv", names, output);
	onnx_builder_ints(builder, "pads", 4, pads);
}

static void add_batch_norm(struct onnx_builder *builder, const char *input, const char *output,
                           int channels)
{
	char names[160], variance[32];
	const int64_t dims[] = {channels};
	float variances[64];
	snprintf(names, sizeof(names), "%s %s_s %s_b %s_m %s_v", input, output, output, output,
	         output);
	for (int i = 0; i < 3; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%s_%c", output, "sbm"[i]);
		add_random(builder, name, 1, dims, 31 + (uint64_t)i);
	}
	snprintf(variance, sizeof(variance), "%s_v", output);
	for (int i = 0; i < channels; i++)
		variances[i] = 0.5f + (float)i;
	onnx_builder_floats(builder, variance, 1, dims, variances);
	onnx_builder_node(builder, "BatchNormalization", names, output);
}

static void add_average_pool(struct onnx_builder *builder, const char *input, const char *output,
                             bool include_pads)
{
	static const int64_t shape[] = {3, 3}, pads[] = {1, 1, 1, 1};
	onnx_builder_node(builder, "AveragePool", input, output);
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "pads", 4, pads);
	onnx_builder_int(builder, "count_include_pad", include_pads);
}

/* ||a - b|| / ||b|| of one tensor of each graph. */
static double difference(const struct graph *a, int tensor_a, const struct graph *b, int tensor_b)
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

/* Every node reads what earlier nodes make, and tensors know their makers. */
static void check_order(const struct graph *graph)
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

/* Builds layer alone, fused, and layer with all of kept, which keeps the passes from touching them.
 * Both must compute the same layer. Destroys builder. */
static struct built check_same(struct onnx_builder *builder, const char *layer, const char *kept)
{
	char both[128];
	rv_error error;
	snprintf(both, sizeof(both), "%s %s", layer, kept);
	struct built built = build(builder, layer, false);
	if (!built.graph)
		return built;
	struct graph *reference = build_from(built.model, both, true, &error);
	CHECK_MESSAGE(reference, "%s", error.message);
	check_order(built.graph);
	if (reference) {
		check_order(reference);
		double error_norm = difference(built.graph, built.graph->wanted[0], reference,
		                               reference->wanted[0]);
		CHECK_MESSAGE(error_norm < 1e-6, "layer %s differs by %g", layer, error_norm);
	}
	graph_destroy(&reference);
	return built;
}

/* ---- folding ---- */

TEST(batch_norm_folds_into_the_convolution_before)
{
	for (int no_fuse = 0; no_fuse < 2; no_fuse++) {
		struct onnx_builder *builder = start();
		add_convolution(builder, "x", "c", 3, 5, 3, 1);
		add_batch_norm(builder, "c", "y", 5);
		struct built built = check_same(builder, "y", "c");
		REQUIRE(built.graph);
		CHECK(built.graph->node_count == 2);
		built_release(&built);
	}
}

TEST(batch_norm_without_a_convolution_stays)
{
	struct onnx_builder *builder = start();
	onnx_builder_node(builder, "Sigmoid", "x", "s");
	add_batch_norm(builder, "s", "y", 3);
	struct built built = check_same(builder, "y", "s");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_AFFINE) == 1);
	built_release(&built);
}

TEST(convolution_read_by_others_is_not_folded)
{
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 5, 3, 1);
	add_batch_norm(builder, "c", "n", 5);
	onnx_builder_node(builder, "Add", "c n", "y");
	struct built built = check_same(builder, "y", "c n");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_AFFINE) == 1);
	built_release(&built);
}

/* Without pads all goes into the convolution; with pads the shift cannot, for pads stay 0. */
TEST(affine_before_a_convolution_folds_where_pads_allow)
{
	for (int pad = 0; pad < 2; pad++) {
		struct onnx_builder *builder = start();
		add_batch_norm(builder, "x", "n", 3);
		add_batch_norm(builder, "n", "o", 3);
		add_convolution(builder, "o", "y", 3, 4, 3, pad);
		struct built built = check_same(builder, "y", "n o");
		REQUIRE(built.graph);
		CHECK(count_kind(built.graph, OPERATOR_AFFINE) == pad);
		built_release(&built);
	}
}

TEST(affine_before_a_grouped_convolution_folds_by_group)
{
	static const int64_t dims[] = {6, 2, 3, 3};
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 4, 1, 0);
	onnx_builder_node(builder, "Sigmoid", "c", "s");
	add_batch_norm(builder, "s", "n", 4);
	add_random(builder, "w", 4, dims, 3);
	onnx_builder_node(builder, "Conv", "n w", "g");
	onnx_builder_int(builder, "group", 2);
	add_batch_norm(builder, "g", "y", 6);
	struct built built = check_same(builder, "y", "n g");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_AFFINE) == 0);
	built_release(&built);
}

TEST(zero_pads_fold_into_the_convolution)
{
	static const int64_t pads[] = {0, 0, 1, 2, 0, 0, 0, 1}, dims[] = {8};
	struct onnx_builder *builder = start();
	onnx_builder_integers(builder, "pads", 1, dims, pads);
	onnx_builder_node(builder, "Pad", "x pads", "p");
	add_convolution(builder, "p", "y", 3, 4, 3, 1);
	struct built built = build(builder, "y", true);
	REQUIRE(built.graph);
	const struct window *window = &built.graph->nodes[1].window;
	CHECK(built.graph->node_count == 2);
	CHECK(window->pad_top == 2 && window->pad_left == 3);
	CHECK(window->pad_bottom == 1 && window->pad_right == 2);
	built_release(&built);
}

/* The pads of one reader go into it; another still needs them, and what lies before them. */
TEST(zero_pads_with_another_reader_stay)
{
	static const int64_t pads[] = {0, 0, 1, 1, 0, 0, 1, 1}, dims[] = {8};
	struct onnx_builder *builder = start();
	onnx_builder_integers(builder, "pads", 1, dims, pads);
	onnx_builder_node(builder, "Neg", "x", "n");
	onnx_builder_node(builder, "Pad", "n pads", "p");
	add_convolution(builder, "p", "c", 3, 3, 3, 0);
	onnx_builder_node(builder, "GlobalAveragePool", "p", "g");
	onnx_builder_node(builder, "Mul", "c g", "y");
	struct built built = check_same(builder, "y", "n p c g");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_PAD) == 1);
	CHECK(count_kind(built.graph, OPERATOR_AFFINE) == 1);
	built_release(&built);
}

/* ---- clamps ---- */

TEST(clamps_go_into_the_store_before)
{
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 5, 3, 1);
	add_batch_norm(builder, "c", "n", 5);
	onnx_builder_node(builder, "Relu", "n", "r");
	onnx_builder_node(builder, "Clip", "r - six", "s");
	onnx_builder_floats(builder, "six", 0, NULL, &(const float){0.25f});
	add_convolution(builder, "s", "d", 5, 5, 3, 1);
	onnx_builder_node(builder, "Add", "d s", "a");
	onnx_builder_node(builder, "Relu", "a", "y");
	struct built built = check_same(builder, "y", "c n r s d a");
	REQUIRE(built.graph);
	CHECK(built.graph->node_count == 4);
	CHECK(built.graph->nodes[1].parts[0].clamp.low == 0);
	CHECK(built.graph->nodes[1].parts[0].clamp.high == 0.25f);
	CHECK(built.graph->nodes[3].clamp.low == 0 && built.graph->nodes[3].clamp.high == FLT_MAX);
	built_release(&built);
}

TEST(a_wanted_layer_is_not_clamped)
{
	rv_error error;
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 5, 3, 1);
	onnx_builder_node(builder, "Relu", "c", "y");
	struct built built = build(builder, "y c", false);
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CLAMP) == 1);
	CHECK(graph_clamp_is_none(built.graph->nodes[1].parts[0].clamp));
	CHECK(built.graph->tensors[built.graph->wanted[1]].kept);
	CHECK(!strcmp(built.graph->tensors[built.graph->wanted[1]].name, "c"));
	struct graph *alone = build_from(built.model, "c", false, &error);
	CHECK(alone && alone->node_count == 2);
	if (alone)
		CHECK(difference(built.graph, built.graph->wanted[1], alone, alone->wanted[0]) ==
		      0);
	graph_destroy(&alone);
	built_release(&built);
}

TEST(clamps_of_what_others_read_stay)
{
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 5, 3, 1);
	onnx_builder_node(builder, "Relu", "c", "r");
	onnx_builder_node(builder, "Concat", "c r", "y");
	onnx_builder_int(builder, "axis", 1);
	struct built built = check_same(builder, "y", "c r");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CLAMP) == 1);
	built_release(&built);
}

/* ---- average pools and joined convolutions ---- */

TEST(average_pool_goes_behind_its_1x1_convolution)
{
	for (int include_pads = 0; include_pads < 2; include_pads++) {
		struct onnx_builder *builder = start();
		add_convolution(builder, "x", "c", 3, 8, 1, 0);
		add_average_pool(builder, "c", "p", include_pads);
		add_convolution(builder, "p", "d", 8, 2, 1, 0);
		onnx_builder_node(builder, "Relu", "d", "y");
		struct built built = check_same(builder, "y", "c p d");
		REQUIRE(built.graph);
		REQUIRE(built.graph->node_count == 4);
		const struct graph_node *convolution = &built.graph->nodes[2],
					*pool = &built.graph->nodes[3];
		CHECK(convolution->kind == OPERATOR_CONVOLUTION && !convolution->parts[0].bias);
		CHECK(graph_clamp_is_none(convolution->parts[0].clamp));
		CHECK(pool->kind == OPERATOR_AVERAGE_POOL && pool->bias && pool->clamp.low == 0);
		CHECK(built.graph->tensors[pool->inputs[0]].channels == 2);
		built_release(&built);
	}
}

TEST(average_pool_stays_where_more_channels_follow)
{
	struct onnx_builder *builder = start();
	add_average_pool(builder, "x", "p", false);
	add_convolution(builder, "p", "y", 3, 8, 1, 0);
	struct built built = check_same(builder, "y", "p");
	REQUIRE(built.graph);
	CHECK(built.graph->nodes[1].kind == OPERATOR_AVERAGE_POOL && !built.graph->nodes[1].bias);
	built_release(&built);
}

/* An inception block: two branches and a pooled one begin with 1x1 convolutions of one tensor. */
TEST(convolutions_of_one_tensor_are_joined)
{
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 8, 3, 1);
	add_convolution(builder, "c", "one", 8, 4, 1, 0);
	onnx_builder_node(builder, "Relu", "one", "one_r");
	add_convolution(builder, "c", "two", 8, 3, 1, 0);
	add_convolution(builder, "two", "two_3", 3, 5, 3, 1);
	add_average_pool(builder, "c", "pool", false);
	add_convolution(builder, "pool", "pool_1", 8, 2, 1, 0);
	onnx_builder_node(builder, "Concat", "one_r two_3 pool_1", "y");
	onnx_builder_int(builder, "axis", 1);
	struct built built = check_same(builder, "y", "c one two pool");
	REQUIRE(built.graph);
	REQUIRE(built.graph->node_count == 6);
	const struct graph_node *joined = &built.graph->nodes[2];
	CHECK(joined->kind == OPERATOR_CONVOLUTION && joined->output_count == 3);
	for (int i = 0; i < joined->output_count; i++)
		CHECK(built.graph->tensors[joined->outputs[i]].channels ==
		      joined->parts[i].channels);
	built_release(&built);
}

TEST(grouped_and_strided_convolutions_are_not_joined)
{
	static const int64_t dims[] = {4, 2, 1, 1}, strides[] = {2, 2};
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "c", 3, 4, 3, 1);
	add_random(builder, "w", 4, dims, 3);
	onnx_builder_node(builder, "Conv", "c w", "a");
	onnx_builder_int(builder, "group", 2);
	onnx_builder_node(builder, "Conv", "c w", "b");
	onnx_builder_int(builder, "group", 2);
	onnx_builder_node(builder, "Add", "a b", "s");
	add_convolution(builder, "s", "d", 4, 2, 1, 0);
	onnx_builder_ints(builder, "strides", 2, strides);
	add_convolution(builder, "s", "e", 4, 2, 1, 0);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_node(builder, "Add", "d e", "y");
	struct built built = check_same(builder, "y", "c a b s d e");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CONVOLUTION) == 5);
	built_release(&built);
}

TEST(no_fuse_keeps_operators_apart)
{
	struct onnx_builder *builder = start();
	add_convolution(builder, "x", "a", 3, 4, 1, 0);
	onnx_builder_node(builder, "Relu", "a", "b");
	add_convolution(builder, "x", "c", 3, 4, 1, 0);
	onnx_builder_node(builder, "Add", "b c", "y");
	struct built built = build(builder, "y", true);
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CONVOLUTION) == 2);
	CHECK(count_kind(built.graph, OPERATOR_CLAMP) == 1);
	built_release(&built);
}

/* ---- networks at random ---- */

enum { RANDOM_NODES = 14, RANDOM_MODELS = 300 };

/* Networks of tensors "t0", "t1", ... that all keep the picture's size. */
struct random_network {
	struct onnx_builder *builder;
	uint64_t state;
	int channels[RANDOM_NODES];
	int count;
};

static int pick(struct random_network *network, int below)
{
	return (int)((next_random(&network->state) + 1) / 2 * below) % below;
}

static void add_random_pair(struct random_network *network, const char *output)
{
	int a = pick(network, network->count), b = pick(network, network->count);
	char names[32];
	snprintf(names, sizeof(names), "t%d t%d", a, b);
	bool same = network->channels[a] == network->channels[b];
	int kind = same ? pick(network, 3) : 2;
	onnx_builder_node(network->builder,
	                  kind == 0   ? "Add"
	                  : kind == 1 ? "Sub"
	                              : "Concat",
	                  names, output);
	if (kind == 2)
		onnx_builder_int(network->builder, "axis", 1);
	network->channels[network->count] =
		kind == 2 ? network->channels[a] + network->channels[b] : network->channels[a];
}

/* Adds one node that reads older tensors, mostly the newest. */
static void add_random_node(struct random_network *network)
{
	int from = pick(network, 3) ? network->count - 1 : pick(network, network->count);
	int channels = network->channels[from], size = pick(network, 2) ? 1 : 3;
	char input[16], output[16];
	snprintf(input, sizeof(input), "t%d", from);
	snprintf(output, sizeof(output), "t%d", network->count);
	network->channels[network->count] = channels;
	switch (pick(network, 7)) {
	case 0:
	case 1:
		network->channels[network->count] = 1 + pick(network, 6);
		add_convolution(network->builder, input, output, channels,
		                network->channels[network->count], size, size / 2);
		break;
	case 2:
		add_batch_norm(network->builder, input, output, channels);
		break;
	case 3:
		onnx_builder_node(network->builder, "Relu", input, output);
		break;
	case 4:
		add_average_pool(network->builder, input, output, pick(network, 2));
		break;
	case 5:
		onnx_builder_node(network->builder, pick(network, 2) ? "Sigmoid" : "Identity",
		                  input, output);
		break;
	default:
		add_random_pair(network, output);
		break;
	}
	network->count++;
}

static struct onnx_model *random_model(uint64_t seed)
{
	rv_error error;
	struct random_network network = {onnx_builder_create(13), seed, {3}, 1};
	onnx_builder_picture(network.builder, "x", 3, 0, 0);
	onnx_builder_node(network.builder, "Sigmoid", "x", "t0");
	while (network.count < RANDOM_NODES && network.channels[network.count - 1] <= 24)
		add_random_node(&network);
	struct onnx_model *model = onnx_builder_parse(network.builder, &error);
	CHECK_MESSAGE(model, "%s", error.message);
	onnx_builder_destroy(&network.builder);
	return model;
}

/* All tensors are kept in the graph to compare with, so that no pass can touch any. */
static struct graph *build_whole(const struct onnx_model *model, rv_error *error)
{
	char layers[RANDOM_NODES * 5] = "";
	for (int i = 0; i < model->node_count; i++)
		sprintf(layers + strlen(layers), "t%d ", i);
	return build_from(model, layers, true, error);
}

/* Three tensors, the newest among them, must each come out whole. */
static void check_random_model(const struct onnx_model *model, uint64_t seed, bool no_fuse)
{
	char layers[64];
	rv_error error = {RV_OK, ""};
	int last = model->node_count - 1;
	int numbers[3] = {last, last / 2, (int)(seed % (uint64_t)(last + 1))};
	snprintf(layers, sizeof(layers), "t%d t%d t%d", numbers[0], numbers[1], numbers[2]);
	struct graph *whole = build_whole(model, &error);
	struct graph *graph = build_from(model, layers, no_fuse, &error);
	CHECK_MESSAGE(whole && graph, "model %d: %s", (int)seed, error.message);
	if (whole && graph) {
		check_order(graph);
		for (int i = 0; i < 3; i++) {
			double error_norm = difference(graph, graph->wanted[i], whole,
			                               whole->wanted[numbers[i]]);
			CHECK_MESSAGE(error_norm < 1e-5,
			              "model %d, layers %s: number %d differs by %g", (int)seed,
			              layers, i, error_norm);
		}
	}
	graph_destroy(&whole);
	graph_destroy(&graph);
}

TEST(passes_do_not_change_what_random_networks_compute)
{
	for (uint64_t seed = 1; seed <= RANDOM_MODELS; seed++) {
		struct onnx_model *model = random_model(seed);
		if (model) {
			check_random_model(model, seed, false);
			check_random_model(model, seed, true);
		}
		onnx_close(&model);
	}
}
