/* Add, Sub, Mul, Div, Neg, Sum, Mean, Max, Min: between tensors, or with a constant a channel. */
#include <math.h>
#include <stdlib.h>

#include "engine/graph/align.h"
#include "engine/graph/folded.h"
#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

static bool is_constant(const struct builder *builder, const struct onnx_node *node, int index)
{
	return translate_has_input(node, index) &&
	       builder->values[node->inputs[index]].form == VALUE_CONSTANT;
}

/* ---- with a constant ---- */

/* The operators, as what becomes of scale and shift in x * scale + shift. x is the tensor, or its
 * reciprocal where that is divided into the constant. */
enum arithmetic { ADD, SUBTRACT, SUBTRACT_FROM, MULTIPLY, DIVIDE, DIVIDE_INTO };

static void apply_constant(enum arithmetic kind, float constant, float *scale, float *shift)
{
	*scale = 1;
	*shift = 0;
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
	case DIVIDE_INTO:
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

static rv_status fill_affine(struct builder *builder, const struct onnx_node *node,
                             enum arithmetic kind, const struct onnx_tensor *constant, int channels,
                             struct graph_node *affine, rv_error *error)
{
	float *scale = graph_allocate(builder->graph, (size_t)channels, sizeof(*scale));
	float *shift = graph_allocate(builder->graph, (size_t)channels, sizeof(*shift));
	if (!scale || !shift)
		return graph_out_of_memory(error);
	for (int i = 0; i < channels; i++) {
		float number = constant->floats[constant->count == 1 ? 0 : i];
		apply_constant(kind, number, &scale[i], &shift[i]);
		if (!isfinite(scale[i]) || !isfinite(shift[i]))
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its constant for channel %d gives no finite number",
			                      i);
	}
	affine->scale = scale;
	affine->shift = shift;
	return RV_OK;
}

/* Input number constant_index is the constant; the other is a tensor. */
static rv_status with_constant(struct builder *builder, const struct onnx_node *node,
                               enum arithmetic kind, int constant_index, rv_error *error)
{
	struct graph_node affine = translate_draft(OPERATOR_AFFINE);
	const struct onnx_tensor *constant;
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 1 - constant_index, &input, error);
	if (status == RV_OK)
		status = translate_input_floats(builder, node, constant_index, &constant, error);
	if (status != RV_OK)
		return status;
	struct value value = *input;
	int channels = translate_channels(builder, &value);
	if (constant->count != 1 && !translate_is_by_channel(constant, value.form, channels) &&
	    !is_at_channels(builder, node, constant, channels))
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"its constant is neither one number nor one for each of %d channels",
			channels);
	status = fill_affine(builder, node, kind, constant, channels, &affine, error);
	if (status == RV_OK && kind == DIVIDE_INTO)
		status = pieces_add_power(builder, node, -1, &value, error);
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &affine, channels, &value, error);
}

/* ---- between two tensors ---- */

/* Both inputs, with as many channels: one that has a single channel is copied to all. */
static rv_status read_pair(struct builder *builder, const struct onnx_node *node,
                           struct value pair[2], rv_error *error)
{
	int channels[2];
	for (int i = 0; i < 2; i++) {
		const struct value *input;
		rv_status status = translate_input_tensor(builder, node, i, &input, error);
		if (status != RV_OK)
			return status;
		pair[i] = *input;
		channels[i] = translate_channels(builder, input);
	}
	if (pair[0].form != pair[1].form)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its inputs differ in their dimensions");
	align_sizes(builder, (int[]){pair[0].tensor, pair[1].tensor}, 2);
	if (channels[0] == channels[1])
		return RV_OK;
	if (channels[0] != 1 && channels[1] != 1)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"its inputs have %d and %d channels; only equal ones can be run",
			channels[0], channels[1]);
	int single = channels[0] == 1 ? 0 : 1;
	return pieces_add_copies(builder, node, channels[1 - single], &pair[single], error);
}

/* pair[0] becomes what joins both. */
static rv_status join(struct builder *builder, const struct onnx_node *node,
                      enum operator_kind kind, struct value pair[2], rv_error *error)
{
	const int tensors[2] = {pair[0].tensor, pair[1].tensor};
	return pieces_join(builder, node, kind, tensors, 2, &pair[0], error);
}

