/* What a Slice takes, as attributes or as inputs say it. */
#ifndef ENGINE_GRAPH_SLICING_H
#define ENGINE_GRAPH_SLICING_H

#include "engine/graph/translate.h"

enum { LIST_MAX = INT16_MAX }; /* repeated joining would double a list without end */

/* Every step-th entry along one axis, from start up to but without end. */
struct slicing {
	int64_t start, end, axis, step;
};

/* For a tensor of that rank. RV_UNSUPPORTED where more than one axis is sliced. */
rv_status slicing_read(const struct builder *builder, const struct onnx_node *node, int rank,
                       struct slicing *slicing, rv_error *error);

/* Brings start and end into the axis of count entries; returns how many are taken. */
int64_t slicing_clip(struct slicing *slicing, int64_t count);

#endif
