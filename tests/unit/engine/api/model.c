/* Models through the public interface: opening, layers, input formats, suggestions. */
#include "engine/api/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/graph/graph.h"
#include "engine/reverie.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

/* Writes builder's model to a file, opens it and removes the file. Destroys builder. */
static rv_status open_built(rv_model **model, struct onnx_builder *builder,
                            const char *input_format, rv_error *error)
{
	char path[] = "/tmp/reverie-test-model-XXXXXX";
	int file = mkstemp(path);
	bool written = file >= 0 && onnx_builder_write(builder, path);
	CHECK(written);
	onnx_builder_destroy(&builder);
	*model = NULL;
	rv_status status = rv_model_open(model, path, input_format, error);
	CHECK_MESSAGE(!status == (*model != NULL), "status %d", status);
	if (status)
		CHECK_MESSAGE(!strncmp(error->message, path, strlen(path)), "%s", error->message);
	if (file >= 0)
		close(file);
	unlink(path);
	return status;
}

/* x -> stem (stride 2) -> mixed0 .. mixed8 (Concat) -> pool -> odd (an unknown operator) -> top. */
static struct onnx_builder *tower(void)
{
	static const float weights[2 * 3] = {0};
	static const int64_t dims[] = {2, 3, 1, 1}, strides[] = {2, 2};
	char names[64], output[16] = "stem";
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_floats(builder, "w", 4, dims, weights);
	onnx_builder_node(builder, "Conv", "x w", "stem");
	onnx_builder_node_name(builder, "first/convolution");
	onnx_builder_ints(builder, "strides", 2, strides);
	for (int i = 0; i < 9; i++) {
		snprintf(names, sizeof(names), "%s stem", output);
		snprintf(output, sizeof(output), "mixed%d", i);
		onnx_builder_node(builder, "Concat", names, output);
		onnx_builder_int(builder, "axis", 1);
	}
	onnx_builder_node(builder, "GlobalAveragePool", output, "pool");
	onnx_builder_node(builder, "Shape", output, "size");
	onnx_builder_node(builder, "Einsum", "pool", "odd");
	onnx_builder_node(builder, "Relu", "odd", "top");
	return builder;
}

static void check_layer(const rv_model *model, const char *name, const char *operator_name,
                        int channels, int stride, bool supported)
{
	int index = -1;
	rv_error error = {RV_OK, ""};
	CHECK_MESSAGE(!rv_model_find_layer(model, name, &index, &error), "%s", error.message);
	const rv_layer_info *layer = rv_model_layer(model, index);
	if (!layer)
		return;
	CHECK_MESSAGE(!strcmp(layer->operator_name, operator_name), "%s", layer->operator_name);
	CHECK_MESSAGE(layer->channels == channels && layer->stride == stride &&
	                      layer->supported == supported,
	              "%s: channels %d stride %d supported %d", name, layer->channels,
	              layer->stride, layer->supported);
}

TEST(model_lists_layers)
{
	rv_model *model;
	rv_error error;
	REQUIRE(!open_built(&model, tower(), "unit", &error));
	CHECK(rv_model_layer_count(model) == 13);
	CHECK(!strcmp(rv_model_layer(model, 0)->name, "stem"));
	CHECK(!rv_model_layer(model, -1) && !rv_model_layer(model, 13));
	check_layer(model, "stem", "Conv", 2, 2, true);
	check_layer(model, "first/convolution", "Conv", 2, 2, true);
	check_layer(model, "mixed8", "Concat", 20, 2, true);
	check_layer(model, "pool", "GlobalAveragePool", 20, 0, true);
	check_layer(model, "odd", "Einsum", 0, 0, false);
	check_layer(model, "top", "Relu", 0, 0, false);
	CHECK_MESSAGE(!strcmp(rv_model_default_layer(model), "mixed5"), "%s",
	              rv_model_default_layer(model));
	rv_model_close(&model);
	CHECK(!model);
	rv_model_close(&model);
}

TEST(model_takes_the_default_layer_from_metadata)
{
	static const char *const given[] = {"mixed2", "no such layer", "top"};
	static const char *const used[] = {"mixed2", "mixed5", "mixed5"};
	for (int i = 0; i < 3; i++) {
		rv_model *model;
		rv_error error;
		struct onnx_builder *builder = tower();
		onnx_builder_metadata(builder, "reverie.default_layer", given[i]);
		REQUIRE(!open_built(&model, builder, "unit", &error));
		CHECK(!strcmp(rv_model_default_layer(model), used[i]));
		rv_model_close(&model);
	}
}

