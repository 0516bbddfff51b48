/* From ONNX operator_table to the graph: what each becomes, and what is refused. */
#include "engine/graph/graph.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

static const int64_t scalar_dims[] = {1};

/* A model with a free-sized picture x of 3 channels. */
static struct onnx_builder *start(int opset)
{
	struct onnx_builder *builder = onnx_builder_create(opset);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	return builder;
}

static void add_scalar(struct onnx_builder *builder, const char *name, float value)
{
	onnx_builder_floats(builder, name, 0, NULL, &value);
}

/* Random weights [outputs][inputs][height][width]. */
static void add_weights(struct onnx_builder *builder, const char *name, int outputs, int inputs,
                        int height, int width)
{
	static float values[4096];
	const int64_t dims[] = {outputs, inputs, height, width};
	fill_random(values, (size_t)(outputs * inputs * height * width), 7);
	onnx_builder_floats(builder, name, 4, dims, values);
}

static void add_shape(struct onnx_builder *builder, const char *name, int count,
                      const int64_t *values)
{
	const int64_t dims[] = {count};
	onnx_builder_integers(builder, name, 1, dims, values);
}

static const struct graph_node *last_node(const struct graph *graph)
{
	return &graph->nodes[graph->node_count - 1];
}

/* ---- each value by itself ---- */

static const float by_channel[] = {0.5f, -2, 3};

struct pointwise_case {
	const char *what;
	void (*add)(struct onnx_builder *builder); /* a node from x to y */
	double (*expected)(double x, int channel);
	int opset;
};

static void add_relu(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "Relu", "x", "y");
}

static double relu(double x, int channel)
{
	(void)channel;
	return x > 0 ? x : 0;
}

static void add_leaky(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "LeakyRelu", "x", "y");
	onnx_builder_float(builder, "alpha", 0.25f);
}

static double leaky(double x, int channel)
{
	(void)channel;
	return x > 0 ? x : x / 4;
}

static void add_clip_attributes(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "Clip", "x", "y");
	onnx_builder_float(builder, "min", -0.5f);
	onnx_builder_float(builder, "max", 0.75f);
}

static void add_clip_inputs(struct onnx_builder *builder)
{
	add_scalar(builder, "low", -0.5f);
	add_scalar(builder, "high", 0.75f);
	onnx_builder_node(builder, "Clip", "x low high", "y");
}

static double clip(double x, int channel)
{
	(void)channel;
	return x < -0.5 ? -0.5 : x > 0.75 ? 0.75 : x;
}

static void add_clip_above(struct onnx_builder *builder)
{
	add_scalar(builder, "high", 0.75f);
	onnx_builder_node(builder, "Clip", "x - high", "y");
}

static double clip_above(double x, int channel)
{
	(void)channel;
	return x > 0.75 ? 0.75 : x;
}

static void add_sigmoid(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "Sigmoid", "x", "y");
}

static double sigmoid(double x, int channel)
{
	(void)channel;
	return 1 / (1 + exp(-x));
}

static void add_hard_sigmoid(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "HardSigmoid", "x", "y");
}

static double hard_sigmoid(double x, int channel)
{
	(void)channel;
	return fmin(1, fmax(0, (double)0.2f * x + 0.5));
}

static void add_hard_swish(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "HardSwish", "x", "y");
}

static double hard_swish(double x, int channel)
{
	(void)channel;
	return x * fmin(1, fmax(0, x / 6 + 0.5));
}

static void add_by_channel(struct onnx_builder *builder, const char *operator_name,
                           const char *inputs)
{
	const int64_t dims[] = {3, 1, 1};
	onnx_builder_floats(builder, "c", 3, dims, by_channel);
	onnx_builder_node(builder, operator_name, inputs, "y");
}

static void add_multiply(struct onnx_builder *builder)
{
	add_by_channel(builder, "Mul", "x c");
}

static double multiply(double x, int channel)
{
	return x * (double)by_channel[channel];
}

static void add_add(struct onnx_builder *builder)
{
	add_by_channel(builder, "Add", "c x");
}

