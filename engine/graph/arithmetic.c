/* Add, Sub, Mul, Div, Neg: between two tensors, or with a constant a channel. */
#include <math.h>
#include <stdlib.h>

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

/* Operator set 6 names the axis at which the list is broadcast. */
static bool is_at_channels(const struct builder *builder, const struct onnx_node *node,
                           const struct onnx_tensor *constant, int channels)
{
	int64_t axis = 0;
	return builder->model->opset < 7 && constant->rank == 1 && constant->dims[0] == channels &&
	       onnx_get_int(node, "axis", &axis, NULL) == RV_OK && axis == 1;
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
	if (!single && !translate_is_by_channel(constant, input->form, channels) &&
	    !is_at_channels(builder, node, constant, channels))
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

/* A tensor of a single pixel as large as another: ones times it. */
static rv_status spread_pixel(struct builder *builder, const struct onnx_node *node,
                              const int tensors[2], enum value_form form, rv_error *error)
{
	int channels = builder->graph->tensors[tensors[0]].channels;
	const struct value like = {.form = form, .tensor = tensors[0]};
	struct affine affine;
	rv_status status = allocate_affine(builder, channels, &affine, error);
	for (int i = 0; i < channels && status == RV_OK; i++)
		affine.scale[i] = 0, affine.shift[i] = 1;
	if (status == RV_OK)
		status = add_affine(builder, node, &like, &affine, error);
	if (status != RV_OK)
		return status;
	const int factors[2] = {builder->graph->tensor_count - 1, tensors[1]};
	return between_tensors(builder, node, OPERATOR_MULTIPLY, factors, form, error);
}

/* Of a tensor of a single pixel, that pixel is added everywhere. */
static rv_status add_tensors(struct builder *builder, const struct onnx_node *node,
                             const int tensors[2], enum value_form form, rv_error *error)
{
	bool pixel[2];
	for (int i = 0; i < 2; i++)
		pixel[i] = translate_is_single_pixel(builder, tensors[i]);
	if (pixel[0] == pixel[1])
		return between_tensors(builder, node, OPERATOR_ADD, tensors, form, error);
	int whole = pixel[0] ? 1 : 0;
	int both[2] = {tensors[whole], tensors[1 - whole]};
	rv_status status = spread_pixel(builder, node, both, form, error);
	if (status != RV_OK)
		return status;
	both[1] = builder->graph->tensor_count - 1;
	return between_tensors(builder, node, OPERATOR_ADD, both, form, error);
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
	return add_tensors(builder, node, tensors, form, error);
}

/* Squeeze and excitation multiplies by a tensor of a single pixel, which goes second. */
static rv_status multiply_tensors(struct builder *builder, const struct onnx_node *node,
                                  const int tensors[2], enum value_form form, rv_error *error)
{
	const int swapped[2] = {tensors[1], tensors[0]};
	bool swaps = translate_is_single_pixel(builder, tensors[0]) &&
	             !translate_is_single_pixel(builder, tensors[1]);
	return between_tensors(builder, node, OPERATOR_MULTIPLY, swaps ? swapped : tensors, form,
	                       error);
}

rv_status graph_translate_multiply(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	int tensors[2];
	enum value_form form;
	if (is_constant(builder, node, 0) || is_constant(builder, node, 1))
		return with_constant(builder, node, MULTIPLY, is_constant(builder, node, 1), error);
	rv_status status = read_two_tensors(builder, node, tensors, &form, error);
	return status != RV_OK ? status : multiply_tensors(builder, node, tensors, form, error);
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
	return add_tensors(builder, node, tensors, form, error);
}

rv_status graph_translate_divide(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	int tensors[2];
	enum value_form form;
	struct graph_node draft = translate_draft(OPERATOR_POWER);
	if (is_constant(builder, node, 1))
		return with_constant(builder, node, DIVIDE, 1, error);
	if (is_constant(builder, node, 0))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "division of a constant cannot be run");
	rv_status status = read_two_tensors(builder, node, tensors, &form, error);
	if (status != RV_OK)
		return status;
	draft.alpha = -1;
	status = translate_add_node(builder, node, &draft, &tensors[1], 1,
	                            builder->graph->tensors[tensors[1]].channels, form, error);
	if (status != RV_OK)
		return status;
	tensors[1] = builder->graph->tensor_count - 1;
	return multiply_tensors(builder, node, tensors, form, error);
}

/* ---- several tensors ---- */

/* The tensors of all inputs, which must have the form and channels of the first; freed by the
 * caller. */
