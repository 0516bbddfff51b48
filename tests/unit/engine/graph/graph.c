/* From ONNX operators to the graph: windows, sizes and layers. */
#include "engine/graph/graph.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/onnx/model.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

static const struct graph_node *last_node(const struct graph *graph)
{
	return &graph->nodes[graph->node_count - 1];
}

/* ---- windows ---- */

TEST(graph_translates_convolutions)
{
	static const int64_t strides[] = {2, 3}, dilations[] = {3, 2}, pads[] = {1, 2, 3, 4};
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	graph_model_add_weights(builder, "expand", 4, 3, 1, 1);
	graph_model_add_weights(builder, "w", 6, 2, 5, 3);
	static const float bias[] = {1, 2, 3, 4, 5, 6};
	const int64_t dims[] = {6};
	onnx_builder_floats(builder, "b", 1, dims, bias);
	onnx_builder_node(builder, "Conv", "x expand", "e");
	onnx_builder_node(builder, "Conv", "e w b", "y");
	onnx_builder_int(builder, "group", 2);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_ints(builder, "dilations", 2, dilations);
	onnx_builder_ints(builder, "pads", 4, pads);
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	const struct graph_node *node = last_node(built.graph);
	const struct window *window = &node->window;
	struct extent extents[3];
	CHECK(node->kind == OPERATOR_CONVOLUTION && node->groups == 2);
	CHECK(window->height == 5 && window->width == 3);
	CHECK(window->stride_y == 2 && window->stride_x == 3);
	CHECK(window->dilation_y == 3 && window->dilation_x == 2);
	CHECK(window->pad_top == 1 && window->pad_left == 2);
	CHECK(window->pad_bottom == 3 && window->pad_right == 4);
	CHECK(node->parts[0].channels == 6 && node->parts[0].bias[5] == 6);
	CHECK(graph_clamp_is_none(node->parts[0].clamp));
	CHECK(graph_infer(built.graph, 30, 40, extents, NULL) == RV_OK);
	CHECK(extents[2].height == (30 + 4 - 13) / 2 + 1 &&
	      extents[2].width == (40 + 6 - 5) / 3 + 1);
	double outputs = 6.0 * extents[2].height * extents[2].width;
	CHECK(graph_flop(built.graph, extents) == 2.0 * 4 * 3 * 30 * 40 + 2 * outputs * 2 * 15);
	built_release(&built);
}

/* What ONNX says of sizes, by counting: window number o lies from o * stride on. */
static int expected_size(int input, int before, int after, int reach, int stride, bool ceil_mode)
{
	int padded = input + before + after;
	if (padded < reach)
		return 0;
	double steps = (double)(padded - reach) / stride;
	int size = (int)(ceil_mode ? ceil(steps) : floor(steps)) + 1;
	if (ceil_mode && (size - 1) * stride >= input + before)
		size--;
	return size;
}

TEST(window_fit_follows_the_size_formula)
{
	for (int code = 0; code < 12 * 4 * 3 * 2 * 3 * 3 * 2; code++) {
		int rest = code;
		int input = rest % 12 + 1, size = (rest /= 12) % 4 + 1,
		    stride = (rest /= 4) % 3 + 1;
		int dilation = (rest /= 3) % 2 + 1, before = (rest /= 2) % 3,
		    after = (rest /= 3) % 3;
		bool ceil_mode = (rest /= 3) % 2;
		struct window window = {.height = size,
		                        .width = 1,
		                        .stride_y = stride,
		                        .stride_x = 1,
		                        .dilation_y = dilation,
		                        .dilation_x = 1,
		                        .pad_top = before,
		                        .pad_bottom = after,
		                        .ceil_mode = ceil_mode};
		struct graph_window_fit fit = graph_window_fit(&window, (struct extent){input, 7});
		int reach = (size - 1) * dilation + 1;
		int expected = expected_size(input, before, after, reach, stride, ceil_mode);
		CHECK_MESSAGE(
			fit.output.height == expected && fit.output.width == 7,
			"input %d window %d stride %d dilation %d pads %d, %d ceil %d: %d, not %d",
			input, size, stride, dilation, before, after, ceil_mode, fit.output.height,
			expected);
		CHECK(fit.pad_top == before);
	}
}

