/* Views of a tensor: Flatten, Reshape, Squeeze, Unsqueeze, Transpose and Expand. */
#include <string.h>

#include "engine/graph/folded.h"
#include "engine/graph/length.h"
#include "engine/graph/neighbours.h"
#include "engine/graph/translators.h"

static rv_status refuse_view(const struct onnx_node *node, rv_error *error)
{
	return onnx_node_fail(node, error, RV_UNSUPPORTED,
	                      "it moves pixels or channels in a way that cannot be run");
}

static rv_status view_as(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, enum value_form form)
{
	translate_set_output(builder, node, (struct value){.form = form, .tensor = input->tensor});
	return RV_OK;
}

rv_status graph_translate_flatten(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	const struct value *input;
	int64_t axis = 1;
	rv_status status = translate_input_along(builder, node, &input, &axis, error);
	if (status != RV_OK)
		return status;
	bool channels_last = input->form == VALUE_IMAGE_LAST;
	if (axis != 1 || (channels_last && !translate_is_single_pixel(builder, input->tensor)))
		return refuse_view(node, error);
	return view_as(builder, node, input, VALUE_VECTOR);
}

/* [batch, length]: flattening, whatever stands for the batch. */
static bool reshape_flattens(const struct builder *builder, const struct value *input,
                             const int64_t *dims)
{
	int64_t length = translate_nominal_length(builder, input->tensor);
	if (input->form == VALUE_IMAGE_LAST && !translate_is_single_pixel(builder, input->tensor))
		return false;
	if (dims[1] == -1 || length_is_open(builder, dims[1]))
		return true;
	if (dims[1] == 0)
		return input->form == VALUE_VECTOR;
	return length ? dims[1] == length : dims[1] % translate_channels(builder, input) == 0;
}

static bool fits_side(const struct builder *builder, int64_t dim, int nominal)
{
	return length_is_open(builder, dim) || dim == -1 || (nominal ? dim == nominal : dim > 0);
}

/* [batch, channels, height, width]: undoing a flattening, or nothing at all. */
static bool reshape_restores(const struct builder *builder, const struct value *input,
                             const int64_t *dims)
{
	int channels = translate_channels(builder, input);
	struct extent nominal = builder->nominal[input->tensor];
	bool image = input->form == VALUE_IMAGE;
	if (input->form == VALUE_IMAGE_LAST)
		return false;
	if (builder->strides[input->tensor] == 0)
		nominal = (struct extent){1, 1};
	bool same_channels = dims[1] == channels || (image && dims[1] == 0) ||
	                     (dims[1] == -1 && dims[2] == 1 && dims[3] == 1);
	return same_channels &&
	       ((image && dims[2] == 0) || fits_side(builder, dims[2], nominal.height)) &&
	       ((image && dims[3] == 0) || fits_side(builder, dims[3], nominal.width));
}

/* [batch, groups, channels / groups, height, width], the first half of a shuffle. */
static bool reshape_groups(const struct builder *builder, const struct value *input,
                           const int64_t *dims)
{
	int channels = translate_channels(builder, input);
	struct extent nominal = builder->nominal[input->tensor];
	return input->form == VALUE_IMAGE && dims[1] > 0 && dims[1] <= channels &&
	       channels % dims[1] == 0 && (dims[2] == -1 || dims[2] == channels / dims[1]) &&
	       fits_side(builder, dims[3], nominal.height) &&
	       fits_side(builder, dims[4], nominal.width);
}

/* A cube of channels that no zeros are waiting for. */
static bool is_plain_cube(const struct value *input)
{
	return neighbours_is_cube(input) && !input->zeros_before && !input->zeros_behind;
}

/* [batch, 1, channels, height, width] of what is that already. */
static bool reshape_keeps_cube(const struct builder *builder, const struct value *input,
                               const int64_t *dims)
{
	struct extent nominal = builder->nominal[input->tensor];
	return is_plain_cube(input) && dims[1] == 1 &&
	       dims[2] == translate_channels(builder, input) &&
	       fits_side(builder, dims[3], nominal.height) &&
	       fits_side(builder, dims[4], nominal.width);
}

/* [batch, channels, height, width], its second half. */
static bool reshape_shuffles(const struct builder *builder, const struct value *input,
                             const int64_t *dims)
{
	struct extent nominal = builder->nominal[input->tensor];
	return input->form == VALUE_SHUFFLED &&
	       (dims[1] == -1 || dims[1] == translate_channels(builder, input)) &&
	       fits_side(builder, dims[2], nominal.height) &&
	       fits_side(builder, dims[3], nominal.width);
}

/* [batch, groups, pixels of a group's channels], as normalisation over groups begins. */
static bool reshape_lays_rows(const struct builder *builder, const struct value *input,
                              const int64_t *dims)
{
	int channels = translate_channels(builder, input);
	int64_t length = translate_nominal_length(builder, input->tensor);
	return input->form == VALUE_IMAGE && dims[1] > 0 && channels % dims[1] == 0 &&
	       (dims[2] == -1 || length_is_open(builder, dims[2]) ||
	        (length && dims[2] == length / dims[1]));
}

