/* What the tests of graphs share: building one from a small model, and running it. */
#ifndef TESTS_SUPPORT_GRAPH_FIXTURE_H
#define TESTS_SUPPORT_GRAPH_FIXTURE_H

#include "engine/graph/graph.h"
#include "tests/support/graph_interpreter.h"
#include "tests/support/onnx_builder.h"

/* A graph and the model that it points into. */
struct built {
	struct onnx_model *model;
	struct graph *graph; /* NULL where building failed */
	rv_error error;
};

/* layers are separated by spaces. Destroys builder. */
struct built build(struct onnx_builder *builder, const char *layers, bool no_fuse);
/* The same from a model that stays the caller's; release with graph_destroy. */
struct graph *build_from(const struct onnx_model *model, const char *layers, bool no_fuse,
                         rv_error *error);
void built_release(struct built *built);

/* The test fails unless building layers fails like that, with words in the message. Destroys
 * builder. */
void check_refused(struct onnx_builder *builder, const char *layers, rv_status status,
                   const char *words);

/* A model with a picture x of 3 channels and any size. */
struct onnx_builder *graph_model_start(int opset);
/* Initializers: a float without dimensions; random weights [outputs][inputs][height][width], 4096
 * at most; a list of integers. */
void graph_model_add_scalar(struct onnx_builder *builder, const char *name, float value);
void graph_model_add_weights(struct onnx_builder *builder, const char *name, int outputs,
                             int inputs, int height, int width);
void graph_model_add_shape(struct onnx_builder *builder, const char *name, int count,
                           const int64_t *values);

/* Numbers in -1..1 that are the same on every machine; advances *state. */
double next_random(uint64_t *state);
void fill_random(float *values, size_t count, uint64_t seed);

/* Runs graph on a random picture of its channels. The test fails where that cannot be done, and
 * all is zero then. */
struct graph_values run_graph(const struct graph *graph, int height, int width, uint64_t seed);
/* The same of what may not have been built: the test has failed then. */
struct graph_values run_built(const struct built *built, int height, int width, uint64_t seed);

/* How many nodes of a kind the graph has. */
int count_kind(const struct graph *graph, enum operator_kind kind);

#endif
