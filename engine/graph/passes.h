/* Passes over a whole graph: fold.c folds what is constant, fuse.c joins operators that can run as
 * one. Each leaves the nodes in topological order and none that no wanted tensor needs. */
#ifndef ENGINE_GRAPH_PASSES_H
#define ENGINE_GRAPH_PASSES_H

#include "engine/graph/graph.h"

/* Zero pads before a convolution become its own pads; an affine after or before a convolution, or
 * after an affine, becomes part of it. */
rv_status graph_fold(struct graph *graph, rv_error *error);

/* The end of a classifier, which makes one pixel of all, becomes one that has a pixel at every
 * place: of what lies below tensor, the first pool or wide window slides by single pixels and hangs
 * over the border, so that pictures of any size fit. Of a pool over everything the window is 7x7,
 * which is what ImageNet's pictures have there. */
void graph_spread(struct graph *graph, int tensor);

/* A clamp becomes part of the operator before it. */
rv_status graph_fuse_clamps(struct graph *graph, rv_error *error);
/* An average pool that keeps the size, before a 1x1 convolution with fewer outputs than inputs,
 * goes behind it. Both are linear and one works on pixels, the other on channels, so the result is
 * the same, and the pool has less to do. */
rv_status graph_commute_average_pools(struct graph *graph, rv_error *error);
/* 1x1 convolutions that read one tensor become one node with several outputs. */
rv_status graph_join_convolutions(struct graph *graph, rv_error *error);

#endif
