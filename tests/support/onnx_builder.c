#include "tests/support/onnx_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnx.pb-c.h"
#include "tests/support/message.h"

/* The message owns everything through malloc, so that protobuf-c can free it as if it had parsed
 * it. */
struct onnx_builder {
	Onnx__ModelProto *model;
};

enum { TYPE_FLOAT = 1, TYPE_INT64 = 7 };

/* ---- models ---- */

struct onnx_builder *onnx_builder_create(int opset)
{
	struct onnx_builder *builder = message_allocate(sizeof(*builder));
	builder->model = message_allocate(sizeof(*builder->model));
	onnx__model_proto__init(builder->model);
	builder->model->graph = message_allocate(sizeof(*builder->model->graph));
	onnx__graph_proto__init(builder->model->graph);
	if (opset) {
		Onnx__OperatorSetIdProto *entry = message_allocate(sizeof(*entry));
		onnx__operator_set_id_proto__init(entry);
		entry->has_version = true;
		entry->version = opset;
		message_append(&builder->model->opset_import, &builder->model->n_opset_import,
		               entry);
	}
	return builder;
}

void onnx_builder_destroy(struct onnx_builder **builder)
{
	if (!*builder)
		return;
	onnx__model_proto__free_unpacked((*builder)->model, NULL);
	free(*builder);
	*builder = NULL;
}

static Onnx__StringStringEntryProto *make_entry(const char *key, const char *value)
{
	Onnx__StringStringEntryProto *entry = message_allocate(sizeof(*entry));
	onnx__string_string_entry_proto__init(entry);
	entry->key = message_text(key);
	entry->value = message_text(value);
	return entry;
}

void onnx_builder_metadata(struct onnx_builder *builder, const char *key, const char *value)
{
	message_append(&builder->model->metadata_props, &builder->model->n_metadata_props,
	               make_entry(key, value));
}

static Onnx__TensorShapeProto *make_shape(int rank, const int64_t *dims)
{
	Onnx__TensorShapeProto *shape = message_allocate(sizeof(*shape));
	onnx__tensor_shape_proto__init(shape);
	for (int i = 0; i < rank; i++) {
		Onnx__TensorShapeProto__Dimension *dim = message_allocate(sizeof(*dim));
		onnx__tensor_shape_proto__dimension__init(dim);
		dim->has_dim_value = dims[i] != 0;
		dim->dim_value = dims[i];
		message_append(&shape->dim, &shape->n_dim, dim);
	}
	return shape;
}

void onnx_builder_input(struct onnx_builder *builder, const char *name, int rank,
                        const int64_t *dims)
{
	Onnx__ValueInfoProto *info = message_allocate(sizeof(*info));
	onnx__value_info_proto__init(info);
	info->name = message_text(name);
	info->type = message_allocate(sizeof(*info->type));
	onnx__type_proto__init(info->type);
	info->type->tensor_type = message_allocate(sizeof(*info->type->tensor_type));
	onnx__type_proto__tensor__init(info->type->tensor_type);
	info->type->tensor_type->shape = make_shape(rank, dims);
	message_append(&builder->model->graph->input, &builder->model->graph->n_input, info);
}

void onnx_builder_picture(struct onnx_builder *builder, const char *name, int channels, int height,
                          int width)
{
	int64_t dims[4] = {1, channels, height, width};
	onnx_builder_input(builder, name, 4, dims);
}

/* ---- nodes ---- */

static void append_names(char ***list, size_t *count, const char *names)
{
	char *copy = message_text(names), *rest = NULL;
	for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
		message_append(list, count, message_text(strcmp(name, "-") ? name : ""));
	free(copy);
}

void onnx_builder_node(struct onnx_builder *builder, const char *operator_name, const char *inputs,
                       const char *outputs)
{
	Onnx__GraphProto *graph = builder->model->graph;
	Onnx__NodeProto *node = message_allocate(sizeof(*node));
	onnx__node_proto__init(node);
	node->op_type = message_text(operator_name);
	append_names(&node->input, &node->n_input, inputs);
	append_names(&node->output, &node->n_output, outputs);
	message_append(&graph->node, &graph->n_node, node);
}

static Onnx__NodeProto *newest_node(struct onnx_builder *builder)
{
	return builder->model->graph->node[builder->model->graph->n_node - 1];
}

void onnx_builder_node_name(struct onnx_builder *builder, const char *name)
{
	newest_node(builder)->name = message_text(name);
}

void onnx_builder_node_domain(struct onnx_builder *builder, const char *domain)
{
	newest_node(builder)->domain = message_text(domain);
}

void onnx_builder_node_metadata(struct onnx_builder *builder, const char *key, const char *value)
{
	Onnx__NodeProto *node = newest_node(builder);
	message_append(&node->metadata_props, &node->n_metadata_props, make_entry(key, value));
}

static Onnx__AttributeProto *add_attribute(struct onnx_builder *builder, const char *name, int type)
{
	Onnx__NodeProto *node = newest_node(builder);
	Onnx__AttributeProto *attribute = message_allocate(sizeof(*attribute));
	onnx__attribute_proto__init(attribute);
	attribute->name = message_text(name);
	attribute->has_type = true;
	attribute->type = type;
	message_append(&node->attribute, &node->n_attribute, attribute);
	return attribute;
}

void onnx_builder_int(struct onnx_builder *builder, const char *name, int64_t value)
{
	Onnx__AttributeProto *attribute = add_attribute(builder, name, 2);
	attribute->has_i = true;
	attribute->i = value;
}

void onnx_builder_float(struct onnx_builder *builder, const char *name, float value)
{
	Onnx__AttributeProto *attribute = add_attribute(builder, name, 1);
	attribute->has_f = true;
	attribute->f = value;
}

