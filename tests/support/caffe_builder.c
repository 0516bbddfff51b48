#include "tests/support/caffe_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/caffe/caffe.h"
#include "tests/support/message.h"

/* The message owns everything through malloc, so that protobuf-c can free it as if it had parsed
 * it. */
struct caffe_builder {
	Caffe__NetParameter net;
};

static void append_words(void *list, size_t *count, const char *words)
{
	char *copy = message_text(words), *rest = copy, *word;
	while ((word = strtok_r(rest, " ", &rest)))
		message_append(list, count, message_text(word));
	free(copy);
}

/* ---- networks ---- */

struct caffe_builder *caffe_builder_create(void)
{
	struct caffe_builder *builder = message_allocate(sizeof(*builder));
	caffe__net_parameter__init(&builder->net);
	builder->net.name = message_text("network");
	return builder;
}

void caffe_builder_destroy(struct caffe_builder **builder)
{
	if (!*builder)
		return;
	/* The network was not allocated by protobuf-c: its content is freed as that of a copy. */
	Caffe__NetParameter *net = message_copy(&(*builder)->net, sizeof((*builder)->net));
	caffe__net_parameter__free_unpacked(net, NULL);
	free(*builder);
	*builder = NULL;
}

Caffe__NetParameter *caffe_builder_net(struct caffe_builder *builder)
{
	return &builder->net;
}

Caffe__LayerParameter *caffe_builder_layer(struct caffe_builder *builder, const char *type,
                                           const char *name, const char *bottoms, const char *tops)
{
	Caffe__LayerParameter *layer = message_allocate(sizeof(*layer));
	caffe__layer_parameter__init(layer);
	layer->name = message_text(name);
	layer->type = message_text(type);
	append_words(&layer->bottom, &layer->n_bottom, bottoms);
	append_words(&layer->top, &layer->n_top, tops);
	message_append(&builder->net.layer, &builder->net.n_layer, layer);
	return layer;
}

void caffe_builder_data(struct caffe_builder *builder, int side)
{
	Caffe__LayerParameter *layer =
		caffe_builder_layer(builder, "Data", "data", "", "data label");
	layer->transform_param = message_allocate(sizeof(*layer->transform_param));
	caffe__transformation_parameter__init(layer->transform_param);
	layer->transform_param->has_crop_size = true;
	layer->transform_param->crop_size = (uint32_t)side;
	caffe_builder_rule(layer, false, 0);
}

static void set_list(uint32_t **list, size_t *count, int value)
{
	uint32_t number = (uint32_t)value;
	*list = message_copy(&number, sizeof(number));
	*count = 1;
}

void caffe_builder_window(Caffe__LayerParameter *layer, int size, int stride, int pad)
{
	if (!strcmp(layer->type, "Pooling")) {
		Caffe__PoolingParameter *pool = message_allocate(sizeof(*pool));
		caffe__pooling_parameter__init(pool);
		pool->has_kernel_size = pool->has_stride = pool->has_pad = true;
		pool->kernel_size = (uint32_t)size;
		pool->stride = (uint32_t)stride;
		pool->pad = (uint32_t)pad;
		layer->pooling_param = pool;
		return;
	}
	Caffe__ConvolutionParameter *convolution = message_allocate(sizeof(*convolution));
	caffe__convolution_parameter__init(convolution);
	set_list(&convolution->kernel_size, &convolution->n_kernel_size, size);
	set_list(&convolution->stride, &convolution->n_stride, stride);
	set_list(&convolution->pad, &convolution->n_pad, pad);
	layer->convolution_param = convolution;
}

void caffe_builder_blob(Caffe__LayerParameter *layer, int rank, const int64_t *dims,
                        const float *values)
{
	Caffe__BlobProto *blob = message_allocate(sizeof(*blob));
	caffe__blob_proto__init(blob);
	blob->shape = message_allocate(sizeof(*blob->shape));
	caffe__blob_shape__init(blob->shape);
	blob->shape->n_dim = (size_t)rank;
	blob->shape->dim = message_copy(dims, (size_t)rank * sizeof(*dims));
	blob->n_data = 1;
	for (int i = 0; i < rank; i++)
		blob->n_data *= (size_t)dims[i];
	blob->data = message_copy(values, blob->n_data * sizeof(*values));
	message_append(&layer->blobs, &layer->n_blobs, blob);
}

