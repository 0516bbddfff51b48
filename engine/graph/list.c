/* Lists of integers made from constants: the chains of small operators by which a Reshape is
 * told its shape and a Pad its pads. Sides of the picture are lengths in them (length.h). */
#include <string.h>

#include "engine/graph/constant.h"
#include "engine/graph/length.h"
#include "engine/graph/slicing.h"
#include "engine/graph/translators.h"

/* The dimensions of a value, sides lengths and the batch unknown; returns how many, or 0 where they
 * cannot be told. */
static int find_dims(struct builder *builder, const struct value *value,
                     int64_t dims[ONNX_RANK_MAX])
{
	if (value->form == VALUE_CONSTANT) {
		memcpy(dims, value->constant->dims, sizeof(value->constant->dims));
		return value->constant->rank;
	}
	int channels = translate_channels(builder, value);
	for (int i = 0; i < ONNX_RANK_MAX; i++)
		dims[i] = DIM_UNKNOWN;
	if (value->form == VALUE_GROUPED) {
		dims[1] = value->groups;
		dims[2] = channels / value->groups + value->zeros_before + value->zeros_behind;
		dims[3] = length_of_side(builder, value, true);
		dims[4] = length_of_side(builder, value, false);
		return 5;
	}
	if (value->form == VALUE_FOLDED) {
		dims[1] = value->groups;
		dims[2] = channels / value->groups;
		dims[3] = dims[4] = 1;
		return 3 + value->ones;
	}
	if (value->form == VALUE_ROW_MEANS || translate_is_regrouped(value) ||
	    value->form == VALUE_PLANE)
		return 0;
	if (value->form != VALUE_VECTOR || translate_is_single_pixel(builder, value->tensor))
		dims[translate_channel_axis(value->form)] = channels;
	if (value->form == VALUE_IMAGE || value->form == VALUE_IMAGE_LAST) {
		dims[translate_row_axis(value->form)] = length_of_side(builder, value, true);
		dims[translate_row_axis(value->form) + 1] = length_of_side(builder, value, false);
	}
	return translate_rank(value->form);
}

rv_status graph_translate_shape(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct value *input;
	int64_t dims[ONNX_RANK_MAX], start = 0, end = INT64_MAX, *integers = NULL;
	struct onnx_tensor *made = NULL;
	rv_status status = translate_input_value(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "start", &start, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "end", &end, error);
	if (status != RV_OK)
		return status;
	int rank = find_dims(builder, input, dims);
	if (!rank && input->form != VALUE_CONSTANT)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "the shape of groups of channels cannot be run");
	struct cut part = {start, end, 1};
	int64_t count = graph_cut_clip(&part, rank);
	status = constant_make(builder, 1, &count, NULL, &integers, &made, error);
	if (status != RV_OK)
		return status;
	memcpy(integers, dims + part.start, (size_t)count * sizeof(*integers));
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* A list of integers, or a single one. */
static rv_status input_integer_list(const struct builder *builder, const struct onnx_node *node,
                                    int index, const struct onnx_tensor **list, rv_error *error)
{
	rv_status status = translate_input_integers(builder, node, index, list, error);
	if (status == RV_OK && (*list)->rank > 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only lists of integers can be run");
	return status;
}

rv_status graph_fold_gather(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *source = NULL, *indices = NULL;
	struct onnx_tensor *made = NULL;
	int64_t axis = 0, *integers = NULL;
	rv_status status = input_integer_list(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = input_integer_list(builder, node, 1, &indices, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "axis", &axis, error);
	if (status == RV_OK)
		status = translate_normalise_axis(node, &axis, 1, error);
	if (status == RV_OK)
		status = constant_make(builder, indices->rank, indices->dims, NULL, &integers,
		                       &made, error);
	for (size_t i = 0; status == RV_OK && i < indices->count; i++) {
		int64_t index = indices->integers[i];
		status = translate_normalise_axis(node, &index, (int)source->count, error);
		if (status == RV_OK)
			integers[i] = source->integers[index];
	}
	if (status == RV_OK)
		translate_set_constant(builder, node, made);
	return status;
}

/* What a Concat joins: lists of integers, of real numbers, or of both where sizes of the picture
 * are among them, beside which real numbers are lengths too. */
enum joined { JOINED_INTEGERS, JOINED_REALS, JOINED_LENGTHS };

static rv_status count_joined(const struct builder *builder, const struct onnx_node *node,
                              int64_t *count, rv_error *error)
{
	const struct onnx_tensor *list;
	*count = 0;
	for (int i = 0; i < node->input_count; i++) {
		rv_status status = constant_input_any(builder, node, i, &list, error);
		if (status != RV_OK)
			return status;
		if (list->rank > 1)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "only lists can be joined");
		*count += (int64_t)list->count;
	}
	if (*count > LIST_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "it makes a list of %lld numbers", (long long)*count);
	return RV_OK;
}

static rv_status find_joined(const struct builder *builder, const struct onnx_node *node,
                             enum joined *kind, rv_error *error)
{
	bool lengths = false;
	int reals = 0;
	for (int i = 0; i < node->input_count; i++) {
		const struct onnx_tensor *list = builder->values[node->inputs[i]].constant;
		lengths |= length_is_among(builder, list);
		reals += list->floats != NULL;
	}
	*kind = lengths ? JOINED_LENGTHS : reals ? JOINED_REALS : JOINED_INTEGERS;
	if (*kind == JOINED_REALS && reals < node->input_count)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "it joins integers and real numbers");
	return RV_OK;
}

