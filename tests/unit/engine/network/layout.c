#include "engine/network/layout.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network/network.h"
#include "engine/operators/operator.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

/* A graph of a built model, laid out. */
struct fixture {
	struct onnx_model *model;
	struct graph *graph;
	struct layout *layout;
};

static void release(struct fixture *fixture)
{
	layout_destroy(&fixture->layout);
	graph_destroy(&fixture->graph);
	onnx_close(&fixture->model);
}

/* Parses what was built and lays out the part below layers. */
static bool lay_out(struct fixture *fixture, struct onnx_builder *builder, int height, int width,
                    int layer_count, const char *const *layers)
{
	struct graph_options options = {.no_fuse = false};
	rv_error error = {RV_OK, ""};
	bool done;

	memset(fixture, 0, sizeof(*fixture));
	fixture->model = onnx_builder_parse(builder, &error);
	onnx_builder_destroy(&builder);
	done = fixture->model &&
	       !graph_build(&fixture->graph, fixture->model, layers, layer_count, &options,
	                    &error) &&
	       !layout_create(&fixture->layout, fixture->graph, height, width, &error);
	if (!done) {
		test_failed(__FILE__, __LINE__, "%s", error.message);
		release(fixture);
	}
	return done;
}

/* A 3x3 convolution that keeps the size, and a Relu if relu is not NULL. */
static void convolution(struct onnx_builder *builder, const char *input, int inputs,
                        const char *output, int outputs, const char *relu)
{
	char weights[64], both[128];
	float *values = calloc((size_t)(outputs * inputs * 9), sizeof(*values));

	snprintf(weights, sizeof(weights), "%s_w", output);
	snprintf(both, sizeof(both), "%s %s", input, weights);
	onnx_builder_floats(builder, weights, 4, (int64_t[]){outputs, inputs, 3, 3}, values);
	onnx_builder_node(builder, "Conv", both, output);
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	if (relu)
		onnx_builder_node(builder, "Relu", output, relu);
	free(values);
}

static struct onnx_builder *start(void)
{
	struct onnx_builder *builder = onnx_builder_create(13);

	onnx_builder_picture(builder, "x", 3, 0, 0);
	return builder;
}

static int tensor_named(const struct graph *graph, const char *name)
{
	for (int i = 0; i < graph->tensor_count; i++)
		if (strcmp(graph->tensors[i].name, name) == 0)
			return i;
	return -1;
}

static const struct tensor_place *place_of(const struct fixture *fixture, const char *name)
{
	return &fixture->layout->places[tensor_named(fixture->graph, name)];
}

static void concat(struct onnx_builder *builder, const char *inputs, const char *output)
{
	onnx_builder_node(builder, "Concat", inputs, output);
	onnx_builder_int(builder, "axis", 1);
}

TEST(concatenated_tensors_lie_in_their_concatenation)
{
	struct onnx_builder *builder = start();
	struct fixture fixture;

	convolution(builder, "x", 3, "a", 32, "ra");
	convolution(builder, "ra", 32, "b", 16, "rb");
	convolution(builder, "ra", 32, "c", 20, "rc");
	concat(builder, "rb rc", "d");
	if (!lay_out(&fixture, builder, 8, 9, 1, (const char *[]){"d"}))
		return;
	CHECK(place_of(&fixture, "rb")->root == tensor_named(fixture.graph, "d"));
	CHECK(place_of(&fixture, "rc")->channel_offset == 16);
	CHECK(place_of(&fixture, "rc")->pixel_stride == 48);
	CHECK(place_of(&fixture, "rc")->activation == place_of(&fixture, "d")->activation + 16);
	CHECK(place_of(&fixture, "d")->masked);
	CHECK(place_of(&fixture, "d")->clamp.low == 0);
	release(&fixture);
}

/* Whoever writes the concatenation's gradient can only mask all of it. */
TEST(tensors_of_different_clamps_are_copied)
{
	struct onnx_builder *builder = start();
	struct fixture fixture;

	convolution(builder, "x", 3, "a", 16, "ra");
	convolution(builder, "ra", 16, "b", 16, "rb");
	convolution(builder, "ra", 16, "c", 16, NULL);
	concat(builder, "rb c", "d");
	if (!lay_out(&fixture, builder, 8, 8, 1, (const char *[]){"d"}))
		return;
	CHECK(place_of(&fixture, "rb")->root == tensor_named(fixture.graph, "rb"));
	CHECK(place_of(&fixture, "c")->root == tensor_named(fixture.graph, "c"));
	CHECK(!place_of(&fixture, "d")->masked);
	release(&fixture);
}

