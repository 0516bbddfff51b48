/* Resize and Upsample. */
#include <math.h>
#include <string.h>

#include "engine/graph/align.h"
#include "engine/graph/constant.h"
#include "engine/graph/length.h"
#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

/* One of several words; *number becomes its place. */
static rv_status read_word(const struct onnx_node *node, const char *name, const char *const *words,
                           int count, int *number, rv_error *error)
{
	const char *text = words[*number];
	rv_status status = onnx_get_text(node, name, &text, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < count; i++)
		if (!strcmp(words[i], text)) {
			*number = i;
			return RV_OK;
		}
	return onnx_node_fail(node, error, RV_UNSUPPORTED, "%s of \"%.40s\" cannot be run", name,
	                      text);
}

/* In the order of the enumerations. */
static rv_status read_manner(const struct onnx_node *node, struct resampling *how, rv_error *error)
{
	static const char *const modes[] = {"nearest", "linear", "cubic"};
	static const int kinds[] = {RESAMPLE_NEAREST, RESAMPLE_LINEAR, RESAMPLE_CUBIC};
	static const char *const coordinates[] = {"half_pixel", "pytorch_half_pixel", "asymmetric",
	                                          "align_corners", "tf_half_pixel_for_nn"};
	static const char *const roundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor",
	                                        "ceil"};
	int mode = 0, coordinate = how->coordinates, rounding = how->nearest;
	int64_t antialias = 0, excludes = 0;
	rv_status status = read_word(node, "mode", modes, 3, &mode, error);
	if (status == RV_OK)
		status = read_word(node, "coordinate_transformation_mode", coordinates, 5,
		                   &coordinate, error);
	if (status == RV_OK)
		status = read_word(node, "nearest_mode", roundings, 4, &rounding, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "antialias", &antialias, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "exclude_outside", &excludes, error);
	how->sharpness = -0.75f;
	if (status == RV_OK)
		status = onnx_get_float(node, "cubic_coeff_a", &how->sharpness, error);
	if (status != RV_OK)
		return status;
	if (antialias && mode)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "antialias cannot be run");
	how->excludes_outside = excludes != 0;
	how->kind = kinds[mode];
	how->coordinates = coordinate;
	how->nearest = rounding;
	return RV_OK;
}

static rv_status check_scale(const struct onnx_node *node, double scale, rv_error *error)
{
	if (scale >= 1.0 / WINDOW_MAX && scale <= WINDOW_MAX)
		return RV_OK;
	return onnx_node_fail(node, error, RV_CORRUPT, "it scales by %g", scale);
}

