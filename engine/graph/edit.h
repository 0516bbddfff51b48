/* Changes to a whole graph: folding what is constant, and fusing operator_table that can run as
 * one. */
#ifndef ENGINE_GRAPH_EDIT_H
#define ENGINE_GRAPH_EDIT_H

#include "engine/graph/graph.h"

/* Who reads each tensor. */
struct graph_uses {
	int *count; /* readers, and one more where the tensor is kept */
};

rv_status graph_find_uses(const struct graph *graph, struct graph_uses *uses, rv_error *error);
void graph_release_uses(struct graph_uses *uses);

/* The node that makes tensor, if nothing but one reader needs it; else NULL. */
struct graph_node *graph_sole_producer(struct graph *graph, const struct graph_uses *uses,
                                       int tensor);
/* Makes producer write what successor wrote, and removes successor. */
void graph_take_over(struct graph *graph, struct graph_node *producer,
                     struct graph_node *successor);

/* Removes what the wanted tensors do not need, and numbers the rest anew. */
rv_status graph_compact(struct graph *graph, rv_error *error);

/* Zero pads before a convolution become its own pads; an affine after or before a convolution, or
 * after an affine, becomes part of it. */
rv_status graph_fold(struct graph *graph, rv_error *error);

/* A clamp becomes part of the operator before it. */
rv_status graph_fuse_clamps(struct graph *graph, rv_error *error);
/* An average pool that keeps the size, before a 1x1 convolution with fewer outputs than inputs,
 * goes behind it. Both are linear and one works on pixels, the other on channels, so the result is
 * the same, and the pool has less to do. */
rv_status graph_commute_average_pools(struct graph *graph, rv_error *error);
/* 1x1 convolutions that read one tensor become one node with several outputs. */
rv_status graph_join_convolutions(struct graph *graph, rv_error *error);

/* The clamp that does what first and then second do. */
struct clamp graph_clamp_compose(struct clamp first, struct clamp second);
extern const struct clamp graph_clamp_none;

#endif
