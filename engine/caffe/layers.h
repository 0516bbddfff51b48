/* The layers of a .caffemodel, new and old (V1), in one form. */
#ifndef ENGINE_CAFFE_LAYERS_H
#define ENGINE_CAFFE_LAYERS_H

#include "caffe.pb-c.h"
#include "engine/base/arena.h"
#include "engine/reverie.h"

/* Points into the message it was made from. Parameters are NULL where the file has none. */
struct caffe_layer {
	const char *name; /* "" where it has none */
	const char *type; /* as new files spell it */
	char **bottoms, **tops;
	size_t bottom_count, top_count;
	Caffe__BlobProto **blobs;
	size_t blob_count;
	const Caffe__TransformationParameter *transform;
	const Caffe__ConcatParameter *concat;
	const Caffe__ConvolutionParameter *convolution;
	const Caffe__EltwiseParameter *eltwise;
	const Caffe__InnerProductParameter *inner_product;
	const Caffe__LRNParameter *lrn;
	const Caffe__PoolingParameter *pooling;
	const Caffe__PowerParameter *power;
	const Caffe__ReLUParameter *relu;
	const Caffe__SoftmaxParameter *softmax;
	const Caffe__SliceParameter *slice;
	const Caffe__ReshapeParameter *reshape;
	const Caffe__FlattenParameter *flatten;
	const Caffe__BatchNormParameter *batch_norm;
	const Caffe__ELUParameter *elu;
	const Caffe__ScaleParameter *scale;
	const Caffe__InputParameter *input;
};

/* Lists the layers that run where a trained network is used: those of training alone, losses and
 * measurements are left out. layers[0..count) are allocated from memory; NULL where that is
 * exhausted. */
struct caffe_layer *layers_list(const Caffe__NetParameter *net, struct arena *memory,
                                size_t *count);

/* The layer brings pictures into the network: its first top is the picture. */
bool layers_is_data(const struct caffe_layer *layer);

#endif