static double add(double x, int channel)
{
	return x + (double)by_channel[channel];
}

static void add_subtract(struct onnx_builder *builder)
{
	add_by_channel(builder, "Sub", "x c");
}

static double subtract(double x, int channel)
{
	return x - (double)by_channel[channel];
}

static void add_subtract_from(struct onnx_builder *builder)
{
	add_by_channel(builder, "Sub", "c x");
}

static double subtract_from(double x, int channel)
{
	return (double)by_channel[channel] - x;
}

static void add_divide(struct onnx_builder *builder)
{
	add_by_channel(builder, "Div", "x c");
}

static double divide(double x, int channel)
{
	return x / (double)by_channel[channel];
}

static void add_scalar_multiply(struct onnx_builder *builder)
{
	add_scalar(builder, "c", 3);
	onnx_builder_node(builder, "Mul", "c x", "y");
}

static double triple(double x, int channel)
{
	(void)channel;
	return 3 * x;
}

/* (x - (-x)) with the operator_table between tensors. */
static void add_subtract_tensors(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "Neg", "x", "n");
	onnx_builder_node(builder, "Sub", "x n", "y");
}

static double twice(double x, int channel)
{
	(void)channel;
	return 2 * x;
}

/* y = (x - mean) / sqrt(variance + epsilon) * scale + bias, with constants computed by constants:
 * variance = 4 * 4 through Mul, Sqrt and Identity. */
static void add_folded_constants(struct onnx_builder *builder)
{
	add_scalar(builder, "four", 4);
	onnx_builder_node(builder, "Mul", "four four", "sixteen");
	onnx_builder_node(builder, "Sqrt", "sixteen", "root");
	onnx_builder_node(builder, "Identity", "root", "same");
	onnx_builder_node(builder, "Div", "x same", "y");
}

static double quarter(double x, int channel)
{
	(void)channel;
	return x / 4;
}

static void add_batch_norm(struct onnx_builder *builder)
{
	static const float scale[] = {1, 2, 3}, bias[] = {0, 1, -1}, mean[] = {0.5f, 0, -0.5f},
			   variance[] = {0.75f, 3.75f, 8.75f};
	const int64_t dims[] = {3};
	onnx_builder_floats(builder, "scale", 1, dims, scale);
	onnx_builder_floats(builder, "bias", 1, dims, bias);
	onnx_builder_floats(builder, "mean", 1, dims, mean);
	onnx_builder_floats(builder, "variance", 1, dims, variance);
	onnx_builder_node(builder, "BatchNormalization", "x scale bias mean variance", "y");
	onnx_builder_float(builder, "epsilon", 0.25f);
}

static double batch_norm(double x, int channel)
{
	static const double scale[] = {1, 1, 1}, shift[] = {-0.5, 1, -0.5};
	return x * scale[channel] + shift[channel];
}

static void add_nothing(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "Relu", "x", "a");
	onnx_builder_node(builder, "Dropout", "a", "b mask");
	onnx_builder_node(builder, "Cast", "b", "c");
	onnx_builder_int(builder, "to", 10);
	onnx_builder_node(builder, "Identity", "c", "y");
}

static const struct pointwise_case pointwise_cases[] = {
	{"Relu", add_relu, relu, 13},
	{"LeakyRelu", add_leaky, leaky, 13},
	{"Clip with attributes", add_clip_attributes, clip, 7},
	{"Clip with inputs", add_clip_inputs, clip, 11},
	{"Clip without a lower limit", add_clip_above, clip_above, 13},
	{"Sigmoid", add_sigmoid, sigmoid, 13},
	{"HardSigmoid", add_hard_sigmoid, hard_sigmoid, 13},
	{"HardSwish", add_hard_swish, hard_swish, 14},
	{"Mul by channel", add_multiply, multiply, 13},
	{"Add by channel", add_add, add, 13},
	{"Sub by channel", add_subtract, subtract, 13},
	{"Sub from a constant", add_subtract_from, subtract_from, 13},
	{"Div by channel", add_divide, divide, 13},
	{"Mul by a number", add_scalar_multiply, triple, 13},
	{"Sub of tensors", add_subtract_tensors, twice, 13},
	{"constants from constants", add_folded_constants, quarter, 13},
	{"BatchNormalization", add_batch_norm, batch_norm, 15},
	{"Dropout, Cast and Identity", add_nothing, relu, 13},
};