static rv_status read_tensors(const struct builder *builder, const struct onnx_node *node,
                              int **tensors, enum value_form *form, rv_error *error)
{
	const struct value *value;
	rv_status status = translate_input_tensor(builder, node, 0, &value, error);
	*tensors = NULL;
	if (status != RV_OK)
		return status;
	*form = value->form;
	int channels = builder->graph->tensors[value->tensor].channels;
	*tensors = calloc((size_t)node->input_count, sizeof(**tensors));
	if (!*tensors)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	for (int i = 0; i < node->input_count; i++) {
		status = translate_input_tensor(builder, node, i, &value, error);
		if (status != RV_OK)
			return status;
		(*tensors)[i] = value->tensor;
		if (value->form != *form ||
		    builder->graph->tensors[value->tensor].channels != channels)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "its inputs differ in their dimensions");
	}
	return RV_OK;
}

static rv_status add_sum(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_ADD);
	enum value_form form;
	int *tensors;
	rv_status status = read_tensors(builder, node, &tensors, &form, error);
	if (status == RV_OK && node->input_count == 1)
		translate_set_output(builder, node,
		                     (struct value){.form = form, .tensor = tensors[0]});
	else if (status == RV_OK)
		status = translate_add_node(builder, node, &draft, tensors, node->input_count,
		                            builder->graph->tensors[tensors[0]].channels, form,
		                            error);
	free(tensors);
	return status;
}

rv_status graph_translate_sum(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	return add_sum(builder, node, error);
}

/* The value of node's first output times a number, which becomes its first output. */
static rv_status scale_output(struct builder *builder, const struct onnx_node *node, float factor,
                              rv_error *error)
{
	struct affine affine;
	if (!node->output_count || node->outputs[0] == ONNX_NOTHING)
		return RV_OK;
	struct value value = builder->values[node->outputs[0]];
	rv_status status = allocate_affine(builder, builder->graph->tensors[value.tensor].channels,
	                                   &affine, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < affine.channels; i++)
		affine.scale[i] = factor;
	return add_affine(builder, node, &value, &affine, error);
}

rv_status graph_translate_mean(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	rv_status status = add_sum(builder, node, error);
	if (status != RV_OK || node->input_count == 1)
		return status;
	return scale_output(builder, node, 1 / (float)node->input_count, error);
}

/* max(a, b) = b + max(a - b, 0), and min the same with the other limit. */
static rv_status extreme_of_tensors(struct builder *builder, const struct onnx_node *node,
                                    struct clamp clamp, rv_error *error)
{
	struct graph_node limit = translate_draft(OPERATOR_CLAMP);
	const struct graph *graph = builder->graph;
	enum value_form form;
	int tensors[2], pair[2];
	limit.clamp = clamp;
	rv_status status = read_two_tensors(builder, node, tensors, &form, error);
	if (status == RV_OK)
		status = negate_input(builder, node, 1, error);
	if (status != RV_OK)
		return status;
	pair[0] = tensors[0];
	pair[1] = graph->tensor_count - 1;
	status = between_tensors(builder, node, OPERATOR_ADD, pair, form, error);
	if (status != RV_OK)
		return status;
	pair[0] = graph->tensor_count - 1;
	status = translate_add_node(builder, node, &limit, pair, 1,
	                            graph->tensors[pair[0]].channels, form, error);
	if (status != RV_OK)
		return status;
	pair[0] = graph->tensor_count - 1;
	pair[1] = tensors[1];
	return between_tensors(builder, node, OPERATOR_ADD, pair, form, error);
}

static rv_status translate_extreme(struct builder *builder, const struct onnx_node *node,
                                   bool largest, rv_error *error)
{
	struct clamp clamp = graph_clamp_none;
	struct graph_node draft = translate_draft(OPERATOR_CLAMP);
	const struct onnx_tensor *constant;
	if (node->input_count != 2)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "only two inputs can be run");
	if (!is_constant(builder, node, 1)) {
		*(largest ? &clamp.low : &clamp.high) = 0;
		return extreme_of_tensors(builder, node, clamp, error);
	}
	rv_status status = translate_input_floats(builder, node, 1, &constant, error);
	if (status != RV_OK)
		return status;
	if (constant->count != 1 || !isfinite(constant->floats[0]))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its constant is not one finite number");
	*(largest ? &clamp.low : &clamp.high) = constant->floats[0];
	draft.clamp = clamp;
	return translate_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_maximum(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	return translate_extreme(builder, node, true, error);
}

rv_status graph_translate_minimum(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	return translate_extreme(builder, node, false, error);
}