void onnx_builder_text(struct onnx_builder *builder, const char *name, const char *value)
{
	Onnx__AttributeProto *attribute = add_attribute(builder, name, 3);
	attribute->has_s = true;
	attribute->s.len = strlen(value);
	attribute->s.data = message_copy(value, attribute->s.len);
}

void onnx_builder_ints(struct onnx_builder *builder, const char *name, int count,
                       const int64_t *values)
{
	Onnx__AttributeProto *attribute = add_attribute(builder, name, 7);
	attribute->n_ints = (size_t)count;
	attribute->ints = message_copy(values, (size_t)count * sizeof(*values));
}

void onnx_builder_branch(struct onnx_builder *builder, const char *name,
                         const struct onnx_builder *branch, const char *output)
{
	Onnx__GraphProto graph = *branch->model->graph;
	Onnx__ValueInfoProto made = ONNX__VALUE_INFO_PROTO__INIT;
	Onnx__ValueInfoProto *outputs[] = {&made};
	Onnx__AttributeProto *attribute = add_attribute(builder, name, 5);
	made.name = message_text(output);
	graph.n_output = 1;
	graph.output = outputs;
	attribute->has_g = true;
	attribute->g.len = onnx__graph_proto__get_packed_size(&graph);
	attribute->g.data = message_allocate(attribute->g.len);
	onnx__graph_proto__pack(&graph, attribute->g.data);
	free(made.name);
}

/* ---- tensors ---- */

static size_t product(int rank, const int64_t *dims)
{
	size_t count = 1;
	for (int i = 0; i < rank; i++)
		count *= (size_t)dims[i];
	return count;
}

static Onnx__TensorProto *make_tensor(const char *name, int type, int rank, const int64_t *dims,
                                      const void *data, size_t size)
{
	Onnx__TensorProto *tensor = message_allocate(sizeof(*tensor));
	onnx__tensor_proto__init(tensor);
	tensor->name = message_text(name);
	tensor->has_data_type = true;
	tensor->data_type = type;
	tensor->n_dims = (size_t)rank;
	tensor->dims = message_copy(dims, (size_t)rank * sizeof(*dims));
	tensor->has_raw_data = data != NULL;
	tensor->raw_data.len = data ? size : 0;
	tensor->raw_data.data = data ? message_copy(data, size) : NULL;
	return tensor;
}

void onnx_builder_tensor(struct onnx_builder *builder, const char *name, int rank,
                         const int64_t *dims, const int64_t *values)
{
	add_attribute(builder, name, 4)->t = make_tensor("", TYPE_INT64, rank, dims, values,
	                                                 product(rank, dims) * sizeof(*values));
}

struct Onnx__TensorProto *onnx_builder_raw(struct onnx_builder *builder, const char *name, int type,
                                           int rank, const int64_t *dims, const void *data,
                                           size_t size)
{
	Onnx__GraphProto *graph = builder->model->graph;
	Onnx__TensorProto *tensor = make_tensor(name, type, rank, dims, data, size);
	message_append(&graph->initializer, &graph->n_initializer, tensor);
	return tensor;
}

void onnx_builder_floats(struct onnx_builder *builder, const char *name, int rank,
                         const int64_t *dims, const float *values)
{
	onnx_builder_raw(builder, name, TYPE_FLOAT, rank, dims, values,
	                 product(rank, dims) * sizeof(*values));
}

void onnx_builder_integers(struct onnx_builder *builder, const char *name, int rank,
                           const int64_t *dims, const int64_t *values)
{
	onnx_builder_raw(builder, name, TYPE_INT64, rank, dims, values,
	                 product(rank, dims) * sizeof(*values));
}

void onnx_builder_block(struct onnx_builder *builder, const char *input, int inputs,
                        const char *output, int outputs, const float *values)
{
	char weights[64], convolved[64], both[160];

	snprintf(weights, sizeof(weights), "%s_weights", output);
	snprintf(convolved, sizeof(convolved), "%s_convolved", output);
	snprintf(both, sizeof(both), "%s %s", input, weights);
	onnx_builder_floats(builder, weights, 4, (int64_t[]){outputs, inputs, 3, 3}, values);
	onnx_builder_node(builder, "Conv", both, convolved);
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	onnx_builder_node(builder, "Relu", convolved, output);
}

/* ---- files ---- */

void *onnx_builder_pack(const struct onnx_builder *builder, size_t *size)
{
	*size = onnx__model_proto__get_packed_size(builder->model);
	void *bytes = message_allocate(*size);
	onnx__model_proto__pack(builder->model, bytes);
	return bytes;
}

struct onnx_model *onnx_builder_parse(const struct onnx_builder *builder, rv_error *error)
{
	struct onnx_model *model = NULL;
	size_t size;
	void *bytes = onnx_builder_pack(builder, &size);
	onnx_parse(&model, bytes, size, error);
	free(bytes);
	return model;
}

bool onnx_builder_write(const struct onnx_builder *builder, const char *path)
{
	size_t size;
	void *bytes = onnx_builder_pack(builder, &size);
	FILE *file = fopen(path, "wb");
	bool written = file && fwrite(bytes, 1, size, file) == size;
	if (file && fclose(file))
		written = false;
	free(bytes);
	return written;
}

bool onnx_builder_write_smallest(const char *path)
{
	enum { CHANNELS = 4, WEIGHTS = CHANNELS * 3 * 9 };
	float weights[WEIGHTS];
	struct onnx_builder *builder = onnx_builder_create(13);

	for (int i = 0; i < WEIGHTS; i++)
		weights[i] = 0.1f;
	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_block(builder, "picture", 3, "layer", CHANNELS, weights);
	bool written = onnx_builder_write(builder, path);
	onnx_builder_destroy(&builder);
	return written;
}
