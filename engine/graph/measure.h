/* Numbers that depend on the picture's size, once a graph is built. graph.h declares graph_infer
 * and graph_resolve, which fill them in for one size. */
#ifndef ENGINE_GRAPH_MEASURE_H
#define ENGINE_GRAPH_MEASURE_H

#include "engine/graph/shape.h"

/* What a and b come to; b counts for nothing where a is rounded. */
double measure_combine(enum graph_length_kind kind, double a, double b);

/* Writes to a measured node what its lengths come to: top, bottom, left, right. */
void measure_set(struct graph_node *node, const double sides[4]);

/* Keeps all[count] for graph, and a copy of the nodes on whose tensors they are measured, before
 * passes change these. Nothing is kept where no node is measured. */
rv_status measure_keep(struct graph *graph, const struct graph_length *all, int count,
                       rv_error *error);

#endif
