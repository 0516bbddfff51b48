#include "engine/graph/folded.h"

#include <stdlib.h>

#include "engine/graph/length.h"
#include "engine/graph/pieces.h"

bool folded_is_stack(const struct value *value)
{
	return (value->form == VALUE_GROUPED || value->form == VALUE_FOLDED) &&
	       !value->zeros_before && !value->zeros_behind;
}

static void set_folded(struct builder *builder, const struct onnx_node *node, int tensor,
                       int groups, int ones)
{
	bool grouped = ones == 2;
	translate_set_output(builder, node,
	                     (struct value){.form = grouped ? VALUE_GROUPED : VALUE_FOLDED,
	                                    .tensor = tensor,
	                                    .groups = groups,
	                                    .ones = grouped ? 0 : ones});
}

/* ---- views ---- */

/* One pixel at every size; at the declared size alone a Reshape means the pixels. */
static bool is_always_pixel(const struct builder *builder, const struct value *input)
{
	bool plain = input->form == VALUE_VECTOR || input->form == VALUE_IMAGE ||
	             input->form == VALUE_LINE || input->form == VALUE_FOLDED;
	return plain && builder->strides[input->tensor] == 0;
}

bool folded_reshape(struct builder *builder, const struct onnx_node *node,
                    const struct value *input, const int64_t *dims, size_t rank)
{
	int64_t channels = translate_channels(builder, input);
	if (!is_always_pixel(builder, input) || rank < 2 || rank > 5)
		return false;
	for (size_t i = 3; i < rank; i++)
		if (dims[i] != 1)
			return false;
	bool all = dims[1] == channels || (dims[1] == -1 && rank != 3);
	bool fits = rank > 2 && dims[1] > 0 && dims[1] <= channels && channels % dims[1] == 0 &&
	            (dims[2] == -1 || length_is_open(builder, dims[2]) ||
	             dims[2] == channels / dims[1]);
	if (input->form == VALUE_FOLDED && all && rank == 2)
		translate_set_output(builder, node,
		                     (struct value){.form = VALUE_VECTOR, .tensor = input->tensor});
	else if (input->form == VALUE_FOLDED && all && rank == 4 && dims[2] == 1)
		translate_set_output(builder, node,
		                     (struct value){.form = VALUE_IMAGE, .tensor = input->tensor});
	else if (rank != 4 && fits)
		set_folded(builder, node, input->tensor, (int)dims[1], (int)rank - 3);
	else
		return false;
	return true;
}

bool folded_transpose(struct builder *builder, const struct onnx_node *node,
                      const struct value *input, const int64_t *axes, size_t count)
{
	bool line = input->form == VALUE_LINE;
	bool folded = input->form == VALUE_FOLDED && input->groups == 1 && input->ones == 0;
	if ((!line && !folded) || count != 3 || axes[0] != 0 || axes[1] != 2 || axes[2] != 1)
		return false;
	if (line)
		set_folded(builder, node, input->tensor, 1, 0);
	else
		translate_set_output(builder, node,
		                     (struct value){.form = VALUE_LINE, .tensor = input->tensor});
	return true;
}

bool folded_unsqueeze(struct builder *builder, const struct onnx_node *node,
                      const struct value *input, const int64_t *axes, size_t count)
{
	bool vector =
		input->form == VALUE_VECTOR && translate_is_single_pixel(builder, input->tensor);
	int rank = input->form == VALUE_FOLDED ? 3 + input->ones : 2;
	bool behind = count == 1 && (axes[0] == -1 || axes[0] == rank);
	if (vector && count == 1 && (axes[0] == 1 || axes[0] == -2))
		set_folded(builder, node, input->tensor, 1, 0);
	else if (input->form == VALUE_FOLDED && behind)
		set_folded(builder, node, input->tensor, input->groups, input->ones + 1);
	else
		return false;
	return true;
}

/* ---- convolution over channels ---- */

static rv_status read_window(const struct builder *builder, const struct onnx_node *node,
                             struct channel_window *window, int64_t *behind, rv_error *error)
{
	const struct onnx_tensor *weights;
	const int64_t *strides = NULL, *dilations = NULL, *pads = NULL;
	size_t stride_count = 0, dilation_count = 0, pad_count = 0;
	int64_t groups = 1;
	rv_status status = translate_input_floats(builder, node, 1, &weights, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "strides", &strides, &stride_count, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "dilations", &dilations, &dilation_count, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "pads", &pads, &pad_count, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "group", &groups, error);
	if (status != RV_OK)
		return status;
	const int64_t *dims = weights->dims;
	window->weights = weights->floats;
	window->dilation = dilations && dilation_count == 1 ? dilations[0] : 1;
	window->before = pads && pad_count == 2 ? pads[0] : 0;
	*behind = pads && pad_count == 2 ? pads[1] : 0;
	window->size = dims[2];
	bool one = weights->rank == 3 && dims[0] == 1 && dims[1] == 1 && groups == 1;
	if (!one || window->size < 1 || window->size > WINDOW_MAX || window->dilation < 1 ||
	    window->dilation > WINDOW_MAX || window->before < 0 || window->before > WINDOW_MAX ||
	    *behind < 0 || *behind > WINDOW_MAX ||
	    (strides && (stride_count != 1 || strides[0] != 1)) ||
	    onnx_find_attribute(node, "auto_pad"))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "over channels only a window that moves by one can be run");
	return RV_OK;
}

