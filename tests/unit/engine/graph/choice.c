/* Choices by constants: If with its branches, Equal and Where. */
#include <stdio.h>
#include <string.h>

#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { CHANNELS = 4 };

/* A model with a tensor t, whether its number of channels is `channels` as "same", and numbers. */
static struct onnx_builder *start(int64_t channels)
{
	static const int64_t one = 1, first = 0;
	struct onnx_builder *builder = graph_model_start(13);
	graph_network_add_convolution(builder, "x", "t", 3, CHANNELS, 3, 1);
	graph_model_add_shape(builder, "one", 1, &one);
	graph_model_add_shape(builder, "first", 1, &first);
	graph_model_add_shape(builder, "count", 1, &channels);
	onnx_builder_node(builder, "Shape", "t", "size");
	onnx_builder_node(builder, "Gather", "size one", "channels");
	onnx_builder_node(builder, "Equal", "channels count", "same");
	return builder;
}

/* A branch that makes "made" of a tensor in two steps, with a constant of its own. */
static struct onnx_builder *make_branch_of(const char *tensor, const char *operator_name,
                                           float number)
{
	struct onnx_builder *branch = onnx_builder_create(13);
	char inputs[64];
	snprintf(inputs, sizeof(inputs), "%s number", tensor);
	onnx_builder_floats(branch, "number", 0, NULL, &number);
	onnx_builder_node(branch, operator_name, inputs, "inner");
	onnx_builder_node(branch, "Relu", "inner", "made");
	return branch;
}

static struct onnx_builder *make_branch(const char *operator_name, float number)
{
	return make_branch_of("t", operator_name, number);
}

static void add_choice(struct onnx_builder *builder, const char *condition, const char *output,
                       struct onnx_builder *holds, struct onnx_builder *otherwise)
{
	onnx_builder_node(builder, "If", condition, output);
	onnx_builder_branch(builder, "then_branch", holds, "made");
	onnx_builder_branch(builder, "else_branch", otherwise, "made");
	onnx_builder_destroy(&holds);
	onnx_builder_destroy(&otherwise);
}

/* y of builder is what the plain nodes make. Destroys builder. */
static void check_like(struct onnx_builder *builder, const char *operator_name, float number)
{
	struct onnx_builder *expected = graph_model_start(13);
	graph_network_add_convolution(expected, "x", "t", 3, CHANNELS, 3, 1);
	graph_model_add_scalar(expected, "number", number);
	onnx_builder_node(expected, operator_name, "t number", "inner");
	onnx_builder_node(expected, "Relu", "inner", "y");
	struct built built = graph_network_check_equal(builder, expected, true, 1e-12);
	built_release(&built);
}

/* Both branches call what they make alike, as files may. */
TEST(a_choice_takes_the_branch_that_its_condition_names)
{
	struct onnx_builder *builder = start(CHANNELS);
	add_choice(builder, "same", "y", make_branch("Add", 0.25f), make_branch("Mul", -3));
	check_like(builder, "Add", 0.25f);
	builder = start(CHANNELS + 1);
	add_choice(builder, "same", "y", make_branch("Add", 0.25f), make_branch("Mul", -3));
	check_like(builder, "Mul", -3);
}

/* What cannot be run counts for nothing where it is not taken. */
TEST(a_branch_that_is_not_taken_may_be_anything)
{
	struct onnx_builder *builder = start(CHANNELS);
	add_choice(builder, "same", "y", make_branch("Add", 0.25f), make_branch("Unheard", 1));
	check_like(builder, "Add", 0.25f);
	builder = start(CHANNELS);
	add_choice(builder, "same", "y", make_branch("Unheard", 1), make_branch("Add", 0.25f));
	check_refused(builder, "y", RV_UNSUPPORTED, "which cannot be computed");
}

static struct onnx_builder *make_nested(int depth)
{
	struct onnx_builder *branch;
	if (depth == 0)
		return make_branch("Add", 0.5f);
	branch = onnx_builder_create(13);
	add_choice(branch, "same", "made", make_nested(depth - 1), make_branch("Mul", 7));
	return branch;
}

TEST(choices_within_choices_are_found_to_a_depth)
{
	struct onnx_builder *builder = start(CHANNELS);
	add_choice(builder, "same", "y", make_nested(2), make_branch("Mul", -3));
	check_like(builder, "Add", 0.5f);
	builder = start(CHANNELS);
	add_choice(builder, "same", "y", make_nested(9), make_branch("Mul", -3));
	check_refused(builder, "y", RV_UNSUPPORTED, "which cannot be computed");
}

TEST(a_choice_within_a_branch_reads_what_that_makes)
{
	struct onnx_builder *builder = start(CHANNELS), *around = onnx_builder_create(13);
	onnx_builder_node(around, "Identity", "t", "again");
	add_choice(around, "same", "made", make_branch_of("again", "Add", 0.5f),
	           make_branch("Mul", 7));
	add_choice(builder, "same", "y", around, make_branch("Mul", -3));
	check_like(builder, "Add", 0.5f);
}

/* A side of a picture of any size is not 1; whether it is 7 may be known for one picture alone. */
TEST(a_choice_by_the_pictures_size_is_made_where_that_is_sure)
{
	static const int64_t two = 2;
	struct onnx_builder *builder = start(CHANNELS);
	graph_model_add_shape(builder, "two", 1, &two);
	onnx_builder_node(builder, "Gather", "size two", "height");
	onnx_builder_node(builder, "Equal", "height one", "flat");
	add_choice(builder, "flat", "y", make_branch("Add", 0.25f), make_branch("Mul", -3));
	check_like(builder, "Mul", -3);

	builder = start(CHANNELS);
	graph_model_add_shape(builder, "two", 1, &two);
	onnx_builder_node(builder, "Gather", "size two", "height");
	onnx_builder_node(builder, "Sub", "height height", "nothing");
	onnx_builder_node(builder, "Equal", "nothing one", "flat");
	add_choice(builder, "flat", "y", make_branch("Add", 0.25f), make_branch("Mul", -3));
	check_refused(builder, "y", RV_UNSUPPORTED,
	              "which branch it takes depends on the picture's size");
}

TEST(choices_that_make_nothing_or_have_no_branch_are_refused)
{
	struct onnx_builder *builder = start(CHANNELS);
	onnx_builder_node(builder, "If", "same", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "only a choice between two values");
	builder = start(CHANNELS);
	onnx_builder_node(builder, "If", "t", "y");
	check_refused(builder, "y", RV_UNSUPPORTED, "is computed from the picture");
}

/* What PyTorch writes for expand: where a size is -1, the tensor's own. */
TEST(where_picks_numbers_from_two_lists)
{
	static const int64_t given[] = {0, 0, 1, 0};
	struct onnx_builder *builder = start(CHANNELS);
	static const int64_t pads[] = {0, 0, 2, 0};
	graph_model_add_shape(builder, "condition", 4, given);
	graph_model_add_shape(builder, "more", 4, pads);
	onnx_builder_node(builder, "Where", "condition more first", "end");
	onnx_builder_node(builder, "Concat", "end end", "pads");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Pad", "t pads", "y");
	struct built built = build(builder, "y", true);
	REQUIRE(built.graph);
	const struct window *window = &built.graph->nodes[2].window;
	CHECK(window->pad_top == 2 && window->pad_bottom == 2);
	CHECK(window->pad_left == 0 && window->pad_right == 0);
	built_release(&built);
}
