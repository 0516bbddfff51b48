/* ReduceMean, ReduceSum, ReduceL2, ReduceMax: over channels, over height and width, or over all. */
#include "engine/graph/folded.h"
#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

enum reduction { REDUCE_MEAN, REDUCE_SUM, REDUCE_L2, REDUCE_MAX };

/* The axes that a node names, and whether they stay, of one entry each. */
struct named_axes {
	const int64_t *axes;
	size_t count;
	int64_t keeps;
};

static rv_status read_names(const struct builder *builder, const struct onnx_node *node,
                            struct named_axes *named, rv_error *error)
{
	*named = (struct named_axes){.keeps = 1};
	rv_status status =
		translate_input_list(builder, node, 1, "axes", &named->axes, &named->count, error);
	return status != RV_OK ? status : onnx_get_int(node, "keepdims", &named->keeps, error);
}

/* What a node reduces over. */
struct extent_of_reduction {
	bool channels, sides;
};

/* Of pixels that lie in one dimension with the channels, at the size that the file declares. */
static bool is_of_flat_pixels(const struct builder *builder, const struct value *input)
{
	return input->form == VALUE_VECTOR && builder->nominal[input->tensor].height &&
	       !translate_is_single_pixel(builder, input->tensor);
}

static rv_status read_axes(const struct builder *builder, const struct onnx_node *node,
                           const struct value *input, const struct named_axes *named,
                           struct extent_of_reduction *over, rv_error *error)
{
	int rank = translate_rank(input->form);
	unsigned seen = 0, channels = 1u << translate_channel_axis(input->form);
	unsigned sides = ((1u << rank) - 2) & ~channels;
	for (size_t i = 0; i < named->count; i++) {
		int64_t axis = named->axes[i];
		rv_status status = translate_normalise_axis(node, &axis, rank, error);
		if (status != RV_OK)
			return status;
		seen |= 1u << axis;
	}
	over->channels = seen & channels;
	over->sides = sides && (seen & sides) == sides;
	bool over_both = over->channels && over->sides;
	if (!seen || seen != ((over->channels ? channels : 0) | (over->sides ? sides : 0)) ||
	    (!named->keeps && over_both) || is_of_flat_pixels(builder, input))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "it can be run over channels, or over height and width, "
		                      "only");
	return RV_OK;
}

/* Pixels of the picture that the file is made for: at another size a sum stays of their scale. */
static rv_status count_pixels(const struct builder *builder, const struct onnx_node *node,
                              const struct value *value, float *pixels, rv_error *error)
{
	struct extent nominal = builder->nominal[value->tensor];
	*pixels = (float)nominal.height * (float)nominal.width;
	if (nominal.height)
		return RV_OK;
	return onnx_node_fail(node, error, RV_UNSUPPORTED,
	                      "it adds up all pixels, but the file does not say how many there "
	                      "are");
}

static rv_status reduce_sides(struct builder *builder, const struct onnx_node *node,
                              enum reduction kind, struct value *value, rv_error *error)
{
	float pixels = 1;
	rv_status status = RV_OK;
	if (kind == REDUCE_SUM || kind == REDUCE_L2)
		status = count_pixels(builder, node, value, &pixels, error);
	if (status == RV_OK)
		status = pieces_add_global_pool(builder, node, kind == REDUCE_MAX, value, error);
	if (status == RV_OK && pixels != 1)
		status = pieces_add_affine(builder, node, pixels, 0, value, error);
	return status;
}

static rv_status reduce_channels(struct builder *builder, const struct onnx_node *node,
                                 enum reduction kind, struct value *value, rv_error *error)
{
	int channels = translate_channels(builder, value);
	if (kind == REDUCE_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "the maximum of all channels cannot be run");
	return pieces_add_channel_sum(builder, node, kind == REDUCE_MEAN ? 1 / (float)channels : 1,
	                              value, error);
}

/* The root of a sum of squares, which has a slope where they are 0, too. */
static rv_status take_root(struct builder *builder, const struct onnx_node *node,
                           struct value *value, rv_error *error)
{
	static const float least = 1e-20f;
	rv_status status = pieces_add_affine(builder, node, 1, least, value, error);
	return status != RV_OK ? status : pieces_add_power(builder, node, 0.5f, value, error);
}

/* A sum of groups, and the two means after one another that make one over height and width; *done
 * where it is such a one. */
static rv_status reduce_otherwise(struct builder *builder, const struct onnx_node *node,
                                  enum reduction kind, const struct named_axes *named,
                                  struct value value, bool *done, rv_error *error)
{
	*done = false;
	if (named->keeps || named->count != 1)
		return RV_OK;
	int64_t axis = named->axes[0];
	*done = true;
	if (kind == REDUCE_SUM && axis == 1 && folded_is_stack(&value) && !value.ones)
		return folded_sum(builder, node, &value, error);
	if (kind == REDUCE_MEAN && value.form == VALUE_IMAGE && (axis == -1 || axis == 3)) {
		value.form = VALUE_ROW_MEANS;
		translate_set_output(builder, node, value);
		return RV_OK;
	}
	if (kind == REDUCE_MEAN && value.form == VALUE_ROW_MEANS && (axis == -1 || axis == 2)) {
		value.form = VALUE_VECTOR;
		return pieces_add_global_pool(builder, node, false, &value, error);
	}
	*done = false;
	return RV_OK;
}

static rv_status reduce(struct builder *builder, const struct onnx_node *node, enum reduction kind,
                        rv_error *error)
{
	struct extent_of_reduction over;
	struct named_axes named;
	const struct value *input;
	bool done = false;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_names(builder, node, &named, error);
	if (status == RV_OK)
		status = reduce_otherwise(builder, node, kind, &named, *input, &done, error);
	if (status != RV_OK || done)
		return status;
	status = translate_input_tensor(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_axes(builder, node, input, &named, &over, error);
	if (status != RV_OK)
		return status;
	struct value value = *input;
	if (kind == REDUCE_L2)
		status = pieces_add_power(builder, node, 2, &value, error);
	if (status == RV_OK && over.sides)
		status = reduce_sides(builder, node, kind, &value, error);
	if (status == RV_OK && over.channels)
		status = reduce_channels(builder, node, kind, &value, error);
	if (status == RV_OK && kind == REDUCE_L2)
		status = take_root(builder, node, &value, error);
	if (status != RV_OK || named.keeps)
		return status;
	if (over.channels && value.form != VALUE_IMAGE)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "a vector without an axis of channels cannot be run");
	value.form = over.channels ? VALUE_PLANE : VALUE_VECTOR;
	translate_set_output(builder, node, value);
	return RV_OK;
}

rv_status graph_translate_reduce_mean(struct builder *builder, const struct onnx_node *node,
                                      rv_error *error)
{
	return reduce(builder, node, REDUCE_MEAN, error);
}

rv_status graph_translate_reduce_sum(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	return reduce(builder, node, REDUCE_SUM, error);
}

rv_status graph_translate_reduce_l2(struct builder *builder, const struct onnx_node *node,
                                    rv_error *error)
{
	return reduce(builder, node, REDUCE_L2, error);
}

rv_status graph_translate_reduce_max(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	return reduce(builder, node, REDUCE_MAX, error);
}
