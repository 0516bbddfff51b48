/* Flatten and its kin, and the matrices behind them, which become convolutions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

/* The picture is 2 x 3 pixels of 3 channels; matrices have 4 outputs. */
enum {
	CHANNELS = 3,
	HEIGHT = 2,
	WIDTH = 3,
	PIXELS = HEIGHT * WIDTH,
	LENGTH = CHANNELS * PIXELS,
	OUTPUTS = 4
};

static float matrix[OUTPUTS * LENGTH]; /* [OUTPUTS][LENGTH] */
static const float bias[OUTPUTS] = {1, -2, 3, -4};

static struct onnx_builder *start(int opset, int height, int width)
{
	struct onnx_builder *builder = onnx_builder_create(opset);
	onnx_builder_picture(builder, "x", CHANNELS, height, width);
	fill_random(matrix, OUTPUTS * LENGTH, 5);
	return builder;
}

/* The matrix as [OUTPUTS][length] or, transposed, as [length][OUTPUTS]. */
static void add_matrix(struct onnx_builder *builder, int length, bool outputs_first)
{
	const int64_t as_is[] = {OUTPUTS, length}, turned[] = {length, OUTPUTS};
	float values[OUTPUTS * LENGTH];
	for (int o = 0; o < OUTPUTS; o++)
		for (int i = 0; i < length; i++)
			values[outputs_first ? o * length + i : i * OUTPUTS + o] =
				matrix[o * length + i];
	onnx_builder_floats(builder, "m", 2, outputs_first ? as_is : turned, values);
}

/* y must be alpha * matrix * flattened x + beta * bias. Destroys builder. */
static void check_product(struct onnx_builder *builder, double alpha, double beta)
{
	struct built built = build(builder, "y", false);
	if (!built.graph) {
		built_release(&built);
		return;
	}
	struct graph_values values = run_graph(built.graph, HEIGHT, WIDTH, 11);
	const double *y = values.count ? values.arrays[built.graph->wanted[0]] : NULL;
	for (int o = 0; y && o < OUTPUTS; o++) {
		double expected = beta * (double)bias[o];
		for (int i = 0; i < LENGTH; i++)
			expected += alpha * (double)matrix[o * LENGTH + i] * values.arrays[0][i];
		CHECK_MESSAGE(fabs(y[o] - expected) < 1e-5, "output %d is %g, not %g", o, y[o],
		              expected);
	}
	graph_values_release(&values);
	built_release(&built);
}

TEST(gemm_behind_flatten_is_a_convolution)
{
	const int64_t dims[] = {OUTPUTS};
	for (int outputs_first = 0; outputs_first < 2; outputs_first++) {
		struct onnx_builder *builder = start(13, HEIGHT, WIDTH);
		add_matrix(builder, LENGTH, outputs_first);
		onnx_builder_floats(builder, "b", 1, dims, bias);
		onnx_builder_node(builder, "Flatten", "x", "f");
		onnx_builder_node(builder, "Gemm", "f m b", "y");
		onnx_builder_int(builder, "transB", outputs_first);
		onnx_builder_float(builder, "alpha", 0.5f);
		onnx_builder_float(builder, "beta", 2);
		check_product(builder, 0.5, 2);
	}
}

TEST(matmul_and_add_behind_reshape_are_one_convolution)
{
	static const int64_t shape[] = {1, -1};
	const int64_t dims[] = {OUTPUTS};
	struct onnx_builder *builder = start(13, HEIGHT, WIDTH);
	add_matrix(builder, LENGTH, false);
	graph_model_add_shape(builder, "shape", 2, shape);
	onnx_builder_floats(builder, "b", 1, dims, bias);
	onnx_builder_node(builder, "Reshape", "x shape", "f");
	onnx_builder_node(builder, "MatMul", "f m", "p");
	onnx_builder_node(builder, "Add", "b p", "y");
	check_product(builder, 1, 1);
}

