/* Normalisation by the mean and variance of the values themselves: over the channels of each pixel,
 * or over the pixels of each channel. */
#include "engine/graph/translators.h"

/* Inputs 1 and 2, one value a channel each; where there is none, values that change nothing. */
static rv_status read_table(struct builder *builder, const struct onnx_node *node, int index,
                            int channels, const float **table, rv_error *error)
{
	const struct onnx_tensor *constant;
	if (translate_has_input(node, index)) {
		rv_status status = translate_input_floats(builder, node, index, &constant, error);
		if (status != RV_OK)
			return status;
		if (constant->count != (size_t)channels)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its input number %d has %zu values for %d channels",
			                      index + 1, constant->count, channels);
		*table = constant->floats;
		return RV_OK;
	}
	float *made = graph_allocate(builder->graph, (size_t)channels, sizeof(*made));
	if (!made)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	for (int i = 0; i < channels; i++)
		made[i] = index == 1 ? 1 : 0;
	*table = made;
	return RV_OK;
}

static rv_status add_norm(struct builder *builder, const struct onnx_node *node,
                          enum operator_kind kind, rv_error *error)
{
	struct graph_node draft = translate_draft(kind);
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	int channels = builder->graph->tensors[input->tensor].channels;
	draft.constant = 1e-5f;
	status = onnx_get_float(node, "epsilon", &draft.constant, error);
	if (status == RV_OK && !(draft.constant > 0))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "its epsilon is not above 0");
	if (status == RV_OK)
		status = read_table(builder, node, 1, channels, &draft.scale, error);
	if (status == RV_OK)
		status = read_table(builder, node, 2, channels, &draft.shift, error);
	return status != RV_OK ? status : translate_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_instance_norm(struct builder *builder, const struct onnx_node *node,
                                        rv_error *error)
{
	int input;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	return status != RV_OK ? status : add_norm(builder, node, OPERATOR_INSTANCE_NORM, error);
}

rv_status graph_translate_layer_norm(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	const struct value *input;
	int64_t axis = -1;
	rv_status status = translate_input_along(builder, node, &input, &axis, error);
	if (status != RV_OK)
		return status;
	bool last = input->form == VALUE_IMAGE_LAST && axis == 3;
	bool vector = input->form == VALUE_VECTOR && axis == 1 &&
	              translate_is_single_pixel(builder, input->tensor);
	if (!last && !vector)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only normalisation over channels can be run");
	return add_norm(builder, node, OPERATOR_LAYER_NORM, error);
}