static rv_status read_scales(const struct onnx_node *node, const float *scales, size_t count,
                             struct resampling *how, rv_error *error)
{
	if (count != 4 || scales[0] != 1 || scales[1] != 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only height and width can be scaled");
	how->scale_y = scales[2];
	how->scale_x = scales[3];
	rv_status status = check_scale(node, (double)scales[2], error);
	return status != RV_OK ? status : check_scale(node, (double)scales[3], error);
}

/* The output is as high and as wide as these lengths. */
static rv_status read_lengths(struct builder *builder, const struct onnx_node *node, int64_t height,
                              int64_t width, struct resampling *how, rv_error *error)
{
	rv_status status = pieces_measure(builder, node, (int64_t[]){height, height, width, width},
	                                  how, error);
	if (status == RV_OK && (!length_grows(builder, height) || !length_grows(builder, width)))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its size does not grow with the picture's");
	how->rounds = true;
	return status;
}

/* Scales that are lengths are multiplied by the sides of the input. */
static rv_status read_length_scales(struct builder *builder, const struct onnx_node *node,
                                    const struct onnx_tensor *scales, int input,
                                    struct resampling *how, rv_error *error)
{
	const struct value value = {.form = VALUE_IMAGE, .tensor = input};
	int64_t sides[2];
	double one = 0, other = 0;
	bool fixed = scales->count == 4 && length_is_fixed(builder, scales->integers[0], &one) &&
	             length_is_fixed(builder, scales->integers[1], &other);
	if (!fixed || one != 1 || other != 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only height and width can be scaled");
	for (int i = 0; i < 2; i++) {
		int64_t side = length_of_side(builder, &value, i == 0);
		sides[i] = length_combine(builder, LENGTH_PRODUCT, side, scales->integers[2 + i]);
		sides[i] = length_combine(builder, LENGTH_FLOOR, sides[i], sides[i]);
	}
	return read_lengths(builder, node, sides[0], sides[1], how, error);
}

static rv_status read_input_scales(struct builder *builder, const struct onnx_node *node, int input,
                                   int index, struct resampling *how, rv_error *error)
{
	const struct onnx_tensor *scales;
	rv_status status = constant_input_any(builder, node, index, &scales, error);
	if (status == RV_OK && length_is_among(builder, scales))
		return read_length_scales(builder, node, scales, input, how, error);
	status = translate_input_floats(builder, node, index, &scales, error);
	return status == RV_OK ? read_scales(node, scales->floats, scales->count, how, error)
	                       : status;
}

/* Sizes mean a ratio to what the file's own size gives. */
static rv_status read_sizes(struct builder *builder, const struct onnx_node *node, int input,
                            int index, struct resampling *how, rv_error *error)
{
	const struct onnx_tensor *sizes;
	struct extent nominal = builder->nominal[input];
	rv_status status = translate_input_integers(builder, node, index, &sizes, error);
	if (status != RV_OK)
		return status;
	if (sizes->count == 4 && length_is(builder, sizes->integers[2]) &&
	    length_is(builder, sizes->integers[3]))
		return read_lengths(builder, node, sizes->integers[2], sizes->integers[3], how,
		                    error);
	if (sizes->count != 4 || sizes->integers[2] < 1 || sizes->integers[3] < 1 ||
	    sizes->integers[2] > EXTENT_MAX || sizes->integers[3] > EXTENT_MAX || !nominal.height)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its size is not known at the size of picture that the file "
		                      "declares");
	how->scale_y = (float)sizes->integers[2] / (float)nominal.height;
	how->scale_x = (float)sizes->integers[3] / (float)nominal.width;
	how->rounds = true;
	status = check_scale(node, (double)how->scale_y, error);
	return status != RV_OK ? status : check_scale(node, (double)how->scale_x, error);
}

static rv_status refuse_axes(const struct onnx_node *node, rv_error *error)
{
	const char *policy = "stretch";
	rv_status status = onnx_get_text(node, "keep_aspect_ratio_policy", &policy, error);
	if (status == RV_OK &&
	    (onnx_find_attribute(node, "axes") || strcmp(policy, "stretch") != 0))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "axes and keep_aspect_ratio_policy cannot be run");
	return status;
}

rv_status graph_translate_resize(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_RESAMPLE);
	bool old = builder->model->opset < 11; /* without roi and words for coordinates */
	int scales_index = old ? 1 : 2, input;
	if (old) {
		draft.resampling.coordinates = COORDINATES_ASYMMETRIC;
		draft.resampling.nearest = NEAREST_FLOOR;
	}
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_manner(node, &draft.resampling, error);
	if (status == RV_OK)
		status = refuse_axes(node, error);
	if (status != RV_OK)
		return status;
	if (!old && translate_has_input(node, 3)) {
		status = read_sizes(builder, node, input, 3, &draft.resampling, error);
	} else {
		status = read_input_scales(builder, node, input, scales_index, &draft.resampling,
		                           error);
	}
	if (status != RV_OK)
		return status;
	draft.inputs = &input;
	align_with_picture(builder, &draft);
	return translate_add_node(builder, node, &draft, &input, 1,
	                          builder->graph->tensors[input].channels, VALUE_IMAGE, error);
}

/* Scales are an input since operator set 9, an attribute before. */
rv_status graph_translate_upsample(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_RESAMPLE);
	const struct onnx_attribute *attribute = onnx_find_attribute(node, "scales");
	int input;
	draft.resampling.coordinates = COORDINATES_ASYMMETRIC;
	draft.resampling.nearest = NEAREST_FLOOR;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_manner(node, &draft.resampling, error);
	if (status != RV_OK)
		return status;
	if (attribute && attribute->type == ONNX_FLOATS) {
		status = read_scales(node, attribute->reals, attribute->count, &draft.resampling,
		                     error);
	} else {
		status = read_input_scales(builder, node, input, 1, &draft.resampling, error);
	}
	if (status != RV_OK)
		return status;
	return translate_add_node(builder, node, &draft, &input, 1,
	                          builder->graph->tensors[input].channels, VALUE_IMAGE, error);
}
