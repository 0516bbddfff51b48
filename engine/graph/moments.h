/* Normalisation over channels that is written out in small operators, as exporters do for operator
 * sets below 17:
 *
 *     Div(Sub(x, ReduceMean(x)), Sqrt(Add(ReduceMean(Pow(Sub(x, ReduceMean(x)), 2)), epsilon)))
 *
 * Each step is translated as it stands, and its value noted to be a moment of x; the last, which
 * makes one node of them all, leaves the others unread, and they are dropped. */
#ifndef ENGINE_GRAPH_MOMENTS_H
#define ENGINE_GRAPH_MOMENTS_H

#include "engine/graph/translate.h"

/* Notes what the first output of a node that has been translated is, where it goes on with such a
 * chain or begins one. */
void moments_note(struct builder *builder, const struct onnx_node *node);

/* Whether node is the last of such a chain. */
bool moments_complete(const struct builder *builder, const struct onnx_node *node);
/* Translates it. */
rv_status moments_translate(struct builder *builder, const struct onnx_node *node, rv_error *error);

#endif
