#include "engine/caffe/convert.h"

#include <string.h>

#include "engine/caffe/converters.h"

struct converter {
	const char *type;
	convert_function *convert;
};

static const struct converter converters[] = {
	{"BatchNorm", caffe_convert_batch_norm},
	{"Bias", caffe_convert_bias},
	{"Concat", caffe_convert_concat},
	{"Convolution", caffe_convert_convolution},
	{"Deconvolution", caffe_convert_deconvolution},
	{"Dropout", caffe_convert_dropout},
	{"ELU", caffe_convert_elu},
	{"Eltwise", caffe_convert_eltwise},
	{"Flatten", caffe_convert_flatten},
	{"InnerProduct", caffe_convert_inner_product},
	{"LRN", caffe_convert_lrn},
	{"PReLU", caffe_convert_prelu},
	{"Pooling", caffe_convert_pooling},
	{"Power", caffe_convert_power},
	{"ReLU", caffe_convert_relu},
	{"Reshape", caffe_convert_reshape},
	{"Scale", caffe_convert_scale},
	{"Sigmoid", caffe_convert_sigmoid},
	{"Slice", caffe_convert_slice},
	{"Softmax", caffe_convert_softmax},
	{"TanH", caffe_convert_tanh},
};

static void refuse_type(struct conversion *conversion, const struct caffe_layer *layer)
{
	conversion_refuse(conversion, layer, layer->type);
}

static convert_function *find_converter(const char *type)
{
	for (size_t i = 0; i < sizeof(converters) / sizeof(converters[0]); i++)
		if (!strcmp(converters[i].type, type))
			return converters[i].convert;
	return refuse_type;
}

void convert_layer(struct conversion *conversion, const struct caffe_layer *layer)
{
	if (layer->top_count == 0)
		return;
	if (layer->bottom_count == 0)
		conversion_refuse(conversion, layer, layer->type);
	else if (blobs_layer_is_alias(layer))
		for (size_t i = 0; i < layer->top_count; i++)
			blobs_alias(&conversion->blobs, layer->tops[i],
			            blobs_read(&conversion->blobs, layer->bottoms[0]));
	else
		find_converter(layer->type)(conversion, layer);
}
