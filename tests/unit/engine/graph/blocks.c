/* Blocks of newer networks as exporters write them: the shuffled units of ShuffleNet, the blocks of
 * ConvNeXt, and arithmetic between tensors. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { CHANNELS = 12 };

/* A model whose tensor t has 12 channels and any size. */
static struct onnx_builder *start(int opset)
{
	struct onnx_builder *builder = graph_model_start(opset);
	graph_network_add_convolution(builder, "x", "t", 3, CHANNELS, 3, 1);
	return builder;
}

/* y of both builders must be the same. Destroys them. */
static struct built check_equal(struct onnx_builder *builder, struct onnx_builder *expected)
{
	return graph_network_check_equal(builder, expected, false, 1e-6);
}

/* ---- channels ---- */

static void add_slice(struct onnx_builder *builder, const char *input, int64_t start, int64_t end,
                      const char *output)
{
	static const int64_t one = 1;
	char names[4][32], inputs[160];
	const int64_t values[] = {start, end, one};
	snprintf(inputs, sizeof(inputs), "%s", input);
	for (int i = 0; i < 3; i++) {
		snprintf(names[i], sizeof(names[i]), " %s_%d", output, i);
		strcat(inputs, names[i]);
		graph_model_add_shape(builder, names[i] + 1, 1, &values[i]);
	}
	onnx_builder_node(builder, "Slice", inputs, output);
}

TEST(split_and_slice_take_the_same_channels)
{
	static const int64_t sizes[] = {5, 7};
	struct onnx_builder *builder = start(13), *expected = start(13);
	graph_model_add_shape(builder, "sizes", 2, sizes);
	onnx_builder_node(builder, "Split", "t sizes", "a b");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "Concat", "b a", "y");
	onnx_builder_int(builder, "axis", 1);
	add_slice(expected, "t", 0, 5, "a");
	add_slice(expected, "t", -7, INT64_MAX, "b");
	onnx_builder_node(expected, "Concat", "b a", "y");
	onnx_builder_int(expected, "axis", 1);
	struct built built = check_equal(builder, expected);
	CHECK(built.graph && count_kind(built.graph, OPERATOR_REARRANGE) == 2);
	built_release(&built);
}

TEST(channel_shuffles_are_found)
{
	static const int64_t groups[] = {1, 3, 4, -1, -1}, whole[] = {1, CHANNELS, -1, -1},
			     order[] = {0, 2, 1, 3, 4};
	struct onnx_builder *builder = start(13), *expected = start(13);
	graph_model_add_shape(builder, "groups", 5, groups);
	graph_model_add_shape(builder, "whole", 4, whole);
	onnx_builder_node(builder, "Reshape", "t groups", "g");
	onnx_builder_node(builder, "Transpose", "g", "s");
	onnx_builder_ints(builder, "perm", 5, order);
	onnx_builder_node(builder, "Reshape", "s whole", "y");
	char inputs[256] = "";
	for (int i = 0; i < CHANNELS; i++) {
		char name[16];
		int from = i % 3 * 4 + i / 3;
		snprintf(name, sizeof(name), "c%d", i);
		add_slice(expected, "t", from, from + 1, name);
		strcat(strcat(inputs, name), " ");
	}
	onnx_builder_node(expected, "Concat", inputs, "y");
	onnx_builder_int(expected, "axis", 1);
	struct built built = check_equal(builder, expected);
	CHECK(built.graph && built.graph->node_count == 3);
	built_release(&built);
}

TEST(groups_of_channels_are_refused_elsewhere)
{
	static const int64_t groups[] = {1, 3, 4, -1, -1};
	struct onnx_builder *builder = start(13);
	graph_model_add_shape(builder, "groups", 5, groups);
	onnx_builder_node(builder, "Reshape", "t groups", "g");
	onnx_builder_node(builder, "Relu", "g", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "as a part of a shuffle or normalisation only");
}

/* ---- normalisation over channels ---- */