/* What PyTorch writes for x.view(x.size(0), -1), and a transposed constant. */
TEST(shape_chains_are_computed)
{
	static const int64_t zero = 0, minus_one = -1, axes[] = {0};
	const int64_t dims[] = {OUTPUTS}, one[] = {1};
	struct onnx_builder *builder = start(11, HEIGHT, WIDTH);
	add_matrix(builder, LENGTH, true);
	onnx_builder_floats(builder, "b", 1, dims, bias);
	onnx_builder_node(builder, "Constant", "", "zero");
	onnx_builder_tensor(builder, "value", 0, NULL, &zero);
	onnx_builder_node(builder, "Constant", "", "rest");
	onnx_builder_tensor(builder, "value", 1, one, &minus_one);
	onnx_builder_node(builder, "Shape", "x", "size");
	onnx_builder_node(builder, "Gather", "size zero", "batch");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Unsqueeze", "batch", "first");
	onnx_builder_ints(builder, "axes", 1, axes);
	onnx_builder_node(builder, "Concat", "first rest", "shape");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Reshape", "x shape", "f");
	onnx_builder_node(builder, "Transpose", "m", "turned");
	onnx_builder_node(builder, "MatMul", "f turned", "p");
	onnx_builder_node(builder, "Add", "p b", "y");
	check_product(builder, 1, 1);
}

/* Shape[1] * Shape[2] * Shape[3] is a number that depends on the picture; Slice, Squeeze and Cast
 * on the way. */
TEST(lengths_that_depend_on_the_picture_are_taken_for_a_flattening)
{
	static const int64_t one[] = {1}, two[] = {2}, three[] = {3}, four[] = {4}, zero[] = {0},
			     batch[] = {-1};
	const int64_t dims[] = {OUTPUTS};
	struct onnx_builder *builder = start(13, 0, 0);
	add_matrix(builder, LENGTH, true);
	onnx_builder_floats(builder, "b", 1, dims, bias);
	graph_model_add_shape(builder, "0", 1, zero);
	graph_model_add_shape(builder, "1", 1, one);
	graph_model_add_shape(builder, "2", 1, two);
	graph_model_add_shape(builder, "3", 1, three);
	graph_model_add_shape(builder, "4", 1, four);
	graph_model_add_shape(builder, "batch", 1, batch);
	onnx_builder_node(builder, "Shape", "x", "size");
	onnx_builder_node(builder, "Slice", "size 1 2 0", "c");
	onnx_builder_node(builder, "Slice", "size 2 3", "h");
	onnx_builder_node(builder, "Slice", "size 3 4", "w");
	onnx_builder_node(builder, "Mul", "c h", "ch");
	onnx_builder_node(builder, "Mul", "ch w", "chw");
	onnx_builder_node(builder, "Squeeze", "chw 0", "length");
	onnx_builder_node(builder, "Cast", "length", "same");
	onnx_builder_int(builder, "to", 7);
	onnx_builder_node(builder, "Unsqueeze", "same 0", "list");
	onnx_builder_node(builder, "Concat", "batch list", "shape");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Reshape", "x shape", "f");
	onnx_builder_node(builder, "Relu", "f", "y");
	struct built built = build(builder, "y", false);
	CHECK(built.graph && built.graph->node_count == 2);
	built_release(&built);
}

/* What PyTorch writes for F.pad since operator set 11: pads from the last axis on, filled up with
 * zeros, paired, reversed, turned and flattened. */
