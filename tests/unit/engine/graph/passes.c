/* Folding and fusing: the graph must compute the same with fewer nodes, and what was asked for must
 * stay whole. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/model.h"
#include "tests/support/graph_network.h"
#include "tests/support/test.h"

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
	graph_network_check_order(built.graph);
	if (reference) {
		graph_network_check_order(reference);
		double error_norm = graph_network_difference(built.graph, built.graph->wanted[0],
		                                             reference, reference->wanted[0]);
		CHECK_MESSAGE(error_norm < 1e-6, "layer %s differs by %g", layer, error_norm);
	}
	graph_destroy(&reference);
	return built;
}

/* ---- folding ---- */

TEST(batch_norm_folds_into_the_convolution_before)
{
	for (int no_fuse = 0; no_fuse < 2; no_fuse++) {
		struct onnx_builder *builder = graph_model_start(13);
		graph_network_add_convolution(builder, "x", "c", 3, 5, 3, 1);
		graph_network_add_batch_norm(builder, "c", "y", 5);
		struct built built = check_same(builder, "y", "c");
		REQUIRE(built.graph);
		CHECK(built.graph->node_count == 2);
		built_release(&built);
	}
}

TEST(batch_norm_without_a_convolution_stays)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "Sigmoid", "x", "s");
	graph_network_add_batch_norm(builder, "s", "y", 3);
	struct built built = check_same(builder, "y", "s");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_AFFINE) == 1);
	built_release(&built);
}

TEST(convolution_read_by_others_is_not_folded)
{
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 5, 3, 1);
	graph_network_add_batch_norm(builder, "c", "n", 5);
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
		struct onnx_builder *builder = graph_model_start(13);
		graph_network_add_batch_norm(builder, "x", "n", 3);
		graph_network_add_batch_norm(builder, "n", "o", 3);
		graph_network_add_convolution(builder, "o", "y", 3, 4, 3, pad);
		struct built built = check_same(builder, "y", "n o");
		REQUIRE(built.graph);
		CHECK(count_kind(built.graph, OPERATOR_AFFINE) == pad);
		built_release(&built);
	}
}

TEST(affine_before_a_grouped_convolution_folds_by_group)
{
	static const int64_t dims[] = {6, 2, 3, 3};
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 4, 1, 0);
	onnx_builder_node(builder, "Sigmoid", "c", "s");
	graph_network_add_batch_norm(builder, "s", "n", 4);
	graph_network_add_random(builder, "w", 4, dims, 3);
	onnx_builder_node(builder, "Conv", "n w", "g");
	onnx_builder_int(builder, "group", 2);
	graph_network_add_batch_norm(builder, "g", "y", 6);
	struct built built = check_same(builder, "y", "n g");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_AFFINE) == 0);
	built_release(&built);
}

TEST(zero_pads_fold_into_the_convolution)
{
	static const int64_t pads[] = {0, 0, 1, 2, 0, 0, 0, 1}, dims[] = {8};
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_integers(builder, "pads", 1, dims, pads);
	onnx_builder_node(builder, "Pad", "x pads", "p");
	graph_network_add_convolution(builder, "p", "y", 3, 4, 3, 1);
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
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_integers(builder, "pads", 1, dims, pads);
	onnx_builder_node(builder, "Neg", "x", "n");
	onnx_builder_node(builder, "Pad", "n pads", "p");
	graph_network_add_convolution(builder, "p", "c", 3, 3, 3, 0);
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
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 5, 3, 1);
	graph_network_add_batch_norm(builder, "c", "n", 5);
	onnx_builder_node(builder, "Relu", "n", "r");
	onnx_builder_node(builder, "Clip", "r - six", "s");
	onnx_builder_floats(builder, "six", 0, NULL, &(const float){0.25f});
	graph_network_add_convolution(builder, "s", "d", 5, 5, 3, 1);
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
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 5, 3, 1);
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
		CHECK(graph_network_difference(built.graph, built.graph->wanted[1], alone,
		                               alone->wanted[0]) == 0);
	graph_destroy(&alone);
	built_release(&built);
}

TEST(clamps_of_what_others_read_stay)
{
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 5, 3, 1);
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
		struct onnx_builder *builder = graph_model_start(13);
		graph_network_add_convolution(builder, "x", "c", 3, 8, 1, 0);
		graph_network_add_average_pool(builder, "c", "p", include_pads);
		graph_network_add_convolution(builder, "p", "d", 8, 2, 1, 0);
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
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_average_pool(builder, "x", "p", false);
	graph_network_add_convolution(builder, "p", "y", 3, 8, 1, 0);
	struct built built = check_same(builder, "y", "p");
	REQUIRE(built.graph);
	CHECK(built.graph->nodes[1].kind == OPERATOR_AVERAGE_POOL && !built.graph->nodes[1].bias);
	built_release(&built);
}

/* An inception block: two branches and a pooled one begin with 1x1 convolutions of one tensor. */
TEST(convolutions_of_one_tensor_are_joined)
{
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 8, 3, 1);
	graph_network_add_convolution(builder, "c", "one", 8, 4, 1, 0);
	onnx_builder_node(builder, "Relu", "one", "one_r");
	graph_network_add_convolution(builder, "c", "two", 8, 3, 1, 0);
	graph_network_add_convolution(builder, "two", "two_3", 3, 5, 3, 1);
	graph_network_add_average_pool(builder, "c", "pool", false);
	graph_network_add_convolution(builder, "pool", "pool_1", 8, 2, 1, 0);
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
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "c", 3, 4, 3, 1);
	graph_network_add_random(builder, "w", 4, dims, 3);
	onnx_builder_node(builder, "Conv", "c w", "a");
	onnx_builder_int(builder, "group", 2);
	onnx_builder_node(builder, "Conv", "c w", "b");
	onnx_builder_int(builder, "group", 2);
	onnx_builder_node(builder, "Add", "a b", "s");
	graph_network_add_convolution(builder, "s", "d", 4, 2, 1, 0);
	onnx_builder_ints(builder, "strides", 2, strides);
	graph_network_add_convolution(builder, "s", "e", 4, 2, 1, 0);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_node(builder, "Add", "d e", "y");
	struct built built = check_same(builder, "y", "c a b s d e");
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CONVOLUTION) == 5);
	built_release(&built);
}

TEST(no_fuse_keeps_operators_apart)
{
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "a", 3, 4, 1, 0);
	onnx_builder_node(builder, "Relu", "a", "b");
	graph_network_add_convolution(builder, "x", "c", 3, 4, 1, 0);
	onnx_builder_node(builder, "Add", "b c", "y");
	struct built built = build(builder, "y", true);
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CONVOLUTION) == 2);
	CHECK(count_kind(built.graph, OPERATOR_CLAMP) == 1);
	built_release(&built);
}
