/* How a picture is covered by tiles, and what each of them weighs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/dream/octave_plan.h"
#include "engine/onnx/onnx.h"
#include "tests/support/device_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"
#include "tests/support/tile_fixture.h"

static void check_axis(const struct tile_axis *axis, int overlap)
{
	for (int x = 0; x < axis->size; x++) {
		double sum = 0;
		for (int i = 0; i < axis->count; i++) {
			struct tiles_span span = tiles_span(axis, i);
			if (x >= span.start && x < span.start + axis->tile)
				sum += (double)tiles_weight(&span, x - span.start);
		}
		CHECK_MESSAGE(fabs(sum - 1) < 1e-6, "weights at %d of %d sum to %g", x, axis->size,
		              sum);
	}
	for (int i = 0; i < axis->count; i++) {
		struct tiles_span span = tiles_span(axis, i);
		CHECK(span.start % axis->stride == 0);
		CHECK(i > 0 || span.start == 0);
		CHECK(i < axis->count - 1 || span.start + axis->tile == axis->size);
		/* A quarter of the overlap on, and nothing before. */
		if (i > 0)
			CHECK(tiles_weight(&span, overlap / 4 - 1) == 0);
		if (i > 0)
			CHECK(span.start + overlap <= tiles_span(axis, i - 1).start + axis->tile);
	}
}

TEST(weights_sum_to_one_over_tiles_that_begin_at_strides)
{
	static const struct {
		int width, height, stride, overlap;
		double most;
	} cases[] = {
		{3840, 2160, 16, 272, 1e6}, {3840, 2160, 16, 80, 3e5}, {1021, 767, 16, 80, 2e5},
		{1021, 767, 32, 64, 2e5},   {640, 480, 8, 40, 1e5},    {100, 2000, 4, 12, 3e4},
		{641, 33, 1, 3, 2e3},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tiles tiles;
		REQUIRE(tiles_cover(&tiles, cases[i].height, cases[i].width, cases[i].stride,
		                    cases[i].overlap, cases[i].most));
		CHECK(tiles_count(&tiles) > 1);
		CHECK((double)tiles.y.tile * tiles.x.tile <= cases[i].most);
		check_axis(&tiles.y, cases[i].overlap);
		check_axis(&tiles.x, cases[i].overlap);
	}
}

TEST(what_fits_is_one_tile)
{
	struct tiles tiles;

	REQUIRE(tiles_cover(&tiles, 480, 640, 16, 80, 640 * 480));
	CHECK(tiles_count(&tiles) == 1);
	CHECK(tiles.y.tile == 480);
	CHECK(tiles.x.tile == 640);
	check_axis(&tiles.x, 0);
}

TEST(tiles_smaller_than_their_overlap_are_refused)
{
	struct tiles tiles;

	CHECK(!tiles_cover(&tiles, 480, 640, 16, 272, 200 * 200));
	CHECK(!tiles_cover(&tiles, 480, 640, 16, 16, 20 * 20));
}

/* A window of 3 with a dilation of 4 spans 9 pixels, one with a dilation of 2 spans 5: together
 * they see 8 + 4 pixels besides their own. */
TEST(the_receptive_field_counts_dilation)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	float *values = random_floats(16 * 16 * 9, -1, 1, 7);
	struct tiles_receptive_field field;
	struct onnx_model *model;
	struct graph *graph = NULL;
	struct graph_options options = {.no_fuse = false};
	const char *layer = "top";

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_floats(builder, "first", 4, (int64_t[]){16, 3, 3, 3}, values);
	onnx_builder_node(builder, "Conv", "picture first", "middle");
	onnx_builder_ints(builder, "dilations", 2, (int64_t[]){4, 2});
	onnx_builder_floats(builder, "second", 4, (int64_t[]){16, 16, 3, 3}, values);
	onnx_builder_node(builder, "Conv", "middle second", "top");
	onnx_builder_ints(builder, "dilations", 2, (int64_t[]){2, 4});
	model = onnx_builder_parse(builder, NULL);
	if (model)
		graph_build(&graph, model, &layer, 1, &options, NULL);
	REQUIRE(graph && tiles_receptive_field(graph, &field, NULL) == RV_OK);
	CHECK(field.stride == 1 && field.height == 13 && field.width == 13);
	graph_destroy(&graph);
	onnx_close(&model);
	onnx_builder_destroy(&builder);
	free(values);
}

