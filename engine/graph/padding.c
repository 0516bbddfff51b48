/* Pad: by a constant, or by what lies at the border; less than 0 takes rows and columns away. */
#include <string.h>

#include "engine/graph/length.h"
#include "engine/graph/neighbours.h"
#include "engine/graph/pieces.h"
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

/* What is added along each axis before what is there, and behind it. */
struct amounts {
	int64_t begin[ONNX_RANK_MAX], end[ONNX_RANK_MAX];
};

static bool is_pad(const struct builder *builder, int64_t pad)
{
	return length_is(builder, pad) || (pad >= -WINDOW_MAX && pad <= WINDOW_MAX);
}

/* The pads of all axes come as begins of each axis, then ends; input 3 (operator set 18) may name
 * the axes. The first operator set calls them paddings. */
static rv_status read_amounts(const struct builder *builder, const struct onnx_node *node, int rank,
                              struct amounts *amounts, rv_error *error)
{
	const int64_t *pads = NULL, *axes = NULL;
	size_t pad_count = 0, axis_count = 0;
	const char *name = onnx_find_attribute(node, "paddings") ? "paddings" : "pads";
	rv_status status = translate_input_list(builder, node, 1, name, &pads, &pad_count, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 3, "axes", &axes, &axis_count, error);
	if (status != RV_OK)
		return status;
	*amounts = (struct amounts){{0}, {0}};
	size_t count = axes ? axis_count : (size_t)rank;
	if (count > (size_t)rank || pad_count != 2 * count)
		return onnx_node_fail(node, error, RV_CORRUPT, "%zu pads for %zu axes", pad_count,
		                      count);
	for (size_t i = 0; i < count; i++) {
		int64_t axis = axes ? axes[i] : (int64_t)i;
		status = translate_normalise_axis(node, &axis, rank, error);
		if (status != RV_OK)
			return status;
		if (pads[i] == DIM_UNKNOWN || pads[count + i] == DIM_UNKNOWN)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "how much it pads depends on the picture's size");
		if (!is_pad(builder, pads[i]) || !is_pad(builder, pads[count + i]))
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "only pads of up to %d can be run", WINDOW_MAX);
		amounts->begin[axis] = pads[i];
		amounts->end[axis] = pads[count + i];
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

/* Below 0 they take away; what is left to be added stays in amounts. */
static rv_status crop_sides(struct builder *builder, const struct onnx_node *node, int rows,
                            struct amounts *amounts, struct value *value, rv_error *error)
{
	struct cut cuts[2] = {graph_cut_whole, graph_cut_whole};
	for (int i = 0; i < 2; i++) {
		int64_t *begin = &amounts->begin[rows + i], *end = &amounts->end[rows + i];
		cuts[i].start = *begin < 0 ? -*begin : 0;
		cuts[i].end = *end < 0 ? *end : INT64_MAX;
		*begin = *begin < 0 ? 0 : *begin;
		*end = *end < 0 ? 0 : *end;
	}
	return pieces_add_cut(builder, node, &cuts[0], &cuts[1], value, error);
}

/* Channels of zeros before and behind those that are there. */
static rv_status pad_channels(struct builder *builder, const struct onnx_node *node, int64_t before,
                              int64_t behind, struct value *value, rv_error *error)
{
	size_t channels = (size_t)translate_channels(builder, value);
	size_t outputs = channels + (size_t)before + (size_t)behind;
	float *weights = graph_allocate(builder->graph, outputs * channels, sizeof(*weights));
	if (!weights)
		return graph_out_of_memory(error);
	for (size_t i = 0; i < channels; i++)
		weights[((size_t)before + i) * channels + i] = 1;
	return pieces_add_mix(builder, node, weights, (int)outputs, value, error);
}

static rv_status pad_sides(struct builder *builder, const struct onnx_node *node, int kind,
                           float constant, int rows, const struct amounts *amounts,
                           struct value *value, rv_error *error)
{
	struct graph_node draft = translate_draft(kind >= 0 ? OPERATOR_RESAMPLE : OPERATOR_PAD);
	draft.constant = constant;
	draft.resampling.kind = kind >= 0 ? kind : 0;
	draft.window.pad_top = (int)amounts->begin[rows];
	draft.window.pad_left = (int)amounts->begin[rows + 1];
	draft.window.pad_bottom = (int)amounts->end[rows];
	draft.window.pad_right = (int)amounts->end[rows + 1];
	return pieces_add(builder, node, &draft, translate_channels(builder, value), value, error);
}

