/* Makes small ONNX files in memory, for tests. Functions abort where memory runs out.
 *
 *     struct onnx_builder *builder = onnx_builder_create(13);
 *     onnx_builder_picture(builder, "x", 3, 0, 0);
 *     onnx_builder_floats(builder, "w", 4, (int64_t[]){8, 3, 1, 1}, weights);
 *     onnx_builder_node(builder, "Conv", "x w", "y");
 *     onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
 *     struct onnx_model *model = onnx_builder_parse(builder, &error);
 */
#ifndef TESTS_SUPPORT_ONNX_BUILDER_H
#define TESTS_SUPPORT_ONNX_BUILDER_H

#include "engine/onnx/onnx.h"

struct onnx_builder;
struct Onnx__TensorProto;

/* opset 0: the file does not say. */
struct onnx_builder *onnx_builder_create(int opset);
/* Accepts NULL; clears the pointer. */
void onnx_builder_destroy(struct onnx_builder **builder);

/* An input [1][channels][height][width]; 0 leaves a dimension free. */
void onnx_builder_picture(struct onnx_builder *builder, const char *name, int channels, int height,
                          int width);
void onnx_builder_input(struct onnx_builder *builder, const char *name, int rank,
                        const int64_t *dims);
void onnx_builder_metadata(struct onnx_builder *builder, const char *key, const char *value);

/* A node without a name; inputs and outputs are separated by spaces, "-" is one left out. */
void onnx_builder_node(struct onnx_builder *builder, const char *operator_name, const char *inputs,
                       const char *outputs);

/* Of the newest node. */
void onnx_builder_node_name(struct onnx_builder *builder, const char *name);
void onnx_builder_node_domain(struct onnx_builder *builder, const char *domain);
void onnx_builder_node_metadata(struct onnx_builder *builder, const char *key, const char *value);
void onnx_builder_int(struct onnx_builder *builder, const char *name, int64_t value);
void onnx_builder_float(struct onnx_builder *builder, const char *name, float value);
void onnx_builder_text(struct onnx_builder *builder, const char *name, const char *value);
void onnx_builder_ints(struct onnx_builder *builder, const char *name, int count,
                       const int64_t *values);
/* A graph that makes output. */
void onnx_builder_branch(struct onnx_builder *builder, const char *name,
                         const struct onnx_builder *branch, const char *output);
void onnx_builder_tensor(struct onnx_builder *builder, const char *name, int rank,
                         const int64_t *dims, const int64_t *values);

/* Initializers, as raw data. */
void onnx_builder_floats(struct onnx_builder *builder, const char *name, int rank,
                         const int64_t *dims, const float *values);
void onnx_builder_integers(struct onnx_builder *builder, const char *name, int rank,
                           const int64_t *dims, const int64_t *values);
/* An initializer of that ONNX type with raw data of any size, sound or not. */
struct Onnx__TensorProto *onnx_builder_raw(struct onnx_builder *builder, const char *name, int type,
                                           int rank, const int64_t *dims, const void *data,
                                           size_t size);

/* Adds output = Relu(Conv(input)), of 3x3 windows that keep the size. values
 * [outputs][inputs][3][3] are the weights, which are called OUTPUT_weights. */
void onnx_builder_block(struct onnx_builder *builder, const char *input, int inputs,
                        const char *output, int outputs, const float *values);

/* The file as it would be written, to be freed by the caller. */
void *onnx_builder_pack(const struct onnx_builder *builder, size_t *size);
/* Packs and parses it; NULL, with error filled, where that fails. */
struct onnx_model *onnx_builder_parse(const struct onnx_builder *builder, rv_error *error);
/* Packs and writes it; false where that fails. */
bool onnx_builder_write(const struct onnx_builder *builder, const char *path);
/* Writes the smallest network that can be dreamed of, for tests that care for what goes on around
 * it: one block, "layer", of four channels that are all alike. False where that fails. */
bool onnx_builder_write_smallest(const char *path);

#endif