TEST(window_fit_resolves_auto_pad)
{
	for (int code = 0; code < 12 * 5 * 3 * 2; code++) {
		int rest = code;
		int input = rest % 12 + 1, size = (rest /= 12) % 5 + 1,
		    stride = (rest /= 5) % 3 + 1;
		bool upper = (rest /= 3) % 2;
		struct window window = {.height = 1,
		                        .width = size,
		                        .stride_y = 1,
		                        .stride_x = stride,
		                        .dilation_y = 1,
		                        .dilation_x = 1,
		                        .pad_same = upper ? PAD_SAME_UPPER : PAD_SAME_LOWER};
		struct graph_window_fit fit = graph_window_fit(&window, (struct extent){4, input});
		int output = (input + stride - 1) / stride;
		int total = (output - 1) * stride + size - input;
		total = total > 0 ? total : 0;
		CHECK(fit.output.height == 4 && fit.output.width == output);
		CHECK(fit.pad_left == (upper ? total / 2 : (total + 1) / 2) && fit.pad_top == 0);
	}
}

TEST(graph_translates_auto_pad)
{
	static const struct {
		const char *text;
		int width; /* of the output from 10 pixels by a window of 3 with stride 2 */
	} cases[] = {{"SAME_UPPER", 5}, {"SAME_LOWER", 5}, {"VALID", 4}, {"NOTSET", 4}};
	static const int64_t strides[] = {2, 2};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = graph_model_start(13);
		struct extent extents[2] = {{0, 0}, {0, 0}};
		graph_model_add_weights(builder, "w", 2, 3, 3, 3);
		onnx_builder_node(builder, "Conv", "x w", "y");
		onnx_builder_text(builder, "auto_pad", cases[i].text);
		onnx_builder_ints(builder, "strides", 2, strides);
		struct built built = build(builder, "y", false);
		if (built.graph)
			graph_infer(built.graph, 10, 10, extents, NULL);
		CHECK_MESSAGE(extents[1].width == cases[i].width, "%s gives %d pixels",
		              cases[i].text, extents[1].width);
		built_release(&built);
	}
}

TEST(graph_translates_pools)
{
	static const int64_t shape[] = {3, 2}, strides[] = {2, 1}, pads[] = {1, 0, 1, 1};
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "MaxPool", "x", "m");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_int(builder, "ceil_mode", 1);
	onnx_builder_node(builder, "AveragePool", "m", "y");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_ints(builder, "pads", 4, pads);
	onnx_builder_int(builder, "count_include_pad", 1);
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	const struct graph_node *most = &built.graph->nodes[1], *average = &built.graph->nodes[2];
	CHECK(most->kind == OPERATOR_MAX_POOL && most->window.ceil_mode);
	CHECK(most->window.stride_y == 1 && most->window.stride_x == 1);
	CHECK(average->kind == OPERATOR_AVERAGE_POOL && average->window.count_include_pad);
	CHECK(average->window.height == 3 && average->window.width == 2);
	CHECK(average->window.pad_bottom == 1 && average->window.pad_right == 1);
	CHECK(!average->window.ceil_mode);
	built_release(&built);
}

TEST(graph_takes_the_mean_over_pixels_for_a_global_pool)
{
	static const int64_t axes[] = {2, 3}, negative[] = {-1, -2};
	for (int opset = 13; opset <= 18; opset += 5) {
		struct onnx_builder *builder = graph_model_start(opset);
		if (opset < 18) {
			onnx_builder_node(builder, "ReduceMean", "x", "y");
			onnx_builder_ints(builder, "axes", 2, axes);
		} else {
			graph_model_add_shape(builder, "axes", 2, negative);
			onnx_builder_node(builder, "ReduceMean", "x axes", "y");
			onnx_builder_int(builder, "keepdims", 0);
		}
		struct built built = build(builder, "y", false);
		CHECK(built.graph && last_node(built.graph)->kind == OPERATOR_GLOBAL_AVERAGE_POOL);
		built_release(&built);
	}
}

TEST(graph_translates_lrn)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "LRN", "x", "y");
	onnx_builder_int(builder, "size", 5);
	onnx_builder_float(builder, "bias", 2);
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	const struct graph_node *node = last_node(built.graph);
	CHECK(node->kind == OPERATOR_LRN && node->size == 5 && node->constant == 2);
	CHECK(node->alpha == 1e-4f && node->beta == 0.75f);
	built_release(&built);
}

