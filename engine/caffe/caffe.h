/* Reader of networks in Caffe's binary format (.caffemodel), with new layers or old ones (V1). A
 * .prototxt beside the file is not needed: the binary holds the layers as well as their weights.
 *
 * Layers become nodes of an ONNX model, which the ONNX reader then decodes and checks, so that
 * nothing in a file is believed here either. Values are called as Caffe calls its blobs (blobs.h),
 * nodes as its layers. The model's metadata say that its input is caffe-bgr. */
#ifndef ENGINE_CAFFE_CAFFE_H
#define ENGINE_CAFFE_CAFFE_H

#include "engine/onnx/onnx.h"

/* Whether the file's outermost fields are those of a .caffemodel rather than of an ONNX model. */
bool caffe_recognises(const void *bytes, size_t size);

/* Like onnx_parse; onnx_close closes the model. */
rv_status caffe_parse(struct onnx_model **model, const void *bytes, size_t size, rv_error *error);

#endif
