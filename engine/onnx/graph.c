#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/budget.h"
#include "engine/onnx/decode.h"
#include "onnx.pb-c.h"

/* What is needed while a graph is decoded: the names as the file spells them, sorted, so that a
 * name's place in the list is the number of its value. */
struct decoder {
	struct onnx_model *model;
	const Onnx__GraphProto *graph;
	struct external *external;
	const char **names;
	int name_count;
};

/* ---- names ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int find_name(const char *const *names, int count, const char *name)
{
	const char *const *found =
		bsearch(&name, names, (size_t)count, sizeof(*names), compare_names);
	return found ? (int)(found - names) : ONNX_NOTHING;
}

static size_t count_mentions(const Onnx__GraphProto *graph)
{
	size_t count = graph->n_initializer + graph->n_input;
	for (size_t i = 0; i < graph->n_node; i++)
		count += graph->node[i]->n_input + graph->node[i]->n_output;
	return count;
}

static void mention(struct decoder *decoder, const char *name)
{
	if (name && *name)
		decoder->names[decoder->name_count++] = name;
}

static void mention_all(struct decoder *decoder)
{
	const Onnx__GraphProto *graph = decoder->graph;
	for (size_t i = 0; i < graph->n_initializer; i++)
		mention(decoder, graph->initializer[i]->name);
	for (size_t i = 0; i < graph->n_input; i++)
		mention(decoder, graph->input[i]->name);
	for (size_t i = 0; i < graph->n_node; i++) {
		for (size_t j = 0; j < graph->node[i]->n_input; j++)
			mention(decoder, graph->node[i]->input[j]);
		for (size_t j = 0; j < graph->node[i]->n_output; j++)
			mention(decoder, graph->node[i]->output[j]);
	}
}

static void sort_and_unite(struct decoder *decoder)
{
	int kept = 0;
	qsort(decoder->names, (size_t)decoder->name_count, sizeof(*decoder->names), compare_names);
	for (int i = 0; i < decoder->name_count; i++)
		if (i == 0 || strcmp(decoder->names[i], decoder->names[kept - 1]) != 0)
			decoder->names[kept++] = decoder->names[i];
	decoder->name_count = kept;
}

static rv_status number_names(struct decoder *decoder, rv_error *error)
{
	struct onnx_model *model = decoder->model;
	size_t mentions = count_mentions(decoder->graph);
	if (mentions > INT32_MAX)
		return budget_exceeded(error);
	decoder->names = calloc(mentions + 1, sizeof(*decoder->names));
	if (!decoder->names)
		return budget_exceeded(error);
	mention_all(decoder);
	sort_and_unite(decoder);

	size_t count = (size_t)decoder->name_count;
	model->values = arena_allocate(model->memory, count, sizeof(*model->values));
	if (!model->values)
		return budget_exceeded(error);
	model->value_count = decoder->name_count;
	for (int i = 0; i < decoder->name_count; i++) {
		const char *name = decoder->names[i];
		model->values[i].producer = ONNX_NOTHING;
		model->values[i].name = onnx_clean_text(model->memory, name, strlen(name));
		if (!model->values[i].name)
			return budget_exceeded(error);
	}
	return RV_OK;
}

static int find_value(const struct decoder *decoder, const char *name)
{
	if (!name || !*name)
		return ONNX_NOTHING;
	return find_name(decoder->names, decoder->name_count, name);
}

/* ---- initializers and inputs ---- */

static rv_status decode_initializers(struct decoder *decoder, rv_error *error)
{
	struct onnx_model *model = decoder->model;
	size_t count = decoder->graph->n_initializer;
	struct onnx_tensor *tensors = arena_allocate(model->memory, count, sizeof(*tensors));
	if (!tensors)
		return budget_exceeded(error);
	for (size_t i = 0; i < count; i++) {
		const Onnx__TensorProto *proto = decoder->graph->initializer[i];
		rv_status status =
			onnx_decode_tensor(&tensors[i], proto, model, decoder->external, error);
		if (status != RV_OK)
			return status;
		int value = find_value(decoder, proto->name);
		if (value == ONNX_NOTHING)
			continue; /* without a name nothing can read it */
		if (model->values[value].constant)
			return rv_fail(error, RV_CORRUPT, "two constants are called " ONNX_NAME,
			               tensors[i].name);
		model->values[value].constant = &tensors[i];
	}
	return RV_OK;
}

