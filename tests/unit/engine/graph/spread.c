/* Ends of classifiers that are applied at every place. */
#include <math.h>
#include <string.h>

#include "engine/graph/passes.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

enum { CLASSES = 6, FEATURES = 8 };

/* A convolution of stride 2 over a 14x14 picture, and a dense layer behind `pool` of all that, or
 * of all pixels where that is NULL. */
static struct onnx_builder *start(const char *pool)
{
	static float dense[CLASSES * FEATURES * 49];
	int inputs = pool ? FEATURES : FEATURES * 49;
	struct onnx_builder *builder = onnx_builder_create(13);

	fill_random(dense, (size_t)CLASSES * (size_t)inputs, 3);
	onnx_builder_picture(builder, "x", 3, 14, 14);
	graph_model_add_weights(builder, "w", FEATURES, 3, 3, 3);
	onnx_builder_node(builder, "Conv", "x w", "features");
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
	if (pool) {
		onnx_builder_node(builder, pool, "features", "pooled");
		if (!strcmp(pool, "AveragePool"))
			onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){7, 7});
	}
	onnx_builder_node(builder, "Flatten", pool ? "pooled" : "features", "flat");
	onnx_builder_floats(builder, "m", 2, (int64_t[]){CLASSES, inputs}, dense);
	onnx_builder_node(builder, "Gemm", "flat m", "y");
	onnx_builder_int(builder, "transB", 1);
	return builder;
}

/* At the size it was made for, the pixel in the middle says what the network says of the whole
 * picture; and a pixel stands at every place of pictures of any size. */
static void check_spread(const char *pool)
{
	struct built plain = build(start(pool), "y", false);
	const char *layer = "y";
	struct graph_options options = {.heads = 1};
	struct graph *spread = NULL;
	static const int sizes[][2] = {{14, 14}, {2, 3}, {9, 31}};

	REQUIRE(plain.graph &&
	        !graph_build(&spread, plain.model, &layer, 1, &options, &plain.error));
	for (int i = 0; i < 3; i++) {
		struct extent extents[32];
		REQUIRE(spread->tensor_count <= 32 &&
		        !graph_infer(spread, sizes[i][0], sizes[i][1], extents, &plain.error));
		CHECK(extents[spread->wanted[0]].height == (sizes[i][0] + 1) / 2);
		CHECK(extents[spread->wanted[0]].width == (sizes[i][1] + 1) / 2);
	}
	struct graph_values whole = run_graph(plain.graph, 14, 14, 5);
	struct graph_values all = run_graph(spread, 14, 14, 5);
	const double *y = whole.arrays[plain.graph->wanted[0]];
	const double *places = all.arrays[spread->wanted[0]];
	for (int c = 0; c < CLASSES; c++)
		CHECK_MESSAGE(fabs(y[c] - places[c * 49 + 24]) < 1e-5 * (1 + fabs(y[c])),
		              "%s: class %d is %g in the middle, not %g", pool ? pool : "dense", c,
		              places[c * 49 + 24], y[c]);
	graph_values_release(&whole);
	graph_values_release(&all);
	graph_destroy(&spread);
	built_release(&plain);
}

TEST(spread_mean_of_all_slides)
{
	check_spread("GlobalAveragePool");
}

TEST(spread_average_window_slides)
{
	check_spread("AveragePool");
}

TEST(spread_dense_layer_slides)
{
	check_spread(NULL);
}