static const int64_t channel_dims[] = {CHANNELS}, to_last[] = {0, 2, 3, 1},
		     to_first[] = {0, 3, 1, 2};

static void add_layer_norm(struct onnx_builder *builder, const char *input, const char *output)
{
	char inputs[64];
	snprintf(inputs, sizeof(inputs), "%s scale shift", input);
	graph_network_add_random(builder, "scale", 1, channel_dims, 41);
	graph_network_add_random(builder, "shift", 1, channel_dims, 42);
	onnx_builder_node(builder, "LayerNormalization", inputs, output);
	onnx_builder_float(builder, "epsilon", 0.125f);
}

/* The same in the operators that exporters use for it below operator set 17; axis is that of the
 * channels of input. */
static void add_written_norm(struct onnx_builder *builder, const char *input, const char *output,
                             int64_t axis, bool by_power)
{
	char pair[64];
	graph_model_add_scalar(builder, "two", 2);
	graph_model_add_scalar(builder, "epsilon", 0.125f);
	onnx_builder_node(builder, "ReduceMean", input, "mean");
	onnx_builder_ints(builder, "axes", 1, &axis);
	snprintf(pair, sizeof(pair), "%s mean", input);
	onnx_builder_node(builder, "Sub", pair, "centred");
	onnx_builder_node(builder, by_power ? "Pow" : "Mul",
	                  by_power ? "centred two" : "centred centred", "squared");
	onnx_builder_node(builder, "ReduceMean", "squared", "variance");
	onnx_builder_ints(builder, "axes", 1, &axis);
	onnx_builder_node(builder, "Add", "variance epsilon", "sum");
	onnx_builder_node(builder, "Sqrt", "sum", "deviation");
	onnx_builder_node(builder, "Div", "centred deviation", output);
}

TEST(layer_norm_that_is_written_out_is_found)
{
	for (int by_power = 0; by_power < 2; by_power++) {
		struct onnx_builder *builder = start(17), *expected = start(17);
		onnx_builder_node(expected, "Transpose", "t", "l");
		onnx_builder_ints(expected, "perm", 4, to_last);
		add_layer_norm(expected, "l", "n");
		onnx_builder_node(expected, "Transpose", "n", "y");
		onnx_builder_ints(expected, "perm", 4, to_first);

		onnx_builder_node(builder, "Transpose", "t", "l");
		onnx_builder_ints(builder, "perm", 4, to_last);
		graph_network_add_random(builder, "scale", 1, channel_dims, 41);
		graph_network_add_random(builder, "shift", 1, channel_dims, 42);
		add_written_norm(builder, "l", "n", -1, by_power);
		onnx_builder_node(builder, "Mul", "n scale", "m");
		onnx_builder_node(builder, "Add", "m shift", "a");
		onnx_builder_node(builder, "Transpose", "a", "y");
		onnx_builder_ints(builder, "perm", 4, to_first);
		struct built built = check_equal(builder, expected);
		CHECK(built.graph && count_kind(built.graph, OPERATOR_LAYER_NORM) == 1 &&
		      count_kind(built.graph, OPERATOR_AFFINE) == 0);
		built_release(&built);
	}
}

/* Nothing but the last step of the chain may take it for one. */
TEST(layer_norm_by_the_mean_of_something_else_is_none)
{
	static const int64_t axis = 1;
	struct onnx_builder *builder = start(17);
	onnx_builder_node(builder, "Tanh", "t", "other");
	onnx_builder_node(builder, "ReduceMean", "other", "foreign");
	onnx_builder_ints(builder, "axes", 1, &axis);
	add_written_norm(builder, "t", "n", 1, false);
	onnx_builder_node(builder, "Sub", "t foreign", "off");
	onnx_builder_node(builder, "Div", "off deviation", "y");
	struct built built = build(builder, "y n", false);
	CHECK(built.graph && count_kind(built.graph, OPERATOR_LAYER_NORM) == 1 &&
	      count_kind(built.graph, OPERATOR_POWER) > 0);
	built_release(&built);
}

