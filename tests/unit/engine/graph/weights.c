/* What files calculate with weights, and networks rounded to 8 bits. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { UINT8 = 2, INT8 = 3 };

static const int64_t dims[] = {2, 3, 1, 1};
static const float weights[] = {0.5f, -1, 2, 3, 0.25f, -2};

/* y of builder and of a convolution by expected[2][3] must be the same. Destroys builder. */
static void check_convolution(struct onnx_builder *builder, const float *expected)
{
	struct onnx_builder *plain = graph_model_start(13);
	onnx_builder_floats(plain, "w", 4, dims, expected);
	onnx_builder_node(plain, "Conv", "x w", "y");
	struct built built = graph_network_check_equal(builder, plain, true, 1e-6);
	built_release(&built);
}

/* ---- norms ---- */

/* What PyTorch writes for weight_norm where it computes nothing itself. */
TEST(weights_divided_by_their_length_are_computed)
{
	static const int64_t axes[] = {1, 2, 3};
	struct onnx_builder *builder = graph_model_start(13);
	float expected[6];
	onnx_builder_floats(builder, "v", 4, dims, weights);
	onnx_builder_node(builder, "ReduceL2", "v", "length");
	onnx_builder_ints(builder, "axes", 3, axes);
	onnx_builder_node(builder, "Div", "v length", "w");
	onnx_builder_node(builder, "Conv", "x w", "y");
	for (int i = 0; i < 6; i++) {
		const float *row = weights + i / 3 * 3;
		expected[i] =
			weights[i] / sqrtf(row[0] * row[0] + row[1] * row[1] + row[2] * row[2]);
	}
	check_convolution(builder, expected);
}

TEST(sums_and_means_of_weights_are_computed)
{
	static const char *const names[] = {"ReduceSum", "ReduceMean"};
	for (int i = 0; i < 2; i++) {
		struct onnx_builder *builder = graph_model_start(13);
		float expected[6];
		onnx_builder_floats(builder, "v", 4, dims, weights);
		onnx_builder_node(builder, names[i], "v", "all");
		onnx_builder_int(builder, "keepdims", 0);
		onnx_builder_node(builder, "Mul", "v all", "w");
		onnx_builder_node(builder, "Conv", "x w", "y");
		for (int j = 0; j < 6; j++)
			expected[j] = weights[j] * (i ? 2.75f / 6 : 2.75f);
		check_convolution(builder, expected);
	}
}

/* What it writes for spectral_norm: u W v of two vectors. */
TEST(products_of_constant_matrices_and_vectors_are_computed)
{
	static const float u[] = {2, -1}, v[] = {1, 2, 3};
	static const int64_t two[] = {2}, three[] = {3}, matrix[] = {2, 3};
	struct onnx_builder *builder = graph_model_start(13);
	float sigma = 2 * (0.5f - 2 + 6) - (3 + 0.5f - 6), expected[6];
	onnx_builder_floats(builder, "raw", 4, dims, weights);
	onnx_builder_floats(builder, "u", 1, two, u);
	onnx_builder_floats(builder, "v", 1, three, v);
	graph_model_add_shape(builder, "shape", 2, matrix);
	onnx_builder_node(builder, "Reshape", "raw shape", "matrix");
	onnx_builder_node(builder, "MatMul", "matrix v", "right");
	onnx_builder_node(builder, "MatMul", "u right", "sigma");
	onnx_builder_node(builder, "Div", "raw sigma", "w");
	onnx_builder_node(builder, "Conv", "x w", "y");
	for (int i = 0; i < 6; i++)
		expected[i] = weights[i] / sigma;
	check_convolution(builder, expected);

	builder = graph_model_start(13);
	onnx_builder_floats(builder, "u", 1, two, u);
	onnx_builder_floats(builder, "v", 1, three, v);
	onnx_builder_node(builder, "MatMul", "u v", "w");
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "no matrices that can be multiplied");
}

