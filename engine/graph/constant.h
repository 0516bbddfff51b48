/* Constants that are computed while the graph is built; they live as long as the graph. */
#ifndef ENGINE_GRAPH_CONSTANT_H
#define ENGINE_GRAPH_CONSTANT_H

#include "engine/graph/translate.h"

/* An input that is a constant of floats or of integers. */
rv_status constant_input_any(const struct builder *builder, const struct onnx_node *node, int index,
                             const struct onnx_tensor **constant, rv_error *error);

/* Writes a constant of that rank and those dimensions; its values are *floats or *integers,
 * whichever is not NULL, for the caller to fill. */
rv_status constant_make(struct builder *builder, int rank, const int64_t *dims, float **floats,
                        int64_t **integers, struct onnx_tensor **constant, rv_error *error);

/* A constant of the type of source, whose values are moved there one by one. */
struct moved {
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	float *floats; /* of made; the other is NULL */
	int64_t *integers;
};
rv_status constant_make_alike(struct builder *builder, const struct onnx_tensor *source, int rank,
                              const int64_t *dims, struct moved *moved, rv_error *error);
void constant_move_value(struct moved *moved, size_t to, size_t from);

#endif