TEST(pad_chains_are_computed)
{
	static const int64_t given[] = {1, 2, 3, 4}, four[] = {4}, pairs[] = {-1, 2}, flat[] = {-1},
			     last[] = {-1}, end[] = {-INT64_MAX}, axis[] = {0}, zero = 0,
			     one[] = {1};
	struct onnx_builder *builder = start(11, 0, 0);
	graph_model_add_shape(builder, "given", 4, given);
	graph_model_add_shape(builder, "four", 1, four);
	graph_model_add_shape(builder, "pairs", 2, pairs);
	graph_model_add_shape(builder, "flat", 1, flat);
	graph_model_add_shape(builder, "last", 1, last);
	graph_model_add_shape(builder, "end", 1, end);
	graph_model_add_shape(builder, "axis", 1, axis);
	onnx_builder_node(builder, "ConstantOfShape", "four", "zeros");
	onnx_builder_tensor(builder, "value", 1, one, &zero);
	onnx_builder_node(builder, "Concat", "given zeros", "all");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Reshape", "all pairs", "paired");
	onnx_builder_node(builder, "Slice", "paired last end axis last", "reversed");
	onnx_builder_node(builder, "Transpose", "reversed", "turned");
	onnx_builder_node(builder, "Reshape", "turned flat", "pads");
	onnx_builder_node(builder, "Pad", "x pads", "y");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	const struct window *window = &built.graph->nodes[1].window;
	CHECK(window->pad_left == 1 && window->pad_right == 2);
	CHECK(window->pad_top == 3 && window->pad_bottom == 4);
	built_release(&built);
}

/* Slices of 0, 1, ..., 5; their first entry and their length become pads, where they can be seen.
 */
TEST(slices_of_constants_follow_onnx)
{
	static const struct {
		int64_t start, end, step;
		int count;
		int64_t first;
	} cases[] = {
		{0, 6, 1, 6, 0}, {1, -1, 1, 4, 1},      {-2, INT64_MAX, 1, 2, 4},
		{0, 6, 4, 2, 0}, {5, 0, -2, 3, 5},      {-1, INT64_MIN + 1, -1, 6, 5},
		{4, 2, 1, 0, 0}, {100, -100, -1, 6, 5}, {-100, 2, 1, 2, 0},
	};
	static const int64_t values[] = {0, 1, 2, 3, 4, 5};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = start(11, 0, 0);
		graph_model_add_shape(builder, "values", 6, values);
		graph_model_add_shape(builder, "start", 1, &cases[i].start);
		graph_model_add_shape(builder, "end", 1, &cases[i].end);
		graph_model_add_shape(builder, "axis", 1, values);
		graph_model_add_shape(builder, "step", 1, &cases[i].step);
		onnx_builder_node(builder, "Slice", "values start end axis step", "s");
		onnx_builder_node(builder, "Shape", "s", "count");
		onnx_builder_node(builder, "Concat", "s zero", "filled");
		graph_model_add_shape(builder, "zero", 1, values);
		onnx_builder_node(builder, "Gather", "filled axis", "first");
		onnx_builder_node(builder, "Concat", "axis axis first axis axis axis count axis",
		                  "pads");
		onnx_builder_int(builder, "axis", 0);
		onnx_builder_node(builder, "Pad", "x pads", "y");
		struct built built = build(builder, "y", false);
		CHECK_MESSAGE(built.graph &&
		                      built.graph->nodes[1].window.pad_top == cases[i].first &&
		                      built.graph->nodes[1].window.pad_bottom == cases[i].count,
		              "case %zu", i);
		built_release(&built);
	}
}

/* ---- the window ---- */

static void check_window(struct onnx_builder *builder, int height, int width)
{
	struct built built = build(builder, "y", false);
	if (built.graph) {
		const struct graph_node *node = &built.graph->nodes[built.graph->node_count - 1];
		CHECK(node->kind == OPERATOR_CONVOLUTION);
		CHECK_MESSAGE(node->window.height == height && node->window.width == width,
		              "the window is %dx%d, not %dx%d", node->window.height,
		              node->window.width, height, width);
	}
	built_release(&built);
}

static struct onnx_builder *dense(int height, int width, int length)
{
	struct onnx_builder *builder = start(13, height, width);
	add_matrix(builder, length, true);
	onnx_builder_node(builder, "Flatten", "x", "f");
	onnx_builder_node(builder, "Gemm", "f m", "y");
	onnx_builder_int(builder, "transB", 1);
	return builder;
}

