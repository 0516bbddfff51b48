/* Pieces that translators of several operators are made of. Each appends a node that reads *value;
 * what it makes, in the same form, is *value afterwards, and the first output of the ONNX node. */
#ifndef ENGINE_GRAPH_PIECES_H
#define ENGINE_GRAPH_PIECES_H

#include "engine/graph/translate.h"

/* count times number; it lives as long as the graph. */
rv_status pieces_make_table(struct builder *builder, float number, int count, const float **table,
                            rv_error *error);

rv_status pieces_add(struct builder *builder, const struct onnx_node *node,
                     const struct graph_node *draft, int channels, struct value *value,
                     rv_error *error);
/* The same of input 0, whose form and channels stay; also of channels in a row. */
rv_status pieces_add_pointwise(struct builder *builder, const struct onnx_node *node,
                               const struct graph_node *draft, rv_error *error);
/* The same of tensors[count] of as many channels, all seen in the form of *value. */
rv_status pieces_join(struct builder *builder, const struct onnx_node *node,
                      enum operator_kind kind, const int *tensors, int count, struct value *value,
                      rv_error *error);
/* value * factor + summand */
rv_status pieces_add_affine(struct builder *builder, const struct onnx_node *node, float factor,
                            float summand, struct value *value, rv_error *error);
rv_status pieces_add_power(struct builder *builder, const struct onnx_node *node, float exponent,
                           struct value *value, rv_error *error);
/* Outputs that are weighted sums of channels: weights[outputs][channels], of the graph's memory. */
rv_status pieces_add_mix(struct builder *builder, const struct onnx_node *node,
                         const float *weights, int outputs, struct value *value, rv_error *error);
/* A window of weights[size], `dilation` channels apart, that moves by one channel from `before`
 * ahead of the first; beyond the channels are zeros. */
struct channel_window {
	const float *weights;
	int64_t size, dilation, before;
};
rv_status pieces_add_channel_window(struct builder *builder, const struct onnx_node *node,
                                    const struct channel_window *window, int64_t outputs,
                                    struct value *value, rv_error *error);
/* The sum of all channels times factor, as one channel; or one channel as many. */
rv_status pieces_add_channel_sum(struct builder *builder, const struct onnx_node *node,
                                 float factor, struct value *value, rv_error *error);
rv_status pieces_add_copies(struct builder *builder, const struct onnx_node *node, int channels,
                            struct value *value, rv_error *error);

/* The largest value or the mean of each channel, as a single pixel. */
rv_status pieces_add_global_pool(struct builder *builder, const struct onnx_node *node,
                                 bool largest, struct value *value, rv_error *error);

/* Where any of sides (top, bottom, left, right; see struct resampling) is a length, how is measured
 * by all four. */
rv_status pieces_measure(struct builder *builder, const struct onnx_node *node,
                         const int64_t sides[4], struct resampling *how, rv_error *error);

/* Some rows and columns of a picture of any size, in one form or the other; nothing is appended
 * where those are all. */
rv_status pieces_add_cut(struct builder *builder, const struct onnx_node *node,
                         const struct cut *rows, const struct cut *columns, struct value *value,
                         rv_error *error);
/* What takes them, for an output that need not be the first; false where those are all. */
bool pieces_draft_cut(const struct builder *builder, const struct value *value,
                      const struct cut *rows, const struct cut *columns, struct graph_node *draft);

#endif