TEST(graph_translates_pads)
{
	static const int64_t pads[] = {0, 0, 1, 2, 0, 0, 3, 4}, side_pads[] = {1, 2, 3, 4},
			     axes[] = {-2, 3};
	for (int opset = 7; opset <= 18; opset += 11) {
		struct onnx_builder *builder = graph_model_start(opset);
		if (opset == 7) {
			onnx_builder_node(builder, "Pad", "x", "y");
			onnx_builder_ints(builder, "pads", 8, pads);
			onnx_builder_float(builder, "value", 0.5f);
		} else {
			graph_model_add_shape(builder, "pads", 4, side_pads);
			graph_model_add_shape(builder, "axes", 2, axes);
			graph_model_add_scalar(builder, "value", 0.5f);
			onnx_builder_node(builder, "Pad", "x pads value axes", "y");
		}
		struct built built = build(builder, "y", false);
		REQUIRE(built.graph);
		const struct graph_node *node = last_node(built.graph);
		CHECK(node->kind == OPERATOR_PAD && node->constant == 0.5f);
		CHECK(node->window.pad_top == 1 && node->window.pad_left == 2);
		CHECK(node->window.pad_bottom == 3 && node->window.pad_right == 4);
		built_release(&built);
	}
}

/* Pads of channels, and pads that take rows away, are nodes by themselves: no other goes over all
 * that for nothing. */
TEST(graph_adds_no_pads_behind_those_of_other_kinds)
{
	static const struct {
		int64_t pads[8];
		int nodes;
		enum operator_kind last;
	} cases[] = {
		{{0, 1, 0, 0, 0, 2, 0, 0}, 2, OPERATOR_CONVOLUTION},
		{{0, 0, -1, 0, 0, 0, 0, -2}, 2, OPERATOR_RESAMPLE},
		{{0, 1, -1, 0, 0, 0, 0, 0}, 3, OPERATOR_CONVOLUTION},
		{{0, 0, -1, 0, 0, 0, 0, 2}, 3, OPERATOR_PAD},
		{{0}, 2, OPERATOR_PAD},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = graph_model_start(7);
		onnx_builder_node(builder, "Pad", "x", "y");
		onnx_builder_ints(builder, "pads", 8, cases[i].pads);
		struct built built = build(builder, "y", false);
		REQUIRE(built.graph);
		CHECK_MESSAGE(built.graph->node_count == cases[i].nodes &&
		                      last_node(built.graph)->kind == cases[i].last,
		              "case %zu: %d nodes", i, built.graph->node_count);
		built_release(&built);
	}
}

/* ---- several tensors ---- */

/* Files of 2017 name as attributes what is an input today, and say where a list is broadcast. */
TEST(graph_reads_the_first_operator_set)
{
	static const int64_t pads[] = {0, 0, 1, 2, 0, 0, 3, 4}, shape[] = {1, 3}, three[] = {3};
	static const float shifts[] = {1, 2, 3};
	struct onnx_builder *builder = graph_model_start(1);
	onnx_builder_floats(builder, "shifts", 1, three, shifts);
	onnx_builder_node(builder, "Pad", "x", "wide");
	onnx_builder_ints(builder, "paddings", 8, pads);
	onnx_builder_node(builder, "Add", "wide shifts", "moved");
	onnx_builder_int(builder, "broadcast", 1);
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "GlobalAveragePool", "moved", "pooled");
	onnx_builder_node(builder, "Reshape", "pooled", "flat");
	onnx_builder_ints(builder, "shape", 2, shape);
	onnx_builder_node(builder, "Softmax", "flat", "y");
	struct built built = build(builder, "y", true);
	REQUIRE(built.graph && built.graph->node_count == 5);
	const struct window *window = &built.graph->nodes[1].window;
	CHECK(window->pad_top == 1 && window->pad_left == 2 && window->pad_bottom == 3 &&
	      window->pad_right == 4);
	CHECK(built.graph->nodes[2].kind == OPERATOR_AFFINE && built.graph->nodes[2].shift[2] == 3);
	built_release(&built);
}

