/* Damaged files: whatever happens to the bytes of a model, reading it and building every layer ends
 * with a graph or with one clean line, and never with more memory than the file explains. Run under
 * SANITIZE=address,undefined this is the reader's fuzz test; seeds are fixed. */
#include "tests/support/damage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph/graph.h"
#include "engine/onnx/onnx.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

/* How often the small model is damaged; raise it to look for more. */
#ifndef SMALL_TIMES
#define SMALL_TIMES 10000
#endif

static struct damage_file read_file(const char *path)
{
	struct damage_file file = {NULL, 0};
	FILE *stream = fopen(path, "rb");
	if (!stream)
		return file;
	fseek(stream, 0, SEEK_END);
	long size = ftell(stream);
	rewind(stream);
	file.bytes = size > 0 ? malloc((size_t)size) : NULL;
	if (file.bytes && fread(file.bytes, 1, (size_t)size, stream) == (size_t)size)
		file.size = (size_t)size;
	fclose(stream);
	return file;
}

/* pads: 1 on the left and the right, through operators on lists of integers. */
static void add_pad_chain(struct onnx_builder *builder)
{
	static const int64_t given[] = {1, 1}, six[] = {6}, pairs[] = {-1, 2}, flat[] = {-1},
			     last[] = {-1}, end[] = {-INT64_MAX}, axis[] = {0}, one[] = {1},
			     two[] = {2};
	onnx_builder_integers(builder, "given", 1, two, given);
	onnx_builder_integers(builder, "six", 1, one, six);
	onnx_builder_integers(builder, "pairs", 1, two, pairs);
	onnx_builder_integers(builder, "flat", 1, one, flat);
	onnx_builder_integers(builder, "last", 1, one, last);
	onnx_builder_integers(builder, "end", 1, one, end);
	onnx_builder_integers(builder, "axis", 1, one, axis);
	onnx_builder_node(builder, "ConstantOfShape", "six", "zeros");
	onnx_builder_tensor(builder, "value", 1, one, axis);
	onnx_builder_node(builder, "Concat", "given zeros", "all");
	onnx_builder_int(builder, "axis", 0);
	onnx_builder_node(builder, "Reshape", "all pairs", "paired");
	onnx_builder_node(builder, "Slice", "paired last end axis last", "reversed");
	onnx_builder_node(builder, "Transpose", "reversed", "turned");
	onnx_builder_node(builder, "Reshape", "turned flat", "pads");
}

/* From x, pads, w, b and v to l, in several steps. */
static void add_convolution(struct onnx_builder *builder)
{
	static const int64_t pair[] = {2, 2};
	onnx_builder_node(builder, "Pad", "x pads", "padded");
	onnx_builder_node(builder, "Conv", "padded w b", "c");
	onnx_builder_ints(builder, "strides", 2, pair);
	onnx_builder_text(builder, "auto_pad", "NOTSET");
	onnx_builder_node(builder, "BatchNormalization", "c b b b v", "n");
	onnx_builder_float(builder, "epsilon", 0.5f);
	onnx_builder_node(builder, "Relu", "n", "r");
	onnx_builder_node(builder, "LRN", "r", "l");
	onnx_builder_int(builder, "size", 3);
}

