/* What the engine needs of a model beyond the public interface. */
#ifndef ENGINE_API_MODEL_H
#define ENGINE_API_MODEL_H

#include "engine/onnx/onnx.h"

/* The parsed file, for graph_build and cache names; owned by model. */
const struct onnx_model *model_onnx(const rv_model *model);

/* The scores of a classifier's classes, before any softmax; NULL where the model is none. */
const char *model_class_layer(const rv_model *model);
/* RV_UNSUPPORTED, with what to do where there are none. */
rv_status model_fail_without_classes(const rv_model *model, rv_error *error);

/* Writes the input format called name to format: a preset, or, for NULL or "", what the metadata of
 * onnx says, or a guess where it says nothing. RV_INVALID for an unknown preset; the message names
 * those there are. */
rv_status input_format_find(rv_input_format *format, const char *name,
                            const struct onnx_model *onnx, rv_error *error);

#endif
