/* Sizes that files calculate from the picture's. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { CHANNELS = 4 };

/* A tensor "large" at the picture's size and one "small", of a convolution by steps of two. */
static struct onnx_builder *start(int opset, int height, int width)
{
	static const int64_t two[] = {2, 2};
	struct onnx_builder *builder = onnx_builder_create(opset);
	onnx_builder_picture(builder, "x", 3, height, width);
	graph_network_add_convolution(builder, "x", "large", 3, CHANNELS, 3, 1);
	graph_model_add_weights(builder, "w", CHANNELS, 3, 1, 1);
	onnx_builder_node(builder, "Conv", "x w", "small");
	onnx_builder_ints(builder, "strides", 2, two);
	return builder;
}

static void add_list(struct onnx_builder *builder, const char *name, int64_t value)
{
	graph_model_add_shape(builder, name, 1, &value);
}

/* height_NAME and width_NAME are lists of a side each. */
static void add_sides(struct onnx_builder *builder, const char *tensor)
{
	char size[64], inputs[256], output[64];
	snprintf(size, sizeof(size), "size_%s", tensor);
	onnx_builder_node(builder, "Shape", tensor, size);
	for (int i = 0; i < 2; i++) {
		char from[64], to[64];
		snprintf(from, sizeof(from), "from_%s_%d", tensor, i);
		snprintf(to, sizeof(to), "to_%s_%d", tensor, i);
		add_list(builder, from, 2 + i);
		add_list(builder, to, 3 + i);
		snprintf(inputs, sizeof(inputs), "%s %s %s", size, from, to);
		snprintf(output, sizeof(output), "%s_%s", i ? "width" : "height", tensor);
		onnx_builder_node(builder, "Slice", inputs, output);
	}
}

static void add_concat(struct onnx_builder *builder, const char *inputs, const char *output)
{
	onnx_builder_node(builder, "Concat", inputs, output);
	onnx_builder_int(builder, "axis", 0);
}

static struct graph_values run(const struct built *built, int height, int width)
{
	return run_built(built, height, width, 7);
}

/* The plane of a channel of a wanted layer. */
static const double *plane(const struct built *built, const struct graph_values *values, int wanted,
                           struct extent *extent)
{
	int tensor = built->graph->wanted[wanted];
	*extent = values->extents[tensor];
	return values->arrays[tensor];
}

/* ---- Resize ---- */

static void check_nearest(const struct built *built, int height, int width)
{
	struct graph_values values = run(built, height, width);
	struct extent small, large;
	if (values.count) {
		const double *from = plane(built, &values, 0, &small);
		const double *to = plane(built, &values, 1, &large);
		CHECK(large.height == height && large.width == width);
		for (int y = 0; y < large.height; y++)
			for (int x = 0; x < large.width; x++) {
				int row = y * small.height / large.height;
				int column = x * small.width / large.width;
				CHECK(to[y * large.width + x] == from[row * small.width + column]);
			}
	}
	graph_values_release(&values);
}

static void add_nearest(struct onnx_builder *builder, const char *inputs)
{
	onnx_builder_node(builder, "Resize", inputs, "up");
	onnx_builder_text(builder, "coordinate_transformation_mode", "asymmetric");
	onnx_builder_text(builder, "nearest_mode", "floor");
}

/* What PyTorch writes for F.interpolate(small, size=large.shape[2:]). */
TEST(a_resize_to_the_size_of_another_tensor_follows_it_at_every_size)
{
	struct onnx_builder *builder = start(13, 0, 0);
	add_list(builder, "one", 1);
	add_list(builder, "four", CHANNELS);
	add_sides(builder, "large");
	add_concat(builder, "one four height_large width_large", "sizes");
	add_nearest(builder, "small - - sizes");
	onnx_builder_node(builder, "Add", "large up", "y");
	struct built built = build(builder, "small up y", false);
	check_nearest(&built, 20, 30);
	check_nearest(&built, 13, 17);
	check_nearest(&built, 1, 9);
	if (built.graph)
		CHECK(built.graph->lengths.count > 0);
	built_release(&built);
}

/* What it writes below operator set 11: the quotient of real numbers. */
TEST(a_resize_by_the_quotient_of_sizes_makes_that_size)
{
	static const int64_t two[] = {2};
	static const float ones[] = {1, 1};
	struct onnx_builder *builder = start(10, 0, 0);
	onnx_builder_floats(builder, "ones", 1, two, ones);
	for (int i = 0; i < 2; i++) {
		add_sides(builder, i ? "small" : "large");
		add_concat(builder, i ? "height_small width_small" : "height_large width_large",
		           i ? "below" : "above");
		onnx_builder_node(builder, "Cast", i ? "below" : "above", i ? "b" : "a");
		onnx_builder_int(builder, "to", 1);
	}
	onnx_builder_node(builder, "Div", "a b", "quotient");
	add_concat(builder, "ones quotient", "scales");
	onnx_builder_node(builder, "Resize", "small scales", "up");
	onnx_builder_node(builder, "Add", "large up", "y");
	struct built built = build(builder, "small up y", false);
	check_nearest(&built, 21, 33);
	check_nearest(&built, 64, 7);
	built_release(&built);
}