static rv_status read_bias(const struct builder *builder, const struct onnx_node *node, float *bias,
                           rv_error *error)
{
	const struct onnx_tensor *constant;
	*bias = 0;
	if (!translate_has_input(node, 2))
		return RV_OK;
	rv_status status = translate_input_floats(builder, node, 2, &constant, error);
	if (status == RV_OK && constant->count != 1)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its bias has %zu values for 1 output channel",
		                      constant->count);
	if (status == RV_OK)
		*bias = constant->floats[0];
	return status;
}

rv_status folded_convolve(struct builder *builder, const struct onnx_node *node,
                          const struct value *input, rv_error *error)
{
	struct channel_window window = {.size = 0};
	struct value value = *input;
	int64_t channels = translate_channels(builder, input), behind = 0;
	float bias;
	if (input->groups != 1 || input->ones)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "over channels only a window that moves by one can be run");
	rv_status status = read_window(builder, node, &window, &behind, error);
	if (status == RV_OK)
		status = read_bias(builder, node, &bias, error);
	if (status != RV_OK)
		return status;
	int64_t outputs = channels + window.before + behind - (window.size - 1) * window.dilation;
	if (outputs < 1)
		return onnx_node_fail(node, error, RV_CORRUPT, "its window is wider than %lld",
		                      (long long)channels);
	status = pieces_add_channel_window(builder, node, &window, outputs, &value, error);
	if (status == RV_OK && bias != 0)
		status = pieces_add_affine(builder, node, 1, bias, &value, error);
	return status;
}

/* ---- stacks ---- */

rv_status folded_concat(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CONCAT);
	const struct value *first = NULL, *value;
	int64_t axis = 1, groups = 0, channels = 0;
	rv_status status = onnx_get_int(node, "axis", &axis, error);
	int *inputs = calloc((size_t)node->input_count + 1, sizeof(*inputs));
	if (!inputs)
		return graph_out_of_memory(error);
	for (int i = 0; status == RV_OK && i < node->input_count; i++) {
		status = translate_input_view(builder, node, i, &value, error);
		if (status != RV_OK)
			break;
		first = first ? first : value;
		bool alike = folded_is_stack(value) && value->form == first->form &&
		             value->ones == first->ones &&
		             translate_channels(builder, value) / value->groups ==
		                     translate_channels(builder, first) / first->groups;
		groups += alike ? value->groups : 0;
		channels += translate_channels(builder, value);
		inputs[i] = value->tensor;
		if (!alike || axis != 1 || channels > CHANNELS_MAX)
			status = onnx_node_fail(node, error, RV_UNSUPPORTED,
			                        "only groups of as many channels can be joined");
	}
	if (status == RV_OK)
		status = translate_add_node(builder, node, &draft, inputs, node->input_count,
		                            (int)channels, first->form, error);
	free(inputs);
	if (status == RV_OK)
		translate_set_output(builder, node,
		                     (struct value){.form = first->form,
		                                    .tensor = builder->graph->tensor_count - 1,
		                                    .groups = (int)groups,
		                                    .ones = first->ones});
	return status;
}

/* Each channel's groups one below the other, as channels of pixels side by side, and back. */
rv_status folded_softmax(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	struct graph_node softmax = translate_draft(OPERATOR_SOFTMAX);
	struct value value = *input;
	int64_t axis = builder->model->opset < 13 ? 1 : -1;
	int channels = translate_channels(builder, input), groups = input->groups;
	rv_status status = onnx_get_int(node, "axis", &axis, error);
	if (status == RV_OK && (axis != 1 || builder->model->opset < 13))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "of groups only Softmax over the groups can be run, since "
		                      "operator set 13");
	draft.rearrangement =
		(struct rearrangement){.kind = REARRANGE_WIDEN, .number = channels / groups};
	if (status == RV_OK)
		status = pieces_add(builder, node, &draft, groups, &value, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, &softmax, groups, &value, error);
	draft.rearrangement.kind = REARRANGE_NARROW;
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &draft, channels, &value, error);
}

rv_status folded_sum(struct builder *builder, const struct onnx_node *node,
                     const struct value *input, rv_error *error)
{
	struct graph_node slice = translate_draft(OPERATOR_REARRANGE);
	const struct value whole = {.form = input->form == VALUE_FOLDED ? VALUE_VECTOR
	                                                                : VALUE_IMAGE,
	                            .tensor = input->tensor};
	int groups = input->groups, channels = translate_channels(builder, input) / groups;
	int *parts = calloc((size_t)groups, sizeof(*parts));
	struct value part = whole;
	rv_status status = parts ? RV_OK : graph_out_of_memory(error);
	slice.rearrangement.kind = REARRANGE_SLICE;
	for (int i = 0; status == RV_OK && i < groups; i++) {
		part = whole;
		slice.rearrangement.number = i * channels;
		status = pieces_add(builder, node, &slice, channels, &part, error);
		if (status == RV_OK)
			parts[i] = part.tensor;
	}
	if (status == RV_OK && groups > 1)
		status = pieces_join(builder, node, OPERATOR_ADD, parts, groups, &part, error);
	free(parts);
	return status;
}

rv_status folded_multiply(struct builder *builder, const struct onnx_node *node,
                          const struct value *a, const struct value *b, rv_error *error)
{
	bool first = translate_is_single_pixel(builder, a->tensor);
	bool swaps = first && !translate_is_single_pixel(builder, b->tensor);
	const int tensors[2] = {swaps ? b->tensor : a->tensor, swaps ? a->tensor : b->tensor};
	struct value value = *a;
	if (!folded_is_stack(a) || !folded_is_stack(b) || a->form != b->form ||
	    a->groups != b->groups || a->ones != b->ones ||
	    translate_channels(builder, a) != translate_channels(builder, b))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its inputs differ in their groups of channels");
	return pieces_join(builder, node, OPERATOR_MULTIPLY, tensors, 2, &value, error);
}
