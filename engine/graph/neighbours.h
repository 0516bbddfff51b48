/* Means over neighbouring channels, of which PyTorch makes local response normalisation: squares
 * are seen as a cube [1][1][channels][height][width], get channels of zeros at both ends, and are
 * averaged along the channels. */
#ifndef ENGINE_GRAPH_NEIGHBOURS_H
#define ENGINE_GRAPH_NEIGHBOURS_H

#include "engine/graph/translate.h"

/* Whether value is such a cube, padded or not: VALUE_GROUPED, of a single group. */
bool neighbours_is_cube(const struct value *value);

/* The first output of node becomes the cube with so many channels of zeros more, 0..WINDOW_MAX
 * each. RV_UNSUPPORTED where that are too many. */
rv_status neighbours_pad(struct builder *builder, const struct onnx_node *node,
                         const struct value *cube, int before, int behind, rv_error *error);

/* AveragePool of a cube. RV_UNSUPPORTED where its window is not one of channels alone. */
rv_status neighbours_average(struct builder *builder, const struct onnx_node *node,
                             const struct value *cube, rv_error *error);

#endif