/* A file of a fixed size holds numbers there. At 20 x 30 the small one is enlarged by 2, at 21 x 31
 * its size by that would be 22 x 32. */
TEST(a_resize_by_numbers_follows_the_tensor_that_it_is_joined_with)
{
	static const int64_t sizes[] = {1, CHANNELS, 20, 30};
	for (int i = 0; i < 2; i++) {
		struct onnx_builder *builder = start(13, 20, 30);
		graph_model_add_shape(builder, "sizes", 4, sizes);
		add_nearest(builder, "small - - sizes");
		onnx_builder_node(builder, i ? "Concat" : "Add", "up large", "y");
		if (i)
			onnx_builder_int(builder, "axis", 1);
		struct built built = build(builder, "small up y", false);
		check_nearest(&built, 20, 30);
		check_nearest(&built, 21, 31);
		built_release(&built);
	}
}

/* Also through what keeps the size; what nothing is joined with is as large as the picture. */
TEST(a_resize_by_numbers_follows_through_convolutions_or_the_picture)
{
	static const int64_t sizes[] = {1, CHANNELS, 20, 30};
	struct extent extents[16];
	for (int i = 0; i < 2; i++) {
		struct onnx_builder *builder = start(13, 20, 30);
		graph_model_add_shape(builder, "sizes", 4, sizes);
		add_nearest(builder, "small - - sizes");
		if (i) {
			graph_network_add_convolution(builder, "up", "wide", CHANNELS, CHANNELS, 3,
			                              1);
			onnx_builder_node(builder, "Relu", "wide", "positive");
			onnx_builder_node(builder, "Add", "positive large", "y");
		}
		struct built built = build(builder, i ? "y" : "up", false);
		REQUIRE(built.graph && built.graph->tensor_count <= 16);
		CHECK(graph_infer(built.graph, 21, 33, extents, NULL) == RV_OK);
		struct extent extent = extents[built.graph->wanted[0]];
		CHECK(extent.height == 21 && extent.width == 33);
		built_release(&built);
	}
}

/* Though it is found out only after others have calculated with the size that it makes. */
TEST(what_a_resize_by_numbers_makes_may_be_measured_before_it_is_joined)
{
	static const int64_t two[] = {2, 2}, sizes[] = {1, CHANNELS, 10, 15};
	struct onnx_builder *builder = start(13, 20, 30);
	struct extent extents[16];
	graph_model_add_weights(builder, "v", CHANNELS, CHANNELS, 1, 1);
	onnx_builder_node(builder, "Conv", "small v", "smaller");
	onnx_builder_ints(builder, "strides", 2, two);
	graph_model_add_shape(builder, "sizes", 4, sizes);
	add_nearest(builder, "smaller - - sizes");
	add_sides(builder, "up");
	onnx_builder_node(builder, "Add", "up small", "joined");
	add_list(builder, "zero", 0);
	add_list(builder, "two", 2);
	onnx_builder_node(builder, "Slice", "large zero height_up two", "y");
	struct built built = build(builder, "joined y", false);
	REQUIRE(built.graph && built.graph->tensor_count <= 16);
	CHECK(graph_infer(built.graph, 23, 33, extents, &built.error) == RV_OK);
	CHECK(extents[built.graph->wanted[0]].height == 12);
	CHECK(extents[built.graph->wanted[1]].height == 12);
	built_release(&built);
}

/* The batch as a real number. */
static struct onnx_builder *start_batch(void)
{
	struct onnx_builder *builder = start(13, 0, 0);
	graph_model_add_scalar(builder, "half", 0.5f);
	add_list(builder, "zero", 0);
	add_list(builder, "four", CHANNELS);
	add_sides(builder, "large");
	onnx_builder_node(builder, "Gather", "size_large zero", "batch");
	onnx_builder_node(builder, "Cast", "batch", "real");
	onnx_builder_int(builder, "to", 1);
	return builder;
}

/* Whatever is calculated with it, and never a number of pixels. */
TEST(a_batch_that_was_made_real_stays_unknown)
{
	struct onnx_builder *builder = start_batch();
	onnx_builder_node(builder, "Mul", "real half", "product");
	onnx_builder_node(builder, "Floor", "product", "floor");
	onnx_builder_node(builder, "Cast", "floor", "whole");
	onnx_builder_int(builder, "to", 7);
	add_concat(builder, "whole four height_large width_large", "sizes");
	add_nearest(builder, "small - - sizes");
	struct built built = build(builder, "small up", false);
	check_nearest(&built, 13, 17);
	built_release(&built);
	builder = start_batch();
	onnx_builder_node(builder, "Mul", "large real", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "holds integers instead of real numbers");
}