/* Halved and doubled again 40 times: what one pixel sees is far beyond any picture, and numbers of
 * 32 bits. */
TEST(a_receptive_field_larger_than_any_picture_is_no_overflow)
{
	enum { TIMES = 40 };
	const float scales[] = {1, 1, 2, 2};
	struct onnx_builder *builder = onnx_builder_create(13);
	struct graph_options options = {.no_fuse = false};
	const struct tile_budget little = {1 << 20, 1 << 20};
	const char *layer = "x40";
	char from[16] = "x0", inputs[32], to[16];
	struct tiles_receptive_field field;
	struct network *network = NULL;
	struct graph *graph = NULL;
	struct onnx_model *model;
	struct tiles tiles;

	onnx_builder_picture(builder, "x0", 3, 0, 0);
	onnx_builder_floats(builder, "scales", 1, (int64_t[]){4}, scales);
	for (int i = 1; i <= TIMES; i++) {
		snprintf(to, sizeof(to), "half%d", i);
		onnx_builder_node(builder, "MaxPool", from, to);
		onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){2, 2});
		onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
		snprintf(inputs, sizeof(inputs), "%s - scales", to);
		snprintf(from, sizeof(from), "x%d", i);
		onnx_builder_node(builder, "Resize", inputs, from);
	}
	model = onnx_builder_parse(builder, NULL);
	if (model)
		graph_build(&graph, model, &layer, 1, &options, NULL);
	REQUIRE(graph && tiles_receptive_field(graph, &field, NULL) == RV_OK);
	CHECK_MESSAGE(field.stride >= 1 << 15, "stride %d", field.stride);
	CHECK_MESSAGE(field.height >= 1 << 15 && field.width >= 1 << 15, "%dx%d", field.width,
	              field.height);
	CHECK(tiles_network(&tiles, &network, graph, 512, 512, &little, NULL) == RV_MEMORY);
	graph_destroy(&graph);
	onnx_close(&model);
	onnx_builder_destroy(&builder);
}

/* Tiles begin at strides and overlap, so that a smaller octave may not fit where a larger one does.
 */
TEST(an_octave_that_does_not_fit_says_so)
{
	const rv_params params = {.octaves = 2, .octave_scale = 1.4f};
	const struct objective_target target = {.kind = OBJECTIVE_L2};
	const struct tile_budget budget = {32747, 32747};
	struct onnx_model *model = tile_network(NULL);
	struct graph *graph = model ? tile_graph(model, "top") : NULL;
	struct dream_recipe recipe = {.graph = graph, .params = &params, .targets = &target};
	struct octave octaves[RV_OCTAVES_MAX];
	rv_error error = {RV_OK, ""};
	int count;

	REQUIRE(graph);
	CHECK(octave_plan(octaves, &count, &recipe, 38, 46, &budget, &error) == RV_MEMORY);
	CHECK(count == 1 && error.status == RV_MEMORY);
	CHECK_MESSAGE(strstr(error.message, "27x33 does not fit into memory"), "\"%s\"",
	              error.message);
	for (int i = 0; i < count; i++)
		octave_release(&octaves[i]);
	graph_destroy(&graph);
	onnx_close(&model);
}

/* Blocks of 4x4 pixels become the channels of one, of which a window sees 3: tiles must begin with
 * a block. */
TEST(the_receptive_field_counts_blocks_that_become_channels)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	float *values = random_floats(16 * 48 * 9, -1, 1, 7);
	struct graph_options options = {.no_fuse = false};
	struct tiles_receptive_field field;
	const char *layer = "top";
	struct graph *graph = NULL;
	struct onnx_model *model;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_node(builder, "SpaceToDepth", "picture", "blocks");
	onnx_builder_int(builder, "blocksize", 4);
	onnx_builder_floats(builder, "weights", 4, (int64_t[]){16, 48, 3, 3}, values);
	onnx_builder_node(builder, "Conv", "blocks weights", "top");
	model = onnx_builder_parse(builder, NULL);
	if (model)
		graph_build(&graph, model, &layer, 1, &options, NULL);
	REQUIRE(graph && tiles_receptive_field(graph, &field, NULL) == RV_OK);
	CHECK_MESSAGE(field.stride == 4 && field.height == 12 && field.width == 12, "%d, %dx%d",
	              field.stride, field.width, field.height);
	graph_destroy(&graph);
	onnx_close(&model);
	onnx_builder_destroy(&builder);
	free(values);
}
