/* The size of what a node makes. graph.h declares the rest of shape.c: graph_infer and others. */
#ifndef ENGINE_GRAPH_SHAPE_H
#define ENGINE_GRAPH_SHAPE_H

#include "engine/graph/graph.h"

enum { EXTENT_MAX = 1 << 16 }; /* side of a tensor in pixels */

/* The extent of a node's outputs, given those of its inputs by tensor. RV_INVALID, naming the node,
 * where the inputs are too small or do not fit together. */
rv_status graph_node_extent(const struct graph_node *node, const struct extent *extents,
                            struct extent *output, rv_error *error);

/* The first row or column that a cut takes of so many; *count how many it takes, 0 or more. */
int graph_cut_start(const struct cut *cut, int side, int *count);

#endif