void caffe_builder_rule(Caffe__LayerParameter *layer, bool excludes, int phase)
{
	Caffe__NetStateRule *rule = message_allocate(sizeof(*rule));
	caffe__net_state_rule__init(rule);
	rule->has_phase = true;
	rule->phase = phase;
	if (excludes)
		message_append(&layer->exclude, &layer->n_exclude, rule);
	else
		message_append(&layer->include, &layer->n_include, rule);
}

/* ---- files ---- */

static int old_type(const char *type)
{
	static const struct {
		const char *type;
		int number;
	} types[] = {
		{"Concat", 3},        {"Convolution", 4}, {"Data", 5},
		{"Dropout", 6},       {"Eltwise", 25},    {"Flatten", 8},
		{"InnerProduct", 14}, {"LRN", 15},        {"Pooling", 17},
		{"Power", 26},        {"ReLU", 18},       {"Sigmoid", 19},
		{"Slice", 33},        {"Softmax", 20},    {"SoftmaxWithLoss", 21},
		{"Split", 22},        {"TanH", 23},       {"Accuracy", 1},
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].type, type))
			return types[i].number;
	return 0;
}

/* Shape [..] as the last of num, channels, height and width. */
static Caffe__BlobProto *old_blob(const Caffe__BlobProto *from)
{
	Caffe__BlobProto *blob = message_copy(from, sizeof(*from));
	int32_t sizes[4] = {1, 1, 1, 1};
	size_t rank = from->shape->n_dim;
	for (size_t i = 0; i < rank && i < 4; i++)
		sizes[4 - rank + i] = (int32_t)from->shape->dim[i];
	blob->shape = NULL;
	blob->has_num = blob->has_channels = blob->has_height = blob->has_width = true;
	blob->num = sizes[0];
	blob->channels = sizes[1];
	blob->height = sizes[2];
	blob->width = sizes[3];
	return blob;
}

/* Shares everything but its blobs with the new layer. */
static Caffe__V1LayerParameter *old_layer(const Caffe__LayerParameter *from)
{
	Caffe__V1LayerParameter *layer = message_allocate(sizeof(*layer));
	caffe__v1_layer_parameter__init(layer);
	layer->name = from->name;
	layer->has_type = true;
	layer->type = old_type(from->type);
	layer->bottom = from->bottom;
	layer->n_bottom = from->n_bottom;
	layer->top = from->top;
	layer->n_top = from->n_top;
	for (size_t i = 0; i < from->n_blobs; i++)
		message_append(&layer->blobs, &layer->n_blobs, old_blob(from->blobs[i]));
	layer->concat_param = from->concat_param;
	layer->convolution_param = from->convolution_param;
	layer->inner_product_param = from->inner_product_param;
	layer->lrn_param = from->lrn_param;
	layer->pooling_param = from->pooling_param;
	layer->power_param = from->power_param;
	layer->eltwise_param = from->eltwise_param;
	layer->relu_param = from->relu_param;
	layer->slice_param = from->slice_param;
	layer->include = from->include;
	layer->n_include = from->n_include;
	layer->exclude = from->exclude;
	layer->n_exclude = from->n_exclude;
	layer->transform_param = from->transform_param;
	layer->softmax_param = from->softmax_param;
	return layer;
}

static void *pack(const Caffe__NetParameter *net, size_t *size)
{
	*size = caffe__net_parameter__get_packed_size(net);
	unsigned char *bytes = message_allocate(*size);
	caffe__net_parameter__pack(net, bytes);
	return bytes;
}

void *caffe_builder_pack(const struct caffe_builder *builder, enum caffe_form form, size_t *size)
{
	Caffe__NetParameter net = builder->net;
	if (form == CAFFE_NEW)
		return pack(&net, size);
	net.n_layer = 0;
	for (size_t i = 0; i < builder->net.n_layer; i++)
		message_append(&net.layers, &net.n_layers, old_layer(builder->net.layer[i]));
	void *bytes = pack(&net, size);
	for (size_t i = 0; i < net.n_layers; i++) {
		for (size_t j = 0; j < net.layers[i]->n_blobs; j++)
			free(net.layers[i]->blobs[j]);
		free(net.layers[i]->blobs);
		free(net.layers[i]);
	}
	free(net.layers);
	return bytes;
}

struct onnx_model *caffe_builder_parse(const struct caffe_builder *builder, enum caffe_form form,
                                       rv_error *error)
{
	size_t size;
	void *bytes = caffe_builder_pack(builder, form, &size);
	struct onnx_model *model = NULL;
	caffe_parse(&model, bytes, size, error);
	free(bytes);
	return model;
}
