/* What the passes over a whole graph are made of: finding who reads what, and removing nodes. */
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

#endif