static void read_input_shape(struct onnx_input *input, const Onnx__ValueInfoProto *proto)
{
	const Onnx__TypeProto__Tensor *type = proto->type ? proto->type->tensor_type : NULL;
	const Onnx__TensorShapeProto *shape = type ? type->shape : NULL;
	input->rank = -1;
	if (!shape)
		return;
	input->rank = shape->n_dim <= ONNX_RANK_MAX ? (int)shape->n_dim : ONNX_RANK_MAX + 1;
	for (size_t i = 0; i < shape->n_dim && i < ONNX_RANK_MAX; i++)
		if (shape->dim[i]->has_dim_value && shape->dim[i]->dim_value > 0)
			input->dims[i] = shape->dim[i]->dim_value;
}

static rv_status decode_inputs(struct decoder *decoder, rv_error *error)
{
	struct onnx_model *model = decoder->model;
	size_t count = decoder->graph->n_input;
	model->inputs = arena_allocate(model->memory, count, sizeof(*model->inputs));
	if (!model->inputs)
		return budget_exceeded(error);
	for (size_t i = 0; i < count; i++) {
		const Onnx__ValueInfoProto *proto = decoder->graph->input[i];
		int value = find_value(decoder, proto->name);
		/* Files of IR version 3 list their initializers among the inputs. */
		if (value == ONNX_NOTHING || model->values[value].constant)
			continue;
		model->values[value].is_input = true;
		struct onnx_input *input = &model->inputs[model->input_count++];
		input->value = value;
		read_input_shape(input, proto);
	}
	return RV_OK;
}

/* ---- attributes ---- */

/* Very old writers leave the type out. */
static int attribute_type(const Onnx__AttributeProto *proto)
{
	if (proto->has_type && proto->type)
		return proto->type;
	if (proto->has_f)
		return ONNX_FLOAT;
	if (proto->has_i)
		return ONNX_INT;
	if (proto->has_s)
		return ONNX_STRING;
	if (proto->t)
		return ONNX_TENSOR;
	return proto->n_floats ? ONNX_FLOATS : ONNX_INTS;
}

static const void *copy(struct arena *memory, const void *source, size_t count, size_t size)
{
	void *target = arena_allocate(memory, count, size);
	if (target && count)
		memcpy(target, source, count * size);
	return target;
}

static rv_status decode_attribute_tensor(struct decoder *decoder, struct onnx_attribute *attribute,
                                         const Onnx__AttributeProto *proto, rv_error *error)
{
	struct onnx_tensor *tensor = arena_allocate(decoder->model->memory, 1, sizeof(*tensor));
	if (!tensor)
		return budget_exceeded(error);
	attribute->tensor = tensor;
	if (proto->t)
		return onnx_decode_tensor(tensor, proto->t, decoder->model, decoder->external,
		                          error);
	tensor->name = "";
	tensor->problem = "is missing";
	return RV_OK;
}

static rv_status decode_attribute(struct decoder *decoder, struct onnx_attribute *attribute,
                                  const Onnx__AttributeProto *proto, rv_error *error)
{
	struct arena *memory = decoder->model->memory;
	const char *name = proto->name ? proto->name : "";
	attribute->name = onnx_clean_text(memory, name, strlen(name));
	attribute->text = onnx_clean_text(memory, (const char *)proto->s.data, proto->s.len);
	if (!attribute->name || !attribute->text)
		return budget_exceeded(error);
	attribute->type = attribute_type(proto);
	attribute->real = proto->f;
	attribute->integer = proto->i;
	if (attribute->type == ONNX_TENSOR)
		return decode_attribute_tensor(decoder, attribute, proto, error);
	if (attribute->type == ONNX_FLOATS) {
		attribute->count = proto->n_floats;
		attribute->reals = copy(memory, proto->floats, proto->n_floats, sizeof(float));
		return attribute->reals ? RV_OK : budget_exceeded(error);
	}
	if (attribute->type == ONNX_INTS) {
		attribute->count = proto->n_ints;
		attribute->integers = copy(memory, proto->ints, proto->n_ints, sizeof(int64_t));
		return attribute->integers ? RV_OK : budget_exceeded(error);
	}
	return RV_OK;
}