/* Params have no room for the name, so that a dream of it would be one of no layer. */
TEST(a_layer_with_too_long_a_name_is_no_default)
{
	static const float weights[2 * 3] = {0};
	char name[RV_LAYER_NAME_LENGTH + 1];
	rv_error error;
	rv_model *model;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int named = 0; named <= 1; named++) {
		struct onnx_builder *builder = onnx_builder_create(13);
		onnx_builder_picture(builder, "x", 3, 0, 0);
		onnx_builder_floats(builder, "w", 4, (int64_t[]){2, 3, 1, 1}, weights);
		onnx_builder_node(builder, "Conv", "x w", name);
		onnx_builder_node(builder, "Relu", name, "short");
		if (named)
			onnx_builder_metadata(builder, "reverie.default_layer", name);
		REQUIRE(!open_built(&model, builder, NULL, &error));
		CHECK_MESSAGE(!strcmp(rv_model_default_layer(model), "short"), "%s",
		              rv_model_default_layer(model));
		rv_model_close(&model);
	}
}

TEST(model_suggests_names_of_layers)
{
	static const struct {
		const char *name, *words;
	} cases[] = {
		{"mixd7", "did you mean mixed7, mixed6, mixed8?"},
		{"Stem", "did you mean stem?"},
		{"convolution", "no layer \"convolution\" in"},
		{"global_pool_layer", "did you mean pool?"},
		{"", "no layer \"\" in"},
	};
	rv_model *model;
	rv_error error;
	int index = 12345;
	REQUIRE(!open_built(&model, tower(), "unit", &error));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(rv_model_find_layer(model, cases[i].name, &index, &error) == RV_NOT_FOUND);
		CHECK_MESSAGE(strstr(error.message, cases[i].words), "%s", error.message);
		CHECK_MESSAGE(strstr(error.message, rv_model_path(model)), "%s", error.message);
	}
	CHECK(index == 12345);
	rv_model_close(&model);
}

/* ---- input formats ---- */

TEST(model_knows_input_formats)
{
	static const struct {
		const char *name;
		bool bgr;
		float black, white; /* what channel 0 of these pictures becomes */
	} cases[] = {
		{"caffe-bgr", true, -104, 151},
		{"imagenet", false, -123.675f / 58.395f, (255 - 123.675f) / 58.395f},
		{"unit", false, 0, 1},
		{"signed", false, -1, 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rv_model *model;
		rv_error error;
		REQUIRE(!open_built(&model, tower(), cases[i].name, &error));
		const rv_input_format *format = rv_model_input_format(model);
		CHECK(!strcmp(format->name, cases[i].name));
		CHECK(format->bgr == cases[i].bgr);
		CHECK(fabsf((0 - format->mean[0]) * format->scale[0] - cases[i].black) < 1e-5f);
		CHECK(fabsf((255 - format->mean[0]) * format->scale[0] - cases[i].white) < 1e-5f);
		rv_model_close(&model);
	}
}

TEST(model_reads_the_input_format_from_metadata)
{
	rv_model *model;
	rv_error error;
	struct onnx_builder *builder = tower();
	onnx_builder_metadata(builder, "reverie.input", "signed");
	REQUIRE(!open_built(&model, builder, NULL, &error));
	CHECK(!strcmp(rv_model_input_format(model)->name, "file"));
	CHECK(rv_model_input_format(model)->mean[2] == 127.5f);
	rv_model_close(&model);

	builder = tower();
	onnx_builder_metadata(builder, "reverie.input", "signed");
	REQUIRE(!open_built(&model, builder, "unit", &error));
	CHECK(!strcmp(rv_model_input_format(model)->name, "unit"));
	rv_model_close(&model);

	builder = tower();
	onnx_builder_metadata(builder, "Image.BitmapPixelFormat", "Bgr8");
	onnx_builder_metadata(builder, "Image.NominalPixelRange", "Normalized_0_1");
	REQUIRE(!open_built(&model, builder, "", &error));
	CHECK(rv_model_input_format(model)->bgr);
	CHECK(fabsf(rv_model_input_format(model)->scale[1] * 255 - 1) < 1e-6f);
	rv_model_close(&model);
}

TEST(what_a_file_does_not_say_is_guessed)
{
	rv_model *model;
	rv_error error;
	REQUIRE(open_built(&model, tower(), NULL, &error) == RV_OK);
	CHECK(!strcmp(rv_model_input_format(model)->name, "guess"));
	CHECK(!rv_model_input_format(model)->bgr);
	CHECK(fabsf(rv_model_input_format(model)->mean[0] - 123.675f) < 1e-3f);
	rv_model_close(&model);
}

TEST(what_is_known_of_a_network_can_be_told)
{
	rv_model *model;
	rv_error error;
	REQUIRE(open_built(&model, tower(), NULL, &error) == RV_OK);
	const char *other = rv_model_layer(model, 0)->name;
	REQUIRE(strcmp(other, rv_model_default_layer(model)) != 0);
	CHECK(rv_model_set_defaults(model, "caffe-bgr", other, &error) == RV_OK);
	CHECK(!strcmp(rv_model_input_format(model)->name, "caffe-bgr"));
	CHECK(!strcmp(rv_model_default_layer(model), other));
	CHECK(rv_model_set_defaults(model, "caffe", NULL, &error) == RV_INVALID);
	CHECK(rv_model_set_defaults(model, NULL, "no such", &error) == RV_NOT_FOUND);
	CHECK(!strcmp(rv_model_default_layer(model), other));
	rv_model_close(&model);
}

TEST(an_unknown_input_format_is_refused)
{
	rv_model *model;
	rv_error error;
	CHECK(open_built(&model, tower(), "caffe", &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "no input format \"caffe\"; there is caffe-bgr"), "%s",
	              error.message);
	struct onnx_builder *builder = tower();
	onnx_builder_metadata(builder, "reverie.input", "upside-down");
	CHECK(open_built(&model, builder, NULL, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, "unknown input format \"upside-down\""), "%s",
	              error.message);
}

/* ---- models that cannot be used ---- */

TEST(model_without_any_layer_says_why)
{
	rv_model *model;
	rv_error error;
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	onnx_builder_node(builder, "Einsum", "x", "y");
	onnx_builder_node_name(builder, "odd one");
	CHECK(open_built(&model, builder, "unit", &error) == RV_UNSUPPORTED);
	CHECK_MESSAGE(strstr(error.message, "node \"odd one\" (Einsum): Reverie cannot run this"),
	              "%s", error.message);

	builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	CHECK(open_built(&model, builder, "unit", &error) == RV_CORRUPT);

	builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 4, 0, 0);
	onnx_builder_node(builder, "Relu", "x", "y");
	CHECK(open_built(&model, builder, "unit", &error) == RV_UNSUPPORTED);
	CHECK_MESSAGE(strstr(error.message, "has 4 channels"), "%s", error.message);

	builder = onnx_builder_create(13);
	onnx_builder_input(builder, "x", 2, (const int64_t[]){1, 3});
	onnx_builder_node(builder, "Relu", "x", "y");
	CHECK(open_built(&model, builder, "unit", &error) == RV_UNSUPPORTED);
	CHECK_MESSAGE(strstr(error.message, "no input of four dimensions"), "%s", error.message);
}