static void check_pointwise(const struct pointwise_case *this)
{
	enum { HEIGHT = 3, WIDTH = 5, PIXELS = HEIGHT * WIDTH };
	struct onnx_builder *builder = start(this->opset);
	this->add(builder);
	struct built built = build(builder, "y", true);
	if (!built.graph) {
		built_release(&built);
		return;
	}
	struct graph_values values = run_graph(built.graph, HEIGHT, WIDTH, 3);
	for (int i = 0; values.count && i < 3 * PIXELS; i++) {
		double x = values.arrays[0][i], y = values.arrays[built.graph->wanted[0]][i];
		double expected = this->expected(x, i / PIXELS);
		CHECK_MESSAGE(fabs(y - expected) < 1e-6, "%s makes %g of %g, not %g", this->what, y,
		              x, expected);
	}
	graph_values_release(&values);
	built_release(&built);
}

TEST(graph_translates_operators_on_single_values)
{
	for (size_t i = 0; i < sizeof(pointwise_cases) / sizeof(pointwise_cases[0]); i++)
		check_pointwise(&pointwise_cases[i]);
}

/* ---- windows ---- */

TEST(graph_translates_convolutions)
{
	static const int64_t strides[] = {2, 3}, dilations[] = {3, 2}, pads[] = {1, 2, 3, 4};
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	add_weights(builder, "expand", 4, 3, 1, 1);
	add_weights(builder, "w", 6, 2, 5, 3);
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
		struct onnx_builder *builder = start(13);
		struct extent extents[2] = {{0, 0}, {0, 0}};
		add_weights(builder, "w", 2, 3, 3, 3);
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
	struct onnx_builder *builder = start(13);
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
		struct onnx_builder *builder = start(opset);
		if (opset < 18) {
			onnx_builder_node(builder, "ReduceMean", "x", "y");
			onnx_builder_ints(builder, "axes", 2, axes);
		} else {
			add_shape(builder, "axes", 2, negative);
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
	struct onnx_builder *builder = start(13);
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
		struct onnx_builder *builder = start(opset);
		if (opset == 7) {
			onnx_builder_node(builder, "Pad", "x", "y");
			onnx_builder_ints(builder, "pads", 8, pads);
			onnx_builder_float(builder, "value", 0.5f);
		} else {
			add_shape(builder, "pads", 4, side_pads);
			add_shape(builder, "axes", 2, axes);
			add_scalar(builder, "value", 0.5f);
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

/* ---- several tensors ---- */

TEST(graph_puts_the_single_pixel_of_a_product_second)
{
	struct onnx_builder *builder = start(13);
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
	struct onnx_builder *builder = start(13);
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
	struct onnx_builder *builder = start(13);
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

/* ---- what is refused ---- */

static struct onnx_builder *with_weights(int64_t outputs, int64_t inputs, int64_t height,
                                         int64_t width)
{
	struct onnx_builder *builder = start(13);
	add_weights(builder, "w", (int)outputs, (int)inputs, (int)height, (int)width);
	onnx_builder_node(builder, "Conv", "x w", "y");
	onnx_builder_node_name(builder, "bad");
	return builder;
}

TEST(graph_refuses_broken_convolutions)
{
	static const int64_t zero[] = {0, 1}, huge[] = {INT64_MAX, 1}, three[] = {1, 1, 1},
			     pads[] = {1, 1, 1, -1}, huge_pads[] = {1, 1, 1 << 30, 1};
	static const int64_t other[] = {5, 5};
	struct onnx_builder *builder = with_weights(4, 2, 3, 3);
	check_refused(builder, "y", RV_CORRUPT,
	              "node \"bad\" (Conv): its weights are for 2 input channels");

	builder = with_weights(4, 1, 3, 3);
	onnx_builder_int(builder, "group", 3);
	check_refused(builder, "y", RV_CORRUPT, "3 groups divide neither 3 inputs nor 4 outputs");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_int(builder, "group", 0);
	check_refused(builder, "y", RV_CORRUPT, "0 groups");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_int(builder, "group", INT64_MIN);
	check_refused(builder, "y", RV_CORRUPT, "groups divide");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_ints(builder, "strides", 2, zero);
	check_refused(builder, "y", RV_CORRUPT, "strides of 0");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_ints(builder, "dilations", 2, huge);
	check_refused(builder, "y", RV_CORRUPT, "dilations of 9223372036854775807");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_ints(builder, "strides", 3, three);
	check_refused(builder, "y", RV_UNSUPPORTED, "strides has 3 numbers");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_ints(builder, "pads", 4, pads);
	check_refused(builder, "y", RV_UNSUPPORTED, "pads of -1");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_ints(builder, "pads", 4, huge_pads);
	check_refused(builder, "y", RV_UNSUPPORTED, "pads of 1073741824");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_ints(builder, "kernel_shape", 2, other);
	check_refused(builder, "y", RV_CORRUPT, "kernel_shape is 5x5, but its weights are for 3x3");

	builder = with_weights(4, 3, 0, 3);
	check_refused(builder, "y", RV_CORRUPT, "its weights have a dimension of 0");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_text(builder, "auto_pad", "SAME_MIDDLE");
	check_refused(builder, "y", RV_CORRUPT, "auto_pad of \"SAME_MIDDLE\"");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_float(builder, "group", 1);
	check_refused(builder, "y", RV_CORRUPT, "attribute \"group\" is not an integer");
}

TEST(graph_refuses_weights_of_a_wrong_kind)
{
	static const int64_t dims[] = {4, 3, 3}, whole[] = {1, 3, 1, 1}, whole_values[] = {1, 2, 3};
	static const float values[36];
	struct onnx_builder *builder = start(13);
	onnx_builder_floats(builder, "w", 3, dims, values);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "its weights have 3 dimensions");

	builder = start(13);
	onnx_builder_integers(builder, "w", 4, whole, whole_values);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "holds integers instead of real numbers");

	builder = start(13);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_CORRUPT,
	              "its input \"w\" is neither made by a node nor in the file");

	builder = start(13);
	onnx_builder_node(builder, "Conv", "x", "y");
	check_refused(builder, "y", RV_CORRUPT, "it has no input number 2");

	builder = start(13);
	onnx_builder_node(builder, "Conv", "x x", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "is computed from the picture, not a constant");

	builder = start(13);
	onnx_builder_raw(builder, "w", 16, 4, whole, "abcdef", 6);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED,
	              "tensor \"w\" holds values of a type that Reverie does not read");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_floats(builder, "b", 1, scalar_dims, values);
	onnx_builder_node(builder, "Conv", "x w b", "z");
	check_refused(builder, "z", RV_CORRUPT, "its bias has 1 values for 4 output channels");
}

