/* Operators that work on each value by itself: what they compute once in the graph. */
#include <float.h>
#include <math.h>

#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

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
	graph_model_add_scalar(builder, "low", -0.5f);
	graph_model_add_scalar(builder, "high", 0.75f);
	onnx_builder_node(builder, "Clip", "x low high", "y");
}

static double clip(double x, int channel)
{
	(void)channel;
	return x < -0.5 ? -0.5 : x > 0.75 ? 0.75 : x;
}

static void add_clip_above(struct onnx_builder *builder)
{
	graph_model_add_scalar(builder, "high", 0.75f);
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
	graph_model_add_scalar(builder, "c", 3);
	onnx_builder_node(builder, "Mul", "c x", "y");
}

static double triple(double x, int channel)
{
	(void)channel;
	return 3 * x;
}

/* (x - (-x)) with the operators between tensors. */
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
	graph_model_add_scalar(builder, "four", 4);
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
	struct onnx_builder *builder = graph_model_start(this->opset);
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
