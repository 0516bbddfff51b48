#include "engine/caffe/writer.h"

#include <string.h>

enum { ATTRIBUTES_MAX = 8, FIRST_CAPACITY = 64 };

/* Types of attributes and tensors in the public schema. */
enum { TYPE_FLOAT = 1, TYPE_INT = 2, TYPE_INTS = 7, ELEMENT_FLOAT = 1, ELEMENT_INT64 = 7 };

void writer_init(struct writer *writer, struct arena *memory)
{
	*writer = (struct writer){.memory = memory};
	onnx__graph_proto__init(&writer->graph);
}

void *writer_allocate(struct writer *writer, size_t count, size_t size)
{
	void *memory = writer->exhausted ? NULL : arena_allocate(writer->memory, count, size);
	writer->exhausted |= !memory;
	return memory;
}

const char *writer_text(struct writer *writer, const char *first, const char *second)
{
	size_t length = strlen(first), rest = strlen(second);
	char *text = writer_allocate(writer, length + rest + 2, 1);
	if (!text)
		return "";
	memcpy(text, first, length);
	text[length] = '/';
	memcpy(text + length + 1, second, rest);
	return text;
}

/* A list of pointers with space for one more; NULL where memory is exhausted. */
static void *grow(struct writer *writer, void *list, size_t count, size_t *capacity)
{
	if (count < *capacity)
		return list;
	size_t more = *capacity ? 2 * *capacity : FIRST_CAPACITY;
	void **longer = writer_allocate(writer, more, sizeof(void *));
	if (!longer)
		return NULL;
	if (count)
		memcpy(longer, list, count * sizeof(void *));
	*capacity = more;
	return longer;
}

/* ---- nodes ---- */

Onnx__NodeProto *writer_node(struct writer *writer, const char *operator_name, const char *name,
                             size_t inputs, size_t outputs)
{
	Onnx__GraphProto *graph = &writer->graph;
	Onnx__NodeProto *node = writer_allocate(writer, 1, sizeof(*node));
	char **values = writer_allocate(writer, inputs + outputs, sizeof(*values));
	void *attributes = writer_allocate(writer, ATTRIBUTES_MAX, sizeof(*node->attribute));
	void *nodes = grow(writer, graph->node, graph->n_node, &writer->node_capacity);
	if (writer->exhausted)
		return NULL;
	onnx__node_proto__init(node);
	node->op_type = (char *)operator_name;
	node->name = (char *)name;
	node->input = values;
	node->output = values + inputs;
	node->attribute = attributes;
	graph->node = nodes;
	graph->node[graph->n_node++] = node;
	return node;
}

void writer_add_input(Onnx__NodeProto *node, const char *value)
{
	if (node)
		node->input[node->n_input++] = (char *)value;
}

void writer_add_output(Onnx__NodeProto *node, const char *value)
{
	if (node)
		node->output[node->n_output++] = (char *)value;
}

static Onnx__AttributeProto *add_attribute(struct writer *writer, Onnx__NodeProto *node,
                                           const char *name, int type)
{
	Onnx__AttributeProto *attribute = writer_allocate(writer, 1, sizeof(*attribute));
	if (!attribute || !node || node->n_attribute == ATTRIBUTES_MAX)
		return NULL;
	onnx__attribute_proto__init(attribute);
	attribute->name = (char *)name;
	attribute->has_type = true;
	attribute->type = type;
	node->attribute[node->n_attribute++] = attribute;
	return attribute;
}

void writer_int(struct writer *writer, Onnx__NodeProto *node, const char *name, int64_t value)
{
	Onnx__AttributeProto *attribute = add_attribute(writer, node, name, TYPE_INT);
	if (attribute)
		attribute->i = value;
}

void writer_float(struct writer *writer, Onnx__NodeProto *node, const char *name, float value)
{
	Onnx__AttributeProto *attribute = add_attribute(writer, node, name, TYPE_FLOAT);
	if (attribute)
		attribute->f = value;
}

static int64_t *copy_integers(struct writer *writer, const int64_t *values, size_t count)
{
	int64_t *copy = writer_allocate(writer, count, sizeof(*copy));
	if (copy && count)
		memcpy(copy, values, count * sizeof(*copy));
	return copy;
}