/* A bit of everything that the reader knows. */
static struct damage_file varied_model(void)
{
	static const float values[64] = {0.5f, 1, -1, 2};
	static const int64_t weights[] = {4, 3, 2, 2}, matrix[] = {4, 2}, four[] = {4},
			     pair[] = {2, 2}, shape[] = {0, -1}, two[] = {2}, sides[] = {2, 3};
	struct damage_file file;
	struct onnx_builder *builder = onnx_builder_create(13);
	onnx_builder_picture(builder, "x", 3, 16, 16);
	onnx_builder_metadata(builder, "reverie.input", "unit");
	onnx_builder_floats(builder, "w", 4, weights, values);
	onnx_builder_floats(builder, "b", 1, four, values);
	onnx_builder_floats(builder, "v", 1, four, (const float[]){1, 2, 3, 4});
	onnx_builder_floats(builder, "m", 2, matrix, values);
	onnx_builder_integers(builder, "shape", 1, two, shape);
	add_pad_chain(builder);
	add_convolution(builder);
	onnx_builder_node(builder, "MaxPool", "l", "p");
	onnx_builder_ints(builder, "kernel_shape", 2, pair);
	onnx_builder_node(builder, "AveragePool", "l", "a");
	onnx_builder_ints(builder, "kernel_shape", 2, pair);
	onnx_builder_node(builder, "Sub", "p a", "s");
	onnx_builder_node(builder, "Mul", "s b_", "u");
	onnx_builder_floats(builder, "b_", 3, (const int64_t[]){4, 1, 1}, values);
	onnx_builder_node(builder, "Concat", "u s", "j");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "ReduceMean", "u", "g");
	onnx_builder_ints(builder, "axes", 2, sides);
	onnx_builder_node(builder, "Shape", "g", "size");
	onnx_builder_node(builder, "Reshape", "g shape", "f");
	onnx_builder_node(builder, "Gemm", "f m", "d");
	onnx_builder_node(builder, "Softmax", "d", "y");
	file.bytes = onnx_builder_pack(builder, &file.size);
	onnx_builder_destroy(&builder);
	return file;
}

static void add_shuffle(struct onnx_builder *builder, const char *input, const char *output)
{
	static const int64_t groups[] = {1, 2, 4, -1, -1}, whole[] = {1, 8, -1, -1},
			     order[] = {0, 2, 1, 3, 4}, five[] = {5}, four[] = {4};
	char reshape[64];
	snprintf(reshape, sizeof(reshape), "%s groups", input);
	onnx_builder_integers(builder, "groups", 1, five, groups);
	onnx_builder_integers(builder, "whole", 1, four, whole);
	onnx_builder_node(builder, "Reshape", reshape, "grouped");
	onnx_builder_node(builder, "Transpose", "grouped", "exchanged");
	onnx_builder_ints(builder, "perm", 5, order);
	onnx_builder_node(builder, "Reshape", "exchanged whole", output);
}

/* A normalisation in small operators, and one that is an operator, on channels that come last. */
static void add_norms(struct onnx_builder *builder, const char *input, const char *output)
{
	static const int64_t last[] = {0, 2, 3, 1}, first[] = {0, 3, 1, 2}, axis[] = {3};
	static const float epsilon = 0.5f;
	onnx_builder_floats(builder, "epsilon", 0, NULL, &epsilon);
	onnx_builder_node(builder, "Transpose", input, "last");
	onnx_builder_ints(builder, "perm", 4, last);
	onnx_builder_node(builder, "ReduceMean", "last", "mean");
	onnx_builder_ints(builder, "axes", 1, axis);
	onnx_builder_node(builder, "Sub", "last mean", "centred");
	onnx_builder_node(builder, "Mul", "centred centred", "squared");
	onnx_builder_node(builder, "ReduceMean", "squared", "variance");
	onnx_builder_ints(builder, "axes", 1, axis);
	onnx_builder_node(builder, "Add", "variance epsilon", "raised");
	onnx_builder_node(builder, "Sqrt", "raised", "deviation");
	onnx_builder_node(builder, "Div", "centred deviation", "normal");
	onnx_builder_node(builder, "LayerNormalization", "normal b8 b8", "layered");
	onnx_builder_node(builder, "Transpose", "layered", "back");
	onnx_builder_ints(builder, "perm", 4, first);
	onnx_builder_node(builder, "InstanceNormalization", "back b8 b8", output);
}

