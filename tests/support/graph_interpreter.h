/* Runs a graph on the processor, slowly and plainly, in double precision: what the passes over
 * graphs are held against. */
#ifndef TESTS_SUPPORT_GRAPH_INTERPRETER_H
#define TESTS_SUPPORT_GRAPH_INTERPRETER_H

#include "engine/graph/graph.h"

/* One array a tensor of the graph, [channels][height][width]. */
struct graph_values {
	int count;
	double **arrays;
	struct extent *extents;
};

/* picture[channels][height][width] of tensor 0. False, with error filled, where graph_infer fails.
 * The values are released by graph_values_release. Aborts where memory runs out. */
bool graph_interpret(const struct graph *graph, const double *picture, int height, int width,
                     struct graph_values *values, rv_error *error);
void graph_values_release(struct graph_values *values);

#endif
