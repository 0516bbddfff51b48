#include "tests/support/graph_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

enum { LAYERS_MAX = 16 };

struct graph *build_from(const struct onnx_model *model, const char *layers, bool no_fuse,
                         rv_error *error)
{
	const char *names[LAYERS_MAX];
	char copy[256], *rest = NULL;
	int count = 0;
	struct graph *graph = NULL;
	struct graph_options options = {.no_fuse = no_fuse};
	snprintf(copy, sizeof(copy), "%s", layers);
	for (char *name = strtok_r(copy, " ", &rest); name && count < LAYERS_MAX;
	     name = strtok_r(NULL, " ", &rest))
		names[count++] = name;
	graph_build(&graph, model, names, count, &options, error);
	return graph;
}

struct built build(struct onnx_builder *builder, const char *layers, bool no_fuse)
{
	struct built built = {0};
	built.model = onnx_builder_parse(builder, &built.error);
	if (built.model)
		built.graph = build_from(built.model, layers, no_fuse, &built.error);
	CHECK_MESSAGE(built.graph, "layers \"%s\" were not built: %s", layers, built.error.message);
	onnx_builder_destroy(&builder);
	return built;
}

void built_release(struct built *built)
{
	graph_destroy(&built->graph);
	onnx_close(&built->model);
}

void check_refused(struct onnx_builder *builder, const char *layers, rv_status status,
                   const char *words)
{
	rv_error error = {RV_OK, ""};
	struct graph *graph = NULL;
	struct onnx_model *model = onnx_builder_parse(builder, &error);
	CHECK_MESSAGE(model, "the file itself was refused: %s", error.message);
	if (model)
		graph = build_from(model, layers, false, &error);
	CHECK_MESSAGE(!graph, "a model was accepted that should be refused for: %s", words);
	CHECK_MESSAGE(graph || error.status == status, "status %d instead of %d: %s", error.status,
	              status, error.message);
	CHECK_MESSAGE(graph || strstr(error.message, words), "\"%s\" is not in \"%s\"", words,
	              error.message);
	CHECK_MESSAGE(!strchr(error.message, '\n'), "%s", error.message);
	graph_destroy(&graph);
	onnx_close(&model);
	onnx_builder_destroy(&builder);
}

/* splitmix64 (Steele, Lea and Flood 2014). */
double next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (double)(z >> 11) * 0x1p-52 - 1;
}

void fill_random(float *values, size_t count, uint64_t seed)
{
	for (size_t i = 0; i < count; i++)
		values[i] = (float)next_random(&seed);
}

struct graph_values run_graph(const struct graph *graph, int height, int width, uint64_t seed)
{
	struct graph_values values = {0};
	rv_error error;
	size_t count = (size_t)graph->tensors[0].channels * (size_t)height * (size_t)width;
	double *picture = malloc(count * sizeof(*picture));
	for (size_t i = 0; picture && i < count; i++)
		picture[i] = next_random(&seed) * 2;
	bool done = picture && graph_interpret(graph, picture, height, width, &values, &error);
	CHECK_MESSAGE(done, "the graph did not run: %s", error.message);
	free(picture);
	return values;
}

struct graph_values run_built(const struct built *built, int height, int width, uint64_t seed)
{
	return built->graph ? run_graph(built->graph, height, width, seed)
	                    : (struct graph_values){0};
}

int count_kind(const struct graph *graph, enum operator_kind kind)
{
	int count = 0;
	for (int i = 0; i < graph->node_count; i++)
		count += graph->nodes[i].kind == kind;
	return count;
}

/* A model with a free-sized picture x of 3 channels. */
struct onnx_builder *graph_model_start(int opset)
{
	struct onnx_builder *builder = onnx_builder_create(opset);
	onnx_builder_picture(builder, "x", 3, 0, 0);
	return builder;
}

void graph_model_add_scalar(struct onnx_builder *builder, const char *name, float value)
{
	onnx_builder_floats(builder, name, 0, NULL, &value);
}

/* Random weights [outputs][inputs][height][width]. */
void graph_model_add_weights(struct onnx_builder *builder, const char *name, int outputs,
                             int inputs, int height, int width)
{
	static float values[4096];
	const int64_t dims[] = {outputs, inputs, height, width};
	fill_random(values, (size_t)(outputs * inputs * height * width), 7);
	onnx_builder_floats(builder, name, 4, dims, values);
}

void graph_model_add_shape(struct onnx_builder *builder, const char *name, int count,
                           const int64_t *values)
{
	const int64_t dims[] = {count};
	onnx_builder_integers(builder, name, 1, dims, values);
}
