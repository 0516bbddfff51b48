/* From the name of an ONNX operator to what translates it. */
#ifndef ENGINE_GRAPH_DISPATCH_H
#define ENGINE_GRAPH_DISPATCH_H

#include "engine/graph/translate.h"

/* Translates one node, whose inputs have been translated: into nodes of the graph, or, where all
 * inputs are constants, into a constant. RV_UNSUPPORTED, naming the node, where it cannot be run.
 */
rv_status dispatch_node(struct builder *builder, const struct onnx_node *node, rv_error *error);

#endif