TEST(gemm_has_the_window_of_the_declared_size)
{
	check_window(dense(HEIGHT, WIDTH, LENGTH), HEIGHT, WIDTH);
	check_window(dense(0, 0, CHANNELS), 1, 1);
	check_window(dense(0, 0, CHANNELS * 4), 2, 2);
	check_refused(dense(0, 0, LENGTH), "y", RV_UNSUPPORTED, "no square of 3 channels");
	check_refused(dense(HEIGHT, WIDTH, CHANNELS), "y", RV_CORRUPT,
	              "its matrix is for 3 values, but it is given 18");
	check_refused(dense(0, 0, 5), "y", RV_UNSUPPORTED, "no square");
}

/* Larger pictures than the declared ones give a map of results. */
TEST(gemm_slides_over_larger_pictures)
{
	struct extent extents[2];
	struct built built = build(dense(HEIGHT, WIDTH, LENGTH), "y", false);
	REQUIRE(built.graph);
	CHECK(graph_infer(built.graph, HEIGHT + 4, WIDTH + 2, extents, NULL) == RV_OK);
	CHECK(extents[1].height == 5 && extents[1].width == 3);
	built_release(&built);
}

TEST(gemm_behind_a_global_pool_sees_single_pixels)
{
	struct onnx_builder *builder = start(13, 0, 0);
	static const int64_t axes[] = {2, 3}, weights[] = {2, 4, 1, 1};
	static const float values[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	add_matrix(builder, CHANNELS, false);
	onnx_builder_floats(builder, "w", 4, weights, values);
	onnx_builder_node(builder, "GlobalAveragePool", "x", "p");
	onnx_builder_node(builder, "Squeeze", "p axes", "s");
	graph_model_add_shape(builder, "axes", 2, axes);
	onnx_builder_node(builder, "MatMul", "s m", "v");
	onnx_builder_node(builder, "Sigmoid", "v", "g");
	onnx_builder_node(builder, "Unsqueeze", "g axes", "u");
	onnx_builder_node(builder, "Conv", "u w", "y");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	CHECK(count_kind(built.graph, OPERATOR_CONVOLUTION) == 2);
	struct graph_values result = run_graph(built.graph, 5, 7, 1);
	CHECK(result.count && result.extents[built.graph->wanted[0]].height == 1);
	graph_values_release(&result);
	built_release(&built);
}

TEST(gemm_refuses_what_is_no_matrix_product_of_features)
{
	static const int64_t dims[] = {2, 2, 2};
	static const float values[8] = {0};
	struct onnx_builder *builder = dense(HEIGHT, WIDTH, LENGTH);
	onnx_builder_int(builder, "transA", 1);
	check_refused(builder, "y", RV_UNSUPPORTED, "transA cannot be run");

	builder = start(13, HEIGHT, WIDTH);
	add_matrix(builder, LENGTH, false);
	onnx_builder_node(builder, "MatMul", "x m", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "no Flatten has made");

	builder = start(13, HEIGHT, WIDTH);
	onnx_builder_floats(builder, "m", 3, dims, values);
	onnx_builder_node(builder, "Flatten", "x", "f");
	onnx_builder_node(builder, "MatMul", "f m", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "its second input is no matrix");

	builder = start(13, HEIGHT, WIDTH);
	add_matrix(builder, LENGTH, false);
	onnx_builder_floats(builder, "b", 3, dims, values);
	onnx_builder_node(builder, "Flatten", "x", "f");
	onnx_builder_node(builder, "Gemm", "f m b", "y");
	check_refused(builder, "y", RV_CORRUPT, "its bias has 8 values for 4 outputs");
}

/* ---- views ---- */

TEST(transposes_to_and_from_channels_last_vanish)
{
	static const int64_t to_last[] = {0, 2, 3, 1}, to_first[] = {0, 3, 1, 2}, dims[] = {3};
	static const float values[] = {1, 2, 3};
	static const int64_t last[] = {1, 0, 0, 3};
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_input(builder, "x", 4, last);
	onnx_builder_floats(builder, "c", 1, dims, values);
	onnx_builder_node(builder, "Sub", "x c", "s");
	onnx_builder_node(builder, "Transpose", "s", "t");
	onnx_builder_ints(builder, "perm", 4, to_first);
	onnx_builder_node(builder, "LRN", "t", "n");
	onnx_builder_int(builder, "size", 3);
	onnx_builder_node(builder, "Transpose", "n", "y");
	onnx_builder_ints(builder, "perm", 4, to_last);
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	CHECK(built.graph->node_count == 3);
	CHECK(built.graph->nodes[1].shift && built.graph->nodes[1].shift[2] == -3);
	built_release(&built);

	builder = start(13, HEIGHT, WIDTH);
	onnx_builder_node(builder, "Transpose", "x", "y");
	onnx_builder_ints(builder, "perm", 4, (const int64_t[]){0, 1, 3, 2});
	check_refused(builder, "y", RV_UNSUPPORTED, "moves pixels or channels");
}

TEST(reshapes_that_move_pixels_are_refused)
{
	static const int64_t shapes[][4] = {{1, 6, 3, 1}, {1, 1, 6, 3}, {-1, 3, 3, 2}};
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct onnx_builder *builder = start(13, HEIGHT, WIDTH);
		graph_model_add_shape(builder, "shape", 4, shapes[i]);
		onnx_builder_node(builder, "Reshape", "x shape", "y");
		check_refused(builder, "y", RV_UNSUPPORTED, "moves pixels or channels");
	}
	struct onnx_builder *builder = start(13, HEIGHT, WIDTH);
	graph_model_add_shape(builder, "shape", 2, (const int64_t[]){-1, CHANNELS});
	onnx_builder_node(builder, "Reshape", "x shape", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "moves pixels or channels");
}