/* ---- Slice and Pad ---- */

/* Quotients of differences, as PyTorch writes (a - b) // 2: before NAME and behind it. */
static void add_margins(struct onnx_builder *builder, const char *side)
{
	char inputs[256], outputs[64];
	snprintf(inputs, sizeof(inputs), "%s_large %s_small", side, side);
	snprintf(outputs, sizeof(outputs), "more_%s", side);
	onnx_builder_node(builder, "Sub", inputs, outputs);
	snprintf(inputs, sizeof(inputs), "more_%s two", side);
	snprintf(outputs, sizeof(outputs), "before_%s", side);
	onnx_builder_node(builder, "Div", inputs, outputs);
	snprintf(inputs, sizeof(inputs), "more_%s before_%s", side, side);
	snprintf(outputs, sizeof(outputs), "behind_%s", side);
	onnx_builder_node(builder, "Sub", inputs, outputs);
}

static struct onnx_builder *start_margins(void)
{
	struct onnx_builder *builder = start(13, 0, 0);
	static const char *const numbers[] = {"zero", "one", "two", "three"};
	for (int i = 0; i < 4; i++)
		add_list(builder, numbers[i], i);
	add_sides(builder, "large");
	add_sides(builder, "small");
	add_margins(builder, "height");
	add_margins(builder, "width");
	return builder;
}

static void add_pad(struct onnx_builder *builder, const char *inputs)
{
	add_concat(builder,
	           "zero zero before_height before_width zero zero behind_height behind_width",
	           "pads");
	onnx_builder_node(builder, "Pad", inputs, "y");
}

TEST(pads_by_differences_of_sizes_bring_one_tensor_to_the_size_of_another)
{
	struct onnx_builder *builder = start_margins();
	add_pad(builder, "small pads");
	struct built built = build(builder, "small y", false);
	struct graph_values values = run(&built, 13, 18);
	struct extent small, large;
	if (values.count) {
		const double *from = plane(&built, &values, 0, &small);
		const double *to = plane(&built, &values, 1, &large);
		CHECK(small.height == 7 && small.width == 9);
		CHECK(large.height == 13 && large.width == 18);
		for (int y = 0; y < 13; y++)
			for (int x = 0; x < 18; x++) {
				bool inside = y >= 3 && y < 10 && x >= 4 && x < 13;
				CHECK(to[y * 18 + x] == (inside ? from[(y - 3) * 9 + x - 4] : 0));
			}
	}
	graph_values_release(&values);
	built_release(&built);
}

TEST(what_is_padded_by_differences_of_sizes_may_get_channels_too)
{
	struct onnx_builder *builder = start_margins();
	add_concat(builder,
	           "zero one before_height before_width zero two behind_height behind_width",
	           "pads");
	onnx_builder_node(builder, "Pad", "small pads", "y");
	struct built built = build(builder, "y", false);
	struct graph_values values = run(&built, 13, 18);
	struct extent extent;
	if (values.count) {
		plane(&built, &values, 0, &extent);
		CHECK(extent.height == 13 && extent.width == 18);
		CHECK(built.graph->tensors[built.graph->wanted[0]].channels == CHANNELS + 3);
	}
	graph_values_release(&values);
	built_release(&built);
}

TEST(a_slice_by_differences_of_sizes_takes_the_middle)
{
	struct onnx_builder *builder = start_margins();
	onnx_builder_node(builder, "Add", "before_height height_small", "last_height");
	onnx_builder_node(builder, "Add", "before_width width_small", "last_width");
	onnx_builder_node(builder, "Slice", "large before_height last_height two one", "rows");
	onnx_builder_node(builder, "Slice", "rows before_width last_width three one", "middle");
	onnx_builder_node(builder, "Add", "small middle", "y");
	struct built built = build(builder, "large middle y", false);
	struct graph_values values = run(&built, 14, 17);
	struct extent whole, part;
	if (values.count) {
		const double *from = plane(&built, &values, 0, &whole);
		const double *to = plane(&built, &values, 1, &part);
		CHECK(part.height == 7 && part.width == 9);
		for (int y = 0; y < 7; y++)
			for (int x = 0; x < 9; x++)
				CHECK(to[y * 9 + x] == from[(y + 3) * 17 + x + 4]);
	}
	graph_values_release(&values);
	built_release(&built);
}