TEST(graph_puts_the_single_pixel_of_a_product_second)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "GlobalAveragePool", "x", "p");
	onnx_builder_node(builder, "Mul", "p x", "y");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	const struct graph_node *node = last_node(built.graph);
	CHECK(node->kind == OPERATOR_MULTIPLY && node->inputs[0] == 0 && node->inputs[1] == 1);
	built_release(&built);
}

TEST(graph_infer_names_the_node_that_does_not_fit)
{
	rv_error error;
	struct extent extents[8];
	static const int64_t shape[] = {4, 4}, strides[] = {2, 2};
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "MaxPool", "x", "m");
	onnx_builder_node_name(builder, "halves");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_node(builder, "AveragePool", "m", "y");
	onnx_builder_node_name(builder, "again");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	CHECK(graph_infer(built.graph, 10, 10, extents, &error) == RV_OK);
	CHECK(extents[2].height == 1);
	CHECK(graph_infer(built.graph, 10, 9, extents, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "\"again\" (AveragePool): its 3x4 input is smaller"),
	              "%s", error.message);
	CHECK(graph_infer(built.graph, 3, 3, extents, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "\"halves\" (MaxPool)"), "%s", error.message);
	CHECK(graph_infer(built.graph, 0, 3, extents, &error) == RV_INVALID);
	CHECK(graph_infer(built.graph, 10, 1 << 30, extents, &error) == RV_INVALID);
	built_release(&built);
}

/* Two tensors whose sizes agree at some sizes of the picture only. */
TEST(graph_infer_compares_the_sizes_of_inputs)
{
	rv_error error;
	struct extent extents[8];
	static const int64_t shape[] = {2, 2}, strides[] = {2, 2};
	struct onnx_builder *builder = graph_model_start(13);
	for (int i = 0; i < 2; i++) {
		onnx_builder_node(builder, "MaxPool", "x", i ? "b" : "a");
		onnx_builder_ints(builder, "kernel_shape", 2, shape);
		onnx_builder_ints(builder, "strides", 2, strides);
		onnx_builder_int(builder, "ceil_mode", i);
	}
	onnx_builder_node(builder, "Concat", "a b", "y");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node_name(builder, "joins");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	CHECK(graph_infer(built.graph, 8, 8, extents, &error) == RV_OK);
	CHECK(graph_infer(built.graph, 8, 9, extents, &error) == RV_INVALID);
	CHECK_MESSAGE(
		strstr(error.message, "\"joins\" (Concat): inputs differ in size: 4x4 and 5x4"),
		"%s", error.message);
	built_release(&built);
}

TEST(graph_ignores_what_lies_above_the_layers)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "Relu", "x", "y");
	onnx_builder_node(builder, "NonMaxSuppression", "y missing", "z");
	struct built built = build(builder, "y", false);
	CHECK(built.graph && built.graph->node_count == 2);
	built_release(&built);
}

TEST(graph_finds_layers_by_tensor_then_by_node)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "Sigmoid", "x", "a");
	onnx_builder_node_name(builder, "b");
	onnx_builder_node(builder, "HardSwish", "a", "b");
	onnx_builder_node_name(builder, "third");
	struct onnx_model *model = onnx_builder_parse(builder, NULL);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	CHECK(graph_find_value(model, "b") != graph_find_value(model, "a"));
	CHECK(graph_find_value(model, "third") == graph_find_value(model, "b"));
	CHECK(graph_find_value(model, "x") < 0);
	onnx_close(&model);
}

