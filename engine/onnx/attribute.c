#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/onnx/model.h"

rv_status onnx_node_fail(const struct onnx_node *node, rv_error *error, rv_status status,
                         const char *format, ...)
{
	char text[RV_ERROR_LENGTH];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return rv_fail(error, status, "node " ONNX_NAME " (%.40s): %s", node->name,
	               node->operator_name, text);
}

const struct onnx_attribute *onnx_find_attribute(const struct onnx_node *node, const char *name)
{
	for (int i = 0; i < node->attribute_count; i++)
		if (!strcmp(node->attributes[i].name, name))
			return &node->attributes[i];
	return NULL;
}

static const char *type_text(enum onnx_attribute_type type)
{
	switch (type) {
	case ONNX_FLOAT:
		return "a number";
	case ONNX_INT:
		return "an integer";
	case ONNX_STRING:
		return "a text";
	case ONNX_TENSOR:
		return "a tensor";
	case ONNX_FLOATS:
		return "a list of numbers";
	case ONNX_INTS:
		return "a list of integers";
	}
	return "what it should be";
}

/* Finds the attribute of that name; NULL in found where there is none. */
static rv_status find_typed(const struct onnx_node *node, const char *name,
                            enum onnx_attribute_type type, const struct onnx_attribute **found,
                            rv_error *error)
{
	*found = onnx_find_attribute(node, name);
	if (*found && (*found)->type != (int)type)
		return onnx_node_fail(node, error, RV_CORRUPT, "attribute \"%s\" is not %s", name,
		                      type_text(type));
	return RV_OK;
}

rv_status onnx_get_int(const struct onnx_node *node, const char *name, int64_t *value,
                       rv_error *error)
{
	const struct onnx_attribute *attribute;
	rv_status status = find_typed(node, name, ONNX_INT, &attribute, error);
	if (status == RV_OK && attribute)
		*value = attribute->integer;
	return status;
}

rv_status onnx_get_float(const struct onnx_node *node, const char *name, float *value,
                         rv_error *error)
{
	const struct onnx_attribute *attribute;
	rv_status status = find_typed(node, name, ONNX_FLOAT, &attribute, error);
	if (status == RV_OK && attribute)
		*value = attribute->real;
	return status;
}

rv_status onnx_get_text(const struct onnx_node *node, const char *name, const char **value,
                        rv_error *error)
{
	const struct onnx_attribute *attribute;
	rv_status status = find_typed(node, name, ONNX_STRING, &attribute, error);
	if (status == RV_OK && attribute)
		*value = attribute->text;
	return status;
}

rv_status onnx_get_ints(const struct onnx_node *node, const char *name, const int64_t **values,
                        size_t *count, rv_error *error)
{
	const struct onnx_attribute *attribute;
	rv_status status = find_typed(node, name, ONNX_INTS, &attribute, error);
	if (status == RV_OK && attribute) {
		*values = attribute->integers;
		*count = attribute->count;
	}
	return status;
}