TEST(softmax_goes_over_channels_alone)
{
	static const struct {
		int opset;
		int64_t axis;
		bool flat, accepted;
	} cases[] = {
		{13, 1, false, true},  {13, -3, false, true}, {13, -1, false, false},
		{13, 3, false, false}, {11, 1, false, false}, {11, 1, true, true},
		{13, -1, true, true},  {13, 0, true, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct onnx_builder *builder = start(cases[i].opset, HEIGHT, WIDTH);
		onnx_builder_node(builder, "GlobalAveragePool", "x", "p");
		onnx_builder_node(builder, "Flatten", "p", "f");
		onnx_builder_node(builder, "Softmax", cases[i].flat ? "f" : "x", "y");
		onnx_builder_int(builder, "axis", cases[i].axis);
		if (!cases[i].accepted) {
			check_refused(builder, "y", RV_UNSUPPORTED, "only Softmax over channels");
			continue;
		}
		struct built built = build(builder, "y", false);
		CHECK_MESSAGE(built.graph, "case %zu", i);
		built_release(&built);
	}
}

/* Over all values of all pixels it would be another function. */
TEST(softmax_over_flattened_pixels_is_refused)
{
	struct onnx_builder *builder = start(13, HEIGHT, WIDTH);
	onnx_builder_node(builder, "Flatten", "x", "f");
	onnx_builder_node(builder, "Softmax", "f", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "only Softmax over channels");
}

/* The same; where the size is free, it is taken for one pixel as with Softmax. */
TEST(reductions_over_flattened_pixels_are_refused)
{
	static const int64_t axes[] = {1};
	static const char *const reductions[] = {"ReduceMean", "ReduceL2"};
	for (int i = 0; i < 2; i++) {
		struct onnx_builder *builder = start(13, HEIGHT, WIDTH), *any = start(13, 0, 0);
		onnx_builder_node(builder, "Flatten", "x", "f");
		onnx_builder_node(builder, reductions[i], "f", "y");
		onnx_builder_ints(builder, "axes", 1, axes);
		check_refused(builder, "y", RV_UNSUPPORTED, "it can be run over channels");
		onnx_builder_node(any, "Flatten", "x", "f");
		onnx_builder_node(any, reductions[i], "f", "y");
		onnx_builder_ints(any, "axes", 1, axes);
		struct built built = build(any, "y", false);
		CHECK(built.graph);
		built_release(&built);
	}
}
