/* The attention of ECA and SK networks: channels of a single pixel in one dimension, and stacks of
 * tensors. */
#include <math.h>
#include <string.h>

#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { CHANNELS = 5 };

static void check_near(double actual, double expected)
{
	CHECK_MESSAGE(fabs(actual - expected) < 1e-6, "%g instead of %g", actual, expected);
}

/* A model with tensors t and u, and lists of integers. */
static struct onnx_builder *start(void)
{
	static const int64_t along[] = {1, 1, -1}, image[] = {1, -1, 1, 1},
			     stack[] = {1, 2, CHANNELS, 1, 1}, one[] = {1}, last[] = {-1};
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "t", 3, CHANNELS, 3, 1);
	graph_network_add_convolution(builder, "x", "u", 3, CHANNELS, 3, 1);
	graph_model_add_shape(builder, "along", 3, along);
	graph_model_add_shape(builder, "image", 4, image);
	graph_model_add_shape(builder, "stack", 5, stack);
	graph_model_add_shape(builder, "one", 1, one);
	graph_model_add_shape(builder, "last", 1, last);
	return builder;
}

static struct graph_values run(const struct built *built)
{
	return run_built(built, 6, 7, 3);
}

static const double *layer(const struct built *built, const struct graph_values *values, int wanted)
{
	return values->arrays[built->graph->wanted[wanted]];
}

/* ---- a window over channels ---- */

static void add_window(struct onnx_builder *builder, const int64_t *pads, int64_t stride)
{
	static const int64_t dims[] = {1, 1, 3}, two[] = {2};
	static const float weights[] = {0.5f, -1, 2}, bias = 0.25f;
	const int64_t strides[] = {stride};
	onnx_builder_floats(builder, "weights", 3, dims, weights);
	onnx_builder_floats(builder, "bias", 1, (const int64_t[]){1}, &bias);
	onnx_builder_node(builder, "GlobalAveragePool", "t", "pooled");
	onnx_builder_node(builder, "Reshape", "pooled along", "line");
	onnx_builder_node(builder, "Conv", "line weights bias", "y");
	onnx_builder_ints(builder, "pads", 2, pads);
	onnx_builder_ints(builder, "strides", 1, strides);
	onnx_builder_ints(builder, "dilations", 1, two);
}

TEST(a_window_over_channels_weighs_neighbours)
{
	static const int64_t pads[] = {2, 1};
	struct onnx_builder *builder = start();
	add_window(builder, pads, 1);
	struct built built = build(builder, "pooled y", true);
	struct graph_values values = run(&built);
	if (values.count) {
		const double *x = layer(&built, &values, 0), *y = layer(&built, &values, 1);
		CHECK(built.graph->tensors[built.graph->wanted[1]].channels == CHANNELS - 1);
		for (int i = 0; i < CHANNELS - 1; i++) {
			double left = i < 2 ? 0 : x[i - 2];
			double right = i + 2 < CHANNELS ? x[i + 2] : 0;
			check_near(y[i], 0.5 * left - x[i] + 2 * right + 0.25);
		}
	}
	graph_values_release(&values);
	built_release(&built);
}

TEST(windows_over_channels_that_jump_are_refused)
{
	static const int64_t pads[] = {1, 1}, wide[] = {-1, 1};
	struct onnx_builder *builder = start();
	add_window(builder, pads, 2);
	check_refused(builder, "y", RV_UNSUPPORTED, "only a window that moves by one");
	builder = start();
	add_window(builder, wide, 1);
	check_refused(builder, "y", RV_UNSUPPORTED, "only a window that moves by one");
}

/* ---- stacks ---- */

/* The stack s of t and u, its sum, and odds of each branch for each channel. */
static struct onnx_builder *start_stack(void)
{
	struct onnx_builder *builder = start();
	onnx_builder_node(builder, "Unsqueeze", "t one", "first");
	onnx_builder_node(builder, "Unsqueeze", "u one", "second");
	onnx_builder_node(builder, "Concat", "first second", "s");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "ReduceSum", "s one", "sum");
	onnx_builder_int(builder, "keepdims", 0);
	onnx_builder_node(builder, "GlobalAveragePool", "sum", "mean");
	graph_model_add_weights(builder, "w", 2 * CHANNELS, CHANNELS, 1, 1);
	onnx_builder_node(builder, "Conv", "mean w", "seen");
	onnx_builder_node(builder, "Reshape", "seen stack", "odds");
	return builder;
}

