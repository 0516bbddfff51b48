/* The life of a struct builder, from the model's picture and constants on. */
#ifndef ENGINE_GRAPH_BUILDER_H
#define ENGINE_GRAPH_BUILDER_H

#include "engine/graph/translate.h"

/* Space for what that many ONNX nodes become. RV_MEMORY leaves nothing to be released. */
rv_status builder_init(struct builder *builder, const struct onnx_model *model, int nodes,
                       rv_error *error);
/* Releases the graph too, unless the caller took it and set builder->graph to NULL. */
void builder_finish(struct builder *builder);

/* The input of the model that takes the picture: the first of four dimensions, or of none known;
 * NULL where there is none. */
const struct onnx_input *builder_find_picture(const struct onnx_model *model);
/* Makes it node 0 and tensor 0 of the graph. RV_UNSUPPORTED where the model has no such input, or
 * one of neither 1 nor 3 channels. */
rv_status builder_add_picture(struct builder *builder, rv_error *error);
/* Gives the model's initializers their values. */
void builder_add_constants(struct builder *builder);

#endif
