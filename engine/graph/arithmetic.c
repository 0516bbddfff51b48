/* Add, Sub, Mul, Div and Neg: between two tensors, or with a constant a channel. */
#include <math.h>

#include "engine/graph/translators.h"

/* y = x * scale + shift, where one of scale and shift comes from a constant. */
struct affine {
	float *scale, *shift; /* [channels] */
	int channels;
};

static rv_status allocate_affine(struct builder *builder, int channels, struct affine *affine,
                                 rv_error *error)
{
	affine->channels = channels;
	affine->scale = graph_allocate(builder->graph, (size_t)channels, sizeof(float));
	affine->shift = graph_allocate(builder->graph, (size_t)channels, sizeof(float));
	if (!affine->scale || !affine->shift)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	for (int i = 0; i < channels; i++)
		affine->scale[i] = 1;
	return RV_OK;
}

static rv_status add_affine(struct builder *builder, const struct onnx_node *node,
                            const struct value *input, const struct affine *affine, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_AFFINE);
	draft.scale = affine->scale;
	draft.shift = affine->shift;
	for (int i = 0; i < affine->channels; i++)
		if (!isfinite(affine->scale[i]) || !isfinite(affine->shift[i]))
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its constant for channel %d gives no finite number",
			                      i);
	return translate_add_node(builder, node, &draft, &input->tensor, 1, affine->channels,
	                          input->form, error);
}

/* Whether constant has one value a channel of a tensor seen in that form: all dimensions but that
 * of the channels are 1. */
static bool is_by_channel(const struct onnx_tensor *constant, enum value_form form, int channels)
{
	int from_end = form == VALUE_IMAGE ? 3 : 1;
	return constant->rank >= from_end && constant->count == (size_t)channels &&
	       constant->dims[constant->rank - from_end] == channels;
}

/* The operators, as what becomes of scale and shift. */
enum arithmetic { ADD, SUBTRACT, SUBTRACT_FROM, MULTIPLY, DIVIDE };

static void apply_constant(enum arithmetic kind, float constant, float *scale, float *shift)
{
	switch (kind) {
	case ADD:
		*shift = constant;
		break;
	case SUBTRACT:
		*shift = -constant;
		break;
	case SUBTRACT_FROM:
		*scale = -1;
		*shift = constant;
		break;
	case MULTIPLY:
		*scale = constant;
		break;
	case DIVIDE:
		*scale = 1 / constant;
		break;
	}
}

/* Input number constant_index is the constant; the other is a tensor. */
static rv_status with_constant(struct builder *builder, const struct onnx_node *node,
                               enum arithmetic kind, int constant_index, rv_error *error)
{
	const struct onnx_tensor *constant;
	const struct value *input;
	struct affine affine;
	rv_status status = translate_input_floats(builder, node, constant_index, &constant, error);
	if (status == RV_OK)
		status = translate_input_tensor(builder, node, 1 - constant_index, &input, error);
	if (status != RV_OK)
		return status;
	int channels = builder->graph->tensors[input->tensor].channels;
	bool single = constant->count == 1;
	if (!single && !is_by_channel(constant, input->form, channels))
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"its constant is neither one number nor one for each of %d channels",
			channels);
	status = allocate_affine(builder, channels, &affine, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < channels; i++)
		apply_constant(kind, constant->floats[single ? 0 : i], &affine.scale[i],
		               &affine.shift[i]);
	return add_affine(builder, node, input, &affine, error);
}

static bool is_constant(const struct builder *builder, const struct onnx_node *node, int index)
{
	return translate_has_input(node, index) &&
	       builder->values[node->inputs[index]].form == VALUE_CONSTANT;
}

/* Between two tensors of the same channels. */
static rv_status between_tensors(struct builder *builder, const struct onnx_node *node,
                                 enum operator_kind kind, const int tensors[2],
                                 enum value_form form, rv_error *error)
{
	struct graph_node draft = translate_draft(kind);
	const struct graph_tensor *all = builder->graph->tensors;
	int channels = all[tensors[0]].channels;
	if (all[tensors[1]].channels != channels)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"its inputs have %d and %d channels; only equal ones can be run", channels,
			all[tensors[1]].channels);
	return translate_add_node(builder, node, &draft, tensors, 2, channels, form, error);
}

static rv_status read_two_tensors(struct builder *builder, const struct onnx_node *node,
                                  int tensors[2], enum value_form *form, rv_error *error)
{
	const struct value *values[2];
	for (int i = 0; i < 2; i++) {
		rv_status status = translate_input_tensor(builder, node, i, &values[i], error);
		if (status != RV_OK)
			return status;
		tensors[i] = values[i]->tensor;
	}
	*form = values[0]->form;
	if (values[0]->form != values[1]->form)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its inputs differ in their dimensions");
	return RV_OK;
}

rv_status graph_translate_add(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	int tensors[2];
	enum value_form form;
	if (is_constant(builder, node, 0) || is_constant(builder, node, 1))
		return with_constant(builder, node, ADD, is_constant(builder, node, 1), error);
	rv_status status = read_two_tensors(builder, node, tensors, &form, error);
	if (status != RV_OK)
		return status;
	return between_tensors(builder, node, OPERATOR_ADD, tensors, form, error);
}

/* Squeeze and excitation multiplies by a tensor of a single pixel, which goes second. */
rv_status graph_translate_multiply(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	int tensors[2];
	enum value_form form;
	if (is_constant(builder, node, 0) || is_constant(builder, node, 1))
		return with_constant(builder, node, MULTIPLY, is_constant(builder, node, 1), error);
	rv_status status = read_two_tensors(builder, node, tensors, &form, error);
	if (status != RV_OK)
		return status;
	if (translate_is_single_pixel(builder, tensors[0]) &&
	    !translate_is_single_pixel(builder, tensors[1])) {
		int first = tensors[0];
		tensors[0] = tensors[1];
		tensors[1] = first;
	}
	return between_tensors(builder, node, OPERATOR_MULTIPLY, tensors, form, error);
}

/* Input number index times -1, as a node of its own. */
static rv_status negate_input(struct builder *builder, const struct onnx_node *node, int index,
                              rv_error *error)
{
	const struct value *input;
	struct affine affine;
	rv_status status = translate_input_tensor(builder, node, index, &input, error);
	if (status != RV_OK)
		return status;
	int channels = builder->graph->tensors[input->tensor].channels;
	status = allocate_affine(builder, channels, &affine, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < channels; i++)
		affine.scale[i] = -1;
	return add_affine(builder, node, input, &affine, error);
}

rv_status graph_translate_negate(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	return negate_input(builder, node, 0, error);
}

/* a - b is a + (-b). */
rv_status graph_translate_subtract(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	int tensors[2];
	enum value_form form;
	if (is_constant(builder, node, 1))
		return with_constant(builder, node, SUBTRACT, 1, error);
	if (is_constant(builder, node, 0))
		return with_constant(builder, node, SUBTRACT_FROM, 0, error);
	rv_status status = read_two_tensors(builder, node, tensors, &form, error);
	if (status == RV_OK)
		status = negate_input(builder, node, 1, error);
	if (status != RV_OK)
		return status;
	tensors[1] = builder->graph->tensor_count - 1;
	return between_tensors(builder, node, OPERATOR_ADD, tensors, form, error);
}

rv_status graph_translate_divide(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	if (!is_constant(builder, node, 1))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only division by a constant can be run");
	return with_constant(builder, node, DIVIDE, 1, error);
}