/* Which of two tensors is a single pixel that belongs everywhere in the other; -1 where none is. */
static int find_pixel(const struct builder *builder, const struct value pair[2])
{
	bool first = translate_is_single_pixel(builder, pair[0].tensor);
	bool second = translate_is_single_pixel(builder, pair[1].tensor);
	return first == second ? -1 : second;
}

/* A tensor of a single pixel becomes as large as the other: ones times it. */
static rv_status spread_pixel(struct builder *builder, const struct onnx_node *node,
                              struct value pair[2], rv_error *error)
{
	int pixel = find_pixel(builder, pair);
	if (pixel < 0)
		return RV_OK;
	struct value factors[2] = {pair[1 - pixel], pair[pixel]};
	rv_status status = pieces_add_affine(builder, node, 0, 1, &factors[0], error);
	if (status == RV_OK)
		status = join(builder, node, OPERATOR_MULTIPLY, factors, error);
	pair[pixel] = factors[0];
	return status;
}

static rv_status add_pair(struct builder *builder, const struct onnx_node *node,
                          struct value pair[2], rv_error *error)
{
	rv_status status = spread_pixel(builder, node, pair, error);
	return status != RV_OK ? status : join(builder, node, OPERATOR_ADD, pair, error);
}

/* Squeeze and excitation multiplies by a tensor of a single pixel, which goes second. */
static rv_status multiply_pair(struct builder *builder, const struct onnx_node *node,
                               struct value pair[2], rv_error *error)
{
	struct value ordered[2] = {pair[0], pair[1]};
	if (find_pixel(builder, pair) == 0)
		ordered[0] = pair[1], ordered[1] = pair[0];
	return join(builder, node, OPERATOR_MULTIPLY, ordered, error);
}

/* a - b is a + (-b), as pair[0]. */
static rv_status subtract_pair(struct builder *builder, const struct onnx_node *node,
                               struct value pair[2], rv_error *error)
{
	rv_status status = pieces_add_affine(builder, node, -1, 0, &pair[1], error);
	return status != RV_OK ? status : add_pair(builder, node, pair, error);
}

/* a / b is a * b^-1. */
static rv_status divide_pair(struct builder *builder, const struct onnx_node *node,
                             struct value pair[2], rv_error *error)
{
	rv_status status = pieces_add_power(builder, node, -1, &pair[1], error);
	return status != RV_OK ? status : multiply_pair(builder, node, pair, error);
}

/* ---- the operators ---- */

typedef rv_status pair_function(struct builder *builder, const struct onnx_node *node,
                                struct value pair[2], rv_error *error);

/* What a constant is for the operator, as its second input or its first, and what two tensors are.
 */
static rv_status translate_arithmetic(struct builder *builder, const struct onnx_node *node,
                                      enum arithmetic as_second, enum arithmetic as_first,
                                      pair_function *combine, rv_error *error)
{
	struct value pair[2];
	const struct value *stack, *other;
	if (as_second == MULTIPLY &&
	    translate_input_view(builder, node, 0, &stack, NULL) == RV_OK &&
	    translate_input_view(builder, node, 1, &other, NULL) == RV_OK && folded_is_stack(stack))
		return folded_multiply(builder, node, stack, other, error);
	if (is_constant(builder, node, 1))
		return with_constant(builder, node, as_second, 1, error);
	if (is_constant(builder, node, 0))
		return with_constant(builder, node, as_first, 0, error);
	rv_status status = read_pair(builder, node, pair, error);
	return status != RV_OK ? status : combine(builder, node, pair, error);
}

rv_status graph_translate_add(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	return translate_arithmetic(builder, node, ADD, ADD, add_pair, error);
}

rv_status graph_translate_subtract(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	return translate_arithmetic(builder, node, SUBTRACT, SUBTRACT_FROM, subtract_pair, error);
}

rv_status graph_translate_multiply(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	return translate_arithmetic(builder, node, MULTIPLY, MULTIPLY, multiply_pair, error);
}