/* A small file must not ask for hours. */
TEST(calculating_with_weights_is_bounded_by_the_file)
{
	static float many[1 << 16];
	static const int64_t size[] = {1 << 16};
	struct onnx_builder *builder = graph_model_start(13);
	char output[32], sum[64];
	onnx_builder_floats(builder, "v", 1, size, many);
	onnx_builder_node(builder, "ReduceSum", "v", "s0");
	for (int i = 0; i < 3000; i++) {
		snprintf(output, sizeof(output), "r%d", i);
		onnx_builder_node(builder, "ReduceSum", "v", output);
		snprintf(sum, sizeof(sum), "s%d r%d", i, i);
		snprintf(output, sizeof(output), "s%d", i + 1);
		onnx_builder_node(builder, "Add", sum, output);
	}
	onnx_builder_node(builder, "Add", "x s3000", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "calculates more with its weights");

	static const int64_t tall[] = {INT32_MAX, 0}, nothing[] = {0, 0};
	builder = graph_model_start(13);
	onnx_builder_floats(builder, "a", 2, tall, many);
	onnx_builder_floats(builder, "b", 2, nothing, many);
	onnx_builder_node(builder, "MatMul", "a b", "m");
	onnx_builder_node(builder, "Add", "x m", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "calculates more with its weights");
}

/* ---- 8 bits ---- */

TEST(weights_of_8_bits_are_what_their_integers_stand_for)
{
	static const int8_t bytes[] = {5, -10, 20, 127, 0, -128}, zeros[] = {5, -3};
	static const float scales[] = {0.1f, 0.02f};
	static const int64_t two[] = {2};
	struct onnx_builder *builder = graph_model_start(13);
	float expected[6];
	onnx_builder_raw(builder, "q", INT8, 4, dims, bytes, sizeof(bytes));
	onnx_builder_raw(builder, "z", INT8, 1, two, zeros, sizeof(zeros));
	onnx_builder_floats(builder, "s", 1, two, scales);
	onnx_builder_node(builder, "DequantizeLinear", "q s z", "w");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Conv", "x w", "y");
	for (int i = 0; i < 6; i++)
		expected[i] = (float)(bytes[i] - zeros[i / 3]) * scales[i / 3];
	check_convolution(builder, expected);
}

/* Bytes from 0 to 255, of which 10 stands for 0: -1 to 24.5. */
TEST(what_is_computed_keeps_to_the_range_of_8_bits)
{
	static const uint8_t zero = 10;
	struct onnx_builder *builder = graph_model_start(13);
	graph_model_add_weights(builder, "w", 2, 3, 1, 1);
	graph_model_add_scalar(builder, "s", 0.1f);
	onnx_builder_raw(builder, "z", UINT8, 0, NULL, &zero, 1);
	onnx_builder_node(builder, "Conv", "x w", "t");
	onnx_builder_node(builder, "QuantizeLinear", "t s z", "q");
	onnx_builder_node(builder, "DequantizeLinear", "q s z", "y");
	struct built built = build(builder, "y", true);
	REQUIRE(built.graph);
	const struct graph_node *last = &built.graph->nodes[built.graph->node_count - 1];
	CHECK(last->kind == OPERATOR_CLAMP);
	CHECK(fabsf(last->clamp.low + 1) < 1e-6f && fabsf(last->clamp.high - 24.5f) < 1e-5f);
	built_release(&built);
}

TEST(roundings_of_another_kind_are_refused)
{
	static const float scales[] = {0.1f, 0.02f, 1};
	static const int64_t three[] = {3};
	static const int8_t bytes[6];
	struct onnx_builder *builder = graph_model_start(13);
	onnx_builder_raw(builder, "q", INT8, 4, dims, bytes, sizeof(bytes));
	onnx_builder_floats(builder, "s", 1, three, scales);
	onnx_builder_node(builder, "DequantizeLinear", "q s", "w");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_CORRUPT, "3 scales for 2 channels");

	builder = graph_model_start(21);
	onnx_builder_raw(builder, "q", INT8, 4, dims, bytes, sizeof(bytes));
	graph_model_add_scalar(builder, "s", 1);
	onnx_builder_node(builder, "DequantizeLinear", "q s", "w");
	onnx_builder_int(builder, "block_size", 2);
	onnx_builder_node(builder, "Conv", "x w", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "one scale for all or one for each channel");

	builder = graph_model_start(13);
	onnx_builder_floats(builder, "s", 1, three, scales);
	onnx_builder_node(builder, "QuantizeLinear", "x s", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "only one scale for all");

	builder = graph_model_start(13);
	graph_model_add_scalar(builder, "s", -1);
	onnx_builder_node(builder, "QuantizeLinear", "x s", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "only one scale for all");
}
