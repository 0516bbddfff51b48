/* The layers of a model, as a person can name them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph/builder.h"
#include "engine/graph/dispatch.h"

static int find_exact(const struct onnx_model *model, const char *layer)
{
	for (int i = 0; i < model->value_count; i++)
		if (model->values[i].producer != ONNX_NOTHING &&
		    !strcmp(model->values[i].name, layer))
			return i;
	for (int i = 0; i < model->node_count; i++)
		if (model->nodes[i].named && !strcmp(model->nodes[i].name, layer) &&
		    model->nodes[i].output_count)
			return model->nodes[i].outputs[0];
	return ONNX_NOTHING;
}

static bool reads(const struct onnx_model *model, int producer, int value)
{
	const struct onnx_node *node = &model->nodes[producer];
	for (int i = 0; i < node->input_count; i++)
		if (node->inputs[i] == value)
			return true;
	return false;
}

/* Caffe2's converter, from which the ONNX model zoo has its networks, numbers what was written to a
 * blob in turn: NAME_1, and what an activation in place made of it NAME_2. The last is what NAME
 * is. */
static int find_numbered(const struct onnx_model *model, const char *layer)
{
	char name[256];
	int found = ONNX_NOTHING;
	for (int number = 1;; number++) {
		int length = snprintf(name, sizeof(name), "%s_%d", layer, number);
		int next = length < (int)sizeof(name) ? find_exact(model, name) : ONNX_NOTHING;
		if (next == ONNX_NOTHING)
			return found;
		int producer = model->values[next].producer;
		if (number > 1 && !reads(model, producer, found))
			return found;
		found = next;
	}
}

/* PyTorch's exporter calls the first output of layer features.0 /features.0/Conv_output_0. */
static int find_first_output(const struct onnx_model *model, const char *layer)
{
	char name[256];
	int length = snprintf(name, sizeof(name), "%s%s_output_0", *layer == '/' ? "" : "/", layer);
	return length < (int)sizeof(name) ? find_exact(model, name) : ONNX_NOTHING;
}

/* The last that a module of a PyTorch network makes. */
static int find_module(const struct onnx_model *model, const char *module)
{
	size_t length = strlen(module);
	int found = ONNX_NOTHING;
	for (int i = 0; i < model->node_count && length; i++) {
		const struct onnx_node *node = &model->nodes[i];
		bool within = !strncmp(node->module, module, length) &&
		              (!node->module[length] || node->module[length] == '.');
		if (within && node->input_count && node->output_count &&
		    node->outputs[0] != ONNX_NOTHING)
			found = node->outputs[0];
	}
	return found;
}

static int find_lengthened(const struct onnx_model *model, const char *layer)
{
	int value = find_exact(model, layer);
	if (value == ONNX_NOTHING)
		value = find_numbered(model, layer);
	if (value == ONNX_NOTHING)
		value = find_first_output(model, layer);
	return value != ONNX_NOTHING ? value : find_module(model, layer);
}

static bool is_activation(const struct onnx_node *node)
{
	static const char *const names[] = {"Relu", "LeakyRelu", "PRelu", "Elu"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(node->operator_name, names[i]))
			return true;
	return false;
}

/* What the activation that makes layer makes it of, where its name ends so. */
static int find_before_activation(const struct onnx_model *model, const char *name)
{
	static const char ending[] = "/pre";
	char layer[256];
	size_t length = strlen(name), end = sizeof(ending) - 1;
	if (length < end || length >= sizeof(layer) || strcmp(name + length - end, ending) != 0)
		return ONNX_NOTHING;
	snprintf(layer, sizeof(layer), "%.*s", (int)(length - end), name);
	int value = find_lengthened(model, layer);
	int producer = value != ONNX_NOTHING ? model->values[value].producer : ONNX_NOTHING;
	const struct onnx_node *node = producer != ONNX_NOTHING ? &model->nodes[producer] : NULL;
	if (!node || !is_activation(node) || !node->input_count || node->inputs[0] < 0 ||
	    model->values[node->inputs[0]].producer == ONNX_NOTHING)
		return ONNX_NOTHING;
	return node->inputs[0];
}

int graph_find_value(const struct onnx_model *model, const char *layer)
{
	int value = find_lengthened(model, layer);
	return value != ONNX_NOTHING ? value : find_before_activation(model, layer);
}

/* Whether node reads something that the picture goes into. */
static bool reads_picture(const struct onnx_node *node, const bool *from_picture)
{
	for (int i = 0; i < node->input_count; i++)
		if (translate_has_input(node, i) && from_picture[node->inputs[i]])
			return true;
	return false;
}

static void list_outputs(const struct builder *builder, const struct onnx_node *node,
                         bool *from_picture, struct graph_layer *layers, int *count)
{
	for (int i = 0; i < node->output_count; i++) {
		if (node->outputs[i] == ONNX_NOTHING)
			continue;
		const struct value *value = &builder->values[node->outputs[i]];
		if (value->form == VALUE_CONSTANT)
			continue;
		from_picture[node->outputs[i]] = true;
		struct graph_layer *layer = &layers[(*count)++];
		layer->value = node->outputs[i];
		layer->info.name = builder->model->values[node->outputs[i]].name;
		layer->info.operator_name = node->operator_name;
		layer->info.supported = translate_is_layer(value);
		if (layer->info.supported) {
			layer->info.channels = translate_channels(builder, value);
			layer->info.stride = builder->strides[value->tensor];
		}
	}
}

static rv_status list_all(struct builder *builder, bool *from_picture, struct graph_layer *layers,
                          int *count, rv_error *error)
{
	rv_status status = builder_add_picture(builder, error);
	if (status != RV_OK)
		return status;
	builder_add_constants(builder);
	from_picture[builder_find_picture(builder->model)->value] = true;
	for (int i = 0; i < builder->model->node_count; i++) {
		const struct onnx_node *node = &builder->model->nodes[i];
		/* What cannot be translated is listed as unsupported. */
		(void)dispatch_node(builder, node, NULL);
		if (reads_picture(node, from_picture))
			list_outputs(builder, node, from_picture, layers, count);
	}
	return RV_OK;
}

rv_status graph_list_layers(const struct onnx_model *model, struct arena *memory,
                            struct graph_layer **layers, int *count, rv_error *error)
{
	struct builder builder;
	rv_status status = builder_init(&builder, model, model->node_count, error);
	if (status != RV_OK)
		return status;
	*count = 0;
	*layers = arena_allocate(memory, (size_t)model->value_count, sizeof(**layers));
	bool *from_picture = calloc((size_t)model->value_count + 1, sizeof(*from_picture));
	if (*layers && from_picture)
		status = list_all(&builder, from_picture, *layers, count, error);
	else
		status = graph_out_of_memory(error);
	free(from_picture);
	builder_finish(&builder);
	return status;
}