/* The mean of the channels is one channel, which meets many as often as they are. */
TEST(the_mean_over_channels_is_a_channel)
{
	static const int64_t axis = 1;
	struct onnx_builder *builder = start(13);
	onnx_builder_node(builder, "ReduceMean", "t", "m");
	onnx_builder_ints(builder, "axes", 1, &axis);
	onnx_builder_node(builder, "Mul", "m t", "y");
	struct built built = build(builder, "t m y", false);
	REQUIRE(built.graph);
	struct graph_values values = run_graph(built.graph, 5, 4, 7);
	REQUIRE(values.count);
	const double *t = values.arrays[built.graph->wanted[0]];
	const double *m = values.arrays[built.graph->wanted[1]];
	const double *y = values.arrays[built.graph->wanted[2]];
	for (int i = 0; i < 20; i++) {
		double mean = 0;
		for (int c = 0; c < CHANNELS; c++)
			mean += t[c * 20 + i] / CHANNELS;
		CHECK(fabs(m[i] - mean) < 1e-6);
		for (int c = 0; c < CHANNELS; c++)
			CHECK(fabs(y[c * 20 + i] - mean * t[c * 20 + i]) < 1e-6);
	}
	graph_values_release(&values);
	built_release(&built);
}

/* ---- local response normalisation ---- */

static void add_scalar_pair(struct onnx_builder *builder, const char *operator_name,
                            const char *inputs, const char *output, const char *name, float value)
{
	graph_model_add_scalar(builder, name, value);
	onnx_builder_node(builder, operator_name, inputs, output);
}

/* As PyTorch writes it: squares as a cube, padded and averaged along the channels. */
TEST(local_response_normalisation_that_is_written_out_is_run)
{
	static const int64_t cube[] = {1, 1, CHANNELS, 0, -1}, one = 1, window[] = {5, 1, 1},
			     pads[] = {0, 0, 2, 0, 0, 0, 0, 2, 0, 0};
	struct onnx_builder *builder = start(18), *expected = start(18);
	onnx_builder_node(expected, "LRN", "t", "y");
	onnx_builder_int(expected, "size", 5);
	onnx_builder_float(expected, "alpha", 0.7f);
	onnx_builder_float(expected, "beta", 0.75f);
	onnx_builder_float(expected, "bias", 2);

	graph_model_add_shape(builder, "axis", 1, &one);
	graph_model_add_shape(builder, "cube", 5, cube);
	graph_model_add_shape(builder, "pads", 10, pads);
	onnx_builder_node(builder, "Mul", "t t", "squares");
	onnx_builder_node(builder, "Unsqueeze", "squares axis", "u");
	onnx_builder_node(builder, "Pad", "u pads", "p");
	onnx_builder_node(builder, "AveragePool", "p", "a");
	onnx_builder_ints(builder, "kernel_shape", 3, window);
	onnx_builder_node(builder, "Squeeze", "a axis", "s");
	add_scalar_pair(builder, "Mul", "s alpha", "m", "alpha", 0.7f);
	add_scalar_pair(builder, "Add", "m k", "base", "k", 2);
	add_scalar_pair(builder, "Pow", "base beta", "power", "beta", 0.75f);
	onnx_builder_node(builder, "Div", "t power", "y");
	struct built built = check_equal(builder, expected);
	built_release(&built);
}

/* A mean over windows of t as a cube, of 5 channels each. */
static struct onnx_builder *start_means(void)
{
	static const int64_t axes[] = {1}, window[] = {5, 1, 1};
	struct onnx_builder *builder = start(12);
	onnx_builder_node(builder, "Unsqueeze", "t", "u");
	onnx_builder_ints(builder, "axes", 1, axes);
	onnx_builder_node(builder, "AveragePool", "u", "y");
	onnx_builder_ints(builder, "kernel_shape", 3, window);
	return builder;
}

