/* caffe_builder_from_onnx: an ONNX network as a training run of Caffe would have written it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/model.h"
#include "engine/onnx/onnx.h"
#include "tests/support/caffe_builder.h"

/* Values of the ONNX network by the names of Caffe's blobs: x/pre, which an activation reads, is x.
 * Where several layers read a blob, each reads a copy that a Split layer made. */
struct import {
	struct caffe_builder *builder;
	const struct onnx_model *model;
	int *readers, *read; /* by value: how many there are; how many have been served */
};

static void blob_name(const struct import *import, int value, char name[128])
{
	snprintf(name, 128, "%s", import->model->values[value].name);
	size_t length = strlen(name);
	if (length > 4 && !strcmp(name + length - 4, "/pre"))
		name[length - 4] = '\0';
	if (length > 5 && !strcmp(name + length - 5, "/flat"))
		name[length - 5] = '\0';
}

static void bottom_name(const struct import *import, int value, char name[160])
{
	char blob[128];
	blob_name(import, value, blob);
	if (import->readers[value] > 1)
		snprintf(name, 160, "%s_split_%d", blob, import->read[value]++);
	else
		snprintf(name, 160, "%s", blob);
}

static void add_split(const struct import *import, int value)
{
	char blob[128], name[160], tops[2048] = "";
	blob_name(import, value, blob);
	for (int i = 0; i < import->readers[value]; i++) {
		size_t length = strlen(tops);
		snprintf(tops + length, sizeof(tops) - length, "%s_split_%d ", blob, i);
	}
	snprintf(name, sizeof(name), "%s_split", blob);
	caffe_builder_layer(import->builder, "Split", name, blob, tops);
}

static int first_of(const struct onnx_node *node, const char *name, int otherwise)
{
	const struct onnx_attribute *attribute = onnx_find_attribute(node, name);
	return attribute && attribute->count ? (int)attribute->integers[0] : otherwise;
}

static void add_blobs(const struct import *import, const struct onnx_node *node,
                      Caffe__LayerParameter *layer)
{
	for (int i = 1; i < node->input_count; i++) {
		const struct onnx_tensor *tensor = import->model->values[node->inputs[i]].constant;
		if (tensor)
			caffe_builder_blob(layer, tensor->rank, tensor->dims, tensor->floats);
	}
}

static void add_lrn(const struct onnx_node *node, Caffe__LayerParameter *layer)
{
	Caffe__LRNParameter *lrn = calloc(1, sizeof(*lrn));
	int64_t size = 5;
	if (!lrn)
		abort();
	caffe__lrnparameter__init(lrn);
	(void)onnx_get_int(node, "size", &size, NULL);
	(void)onnx_get_float(node, "alpha", &lrn->alpha, NULL);
	(void)onnx_get_float(node, "beta", &lrn->beta, NULL);
	(void)onnx_get_float(node, "bias", &lrn->k, NULL);
	lrn->local_size = (uint32_t)size;
	lrn->has_local_size = lrn->has_alpha = lrn->has_beta = lrn->has_k = true;
	layer->lrn_param = lrn;
}

static void add_global_pool(Caffe__LayerParameter *layer)
{
	caffe_builder_window(layer, 7, 1, 0);
	layer->pooling_param->has_pool = true;
	layer->pooling_param->pool = 1;
}

static const char *type_of(const struct onnx_node *node)
{
	static const char *const types[][2] = {
		{"Conv", "Convolution"},  {"Relu", "ReLU"},
		{"MaxPool", "Pooling"},   {"LRN", "LRN"},
		{"Concat", "Concat"},     {"GlobalAveragePool", "Pooling"},
		{"Gemm", "InnerProduct"}, {"Softmax", "SoftmaxWithLoss"},
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i][0], node->operator_name))
			return types[i][1];
	return NULL;
}

static bool add_node(const struct import *import, const struct onnx_node *node)
{
	char bottoms[1024] = "", top[128];
	const char *type = type_of(node);
	if (!type)
		return !strcmp(node->operator_name, "Flatten"); /* a part of InnerProduct */
	for (int i = 0; i < node->input_count; i++)
		if (!import->model->values[node->inputs[i]].constant) {
			char name[160];
			size_t length = strlen(bottoms);
			bottom_name(import, node->inputs[i], name);
			snprintf(bottoms + length, sizeof(bottoms) - length, "%s ", name);
		}
	blob_name(import, node->outputs[0], top);
	if (!strcmp(type, "SoftmaxWithLoss"))
		snprintf(bottoms + strlen(bottoms), sizeof(bottoms) - strlen(bottoms), "label");
	Caffe__LayerParameter *layer =
		caffe_builder_layer(import->builder, type, node->name, bottoms, top);
	add_blobs(import, node, layer);
	if (!strcmp(type, "Convolution") || !strcmp(node->operator_name, "MaxPool"))
		caffe_builder_window(layer, first_of(node, "kernel_shape", 1),
		                     first_of(node, "strides", 1), first_of(node, "pads", 0));
	else if (!strcmp(type, "Pooling"))
		add_global_pool(layer);
	else if (!strcmp(type, "LRN"))
		add_lrn(node, layer);
	if (import->readers[node->outputs[0]] > 1)
		add_split(import, node->outputs[0]);
	return true;
}

struct caffe_builder *caffe_builder_from_onnx(const struct onnx_model *model)
{
	struct import import = {caffe_builder_create(), model, NULL, NULL};
	bool good = true;
	import.readers = calloc((size_t)model->value_count, sizeof(int));
	import.read = calloc((size_t)model->value_count, sizeof(int));
	if (!import.readers || !import.read)
		abort();
	for (int i = 0; i < model->node_count; i++)
		for (int j = 0; j < model->nodes[i].input_count; j++)
			import.readers[model->nodes[i].inputs[j]]++;
	caffe_builder_data(import.builder, 224);
	for (int i = 0; good && i < model->node_count; i++)
		good = add_node(&import, &model->nodes[i]);
	free(import.readers);
	free(import.read);
	if (!good)
		caffe_builder_destroy(&import.builder);
	return import.builder;
}

bool caffe_builder_convert_file(const char *from, enum caffe_form form, const char *to)
{
	struct onnx_model *model;
	rv_error error;
	size_t size;
	if (onnx_open(&model, from, &error) != RV_OK)
		return false;
	struct caffe_builder *builder = caffe_builder_from_onnx(model);
	void *bytes = builder ? caffe_builder_pack(builder, form, &size) : NULL;
	FILE *file = bytes ? fopen(to, "wb") : NULL;
	bool written = file && fwrite(bytes, 1, size, file) == size;
	written = file && fclose(file) == 0 && written;
	free(bytes);
	caffe_builder_destroy(&builder);
	onnx_close(&model);
	return written;
}
