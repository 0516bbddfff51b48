/* The size of what a node makes. graph.h declares the rest of shape.c: graph_flop and others. */
#ifndef ENGINE_GRAPH_SHAPE_H
#define ENGINE_GRAPH_SHAPE_H

#include "engine/graph/graph.h"

enum { EXTENT_MAX = 1 << 16 }; /* side of a tensor in pixels */

/* The extent of a node's outputs, given those of its inputs by tensor. RV_INVALID, naming the node,
 * where the inputs are too small or do not fit together. */
rv_status graph_node_extent(const struct graph_node *node, const struct extent *extents,
                            struct extent *output, rv_error *error);

/* Whether it puts something around its input, by the pads of the node's window. */
bool graph_pads_sides(const struct resampling *how);
/* Whether it makes its input larger or smaller, as ONNX Resize does. */
bool graph_resizes(const struct resampling *how);

/* Brings start and end into an axis of count entries; returns how many are taken, 0 or more. The
 * step is neither 0 nor INT64_MIN. */
int64_t graph_cut_clip(struct cut *cut, int64_t count);

#endif