TEST(model_refuses_other_files)
{
	rv_model *model = NULL;
	rv_error error;
	CHECK(rv_model_open(&model, "/no/such/model.onnx", "unit", &error) == RV_NOT_FOUND);
	CHECK(!strcmp(error.message, "/no/such/model.onnx: No such file or directory"));
	CHECK(rv_model_open(&model, "/tmp", "unit", &error) == RV_INVALID);
	CHECK(!model);
}

/* ---- real networks ---- */

static rv_model *open_real(const char *name, const char *input_format)
{
	rv_model *model = NULL;
	rv_error error;
	const char *path = test_data(name);
	if (path && rv_model_open(&model, path, input_format, &error))
		CHECK_MESSAGE(false, "%s", error.message);
	return model;
}

/* The size of a layer's tensor for a picture of 224 x 224. */
static void check_real_layer(const rv_model *model, const char *layer, int channels, int side)
{
	rv_error error;
	struct graph *graph;
	if (graph_build(&graph, model_onnx(model), &layer, 1, NULL, &error)) {
		CHECK_MESSAGE(false, "%s", error.message);
		return;
	}
	struct extent *extents = calloc((size_t)graph->tensor_count, sizeof(*extents));
	CHECK(extents && !graph_infer(graph, 224, 224, extents, &error));
	int tensor = graph->wanted[0];
	CHECK_MESSAGE(extents && graph->tensors[tensor].channels == channels &&
	                      extents[tensor].height == side && extents[tensor].width == side,
	              "%s is not %dx%dx%d", layer, channels, side, side);
	free(extents);
	graph_destroy(&graph);
}

TEST(model_opens_googlenet)
{
	if (!test_data("nets/bvlc_googlenet.onnx"))
		SKIP("nets/bvlc_googlenet.onnx is not there");
	rv_model *model = open_real("nets/bvlc_googlenet.onnx", "caffe-bgr");
	REQUIRE(model);
	check_layer(model, "inception_4c/output", "Concat", 512, 16, true);
	check_layer(model, "prob", "Softmax", 1000, 0, true);
	check_real_layer(model, "inception_4c/output", 512, 14);
	check_real_layer(model, "pool2/3x3_s2", 192, 28);
	check_real_layer(model, "prob", 1000, 1);
	rv_model_close(&model);
}

TEST(model_opens_squeezenet_in_half_precision)
{
	if (!test_data("nets/SqueezeNet_fp16.onnx"))
		SKIP("nets/SqueezeNet_fp16.onnx is not there");
	rv_model *model = open_real("nets/SqueezeNet_fp16.onnx", "caffe-bgr");
	REQUIRE(model);
	check_layer(model, "fire4/concat_1", "Concat", 256, 8, true);
	check_real_layer(model, "fire9/concat_1", 512, 13);
	check_real_layer(model, "softmaxout_1", 1000, 1);
	rv_model_close(&model);
}
