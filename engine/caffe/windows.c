/* Layers that look at windows of pixels, or at all of them. */
#include "engine/caffe/converters.h"

/* Height and width of one parameter: each by itself, or one or two numbers of a list; more of them
 * are for the graph builder to refuse. */
struct pair {
	int64_t sizes[3];
	size_t count; /* 0: not given */
};

static struct pair pair_of(const uint32_t *list, size_t count, bool has_height, uint32_t height,
                           bool has_width, uint32_t width)
{
	struct pair pair = {.count = 0};
	if (has_height || has_width)
		return (struct pair){{height, width}, 2};
	for (size_t i = 0; i < count && i < 3; i++)
		pair.sizes[pair.count++] = list[i];
	if (pair.count == 1)
		pair.sizes[pair.count++] = list[0];
	return pair;
}

static void add_pair(struct conversion *conversion, Onnx__NodeProto *node, const char *name,
                     struct pair pair)
{
	if (pair.count)
		writer_ints(&conversion->writer, node, name, pair.count, pair.sizes);
}

static void add_pads(struct conversion *conversion, Onnx__NodeProto *node, struct pair pad)
{
	const int64_t pads[] = {pad.sizes[0], pad.sizes[1], pad.sizes[0], pad.sizes[1]};
	if (pad.count)
		writer_ints(&conversion->writer, node, "pads", pad.count == 2 ? 4 : 3, pads);
}

static void convert_filters(struct conversion *conversion, const struct caffe_layer *layer,
                            const char *operator_name)
{
	const Caffe__ConvolutionParameter *how = layer->convolution;
	Onnx__NodeProto *node = conversion_simple(conversion, layer, operator_name, 3);

	conversion_add_blob(conversion, layer, 0, node);
	if (!how || how->bias_term)
		conversion_add_blob(conversion, layer, 1, node);
	if (!how)
		return;
	add_pair(conversion, node, "kernel_shape",
	         pair_of(how->kernel_size, how->n_kernel_size, how->has_kernel_h, how->kernel_h,
	                 how->has_kernel_w, how->kernel_w));
	add_pair(conversion, node, "strides",
	         pair_of(how->stride, how->n_stride, how->has_stride_h, how->stride_h,
	                 how->has_stride_w, how->stride_w));
	add_pair(conversion, node, "dilations",
	         pair_of(how->dilation, how->n_dilation, false, 0, false, 0));
	add_pads(conversion, node,
	         pair_of(how->pad, how->n_pad, how->has_pad_h, how->pad_h, how->has_pad_w,
	                 how->pad_w));
	writer_int(&conversion->writer, node, "group", how->group);
}

void caffe_convert_convolution(struct conversion *conversion, const struct caffe_layer *layer)
{
	convert_filters(conversion, layer, "Conv");
}

void caffe_convert_deconvolution(struct conversion *conversion, const struct caffe_layer *layer)
{
	convert_filters(conversion, layer, "ConvTranspose");
}

enum { POOL_MAXIMUM = 0, POOL_AVERAGE = 1, ROUND_DOWN = 1 };

/* Sizes are rounded up, and an average divides by the pads too, but not by what hangs over them. */
void caffe_convert_pooling(struct conversion *conversion, const struct caffe_layer *layer)
{
	static const Caffe__PoolingParameter none = CAFFE__POOLING_PARAMETER__INIT;
	const Caffe__PoolingParameter *how = layer->pooling ? layer->pooling : &none;
	bool average = how->pool == POOL_AVERAGE;

	if (how->pool != POOL_MAXIMUM && !average) {
		conversion_refuse(conversion, layer, "stochastic Pooling");
		return;
	}
	if (how->global_pooling) {
		conversion_simple(conversion, layer,
		                  average ? "GlobalAveragePool" : "GlobalMaxPool", 1);
		return;
	}
	Onnx__NodeProto *node =
		conversion_simple(conversion, layer, average ? "AveragePool" : "MaxPool", 1);
	add_pair(conversion, node, "kernel_shape",
	         pair_of(&how->kernel_size, how->has_kernel_size, how->has_kernel_h, how->kernel_h,
	                 how->has_kernel_w, how->kernel_w));
	add_pair(conversion, node, "strides",
	         pair_of(&how->stride, how->has_stride, how->has_stride_h, how->stride_h,
	                 how->has_stride_w, how->stride_w));
	add_pads(conversion, node,
	         pair_of(&how->pad, how->has_pad, how->has_pad_h, how->pad_h, how->has_pad_w,
	                 how->pad_w));
	writer_int(&conversion->writer, node, "ceil_mode", how->round_mode != ROUND_DOWN);
	if (average)
		writer_int(&conversion->writer, node, "count_include_pad", 1);
}

void caffe_convert_inner_product(struct conversion *conversion, const struct caffe_layer *layer)
{
	const Caffe__InnerProductParameter *how = layer->inner_product;
	const char *flat = conversion_between(conversion, layer, "flat");
	Onnx__NodeProto *flatten = conversion_node(conversion, layer, "Flatten", 1, 1);

	writer_add_output(flatten, flat);
	if (flatten)
		flatten->name = NULL; /* the layer's name is that of its product */
	writer_int(&conversion->writer, flatten, "axis", how ? how->axis : 1);
	Onnx__NodeProto *node = writer_node(&conversion->writer, "Gemm", layer->name, 3, 1);
	writer_add_input(node, flat);
	writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[0]));
	writer_int(&conversion->writer, node, "transB", !(how && how->transpose));
	conversion_add_matrix(conversion, layer, 0, node);
	if (!how || how->bias_term)
		conversion_add_blob(conversion, layer, 1, node);
}

void caffe_convert_lrn(struct conversion *conversion, const struct caffe_layer *layer)
{
	static const Caffe__LRNParameter none = CAFFE__LRNPARAMETER__INIT;
	const Caffe__LRNParameter *how = layer->lrn ? layer->lrn : &none;

	if (how->norm_region) {
		conversion_refuse(conversion, layer, "LRN within channels");
		return;
	}
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "LRN", 1);
	writer_int(&conversion->writer, node, "size", how->local_size);
	writer_float(&conversion->writer, node, "alpha", how->alpha);
	writer_float(&conversion->writer, node, "beta", how->beta);
	writer_float(&conversion->writer, node, "bias", how->k);
}
