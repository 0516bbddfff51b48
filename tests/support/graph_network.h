/* Layers of small networks for tests of the passes, and comparing what two graphs compute. */
#ifndef TESTS_SUPPORT_GRAPH_NETWORK_H
#define TESTS_SUPPORT_GRAPH_NETWORK_H

#include "tests/support/graph_fixture.h"

/* An initializer of 4096 numbers at most. */
void graph_network_add_random(struct onnx_builder *builder, const char *name, int rank,
                              const int64_t *dims, uint64_t seed);
/* A square convolution with bias; its weights are called after its output. */
void graph_network_add_convolution(struct onnx_builder *builder, const char *input,
                                   const char *output, int inputs, int outputs, int size, int pad);
/* channels: at most 64. */
void graph_network_add_batch_norm(struct onnx_builder *builder, const char *input,
                                  const char *output, int channels);
/* 3x3, keeping the size. */
void graph_network_add_average_pool(struct onnx_builder *builder, const char *input,
                                    const char *output, bool include_pads);

/* ||a - b|| / ||b|| of one tensor of each graph. */
double graph_network_difference(const struct graph *a, int tensor_a, const struct graph *b,
                                int tensor_b);
/* The test fails unless y of both is the same to a relative difference below `most`. Destroys them,
 * and gives what builder became. */
struct built graph_network_check_equal(struct onnx_builder *builder, struct onnx_builder *expected,
                                       bool no_fuse, double most);
/* The test fails unless every node reads what earlier nodes make, and tensors know their makers. */
void graph_network_check_order(const struct graph *graph);

#endif
