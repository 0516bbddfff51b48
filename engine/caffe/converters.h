/* One function for each type of layer, which the table of convert.c lists by name. Each is called
 * with at least one bottom and one top. */
#ifndef ENGINE_CAFFE_CONVERTERS_H
#define ENGINE_CAFFE_CONVERTERS_H

#include "engine/caffe/conversion.h"

/* windows.c */
convert_function caffe_convert_convolution, caffe_convert_deconvolution, caffe_convert_pooling,
	caffe_convert_inner_product, caffe_convert_lrn;
/* pointwise.c */
convert_function caffe_convert_relu, caffe_convert_prelu, caffe_convert_elu, caffe_convert_sigmoid,
	caffe_convert_tanh, caffe_convert_power, caffe_convert_dropout, caffe_convert_batch_norm,
	caffe_convert_scale, caffe_convert_bias;
/* shapes.c */
convert_function caffe_convert_softmax, caffe_convert_concat, caffe_convert_eltwise,
	caffe_convert_flatten, caffe_convert_reshape, caffe_convert_slice;

#endif