static bool is_measured(const struct builder *builder, const int64_t sides[4])
{
	return length_is(builder, sides[0]) || length_is(builder, sides[1]) ||
	       length_is(builder, sides[2]) || length_is(builder, sides[3]);
}

/* By numbers that depend on the picture's size; below 0 those take rows and columns away. */
static rv_status pad_by_lengths(struct builder *builder, const struct onnx_node *node, int kind,
                                float constant, const int64_t sides[4], struct value *value,
                                rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_RESAMPLE);
	if (kind < 0 && constant != 0)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "what depends on the picture's size can be padded with zeros "
		                      "only");
	draft.resampling.kind = kind < 0 ? RESAMPLE_BLANK : kind;
	rv_status status = pieces_measure(builder, node, sides, &draft.resampling, error);
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &draft,
	                                    translate_channels(builder, value), value, error);
}

static rv_status pad_picture(struct builder *builder, const struct onnx_node *node, int kind,
                             float constant, struct value value, rv_error *error)
{
	struct amounts amounts;
	const int input = value.tensor;
	int channels = translate_channel_axis(value.form), rows = translate_row_axis(value.form);
	rv_status status = read_amounts(builder, node, 4, &amounts, error);
	if (status != RV_OK)
		return status;
	int64_t before = amounts.begin[channels], behind = amounts.end[channels];
	if (amounts.begin[0] || amounts.end[0] || before < 0 || behind < 0 ||
	    ((before || behind) && (kind >= 0 || constant != 0)))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only height and width can be padded, and channels with "
		                      "zeros");
	const int64_t sides[4] = {amounts.begin[rows], amounts.end[rows], amounts.begin[rows + 1],
	                          amounts.end[rows + 1]};
	const bool measured = is_measured(builder, sides);
	if (!measured)
		status = crop_sides(builder, node, rows, &amounts, &value, error);
	if (status == RV_OK && (before || behind))
		status = pad_channels(builder, node, before, behind, &value, error);
	if (status == RV_OK && measured)
		return pad_by_lengths(builder, node, kind, constant, sides, &value, error);
	bool is_done = value.tensor != input && !amounts.begin[rows] && !amounts.begin[rows + 1] &&
	               !amounts.end[rows] && !amounts.end[rows + 1];
	return status != RV_OK || is_done
	               ? status
	               : pad_sides(builder, node, kind, constant, rows, &amounts, &value, error);
}

/* The channels of a cube get zeros, where a window will want them. */
static rv_status pad_cube(struct builder *builder, const struct onnx_node *node, int kind,
                          float constant, const struct value *input, rv_error *error)
{
	struct amounts amounts;
	rv_status status = read_amounts(builder, node, 5, &amounts, error);
	if (status != RV_OK)
		return status;
	int64_t before = amounts.begin[2], behind = amounts.end[2];
	for (int axis = 0; axis < 5; axis++)
		if (axis != 2 && (amounts.begin[axis] || amounts.end[axis]))
			before = -1;
	if (before < 0 || behind < 0 || kind >= 0 || constant != 0)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "behind a Reshape only channels can be padded, with zeros");
	return neighbours_pad(builder, node, input, (int)before, (int)behind, error);
}

rv_status graph_translate_pad(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	const struct value *input;
	float constant = 0;
	int tensor, kind = -1;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_pad_mode(node, &kind, error);
	if (status == RV_OK && kind < 0)
		status = read_pad_value(builder, node, &constant, error);
	if (status == RV_OK && neighbours_is_cube(input))
		return pad_cube(builder, node, kind, constant, input, error);
	if (status == RV_OK && input->form != VALUE_IMAGE_LAST)
		status = translate_input_image(builder, node, 0, &tensor, error);
	return status != RV_OK ? status : pad_picture(builder, node, kind, constant, *input, error);
}
