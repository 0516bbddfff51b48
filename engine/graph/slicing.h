/* What a Slice takes, as attributes or as inputs say it. */
#ifndef ENGINE_GRAPH_SLICING_H
#define ENGINE_GRAPH_SLICING_H

#include "engine/graph/translate.h"

/* What is taken along each axis: all, where the node names none. */
struct slicing {
	struct cut cuts[ONNX_RANK_MAX];
};

/* Whether where it starts or ends is a length. */
bool slicing_is_measured(const struct builder *builder, const struct cut *cut);

/* For a tensor of that rank. */
rv_status slicing_read(const struct builder *builder, const struct onnx_node *node, int rank,
                       struct slicing *slicing, rv_error *error);

#endif