/* [batch, channels, height, width], as it ends. */
static bool reshape_takes_rows_up(const struct builder *builder, const struct value *input,
                                  const int64_t *dims)
{
	int64_t channels = (int64_t)translate_channels(builder, input) * input->groups;
	struct extent nominal = builder->nominal[input->tensor];
	return input->form == VALUE_ROWS && dims[1] == channels &&
	       fits_side(builder, dims[2], nominal.height) &&
	       fits_side(builder, dims[3], nominal.width / input->groups);
}

/* [batch, channels, side, side, height, width], as channels become blocks of pixels where that is
 * written out. */
static bool reshape_makes_blocks(const struct builder *builder, const struct value *input,
                                 const int64_t *dims)
{
	int channels = translate_channels(builder, input);
	struct extent nominal = builder->nominal[input->tensor];
	int64_t side = dims[2];
	return input->form == VALUE_IMAGE && side > 0 && side <= WINDOW_MAX && dims[3] == side &&
	       channels % (side * side) == 0 &&
	       (dims[1] == -1 || dims[1] == channels / (side * side)) &&
	       fits_side(builder, dims[4], nominal.height) &&
	       fits_side(builder, dims[5], nominal.width);
}

/* [batch, channels / side^2, height * side, width * side], as it ends. */
static bool reshape_joins_blocks(const struct builder *builder, const struct value *input,
                                 const int64_t *dims)
{
	int channels = translate_channels(builder, input), side = input->groups;
	struct extent nominal = builder->nominal[input->tensor];
	return input->form == VALUE_WOVEN && dims[1] == channels / (side * side) &&
	       fits_side(builder, dims[2], nominal.height * side) &&
	       fits_side(builder, dims[3], nominal.width * side);
}

static rv_status group_as(struct builder *builder, const struct onnx_node *node,
                          const struct value *input, enum value_form form, int64_t groups)
{
	translate_set_output(
		builder, node,
		(struct value){.form = form, .tensor = input->tensor, .groups = (int)groups});
	return RV_OK;
}

static rv_status reshape_to_four(struct builder *builder, const struct onnx_node *node,
                                 const struct value *input, const int64_t *dims, rv_error *error)
{
	if (reshape_shuffles(builder, input, dims))
		return graph_add_shuffle(builder, node, input, error);
	if (reshape_takes_rows_up(builder, input, dims))
		return graph_add_image_of_rows(builder, node, input, error);
	if (reshape_joins_blocks(builder, input, dims))
		return graph_add_image_of_blocks(builder, node, input, error);
	bool image = !translate_is_regrouped(input) || is_plain_cube(input);
	if (image && reshape_restores(builder, input, dims))
		return view_as(builder, node, input, VALUE_IMAGE);
	return refuse_view(node, error);
}

/* Before operator set 5 the shape is an attribute. */
rv_status graph_translate_reshape(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	const struct value *input;
	const int64_t *dims = NULL;
	size_t rank = 0;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 1, "shape", &dims, &rank, error);
	if (status != RV_OK)
		return status;
	if (folded_reshape(builder, node, input, dims, rank))
		return RV_OK;
	if (input->form == VALUE_ROW_MEANS)
		return refuse_view(node, error);
	if (rank == 2 && !translate_is_regrouped(input) && reshape_flattens(builder, input, dims))
		return view_as(builder, node, input, VALUE_VECTOR);
	if (rank == 3 && reshape_lays_rows(builder, input, dims))
		return graph_add_rows(builder, node, input, (int)dims[1], error);
	if (rank == 4)
		return reshape_to_four(builder, node, input, dims, error);
	if (rank == 5 && reshape_groups(builder, input, dims))
		return group_as(builder, node, input, VALUE_GROUPED, dims[1]);
	if (rank == 5 && reshape_keeps_cube(builder, input, dims))
		return group_as(builder, node, input, VALUE_GROUPED, 1);
	if (rank == 6 && reshape_makes_blocks(builder, input, dims))
		return group_as(builder, node, input, VALUE_BLOCKS, dims[2]);
	return refuse_view(node, error);
}

/* Whether all axes are sides of a picture in that form. */
static bool only_sides(enum value_form form, const int64_t *axes, size_t count)
{
	int rank = translate_rank(form);
	for (size_t i = 0; i < count; i++) {
		int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
		if (axis < 1 || axis >= rank || axis == translate_channel_axis(form))
			return false;
	}
	return count > 0;
}

/* The input of a Squeeze or Unsqueeze, and its axes, which older operator sets keep as an
 * attribute. */
static rv_status read_axes(struct builder *builder, const struct onnx_node *node,
                           const struct value **input, const int64_t **axes, size_t *count,
                           rv_error *error)
{
	rv_status status = translate_input_view(builder, node, 0, input, error);
	if (status == RV_OK && translate_is_regrouped(*input) && !is_plain_cube(*input) &&
	    (*input)->form != VALUE_FOLDED)
		return refuse_view(node, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 1, "axes", axes, count, error);
	return status;
}

