/* Softmax, normalisation by stored statistics, and operators that join values or pass them on. */
#include <math.h>
#include <stdlib.h>

#include "engine/graph/align.h"
#include "engine/graph/folded.h"
#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

/* Before operator set 13 Softmax ran over all axes from the given one on, which is the channels
 * alone only where there is a single pixel. */
rv_status graph_translate_softmax(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_SOFTMAX);
	const struct value *input;
	bool flattens = builder->model->opset < 13;
	int64_t axis = flattens ? 1 : -1;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK && folded_is_stack(input))
		return folded_softmax(builder, node, input, error);
	if (status == RV_OK)
		status = translate_input_along(builder, node, &input, &axis, error);
	if (status != RV_OK)
		return status;
	bool vector = input->form == VALUE_VECTOR;
	bool pixel = translate_is_single_pixel(builder, input->tensor);
	bool size_known = builder->nominal[input->tensor].height > 0;
	bool over_channels = axis == translate_channel_axis(input->form);
	if (vector || flattens) /* a vector of unknown length is taken for one of channels */
		over_channels = over_channels && (pixel || (vector && !size_known));
	if (!over_channels)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only Softmax over channels can be run");
	return pieces_add_pointwise(builder, node, &draft, error);
}

/* ---- normalisation ---- */

/* scale, bias, mean and variance: inputs 1 to 4. */
static rv_status read_statistics(const struct builder *builder, const struct onnx_node *node,
                                 int channels, const struct onnx_tensor *statistics[4],
                                 rv_error *error)
{
	for (int i = 0; i < 4; i++) {
		rv_status status =
			translate_input_floats(builder, node, i + 1, &statistics[i], error);
		if (status != RV_OK)
			return status;
		if (statistics[i]->count != (size_t)channels)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its input number %d has %zu values for %d channels",
			                      i + 2, statistics[i]->count, channels);
	}
	return RV_OK;
}

static rv_status check_batch_norm(const struct onnx_node *node, rv_error *error)
{
	int64_t spatial = 1, training = 0;
	rv_status status = onnx_get_int(node, "spatial", &spatial, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "training_mode", &training, error);
	if (status == RV_OK && (!spatial || training))
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"only normalisation by stored statistics of whole channels can be run");
	return status;
}

static rv_status fill_batch_norm(struct builder *builder, const struct onnx_node *node,
                                 struct graph_node *draft, int channels, float epsilon,
                                 rv_error *error)
{
	const struct onnx_tensor *statistics[4];
	rv_status status = read_statistics(builder, node, channels, statistics, error);
	if (status != RV_OK)
		return status;
	float *scale = graph_allocate(builder->graph, (size_t)channels, sizeof(*scale));
	float *shift = graph_allocate(builder->graph, (size_t)channels, sizeof(*shift));
	if (!scale || !shift)
		return graph_out_of_memory(error);
	for (int i = 0; i < channels; i++) {
		double variance = (double)statistics[3]->floats[i] + (double)epsilon;
		double factor = statistics[0]->floats[i] / sqrt(variance);
		if (!isfinite(factor))
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "the variance of channel %d is %g", i,
			                      (double)statistics[3]->floats[i]);
		scale[i] = (float)factor;
		shift[i] = (float)(statistics[1]->floats[i] - statistics[2]->floats[i] * factor);
	}
	draft->scale = scale;
	draft->shift = shift;
	return RV_OK;
}

rv_status graph_translate_batch_norm(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_AFFINE);
	const struct value *input;
	float epsilon = 1e-5f;
	rv_status status = check_batch_norm(node, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "epsilon", &epsilon, error);
	if (status == RV_OK)
		status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	if (input->form == VALUE_IMAGE_LAST)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it works behind a Transpose");
	int channels = translate_channels(builder, input);
	status = fill_batch_norm(builder, node, &draft, channels, epsilon, error);
	return status != RV_OK ? status : pieces_add_pointwise(builder, node, &draft, error);
}

/* ---- joining and passing on ---- */

static rv_status check_concat_axis(const struct builder *builder, const struct onnx_node *node,
                                   const struct value *first, rv_error *error)
{
	int64_t axis = 1;
	bool vector = first->form == VALUE_VECTOR;
	rv_status status = onnx_get_int(node, "axis", &axis, error);
	if (status == RV_OK)
		status = translate_normalise_axis(node, &axis, vector ? 2 : 4, error);
	if (status != RV_OK)
		return status;
	if (axis != translate_channel_axis(first->form))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "only channels can be joined");
	if (vector && !translate_is_single_pixel(builder, first->tensor))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "it joins what a Flatten made of several pixels");
	return RV_OK;
}

/* Gathers the tensors to join in inputs[node->input_count] and counts their channels. */
static rv_status read_concat_inputs(const struct builder *builder, const struct onnx_node *node,
                                    enum value_form form, int *inputs, int *channels,
                                    rv_error *error)
{
	*channels = 0;
	for (int i = 0; i < node->input_count; i++) {
		const struct value *value;
		rv_status status = translate_input_tensor(builder, node, i, &value, error);
		if (status != RV_OK)
			return status;
		if (value->form != form)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "its inputs differ in their dimensions");
		inputs[i] = value->tensor;
		*channels += translate_channels(builder, value);
		if (*channels > CHANNELS_MAX)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "it makes more than %d channels", CHANNELS_MAX);
	}
	return RV_OK;
}

rv_status graph_translate_concat(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CONCAT);
	const struct value *first;
	int channels;
	rv_status status = translate_input_view(builder, node, 0, &first, error);
	if (status == RV_OK && folded_is_stack(first))
		return folded_concat(builder, node, error);
	if (status == RV_OK)
		status = translate_input_tensor(builder, node, 0, &first, error);
	if (status == RV_OK)
		status = check_concat_axis(builder, node, first, error);
	if (status != RV_OK)
		return status;
	int *inputs = calloc((size_t)node->input_count, sizeof(*inputs));
	if (!inputs)
		return graph_out_of_memory(error);
	status = read_concat_inputs(builder, node, first->form, inputs, &channels, error);
	if (status == RV_OK)
		align_sizes(builder, inputs, node->input_count);
	if (status == RV_OK && node->input_count == 1)
		translate_set_output(builder, node, *first);
	else if (status == RV_OK)
		status = translate_add_node(builder, node, &draft, inputs, node->input_count,
		                            channels, first->form, error);
	free(inputs);
	return status;
}

rv_status graph_translate_alias(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status == RV_OK)
		translate_set_output(builder, node, *input);
	return status;
}

/* Everything is computed in float32, so a Cast among the real types changes nothing. */
rv_status graph_translate_cast(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	int64_t to = 0;
	rv_status status = onnx_get_int(node, "to", &to, error);
	if (status != RV_OK)
		return status;
	if (!onnx_is_real(to))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only casts to real types can be run");
	return graph_translate_alias(builder, node, error);
}