void writer_ints(struct writer *writer, Onnx__NodeProto *node, const char *name, size_t count,
                 const int64_t *values)
{
	int64_t *copy = copy_integers(writer, values, count);
	Onnx__AttributeProto *attribute = add_attribute(writer, node, name, TYPE_INTS);
	if (!attribute)
		return;
	attribute->ints = copy;
	attribute->n_ints = count;
}

/* ---- tensors and inputs ---- */

static Onnx__TensorProto *add_tensor(struct writer *writer, const char *name, size_t rank,
                                     const int64_t *dims, int type)
{
	Onnx__GraphProto *graph = &writer->graph;
	Onnx__TensorProto *tensor = writer_allocate(writer, 1, sizeof(*tensor));
	int64_t *own_dims = copy_integers(writer, dims, rank);
	void *tensors =
		grow(writer, graph->initializer, graph->n_initializer, &writer->tensor_capacity);
	if (writer->exhausted)
		return NULL;
	onnx__tensor_proto__init(tensor);
	tensor->name = (char *)name;
	tensor->dims = own_dims;
	tensor->n_dims = rank;
	tensor->has_data_type = true;
	tensor->data_type = type;
	graph->initializer = tensors;
	graph->initializer[graph->n_initializer++] = tensor;
	return tensor;
}

void writer_floats(struct writer *writer, const char *name, size_t rank, const int64_t *dims,
                   const float *values, size_t count)
{
	Onnx__TensorProto *tensor = add_tensor(writer, name, rank, dims, ELEMENT_FLOAT);
	if (!tensor)
		return;
	tensor->float_data = (float *)values;
	tensor->n_float_data = count;
}

void writer_integers(struct writer *writer, const char *name, const int64_t *values, size_t count)
{
	const int64_t dims[] = {(int64_t)count};
	int64_t *copy = copy_integers(writer, values, count);
	Onnx__TensorProto *tensor = add_tensor(writer, name, 1, dims, ELEMENT_INT64);
	if (!tensor)
		return;
	tensor->int64_data = copy;
	tensor->n_int64_data = count;
}

static Onnx__TensorShapeProto__Dimension *make_dimension(struct writer *writer, int64_t size)
{
	Onnx__TensorShapeProto__Dimension *dimension =
		writer_allocate(writer, 1, sizeof(*dimension));
	if (!dimension)
		return NULL;
	onnx__tensor_shape_proto__dimension__init(dimension);
	dimension->has_dim_value = size > 0;
	dimension->dim_value = size;
	return dimension;
}

static Onnx__TypeProto *make_type(struct writer *writer, size_t rank, const int64_t *dims)
{
	Onnx__TypeProto *type = writer_allocate(writer, 1, sizeof(*type));
	Onnx__TypeProto__Tensor *tensor = writer_allocate(writer, 1, sizeof(*tensor));
	Onnx__TensorShapeProto *shape = writer_allocate(writer, 1, sizeof(*shape));
	void *list = writer_allocate(writer, rank, sizeof(*shape->dim));
	if (writer->exhausted)
		return NULL;
	onnx__type_proto__init(type);
	onnx__type_proto__tensor__init(tensor);
	onnx__tensor_shape_proto__init(shape);
	type->tensor_type = tensor;
	tensor->shape = shape;
	shape->dim = list;
	for (size_t i = 0; i < rank; i++)
		shape->dim[shape->n_dim++] = make_dimension(writer, dims[i]);
	return type;
}

void writer_input(struct writer *writer, const char *name, size_t rank, const int64_t *dims)
{
	Onnx__GraphProto *graph = &writer->graph;
	Onnx__ValueInfoProto *input = writer_allocate(writer, 1, sizeof(*input));
	Onnx__TypeProto *type = make_type(writer, rank, dims);
	void *inputs = grow(writer, graph->input, graph->n_input, &writer->input_capacity);
	if (writer->exhausted)
		return;
	onnx__value_info_proto__init(input);
	input->name = (char *)name;
	input->type = type;
	graph->input = inputs;
	graph->input[graph->n_input++] = input;
}