TEST(graph_refuses_broken_pools)
{
	static const int64_t shape[] = {2, 2}, zero[] = {0, 0}, pads[] = {2, 0, 0, 0};
	struct onnx_builder *builder = start(13);
	onnx_builder_node(builder, "MaxPool", "x", "y");
	check_refused(builder, "y", RV_CORRUPT, "it has no kernel_shape");

	builder = start(13);
	onnx_builder_node(builder, "MaxPool", "x", "y");
	onnx_builder_ints(builder, "kernel_shape", 2, zero);
	check_refused(builder, "y", RV_CORRUPT, "kernel_shape of 0");

	builder = start(13);
	onnx_builder_node(builder, "AveragePool", "x", "y");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "pads", 4, pads);
	check_refused(builder, "y", RV_CORRUPT, "its pads are as large as its window");

	builder = start(13);
	onnx_builder_node(builder, "MaxPool", "x", "y places");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_node(builder, "Relu", "places", "z");
	check_refused(builder, "z", RV_UNSUPPORTED,
	              "it reads \"places\", which cannot be computed");
}

TEST(graph_refuses_what_it_cannot_run)
{
	static const int64_t dims[] = {3, 4, 4};
	static const float values[48];
	struct onnx_builder *builder = start(13);
	onnx_builder_node(builder, "LSTM", "x", "y");
	onnx_builder_node_name(builder, "memory");
	onnx_builder_node(builder, "Relu", "y", "z");
	check_refused(builder, "z", RV_UNSUPPORTED,
	              "node \"memory\" (LSTM): Reverie cannot run this");

	builder = start(13);
	onnx_builder_node(builder, "Relu", "x", "y");
	onnx_builder_node_domain(builder, "com.example");
	check_refused(builder, "y", RV_UNSUPPORTED, "Reverie cannot run this operator");

	builder = start(13);
	onnx_builder_floats(builder, "c", 3, dims, values);
	onnx_builder_node(builder, "Add", "x c", "y");
	check_refused(builder, "y", RV_UNSUPPORTED,
	              "neither one number nor one for each of 3 channels");

	builder = start(13);
	onnx_builder_node(builder, "Pad", "x", "y");
	onnx_builder_text(builder, "mode", "reflect");
	check_refused(builder, "y", RV_UNSUPPORTED, "mode is \"reflect\"");

	builder = start(13);
	onnx_builder_node(builder, "Concat", "x x", "y");
	onnx_builder_int(builder, "axis", 2);
	check_refused(builder, "y", RV_UNSUPPORTED, "only channels can be joined");

	builder = start(13);
	onnx_builder_node(builder, "Concat", "x x", "y");
	onnx_builder_int(builder, "axis", 7);
	check_refused(builder, "y", RV_CORRUPT, "axis 7 of 4 dimensions");

	builder = start(13);
	add_scalar(builder, "zero", 0);
	onnx_builder_node(builder, "Div", "x zero", "y");
	check_refused(builder, "y", RV_CORRUPT, "gives no finite number");

	builder = start(13);
	onnx_builder_node(builder, "Identity", "x", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "layer \"y\" is not computed from the picture");

	builder = start(13);
	onnx_builder_node(builder, "Relu", "x", "y");
	check_refused(builder, "z", RV_NOT_FOUND, "the model has no layer \"z\"");
}