/* The operators of newer networks. */
static struct damage_file newer_model(void)
{
	static const float values[96] = {0.5f, 1, -1, 2}, scales[] = {1, 1, 2, 1.5f};
	static const int64_t weights[] = {3, 8, 2, 2}, eight[] = {8}, pair[] = {2, 2},
			     pads[] = {0, 0, 1, 2, 0, 0, 0, 1}, parts[] = {3, 5}, four[] = {4};
	struct damage_file file;
	struct onnx_builder *builder = onnx_builder_create(17);
	onnx_builder_picture(builder, "x", 3, 16, 16);
	onnx_builder_floats(builder, "w", 4, weights, values);
	onnx_builder_floats(builder, "b8", 1, eight, values);
	onnx_builder_floats(builder, "scales", 1, four, scales);
	onnx_builder_integers(builder, "pads", 1, eight, pads);
	onnx_builder_integers(builder, "parts", 1, (const int64_t[]){2}, parts);
	onnx_builder_node(builder, "ConvTranspose", "x w b8", "c");
	onnx_builder_ints(builder, "strides", 2, pair);
	onnx_builder_node(builder, "Pad", "c pads", "p");
	onnx_builder_text(builder, "mode", "reflect");
	add_shuffle(builder, "p", "s");
	add_norms(builder, "s", "n");
	onnx_builder_node(builder, "Split", "n parts", "l r");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "Concat", "r l", "j");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "Max", "j n", "m");
	onnx_builder_node(builder, "Mean", "m j n", "e");
	onnx_builder_node(builder, "Resize", "e - scales", "z");
	onnx_builder_text(builder, "mode", "linear");
	onnx_builder_node(builder, "DepthToSpace", "z", "d");
	onnx_builder_int(builder, "blocksize", 2);
	onnx_builder_node(builder, "Elu", "d", "u");
	onnx_builder_node(builder, "GlobalMaxPool", "u", "y");
	file.bytes = onnx_builder_pack(builder, &file.size);
	onnx_builder_destroy(&builder);
	return file;
}

/* Else damage would be tried on a model that is refused at once. */
static void check_sound(const struct damage_file *file)
{
	struct onnx_model *model = NULL;
	struct graph *graph = NULL;
	const char *layers[] = {"y", "j"};
	rv_error error = {RV_OK, ""};
	if (!onnx_parse(&model, file->bytes, file->size, &error))
		graph_build(&graph, model, layers, 2, NULL, &error);
	CHECK_MESSAGE(graph, "%s", error.message);
	graph_destroy(&graph);
	onnx_close(&model);
}

TEST(damaged_small_models_are_refused_or_run)
{
	struct damage_file file = varied_model();
	check_sound(&file);
	damage_try(&file, onnx_parse, file.size, SMALL_TIMES, 5, 1);
	free(file.bytes);
}

TEST(damaged_newer_models_are_refused_or_run)
{
	struct damage_file file = newer_model();
	check_sound(&file);
	damage_try(&file, onnx_parse, file.size, SMALL_TIMES, 5, 4);
	free(file.bytes);
}

TEST(truncated_small_models_are_refused)
{
	struct damage_file file = varied_model();
	for (size_t size = 0; size < file.size; size++) {
		unsigned char *exact = malloc(size ? size : 1);
		REQUIRE(exact);
		memcpy(exact, file.bytes, size);
		damage_try_bytes(exact, size, onnx_parse, 3);
		free(exact);
	}
	free(file.bytes);
}

TEST(random_bytes_are_refused)
{
	uint64_t state = 9;
	for (int i = 0; i < 3000; i++) {
		unsigned char bytes[256];
		size_t size = 1 + damage_number(&state, sizeof(bytes) - 1);
		for (size_t j = 0; j < size; j++)
			bytes[j] = (unsigned char)damage_number(&state, 256);
		damage_try_bytes(bytes, size, onnx_parse, 1);
	}
}

/* The nodes of this file lie at its beginning, the weights behind. */
TEST(damaged_squeezenet_is_refused_or_runs)
{
	const char *path = test_data("nets/SqueezeNet_fp16.onnx");
	if (!path)
		SKIP("nets/SqueezeNet_fp16.onnx is not there");
	struct damage_file file = read_file(path);
	REQUIRE(file.bytes && file.size);
	damage_try(&file, onnx_parse, 10000, 60, 200, 2);
	damage_try(&file, onnx_parse, file.size, 20, 200, 3);
	for (size_t part = 1; part < 20; part++)
		damage_try_bytes(file.bytes, file.size * part / 20, onnx_parse, 200);
	free(file.bytes);
}