static rv_status decode_attributes(struct decoder *decoder, struct onnx_node *node,
                                   const Onnx__NodeProto *proto, rv_error *error)
{
	size_t count = proto->n_attribute;
	node->attributes = arena_allocate(decoder->model->memory, count, sizeof(*node->attributes));
	if (!node->attributes)
		return budget_exceeded(error);
	for (size_t i = 0; i < count; i++) {
		rv_status status =
			decode_attribute(decoder, &node->attributes[i], proto->attribute[i], error);
		if (status != RV_OK)
			return status;
		node->attribute_count++;
	}
	return RV_OK;
}

/* ---- nodes ---- */

bool onnx_is_standard_domain(const char *domain)
{
	return !domain || !*domain || !strcmp(domain, "ai.onnx");
}

static rv_status decode_values(struct decoder *decoder, int **values, int *value_count,
                               char **names, size_t count, rv_error *error)
{
	*values = arena_allocate(decoder->model->memory, count, sizeof(**values));
	if (!*values)
		return budget_exceeded(error);
	*value_count = (int)count;
	for (size_t i = 0; i < count; i++)
		(*values)[i] = find_value(decoder, names[i]);
	return RV_OK;
}

static rv_status name_node(struct decoder *decoder, struct onnx_node *node,
                           const Onnx__NodeProto *proto, int index, rv_error *error)
{
	struct arena *memory = decoder->model->memory;
	const char *operator= proto->op_type ? proto->op_type : "";
	char number[32];
	snprintf(number, sizeof(number), "node %d", index);
	const char *name = number;
	node->named = proto->name && *proto->name;
	if (node->named)
		name = proto->name;
	else if (node->output_count && node->outputs[0] != ONNX_NOTHING)
		name = decoder->names[node->outputs[0]];
	node->name = onnx_clean_text(memory, name, strlen(name));
	node->operator_name = onnx_clean_text(memory, operator, strlen(operator));
	node->standard = onnx_is_standard_domain(proto->domain);
	if (!node->name || !node->operator_name)
		return budget_exceeded(error);
	node->module = onnx_find_module(node, proto, memory);
	return node->module ? RV_OK : budget_exceeded(error);
}

static rv_status claim_outputs(struct decoder *decoder, int index, rv_error *error)
{
	struct onnx_model *model = decoder->model;
	const struct onnx_node *node = &model->nodes[index];
	for (int i = 0; i < node->output_count; i++) {
		if (node->outputs[i] == ONNX_NOTHING)
			continue;
		struct onnx_value *value = &model->values[node->outputs[i]];
		if (value->producer != ONNX_NOTHING || value->constant || value->is_input)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its output " ONNX_NAME " is also made elsewhere",
			                      value->name);
		value->producer = index;
	}
	return RV_OK;
}

static rv_status decode_node(struct decoder *decoder, int index, rv_error *error)
{
	struct onnx_node *node = &decoder->model->nodes[index];
	const Onnx__NodeProto *proto = decoder->graph->node[index];
	rv_status status = decode_values(decoder, &node->inputs, &node->input_count, proto->input,
	                                 proto->n_input, error);
	if (status == RV_OK)
		status = decode_values(decoder, &node->outputs, &node->output_count, proto->output,
		                       proto->n_output, error);
	if (status == RV_OK)
		status = name_node(decoder, node, proto, index, error);
	if (status == RV_OK)
		status = decode_attributes(decoder, node, proto, error);
	return status != RV_OK ? status : claim_outputs(decoder, index, error);
}

static rv_status decode_nodes(struct decoder *decoder, rv_error *error)
{
	struct onnx_model *model = decoder->model;
	size_t count = decoder->graph->n_node;
	model->nodes = arena_allocate(model->memory, count, sizeof(*model->nodes));
	if (!model->nodes)
		return budget_exceeded(error);
	model->node_count = (int)count;
	for (int i = 0; i < model->node_count; i++) {
		rv_status status = decode_node(decoder, i, error);
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

rv_status onnx_decode_graph(struct onnx_model *model, const Onnx__GraphProto *graph,
                            struct external *external, rv_error *error)
{
	struct decoder decoder = {.model = model, .graph = graph, .external = external};
	rv_status status = number_names(&decoder, error);
	if (status == RV_OK)
		status = decode_initializers(&decoder, error);
	if (status == RV_OK)
		status = decode_inputs(&decoder, error);
	if (status == RV_OK)
		status = decode_nodes(&decoder, error);
	free(decoder.names);
	return status;
}
