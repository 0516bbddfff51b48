/* Normalisation by the mean and variance of the values themselves: over the channels of each pixel,
 * or over the pixels of each channel. */
#include "engine/graph/pieces.h"
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
	return pieces_make_table(builder, index == 1 ? 1 : 0, channels, table, error);
}

static rv_status add_norm(struct builder *builder, const struct onnx_node *node,
                          enum operator_kind kind, struct value input, rv_error *error)
{
	struct graph_node draft = translate_draft(kind);
	int channels = translate_channels(builder, &input);
	draft.constant = 1e-5f;
	rv_status status = onnx_get_float(node, "epsilon", &draft.constant, error);
	if (status == RV_OK && !(draft.constant > 0))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "its epsilon is not above 0");
	if (status == RV_OK)
		status = read_table(builder, node, 1, channels, &draft.scale, error);
	if (status == RV_OK)
		status = read_table(builder, node, 2, channels, &draft.shift, error);
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &draft, channels, &input, error);
}

/* Rows are the channels of groups, side by side: so PyTorch writes normalisation over groups. */
rv_status graph_translate_instance_norm(struct builder *builder, const struct onnx_node *node,
                                        rv_error *error)
{
	const struct value *input;
	int tensor;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK && input->form != VALUE_ROWS)
		status = translate_input_image(builder, node, 0, &tensor, error);
	return status != RV_OK ? status
	                       : add_norm(builder, node, OPERATOR_INSTANCE_NORM, *input, error);
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
	return add_norm(builder, node, OPERATOR_LAYER_NORM, *input, error);
}

/* ---- over the pixels and channels of a group ---- */

/* scale and bias have one value for each channel, or before operator set 21 for each group. */
static rv_status read_group_table(struct builder *builder, const struct onnx_node *node, int index,
                                  int channels, int groups, const float **table, rv_error *error)
{
	const struct onnx_tensor *constant;
	rv_status status = translate_input_floats(builder, node, index, &constant, error);
	if (status != RV_OK)
		return status;
	if (constant->count == (size_t)channels) {
		*table = constant->floats;
		return RV_OK;
	}
	if (constant->count != (size_t)groups)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its input number %d has %zu values for %d channels in %d "
		                      "groups",
		                      index + 1, constant->count, channels, groups);
	float *made = graph_allocate(builder->graph, (size_t)channels, sizeof(*made));
	if (!made)
		return graph_out_of_memory(error);
	for (int i = 0; i < channels; i++)
		made[i] = constant->floats[i / (channels / groups)];
	*table = made;
	return RV_OK;
}

static rv_status read_groups(const struct builder *builder, const struct onnx_node *node, int input,
                             int *groups, float *epsilon, rv_error *error)
{
	int channels = builder->graph->tensors[input].channels;
	int64_t number = 0;
	rv_status status = onnx_get_int(node, "num_groups", &number, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "epsilon", epsilon, error);
	if (status == RV_OK && (number < 1 || number > channels || channels % number))
		return onnx_node_fail(node, error, RV_CORRUPT, "%d channels in %lld groups",
		                      channels, (long long)number);
	if (status == RV_OK && !(*epsilon > 0))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "its epsilon is not above 0");
	*groups = (int)number;
	return status;
}

/* The channels of each group are laid side by side as pixels of one, which is normalised over its
 * pixels. */
rv_status graph_translate_group_norm(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	struct graph_node widen = translate_draft(OPERATOR_REARRANGE), narrow = widen;
	struct graph_node norm = translate_draft(OPERATOR_INSTANCE_NORM);
	struct graph_node affine = translate_draft(OPERATOR_AFFINE);
	int input, groups = 0;
	norm.constant = 1e-5f;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_groups(builder, node, input, &groups, &norm.constant, error);
	if (status != RV_OK)
		return status;
	struct value value = {.form = VALUE_IMAGE, .tensor = input};
	int channels = builder->graph->tensors[input].channels;
	widen.rearrangement.kind = REARRANGE_WIDEN;
	narrow.rearrangement.kind = REARRANGE_NARROW;
	widen.rearrangement.number = narrow.rearrangement.number = channels / groups;
	status = read_group_table(builder, node, 1, channels, groups, &affine.scale, error);
	if (status == RV_OK)
		status = read_group_table(builder, node, 2, channels, groups, &affine.shift, error);
	if (status == RV_OK)
		status = pieces_make_table(builder, 1, groups, &norm.scale, error);
	if (status == RV_OK)
		status = pieces_make_table(builder, 0, groups, &norm.shift, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, &widen, groups, &value, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, &norm, groups, &value, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, &narrow, channels, &value, error);
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &affine, channels, &value, error);
}
