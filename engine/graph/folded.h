/* Channels in groups that are weighed against each other or looked at side by side: the attention
 * of ECA and SK networks. */
#ifndef ENGINE_GRAPH_FOLDED_H
#define ENGINE_GRAPH_FOLDED_H

#include "engine/graph/translate.h"

/* Whether a value's groups of channels are only that: in a Reshape to [1][groups][channels /
 * groups] with pixels behind, or without. */
bool folded_is_stack(const struct value *value);

/* Each sets the output where the node is one of these; else it does nothing and returns false. */

/* To or from [1][groups][channels / groups], with axes of 1 behind. */
bool folded_reshape(struct builder *builder, const struct onnx_node *node,
                    const struct value *input, const int64_t *dims, size_t rank);
/* [1][channels][1] to [1][1][channels], and back. */
bool folded_transpose(struct builder *builder, const struct onnx_node *node,
                      const struct value *input, const int64_t *axes, size_t count);
/* An axis of groups, or one of 1 behind all. */
bool folded_unsqueeze(struct builder *builder, const struct onnx_node *node,
                      const struct value *input, const int64_t *axes, size_t count);

/* ---- operators of stacks ---- */

/* Convolution in one dimension over the channels of a single pixel. */
rv_status folded_convolve(struct builder *builder, const struct onnx_node *node,
                          const struct value *input, rv_error *error);
/* Stacks one behind the other. */
rv_status folded_concat(struct builder *builder, const struct onnx_node *node, rv_error *error);
/* Softmax of each channel over the groups. */
rv_status folded_softmax(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, rv_error *error);
/* The sum of all groups, as an image, or as a vector of a single pixel. */
rv_status folded_sum(struct builder *builder, const struct onnx_node *node,
                     const struct value *input, rv_error *error);
/* The product of two stacks, one of which may be of a single pixel. */
rv_status folded_multiply(struct builder *builder, const struct onnx_node *node,
                          const struct value *a, const struct value *b, rv_error *error);

#endif
