/* What the converters of layers are made of. */
#ifndef ENGINE_CAFFE_CONVERSION_H
#define ENGINE_CAFFE_CONVERSION_H

#include "engine/caffe/blobs.h"
#include "engine/caffe/layers.h"
#include "engine/caffe/writer.h"

struct conversion {
	struct writer writer;
	struct blobs blobs;
};

/* Writes the nodes of one layer. */
typedef void convert_function(struct conversion *conversion, const struct caffe_layer *layer);

/* A node called like the layer, with the layer's first bottom as input; further inputs and outputs
 * may be added, up to so many. */
Onnx__NodeProto *conversion_node(struct conversion *conversion, const struct caffe_layer *layer,
                                 const char *operator_name, size_t inputs, size_t outputs);
/* The same where nothing but the layer's first top is written. */
Onnx__NodeProto *conversion_simple(struct conversion *conversion, const struct caffe_layer *layer,
                                   const char *operator_name, size_t inputs);
/* A node of an operator that nothing can run; the graph builder's message names layer and what. */
void conversion_refuse(struct conversion *conversion, const struct caffe_layer *layer,
                       const char *what);
/* Makes the next nodes of the layer go through a value of their own before its top. */
const char *conversion_between(struct conversion *conversion, const struct caffe_layer *layer,
                               const char *ending);

/* Writes blob number index as an initializer and adds it to node; nothing where there is none. */
void conversion_add_blob(struct conversion *conversion, const struct caffe_layer *layer,
                         size_t index, Onnx__NodeProto *node);
/* The same as a matrix: its last two dimensions, if it has no others. */
void conversion_add_matrix(struct conversion *conversion, const struct caffe_layer *layer,
                           size_t index, Onnx__NodeProto *node);
/* An initializer called after the layer and ending, added to node. values are not copied. */
void conversion_add_floats(struct conversion *conversion, const struct caffe_layer *layer,
                           const char *ending, Onnx__NodeProto *node, size_t rank,
                           const int64_t *dims, const float *values, size_t count);
void conversion_add_integers(struct conversion *conversion, const struct caffe_layer *layer,
                             const char *ending, Onnx__NodeProto *node, const int64_t *values,
                             size_t count);

/* A blob's values, or NULL where it has none or memory is exhausted. */
const float *conversion_blob_floats(struct conversion *conversion, const struct caffe_layer *layer,
                                    size_t index, size_t *count);
/* count times the same value, or NULL. */
const float *conversion_repeat(struct conversion *conversion, float value, size_t count);

#endif