/* Names as networks gave them, which writers of ONNX files lengthened. */
TEST(graph_finds_layers_by_the_names_of_their_networks)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "Sigmoid", "x", "pool/output_1");
	onnx_builder_node(builder, "Relu", "pool/output_1", "pool/output_2");
	onnx_builder_node(builder, "Tanh", "pool/output_2", "/features/Conv_output_0");
	onnx_builder_node(builder, "Tanh", "/features/Conv_output_0", "pool/output_3d");
	onnx_builder_node(builder, "Relu", "pool/output_3d", "mixed_1");
	onnx_builder_node(builder, "Sigmoid", "pool/output_1", "mixed_2");
	struct onnx_model *model = onnx_builder_parse(builder, NULL);
	onnx_builder_destroy(&builder);
	REQUIRE(model);
	CHECK(graph_find_value(model, "pool/output") == model->nodes[1].outputs[0]);
	CHECK(graph_find_value(model, "pool/output_1") == model->nodes[0].outputs[0]);
	CHECK(graph_find_value(model, "features/Conv") == model->nodes[2].outputs[0]);
	CHECK(graph_find_value(model, "/features/Conv") == model->nodes[2].outputs[0]);
	CHECK(graph_find_value(model, "pool") < 0 && graph_find_value(model, "") < 0);
	CHECK(graph_find_value(model, "pool/output_3") < 0 &&
	      graph_find_value(model, "mixed") >= 0);
	CHECK(graph_find_value(model, "mixed") == model->nodes[4].outputs[0]);
	CHECK(graph_find_value(model, "pool/output/pre") == model->nodes[0].outputs[0]);
	CHECK(graph_find_value(model, "mixed/pre") == model->nodes[3].outputs[0]);
	CHECK(graph_find_value(model, "features/Conv/pre") < 0); /* made by no activation */
	CHECK(graph_find_value(model, "/pre") < 0 && graph_find_value(model, "x/pre") < 0);
	onnx_close(&model);
}

/* ReduceL2 begins with squares; that it cannot add up pixels which nobody has counted comes to
 * light behind them. What stands on half of a node cannot be dreamed of either. */
TEST(graph_lists_no_layer_that_is_translated_by_half)
{
	static const int64_t axes[] = {2, 3};
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "Sigmoid", "x", "whole");
	onnx_builder_node(builder, "ReduceL2", "whole", "half");
	onnx_builder_ints(builder, "axes", 2, axes);
	onnx_builder_node(builder, "Relu", "half", "above");
	struct onnx_model *model = onnx_builder_parse(builder, NULL);
	struct arena *memory = arena_create(SIZE_MAX);
	struct graph_layer *layers = NULL;
	int count = 0;
	onnx_builder_destroy(&builder);
	REQUIRE(model && memory);
	CHECK(graph_list_layers(model, memory, &layers, &count, NULL) == RV_OK && count == 3);
	for (int i = 0; i < count; i++)
		CHECK_MESSAGE(layers[i].info.supported == (i == 0), "%s", layers[i].info.name);
	arena_destroy(&memory);
	onnx_close(&model);
}

static void add_in_module(struct onnx_builder *builder, const char *names, const char *path)
{
	char input[16], output[16];
	sscanf(names, "%15s %15s", input, output);
	onnx_builder_node(builder, "Relu", input, output);
	onnx_builder_node_name(builder, path);
}

/* A module is what it makes last, by the path that one exporter of PyTorch writes, or by the scopes
 * that the other does. */
TEST(graph_finds_modules_of_pytorch)
{
	struct onnx_builder *builder = graph_model_start(13);
	add_in_module(builder, "x a", "/features/features.0/Relu");
	add_in_module(builder, "a b", "/features/features.1/features.1.0/block/block.3/Relu");
	add_in_module(builder, "b c", "/features/features.1/features.1.0/Relu");
	add_in_module(builder, "c d", "/features/features.10/Relu_1");
	add_in_module(builder, "d e", "node_relu_7");
	onnx_builder_node_metadata(builder, "pkg.torch.onnx.name_scopes",
	                           "['', 'layer1', 'layer1.0', 'layer1.0.relu', 'relu_7']");
	add_in_module(builder, "e f", "node_relu_8");
	onnx_builder_node_metadata(builder, "pkg.torch.onnx.name_scopes", "['', 'relu_8");
	struct onnx_model *model = onnx_builder_parse(builder, NULL);
	onnx_builder_destroy(&builder);
	REQUIRE(model && model->node_count == 6);
	static const struct {
		const char *module;
		int node;
	} cases[] = {{"features.0", 0},         {"features.1", 2},
	             {"features.1.0.block", 1}, {"features.10", 3},
	             {"features.1.0", 2},       {"features.1.0.block.3", 1},
	             {"features", 3},           {"layer1", 4},
	             {"layer1.0.relu", 4},      {"features.2", -1},
	             {"features.1.0.blo", -1},  {"relu_8", -1},
	             {"features.0.0", -1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int value = graph_find_value(model, cases[i].module);
		int node = value < 0 ? -1 : model->values[value].producer;
		CHECK_MESSAGE(node == cases[i].node, "%s is node %d", cases[i].module, node);
	}
	onnx_close(&model);
}