rv_status graph_translate_squeeze(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	const struct value *input;
	const int64_t *axes = NULL;
	size_t count = 0;
	rv_status status = read_axes(builder, node, &input, &axes, &count, error);
	if (status != RV_OK)
		return status;
	if (is_plain_cube(input) && count == 1 && (axes[0] == 1 || axes[0] == -4))
		return view_as(builder, node, input, VALUE_IMAGE);
	int rank = translate_rank(input->form) - (int)count;
	if (translate_is_regrouped(input) || rank < 2 ||
	    !translate_is_single_pixel(builder, input->tensor) ||
	    !only_sides(input->form, axes, count))
		return refuse_view(node, error);
	return view_as(builder, node, input, rank == 2 ? VALUE_VECTOR : VALUE_LINE);
}

rv_status graph_translate_unsqueeze(struct builder *builder, const struct onnx_node *node,
                                    rv_error *error)
{
	const struct value *input;
	const int64_t *axes = NULL;
	size_t count = 0;
	rv_status status = read_axes(builder, node, &input, &axes, &count, error);
	if (status != RV_OK)
		return status;
	if (folded_unsqueeze(builder, node, input, axes, count))
		return RV_OK;
	if (input->form == VALUE_PLANE && count == 1 && (axes[0] == 1 || axes[0] == -3))
		return view_as(builder, node, input, VALUE_IMAGE);
	if (input->form == VALUE_IMAGE && count == 1 && (axes[0] == 1 || axes[0] == -4))
		return group_as(builder, node, input, VALUE_GROUPED, 1);
	int rank = translate_rank(input->form) + (int)count;
	if ((input->form != VALUE_VECTOR && input->form != VALUE_LINE) || rank > 4 ||
	    !translate_is_single_pixel(builder, input->tensor) ||
	    !only_sides(rank == 4 ? VALUE_IMAGE : VALUE_LINE, axes, count))
		return refuse_view(node, error);
	return view_as(builder, node, input, rank == 4 ? VALUE_IMAGE : VALUE_LINE);
}

static bool is_order(const int64_t *axes, size_t count, const int64_t *order, size_t rank)
{
	return count == rank && !memcmp(axes, order, rank * sizeof(*order));
}

rv_status graph_translate_transpose(struct builder *builder, const struct onnx_node *node,
                                    rv_error *error)
{
	static const int64_t same[] = {0, 1, 2, 3}, to_last[] = {0, 2, 3, 1},
			     to_first[] = {0, 3, 1, 2}, exchanged[] = {0, 2, 1, 3, 4},
			     woven[] = {0, 1, 4, 2, 5, 3};
	const struct value *input;
	const int64_t *axes = NULL;
	size_t count = 0;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "perm", &axes, &count, error);
	if (status != RV_OK)
		return status;
	if (input->form == VALUE_IMAGE && is_order(axes, count, to_last, 4))
		return view_as(builder, node, input, VALUE_IMAGE_LAST);
	if (input->form == VALUE_IMAGE_LAST && is_order(axes, count, to_first, 4))
		return view_as(builder, node, input, VALUE_IMAGE);
	if (input->zeros_before || input->zeros_behind)
		return refuse_view(node, error);
	if (folded_transpose(builder, node, input, axes, count))
		return RV_OK;
	if (input->form == VALUE_GROUPED && is_order(axes, count, exchanged, 5))
		return group_as(builder, node, input, VALUE_SHUFFLED, input->groups);
	if (input->form == VALUE_BLOCKS && is_order(axes, count, woven, 6))
		return group_as(builder, node, input, VALUE_WOVEN, input->groups);
	if (input->form != VALUE_VECTOR && !translate_is_regrouped(input) &&
	    is_order(axes, count, same, 4))
		return view_as(builder, node, input, input->form);
	return refuse_view(node, error);
}

/* To the size of something else: what is a single pixel, or a single channel, is spread where it
 * meets that. */
rv_status graph_translate_expand(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	const struct value *input;
	const int64_t *dims = NULL;
	size_t rank = 0;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 1, "shape", &dims, &rank, error);
	if (status != RV_OK)
		return status;
	struct extent nominal = builder->nominal[input->tensor];
	int channels = translate_channels(builder, input);
	bool pixel = translate_is_single_pixel(builder, input->tensor);
	if (rank != (size_t)translate_rank(input->form))
		return refuse_view(node, error);
	for (int axis = 1, sides = 0; axis < (int)rank; axis++) {
		bool fits = dims[axis] == 1 || length_is_open(builder, dims[axis]);
		if (axis == translate_channel_axis(input->form))
			fits |= channels == 1 || dims[axis] == channels;
		else
			fits |= pixel || dims[axis] == (sides++ ? nominal.width : nominal.height);
		if (!fits)
			return refuse_view(node, error);
	}
	translate_set_output(builder, node, *input);
	return RV_OK;
}