/* Concat of a tensor with itself doubles the channels: forty of them overflow every integer. */
TEST(graph_bounds_channels)
{
	struct onnx_builder *builder = start(13);
	char input[32], output[32] = "x";
	for (int i = 0; i < 40; i++) {
		snprintf(input, sizeof(input), "%s %s", output, output);
		snprintf(output, sizeof(output), "t%d", i);
		onnx_builder_node(builder, "Concat", input, output);
		onnx_builder_int(builder, "axis", 1);
	}
	check_refused(builder, output, RV_UNSUPPORTED, "it makes more than 262144 channels");
}

/* Each of many affines on many channels takes memory that the file's few bytes do not explain. */
TEST(graph_bounds_memory)
{
	struct onnx_builder *builder = start(13);
	char input[32], output[32] = "x";
	for (int i = 0; i < 16; i++) {
		snprintf(input, sizeof(input), "%s %s", output, output);
		snprintf(output, sizeof(output), "t%d", i);
		onnx_builder_node(builder, "Concat", input, output);
		onnx_builder_int(builder, "axis", 1);
	}
	add_scalar(builder, "two", 2);
	for (int i = 0; i < 64; i++) {
		snprintf(input, sizeof(input), "%s two", output);
		snprintf(output, sizeof(output), "m%d", i);
		onnx_builder_node(builder, "Mul", input, output);
	}
	check_refused(builder, output, RV_MEMORY, "memory");
}

TEST(graph_ignores_what_lies_above_the_layers)
{
	struct onnx_builder *builder = start(13);
	onnx_builder_node(builder, "Relu", "x", "y");
	onnx_builder_node(builder, "NonMaxSuppression", "y missing", "z");
	struct built built = build(builder, "y", false);
	CHECK(built.graph && built.graph->node_count == 2);
	built_release(&built);
}

TEST(graph_finds_layers_by_tensor_then_by_node)
{
	struct onnx_builder *builder = start(13);
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
