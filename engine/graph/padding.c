/* Pad: by a constant, or by what lies at the border. */
#include <string.h>

#include "engine/graph/translators.h"

static rv_status read_pad_value(const struct builder *builder, const struct onnx_node *node,
                                float *value, rv_error *error)
{
	const struct onnx_tensor *constant;
	if (!translate_has_input(node, 2))
		return onnx_get_float(node, "value", value, error);
	rv_status status = translate_input_floats(builder, node, 2, &constant, error);
	if (status != RV_OK)
		return status;
	if (constant->count != 1)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "it pads with %zu values instead of one", constant->count);
	*value = constant->floats[0];
	return RV_OK;
}

/* The pads of all axes come as begins of each axis, then ends; input 3 (operator set 18) may name
 * the axes. The first operator set calls them paddings. */
static rv_status read_pad_amounts(const struct builder *builder, const struct onnx_node *node,
                                  int64_t begin[4], int64_t end[4], rv_error *error)
{
	const int64_t *pads = NULL, *axes = NULL;
	size_t pad_count = 0, axis_count = 0;
	const char *name = onnx_find_attribute(node, "paddings") ? "paddings" : "pads";
	rv_status status = translate_input_list(builder, node, 1, name, &pads, &pad_count, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 3, "axes", &axes, &axis_count, error);
	if (status != RV_OK)
		return status;
	size_t count = axes ? axis_count : 4;
	if (count > 4 || pad_count != 2 * count)
		return onnx_node_fail(node, error, RV_CORRUPT, "%zu pads for %zu axes", pad_count,
		                      count);
	for (size_t i = 0; i < count; i++) {
		int64_t axis = axes ? axes[i] : (int64_t)i;
		status = translate_normalise_axis(node, &axis, 4, error);
		if (status != RV_OK)
			return status;
		begin[axis] = pads[i];
		end[axis] = pads[count + i];
	}
	return RV_OK;
}

static rv_status check_pad_amounts(const struct onnx_node *node, const int64_t begin[4],
                                   const int64_t end[4], rv_error *error)
{
	for (int axis = 0; axis < 4; axis++) {
		int64_t most = axis < 2 ? 0 : WINDOW_MAX;
		if (begin[axis] < 0 || begin[axis] > most || end[axis] < 0 || end[axis] > most)
			return onnx_node_fail(
				node, error, RV_UNSUPPORTED,
				"only height and width can be padded, by 0 to %d pixels",
				WINDOW_MAX);
	}
	return RV_OK;
}

/* RESAMPLE_REFLECT, RESAMPLE_EDGE, or -1 for a constant. */
static rv_status read_pad_mode(const struct onnx_node *node, int *kind, rv_error *error)
{
	const char *mode = "constant";
	rv_status status = onnx_get_text(node, "mode", &mode, error);
	if (status != RV_OK)
		return status;
	*kind = -1;
	if (!strcmp(mode, "reflect"))
		*kind = RESAMPLE_REFLECT;
	else if (!strcmp(mode, "edge"))
		*kind = RESAMPLE_EDGE;
	else if (strcmp(mode, "constant") != 0)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "mode is \"%.40s\"; only \"constant\", \"reflect\" and "
		                      "\"edge\" can be run",
		                      mode);
	return RV_OK;
}

rv_status graph_translate_pad(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_PAD);
	int64_t begin[4] = {0}, end[4] = {0};
	int input, kind = -1;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_pad_mode(node, &kind, error);
	if (status == RV_OK)
		status = read_pad_amounts(builder, node, begin, end, error);
	if (status == RV_OK)
		status = check_pad_amounts(node, begin, end, error);
	if (status == RV_OK && kind < 0)
		status = read_pad_value(builder, node, &draft.constant, error);
	if (status != RV_OK)
		return status;
	if (kind >= 0)
		draft.kind = OPERATOR_RESAMPLE;
	draft.resampling.kind = kind >= 0 ? kind : 0;
	draft.window.pad_top = (int)begin[2];
	draft.window.pad_left = (int)begin[3];
	draft.window.pad_bottom = (int)end[2];
	draft.window.pad_right = (int)end[3];
	return translate_add_node(builder, node, &draft, &input, 1,
	                          builder->graph->tensors[input].channels, VALUE_IMAGE, error);
}
