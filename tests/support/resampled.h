/* What OPERATOR_RESAMPLE makes, by plain formulas. */
#ifndef TESTS_SUPPORT_RESAMPLED_H
#define TESTS_SUPPORT_RESAMPLED_H

#include "engine/graph/graph.h"

/* Pixel (y, x) of the output, from a channel of the input, [input.height][input.width]. */
double resampled_at(const struct graph_node *node, const double *plane, struct extent input,
                    struct extent output, int y, int x);

#endif