TEST(means_over_anything_but_neighbouring_channels_are_refused)
{
	static const char words[] = "only neighbouring channels can be averaged";
	static const struct {
		const char *attribute;
		int count;
		int64_t values[7];
	} cases[] = {
		{"pads", 3, {0}},
		{"pads", 7, {0}},
		{"pads", 6, {2, 0, 0, 2}},
		{"strides", 3, {1, 2, 1}},
		{"strides", 3, {2, 1, 1}},
		{"strides", 4, {1, 1, 1, 1}},
		{"dilations", 3, {2, 1, 1}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = start_means();
		onnx_builder_ints(builder, cases[i].attribute, cases[i].count, cases[i].values);
		check_refused(builder, "y", RV_UNSUPPORTED, words);
	}
	struct onnx_builder *builder = start_means();
	onnx_builder_text(builder, "auto_pad", "SAME_UPPER");
	check_refused(builder, "y", RV_UNSUPPORTED, words);
}

/* Products with matrices on channels that come last are convolutions of 1x1. */
TEST(blocks_of_convnext_are_translated)
{
	static const int64_t up[] = {CHANNELS, 24}, down[] = {24, CHANNELS}, wide[] = {24};
	struct onnx_builder *builder = start(20);
	onnx_builder_node(builder, "Transpose", "t", "l");
	onnx_builder_ints(builder, "perm", 4, to_last);
	add_layer_norm(builder, "l", "n");
	graph_network_add_random(builder, "up", 2, up, 3);
	graph_network_add_random(builder, "b", 1, wide, 4);
	graph_network_add_random(builder, "down", 2, down, 5);
	onnx_builder_node(builder, "MatMul", "n up", "u");
	onnx_builder_node(builder, "Add", "u b", "v");
	onnx_builder_node(builder, "Gelu", "v", "g");
	onnx_builder_node(builder, "MatMul", "g down", "d");
	onnx_builder_node(builder, "Transpose", "d", "f");
	onnx_builder_ints(builder, "perm", 4, to_first);
	onnx_builder_node(builder, "Add", "f t", "y");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	CHECK(built.graph->node_count == 7);
	CHECK(count_kind(built.graph, OPERATOR_CONVOLUTION) == 3);
	built_release(&built);
}

/* ---- arithmetic between tensors ---- */

/* One of several operators of a and b, which are different functions of t, against a formula. */
static void check_pair(const char *operator_name, double (*formula)(double, double))
{
	struct onnx_builder *builder = start(13);
	onnx_builder_node(builder, "Sigmoid", "t", "a");
	onnx_builder_node(builder, "Neg", "t", "n");
	onnx_builder_node(builder, "Sigmoid", "n", "b");
	onnx_builder_node(builder, operator_name, "a b", "y");
	struct built built = build(builder, "a b y", false);
	REQUIRE(built.graph);
	struct graph_values values = run_graph(built.graph, 5, 4, 3);
	const int *wanted = built.graph->wanted;
	for (int i = 0; values.count && i < CHANNELS * 5 * 4; i++) {
		double expected = formula(values.arrays[wanted[0]][i], values.arrays[wanted[1]][i]);
		double got = values.arrays[wanted[2]][i];
		CHECK_MESSAGE(fabs(got - expected) < 1e-6, "%s gives %g instead of %g",
		              operator_name, got, expected);
	}
	graph_values_release(&values);
	built_release(&built);
}

static double quotient(double a, double b)
{
	return a / b;
}

static double mean_of_two(double a, double b)
{
	return (a + b) / 2;
}

static double sum_of_two(double a, double b)
{
	return a + b;
}

TEST(two_tensors_are_calculated_with)
{
	check_pair("Div", quotient);
	check_pair("Mean", mean_of_two);
	check_pair("Sum", sum_of_two);
	check_pair("Max", fmax);
	check_pair("Min", fmin);
}