/* A wanted layer's gradient has a writer of its own. */
TEST(a_wanted_tensor_is_copied)
{
	struct onnx_builder *builder = start();
	struct fixture fixture;

	convolution(builder, "x", 3, "a", 16, "ra");
	convolution(builder, "ra", 16, "b", 16, "rb");
	convolution(builder, "ra", 16, "c", 16, "rc");
	concat(builder, "rb rc", "d");
	if (!lay_out(&fixture, builder, 8, 8, 2, (const char *[]){"d", "rb"}))
		return;
	CHECK(place_of(&fixture, "rb")->root == tensor_named(fixture.graph, "rb"));
	CHECK(place_of(&fixture, "rc")->root == tensor_named(fixture.graph, "d"));
	release(&fixture);
}

/* Elements [start, end) of a tensor's activation or gradient. */
static size_t end_of(const struct layout *layout, int tensor, size_t start)
{
	const struct extent *extent = &layout->extents[tensor];

	return start + (size_t)extent->height * (size_t)extent->width *
	                       (size_t)layout->places[tensor].pixel_stride;
}

static bool overlap(const struct layout *layout, int a, size_t a_start, int b, size_t b_start)
{
	return a_start < end_of(layout, b, b_start) && b_start < end_of(layout, a, a_start);
}

/* A node's inputs and outputs are alive together, forward and backward. */
TEST(what_one_operator_needs_does_not_overlap)
{
	struct onnx_builder *builder = start();
	struct fixture fixture;
	const struct layout *layout;

	convolution(builder, "x", 3, "a", 32, "ra");
	for (char name[2] = "b"; name[0] < 'k'; name[0]++) {
		char from[8], to[8];
		snprintf(from, sizeof(from), "r%c", name[0] - 1);
		snprintf(to, sizeof(to), "r%c", name[0]);
		convolution(builder, from, 32, name, 32, to);
	}
	if (!lay_out(&fixture, builder, 16, 16, 1, (const char *[]){"rj"}))
		return;
	layout = fixture.layout;
	for (int n = 1; n < fixture.graph->node_count; n++) {
		int in = fixture.graph->nodes[n].inputs[0];
		int out = fixture.graph->nodes[n].outputs[0];
		CHECK(!overlap(layout, in, layout->places[in].activation, out,
		               layout->places[out].activation));
		CHECK(!overlap(layout, in, layout->places[in].gradient, out,
		               layout->places[out].gradient));
		/* The mask of a gradient, where there is one, is read while it is written. */
		CHECK(!overlap(layout, in, layout->places[in].activation, in,
		               layout->places[in].gradient));
	}
	/* Activations are kept for their masks; of ten gradients only neighbours live together, and
	 * when one is made, the activations of the layers above it are not needed any more. */
	CHECK(layout->elements >= 10 * 16 * 16 * 32);
	CHECK(layout->elements < 13 * 16 * 16 * 32);
	release(&fixture);
}

TEST(a_picture_too_small_is_refused)
{
	struct onnx_builder *builder = start();
	struct fixture fixture;
	struct layout *small;
	rv_error error = {RV_OK, ""};

	convolution(builder, "x", 3, "a", 16, NULL);
	onnx_builder_node(builder, "MaxPool", "a", "p");
	onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){3, 3});
	if (!lay_out(&fixture, builder, 3, 3, 1, (const char *[]){"p"}))
		return;
	CHECK(layout_create(&small, fixture.graph, 2, 3, &error) == RV_INVALID);
	CHECK(strstr(error.message, "3x2"));
	CHECK(!small);
	release(&fixture);
}

/* Max pools keep an index for each element of their outputs, however short the outputs live. Nine
 * of them keep 9 * 2^28 bytes, which an int cannot number, while their tensors share room. */
TEST(indices_that_kernels_cannot_address_are_refused)
{
	const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
	enum { POOLS = sizeof(names) / sizeof(names[0]), SIDE = 4096 };
	struct onnx_builder *builder = start();
	struct fixture fixture;
	struct network *network = NULL;
	rv_error error = {RV_OK, ""};

	convolution(builder, "x", 3, "y", 16, NULL);
	for (int i = 0; i < POOLS; i++) {
		onnx_builder_node(builder, "MaxPool", i ? names[i - 1] : "y", names[i]);
		onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){3, 3});
		onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	}
	if (!lay_out(&fixture, builder, SIDE, SIDE, 1, &names[POOLS - 1]))
		return;
	CHECK(network_create(&network, fixture.graph, SIDE / 2, SIDE / 2, &error) == RV_OK);
	CHECK_MESSAGE(network && network->needs.saved_bytes == 9ull << 26, "%zu bytes",
	              network ? network->needs.saved_bytes : 0);
	network_destroy(&network);
	CHECK(network_create(&network, fixture.graph, SIDE, SIDE, &error) == RV_MEMORY);
	CHECK(!network && strstr(error.message, "4096x4096"));
	network_destroy(&network);
	release(&fixture);
}
