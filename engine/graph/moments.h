/* Normalisation over channels that is written out in small operators, as exporters do for operator
 * sets below 17:
 *
 *     Div(Sub(x, ReduceMean(x)), Sqrt(Add(ReduceMean(Pow(Sub(x, ReduceMean(x)), 2)), epsilon)))
 *
 * The steps become values of the form VALUE_MOMENT, which nothing computes; Div makes the node. */
#ifndef ENGINE_GRAPH_MOMENTS_H
#define ENGINE_GRAPH_MOMENTS_H

#include "engine/graph/translate.h"

/* Whether node begins such a chain or goes on with one. */
bool moments_concern(const struct builder *builder, const struct onnx_node *node);

/* Translates such a node. RV_UNSUPPORTED where it does not fit into the chain. */
rv_status moments_translate(struct builder *builder, const struct onnx_node *node, rv_error *error);

#endif