rv_status graph_fold_concat(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	enum joined kind = JOINED_INTEGERS;
	struct onnx_tensor *made = NULL;
	int64_t count, *integers = NULL;
	float *floats = NULL;
	rv_status status = count_joined(builder, node, &count, error);
	if (status == RV_OK)
		status = find_joined(builder, node, &kind, error);
	if (status == RV_OK)
		status = constant_make(builder, 1, &count, kind == JOINED_REALS ? &floats : NULL,
		                       &integers, &made, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < node->input_count; i++) {
		const struct onnx_tensor *list = builder->values[node->inputs[i]].constant;
		for (size_t j = 0; j < list->count; j++) {
			if (kind == JOINED_REALS)
				*floats++ = list->floats[j];
			else
				*integers++ = list->floats ? length_of_real(builder,
				                                            (double)list->floats[j])
				                           : list->integers[j];
		}
	}
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* The only value of a tensor attribute, or 0 as a float. */
static rv_status read_filling(const struct onnx_node *node, const struct onnx_tensor **value,
                              rv_error *error)
{
	static const float zero = 0;
	static const struct onnx_tensor none = {.name = "", .count = 1, .floats = &zero};
	const struct onnx_attribute *attribute = onnx_find_attribute(node, "value");
	*value = attribute ? attribute->tensor : &none;
	if (!*value || (*value)->problem || (*value)->count != 1)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "attribute \"value\" is not one value");
	return RV_OK;
}

rv_status graph_fold_constant_of_shape(struct builder *builder, const struct onnx_node *node,
                                       rv_error *error)
{
	const struct onnx_tensor *shape, *value = NULL;
	struct moved moved;
	int64_t count = 1;
	rv_status status = input_integer_list(builder, node, 0, &shape, error);
	if (status == RV_OK)
		status = read_filling(node, &value, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < shape->count; i++) {
		int64_t dim = shape->integers[i];
		if (dim < 0 || dim > LIST_MAX || count * dim > LIST_MAX || i == ONNX_RANK_MAX)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "its shape is too large or depends on the picture");
		count *= dim;
	}
	status = constant_make_alike(builder, value, (int)shape->count, shape->integers, &moved,
	                             error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < (size_t)count; i++)
		constant_move_value(&moved, i, 0);
	translate_set_constant(builder, node, moved.made);
	return RV_OK;
}

/* ---- Slice ---- */

/* Which value of source lands at number `to` of what is taken. */
static size_t slice_source(const struct moved *moved, const struct slicing *slicing, size_t to)
{
	size_t from = 0, step = 1;
	for (int axis = moved->source->rank - 1; axis >= 0; axis--) {
		size_t taken = (size_t)moved->made->dims[axis];
		const struct cut *cut = &slicing->cuts[axis];
		from += (size_t)(cut->start + (int64_t)(to % taken) * cut->step) * step;
		step *= (size_t)moved->source->dims[axis];
		to /= taken;
	}
	return from;
}

rv_status graph_fold_slice(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *source;
	struct slicing slicing;
	struct moved moved;
	int64_t dims[ONNX_RANK_MAX];
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = slicing_read(builder, node, source->rank, &slicing, error);
	if (status != RV_OK)
		return status;
	for (int axis = 0; axis < source->rank; axis++) {
		if (slicing_is_measured(builder, &slicing.cuts[axis]))
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "what it takes depends on the picture's size");
		dims[axis] = graph_cut_clip(&slicing.cuts[axis], source->dims[axis]);
	}
	status = constant_make_alike(builder, source, source->rank, dims, &moved, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < moved.made->count; i++)
		constant_move_value(&moved, i, slice_source(&moved, &slicing, i));
	translate_set_constant(builder, node, moved.made);
	return RV_OK;
}
