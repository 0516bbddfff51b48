/* What a node says of the window that it slides over height and width. */
#ifndef ENGINE_GRAPH_WINDOW_H
#define ENGINE_GRAPH_WINDOW_H

#include "engine/graph/translate.h"

/* A list of two numbers, height before width, each least..WINDOW_MAX. Left as it is where the node
 * does not have it. */
rv_status window_read_pair(const struct onnx_node *node, const char *name, int least, int *y,
                           int *x, rv_error *error);

/* Size, strides, dilations and pads. window->height and width come from the weights of a
 * convolution, and are 0 for a pool. */
rv_status window_read(const struct onnx_node *node, struct window *window, rv_error *error);

#endif