TEST(branches_are_weighed_against_each_other)
{
	struct onnx_builder *builder = start_stack();
	onnx_builder_node(builder, "Softmax", "odds", "shares");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "Mul", "s shares", "parts");
	onnx_builder_node(builder, "ReduceSum", "parts one", "y");
	onnx_builder_int(builder, "keepdims", 0);
	struct built built = build(builder, "t u sum seen y", true);
	struct graph_values values = run(&built);
	for (int c = 0; values.count && c < CHANNELS; c++)
		for (int i = 0; i < 42; i++) {
			const double *seen = layer(&built, &values, 3);
			double t = layer(&built, &values, 0)[c * 42 + i];
			double u = layer(&built, &values, 1)[c * 42 + i];
			double share = 1 / (1 + exp(seen[CHANNELS + c] - seen[c]));
			check_near(layer(&built, &values, 2)[c * 42 + i], t + u);
			check_near(layer(&built, &values, 4)[c * 42 + i],
			           share * t + (1 - share) * u);
		}
	graph_values_release(&values);
	built_release(&built);
}

/* Of three dimensions, of which the sum leaves a vector. */
TEST(groups_of_a_single_pixel_are_added)
{
	static const int64_t groups[] = {1, 2, CHANNELS}, sides[] = {2, 3};
	struct onnx_builder *builder = start_stack();
	graph_model_add_shape(builder, "groups", 3, groups);
	graph_model_add_shape(builder, "sides", 2, sides);
	onnx_builder_node(builder, "Reshape", "seen groups", "parts");
	onnx_builder_node(builder, "ReduceSum", "parts one", "vector");
	onnx_builder_int(builder, "keepdims", 0);
	onnx_builder_node(builder, "Unsqueeze", "vector sides", "y");
	struct built built = build(builder, "seen y", true);
	struct graph_values values = run(&built);
	for (int c = 0; values.count && c < CHANNELS; c++) {
		const double *seen = layer(&built, &values, 0);
		check_near(layer(&built, &values, 1)[c], seen[c] + seen[CHANNELS + c]);
	}
	graph_values_release(&values);
	built_release(&built);
}

TEST(stacks_are_refused_where_they_are_taken_for_something_else)
{
	struct onnx_builder *builder = start_stack();
	onnx_builder_node(builder, "Softmax", "odds", "y");
	onnx_builder_int(builder, "axis", 2);
	check_refused(builder, "y", RV_UNSUPPORTED, "only Softmax over the groups");
	builder = start_stack();
	onnx_builder_node(builder, "Mul", "s first", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "differ in their groups");
	builder = start_stack();
	onnx_builder_node(builder, "Concat", "s t", "y");
	onnx_builder_int(builder, "axis", 1);
	check_refused(builder, "y", RV_UNSUPPORTED, "only groups of as many channels");
	builder = start_stack();
	onnx_builder_node(builder, "Relu", "s", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "groups of channels");
}

static void add_mean_of_rows(struct onnx_builder *builder, const char *input, const char *output)
{
	onnx_builder_node(builder, "ReduceMean", input, output);
	onnx_builder_ints(builder, "axes", 1, (const int64_t[]){-1});
	onnx_builder_int(builder, "keepdims", 0);
}

/* x.mean(-1).mean(-1), of which the first alone is nothing to dream of. */
TEST(two_means_after_one_another_are_one_over_height_and_width)
{
	struct onnx_builder *builder = start();
	add_mean_of_rows(builder, "t", "rows");
	add_mean_of_rows(builder, "rows", "y");
	struct built built = build(builder, "t y", true);
	struct graph_values values = run(&built);
	for (int c = 0; values.count && c < CHANNELS; c++) {
		double sum = 0;
		for (int i = 0; i < 42; i++)
			sum += layer(&built, &values, 0)[c * 42 + i];
		check_near(layer(&built, &values, 1)[c], sum / 42);
	}
	graph_values_release(&values);
	built_release(&built);
	builder = start();
	add_mean_of_rows(builder, "t", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "is not computed from the picture");
	builder = start();
	add_mean_of_rows(builder, "t", "rows");
	onnx_builder_node(builder, "Reshape", "rows image", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "moves pixels or channels");
}