/* A number too large for a side stays a length, and may become small again: 5 * 1e9 / 1e9. */
TEST(numbers_beside_sizes_may_be_large_in_between)
{
	static const int64_t two[] = {2}, milliard = 1000000000;
	static const float factors[] = {1, 1e9f};
	struct onnx_builder *builder = start_margins();
	onnx_builder_floats(builder, "factors", 1, two, factors);
	add_list(builder, "five", 5);
	add_list(builder, "milliard", milliard);
	add_concat(builder, "height_large five", "both");
	onnx_builder_node(builder, "Mul", "both factors", "products");
	onnx_builder_node(builder, "Cast", "products", "whole");
	onnx_builder_int(builder, "to", 7);
	onnx_builder_node(builder, "Div", "whole milliard", "quotients");
	onnx_builder_node(builder, "Gather", "quotients one", "end");
	onnx_builder_node(builder, "Slice", "large zero end two", "y");
	struct built built = build(builder, "y", false);
	struct graph_values values = run(&built, 13, 18);
	struct extent part;
	if (values.count) {
		plane(&built, &values, 0, &part);
		CHECK(part.height == 5 && part.width == 18);
	}
	graph_values_release(&values);
	built_release(&built);
}

/* ---- what is not taken ---- */

TEST(sizes_that_cannot_be_followed_are_refused)
{
	static const float half = 0.5f;
	struct onnx_builder *builder = start_margins();
	onnx_builder_floats(builder, "half", 0, NULL, &half);
	add_pad(builder, "small pads half");
	check_refused(builder, "y", RV_UNSUPPORTED, "can be padded with zeros only");

	builder = start_margins();
	onnx_builder_node(builder, "Slice", "large zero before_height one one", "y");
	check_refused(builder, "y", RV_UNSUPPORTED,
	              "which channels it takes depends on the picture's size");

	builder = start_margins();
	add_list(builder, "four", CHANNELS);
	onnx_builder_node(builder, "Sub", "height_large height_large", "nothing");
	add_concat(builder, "one four nothing width_large", "sizes");
	onnx_builder_node(builder, "Resize", "small - - sizes", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "its size does not grow with the picture's");
}

/* How much a size grows may be too large for a number, or none, where the size itself is one. */
TEST(sizes_that_grow_beyond_all_numbers_are_refused)
{
	for (int i = 0; i < 2; i++) {
		struct onnx_builder *builder = start_margins();
		char inputs[32] = "height_large huge", output[32];
		graph_model_add_scalar(builder, "huge", 1e38f);
		add_list(builder, "four", CHANNELS);
		for (int j = 0; j < 9; j++) {
			snprintf(output, sizeof(output), "p%d", j);
			onnx_builder_node(builder, "Mul", inputs, output);
			snprintf(inputs, sizeof(inputs), "p%d huge", j);
		}
		onnx_builder_node(builder, "Sub", "p8 p8", "nothing");
		onnx_builder_node(builder, "Add", i ? "nothing height_large" : "p8 height_large",
		                  "height");
		add_concat(builder, "one four height width_large", "sizes");
		onnx_builder_node(builder, "Resize", "small - - sizes", "y");
		check_refused(builder, "y", RV_UNSUPPORTED,
		              "its size does not grow with the picture's");
	}
}

/* What says so names the operator of the file. */
TEST(pads_by_sizes_that_take_everything_away_are_errors)
{
	struct onnx_builder *builder = start_margins();
	rv_error error = {RV_OK, ""};
	struct extent extents[16];
	onnx_builder_node(builder, "Sub", "zero height_large", "less");
	add_concat(builder, "zero zero less zero zero zero zero zero", "pads");
	onnx_builder_node(builder, "Pad", "large pads", "y");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph && built.graph->tensor_count <= 16);
	CHECK(graph_infer(built.graph, 20, 20, extents, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "(Pad): nothing is left of 20x20"), "%s",
	              error.message);
	built_release(&built);
}

/* A side that is larger than any picture, or below one, is an error of the picture, not of ours. */
TEST(sizes_beyond_all_pictures_are_errors)
{
	struct onnx_builder *builder = start(13, 0, 0);
	rv_error error = {RV_OK, ""};
	add_list(builder, "one", 1);
	add_list(builder, "four", CHANNELS);
	add_list(builder, "many", INT32_MAX);
	add_sides(builder, "large");
	onnx_builder_node(builder, "Mul", "height_large many", "wide");
	onnx_builder_node(builder, "Mul", "wide many", "wider");
	add_concat(builder, "one four height_large wider", "sizes");
	onnx_builder_node(builder, "Resize", "small - - sizes", "y");
	struct built built = build(builder, "y", false);
	REQUIRE(built.graph);
	struct extent extents[16];
	REQUIRE(built.graph->tensor_count <= 16);
	CHECK(graph_infer(built.graph, 20, 20, extents, &error) == RV_INVALID);
	CHECK(strstr(error.message, "too large"));
	built_release(&built);
}
