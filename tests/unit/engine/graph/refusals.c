/* What the graph builder refuses, with which words. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

static struct onnx_builder *with_weights(int64_t outputs, int64_t inputs, int64_t height,
                                         int64_t width)
{
	struct onnx_builder *builder = graph_model_start(13);
	graph_model_add_weights(builder, "w", (int)outputs, (int)inputs, (int)height, (int)width);
	onnx_builder_node(builder, "Conv", "x w", "y");
	onnx_builder_node_name(builder, "bad");
	return builder;
}

TEST(graph_refuses_broken_convolutions)
{
	static const int64_t zero[] = {0, 1}, huge[] = {INT64_MAX, 1};
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
}

TEST(graph_refuses_broken_windows)
{
	static const int64_t three[] = {1, 1, 1}, pads[] = {1, 1, 1, -1},
			     huge_pads[] = {1, 1, 1 << 30, 1}, other[] = {5, 5};
	struct onnx_builder *builder = with_weights(4, 3, 3, 3);
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
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_floats(builder, "w", 3, dims, values);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "its weights have 3 dimensions");

	builder = graph_model_start(13);
	onnx_builder_integers(builder, "w", 4, whole, whole_values);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "holds integers instead of real numbers");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_CORRUPT,
	              "its input \"w\" is neither made by a node nor in the file");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Conv", "x", "y");
	check_refused(builder, "y", RV_CORRUPT, "it has no input number 2");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Conv", "x x", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "is computed from the picture, not a constant");

	builder = graph_model_start(13);
	onnx_builder_raw(builder, "w", 17, 4, whole, "abcdef", 6);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED,
	              "tensor \"w\" holds values of a type that Reverie does not read");

	builder = with_weights(4, 3, 3, 3);
	onnx_builder_floats(builder, "b", 1, (const int64_t[]){1}, values);
	onnx_builder_node(builder, "Conv", "x w b", "z");
	check_refused(builder, "z", RV_CORRUPT, "its bias has 1 values for 4 output channels");
}

TEST(graph_refuses_broken_pools)
{
	static const int64_t shape[] = {2, 2}, zero[] = {0, 0}, pads[] = {2, 0, 0, 0};
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "MaxPool", "x", "y");
	check_refused(builder, "y", RV_CORRUPT, "it has no kernel_shape");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "MaxPool", "x", "y");
	onnx_builder_ints(builder, "kernel_shape", 2, zero);
	check_refused(builder, "y", RV_CORRUPT, "kernel_shape of 0");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "AveragePool", "x", "y");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "pads", 4, pads);
	check_refused(builder, "y", RV_CORRUPT, "its pads are as large as its window");

	builder = graph_model_start(13);
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
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "LSTM", "x", "y");
	onnx_builder_node_name(builder, "memory");
	onnx_builder_node(builder, "Relu", "y", "z");
	check_refused(builder, "z", RV_UNSUPPORTED,
	              "node \"memory\" (LSTM): Reverie cannot run this");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Relu", "x", "y");
	onnx_builder_node_domain(builder, "com.example");
	check_refused(builder, "y", RV_UNSUPPORTED, "Reverie cannot run this operator");

	builder = graph_model_start(13);
	onnx_builder_floats(builder, "c", 3, dims, values);
	onnx_builder_node(builder, "Add", "x c", "y");
	check_refused(builder, "y", RV_UNSUPPORTED,
	              "neither one number nor one for each of 3 channels");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Pad", "x", "y");
	onnx_builder_text(builder, "mode", "wrap");
	check_refused(builder, "y", RV_UNSUPPORTED, "mode is \"wrap\"");
}

static void check_slice(int count, const int64_t *starts, const int64_t *axes, int64_t step,
                        rv_status status, const char *words)
{
	static const int64_t ends[] = {INT64_MAX, INT64_MAX};
	struct onnx_builder *builder = graph_model_start(13);
	const int64_t steps[] = {step, step};
	graph_model_add_shape(builder, "starts", count, starts);
	graph_model_add_shape(builder, "ends", 2, ends);
	graph_model_add_shape(builder, "axes", 2, axes);
	graph_model_add_shape(builder, "steps", 2, steps);
	onnx_builder_node(builder, "Slice", "x starts ends axes steps", "y");
	check_refused(builder, "y", status, words);
}

TEST(graph_refuses_slices_that_take_nothing_or_no_picture)
{
	static const int64_t starts[] = {1, 3, 0}, sides[] = {2, 3}, batch[] = {0, 2},
			     channels[] = {2, 1}, outside[] = {2, 4};
	check_slice(2, starts, batch, 1, RV_UNSUPPORTED, "it leaves the picture out");
	check_slice(2, starts, channels, 1, RV_UNSUPPORTED, "it takes no channel");
	check_slice(2, starts, outside, 1, RV_CORRUPT, "axis 4 of 4 dimensions");
	check_slice(2, starts, sides, 0, RV_UNSUPPORTED, "steps of 0");
	check_slice(2, starts, sides, INT64_MIN, RV_UNSUPPORTED, "steps of -9223372036854775808");
	check_slice(1, starts, sides, 1, RV_CORRUPT, "ends has 2 entries, starts 1");
}

TEST(graph_refuses_to_take_what_is_no_channel)
{
	static const int64_t four = 4, zero = 0;
	struct onnx_builder *builder = graph_model_start(13);
	graph_model_add_shape(builder, "four", 1, &four);
	onnx_builder_node(builder, "Gather", "x four", "y");
	onnx_builder_int(builder, "axis", 1);
	check_refused(builder, "y", RV_CORRUPT, "channel 4 of 3");

	builder = graph_model_start(13);
	graph_model_add_shape(builder, "four", 1, &four);
	onnx_builder_node(builder, "Gather", "x four", "y");
	onnx_builder_int(builder, "axis", 2);
	check_refused(builder, "y", RV_UNSUPPORTED, "only channels can be cut");

	builder = graph_model_start(13);
	onnx_builder_integers(builder, "zero", 0, NULL, &zero);
	onnx_builder_node(builder, "Gather", "x zero", "plane");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "Relu", "plane", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "a channel without an axis");
}

TEST(graph_refuses_what_makes_no_layer)
{
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_node(builder, "Concat", "x x", "y");
	onnx_builder_int(builder, "axis", 2);
	check_refused(builder, "y", RV_UNSUPPORTED, "only channels can be joined");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Concat", "x x", "y");
	onnx_builder_int(builder, "axis", 7);
	check_refused(builder, "y", RV_CORRUPT, "axis 7 of 4 dimensions");

	builder = graph_model_start(13);
	graph_model_add_scalar(builder, "zero", 0);
	onnx_builder_node(builder, "Div", "x zero", "y");
	check_refused(builder, "y", RV_CORRUPT, "gives no finite number");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Identity", "x", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "layer \"y\" is not computed from the picture");

	builder = graph_model_start(13);
	onnx_builder_node(builder, "Relu", "x", "y");
	check_refused(builder, "z", RV_NOT_FOUND, "the model has no layer \"z\"");
}

/* Concat of a tensor with itself doubles the channels: forty of them overflow every integer. */
TEST(graph_bounds_channels)
{
	struct onnx_builder *builder = graph_model_start(13);
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
	struct onnx_builder *builder = graph_model_start(13);
	char input[32], output[32] = "x";
	for (int i = 0; i < 16; i++) {
		snprintf(input, sizeof(input), "%s %s", output, output);
		snprintf(output, sizeof(output), "t%d", i);
		onnx_builder_node(builder, "Concat", input, output);
		onnx_builder_int(builder, "axis", 1);
	}
	graph_model_add_scalar(builder, "two", 2);
	for (int i = 0; i < 64; i++) {
		snprintf(input, sizeof(input), "%s two", output);
		snprintf(output, sizeof(output), "m%d", i);
		onnx_builder_node(builder, "Mul", input, output);
	}
	check_refused(builder, output, RV_MEMORY, "memory");
}