rv_status graph_translate_divide(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	return translate_arithmetic(builder, node, DIVIDE, DIVIDE_INTO, divide_pair, error);
}

rv_status graph_translate_negate(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	struct value value = *input;
	return pieces_add_affine(builder, node, -1, 0, &value, error);
}

/* ---- several tensors ---- */

/* The tensors of all inputs, which must have the form and channels of the first, and that itself;
 * freed by the caller. */
static rv_status read_tensors(const struct builder *builder, const struct onnx_node *node,
                              int **tensors, struct value *first, rv_error *error)
{
	const struct value *value;
	rv_status status = translate_input_tensor(builder, node, 0, &value, error);
	*tensors = NULL;
	if (status != RV_OK)
		return status;
	*first = *value;
	*tensors = calloc((size_t)node->input_count, sizeof(**tensors));
	if (!*tensors)
		return graph_out_of_memory(error);
	for (int i = 0; i < node->input_count; i++) {
		status = translate_input_tensor(builder, node, i, &value, error);
		if (status != RV_OK)
			return status;
		(*tensors)[i] = value->tensor;
		if (value->form != first->form ||
		    translate_channels(builder, value) != translate_channels(builder, first))
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "its inputs differ in their dimensions");
	}
	return RV_OK;
}

static rv_status add_sum(struct builder *builder, const struct onnx_node *node, struct value *sum,
                         rv_error *error)
{
	int *tensors;
	rv_status status = read_tensors(builder, node, &tensors, sum, error);
	if (status == RV_OK && node->input_count == 1)
		translate_set_output(builder, node, *sum);
	else if (status == RV_OK)
		status = pieces_join(builder, node, OPERATOR_ADD, tensors, node->input_count, sum,
		                     error);
	free(tensors);
	return status;
}

rv_status graph_translate_sum(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	struct value sum;
	return add_sum(builder, node, &sum, error);
}

rv_status graph_translate_mean(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	struct value sum;
	rv_status status = add_sum(builder, node, &sum, error);
	if (status != RV_OK || node->input_count == 1)
		return status;
	return pieces_add_affine(builder, node, 1 / (float)node->input_count, 0, &sum, error);
}

/* ---- the larger and the smaller ---- */

/* max(a, b) = b + max(a - b, 0), and min the same with the other limit. */
static rv_status extreme_of_tensors(struct builder *builder, const struct onnx_node *node,
                                    const struct graph_node *limit, rv_error *error)
{
	struct value pair[2];
	rv_status status = read_pair(builder, node, pair, error);
	if (status == RV_OK)
		status = spread_pixel(builder, node, pair, error);
	if (status != RV_OK)
		return status;
	struct value difference[2] = {pair[0], pair[1]};
	status = subtract_pair(builder, node, difference, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, limit,
		                    translate_channels(builder, &difference[0]), &difference[0],
		                    error);
	pair[0] = difference[0];
	return status != RV_OK ? status : add_pair(builder, node, pair, error);
}

static rv_status translate_extreme(struct builder *builder, const struct onnx_node *node,
                                   bool largest, rv_error *error)
{
	struct graph_node limit = translate_draft(OPERATOR_CLAMP);
	float *bound = largest ? &limit.clamp.low : &limit.clamp.high;
	int constant_index = is_constant(builder, node, 0) ? 0 : 1;
	const struct onnx_tensor *constant;
	const struct value *input;
	if (node->input_count != 2)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "only two inputs can be run");
	*bound = 0;
	if (!is_constant(builder, node, constant_index))
		return extreme_of_tensors(builder, node, &limit, error);
	rv_status status = translate_input_floats(builder, node, constant_index, &constant, error);
	if (status == RV_OK)
		status = translate_input_tensor(builder, node, 1 - constant_index, &input, error);
	if (status != RV_OK)
		return status;
	if (constant->count != 1 || !isfinite(constant->floats[0]))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its constant is not one finite number");
	*bound = constant->floats[0];
	struct value value = *input;
	return pieces_add(builder, node, &limit, translate_channels(builder, &value), &value,
	                  error);
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
