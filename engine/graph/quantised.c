/* Networks whose values were rounded to 8 bits. Weights are what their integers stand for; what is
 * computed from the picture keeps to the range of the integers, but is not rounded. */
#include <float.h>
#include <math.h>

#include "engine/graph/constant.h"
#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

/* value = (integer - zero) * scale, each of a channel along axis or of all. */
struct quantising {
	const struct onnx_tensor *scale, *zero; /* zero: NULL where it is 0 */
	int64_t axis;
};

static rv_status read_quantising(const struct builder *builder, const struct onnx_node *node,
                                 struct quantising *how, rv_error *error)
{
	int64_t block = 0;
	*how = (struct quantising){.axis = 1};
	rv_status status = translate_input_floats(builder, node, 1, &how->scale, error);
	if (status == RV_OK && translate_has_input(node, 2))
		status = translate_input_integers(builder, node, 2, &how->zero, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "axis", &how->axis, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "block_size", &block, error);
	if (status != RV_OK)
		return status;
	if (block || how->scale->count < 1 || how->scale->rank > 1 ||
	    (how->zero && how->zero->count != how->scale->count))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only one scale for all or one for each channel can be run");
	return RV_OK;
}

static int64_t zero_of(const struct quantising *how, size_t channel)
{
	return how->zero ? how->zero->integers[channel] : 0;
}

rv_status graph_fold_dequantise(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	struct quantising how;
	float *floats;
	size_t step = 1, channels = 1;
	rv_status status = translate_input_integers(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = read_quantising(builder, node, &how, error);
	if (status == RV_OK && how.scale->count > 1) {
		status = translate_normalise_axis(node, &how.axis, source->rank, error);
		channels = how.scale->count;
		if (status == RV_OK && (int64_t)channels != source->dims[how.axis])
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "it has %zu scales for %lld channels", channels,
			                      (long long)source->dims[how.axis]);
		for (int i = (int)how.axis + 1; status == RV_OK && i < source->rank; i++)
			step *= (size_t)source->dims[i];
	}
	if (status == RV_OK)
		status = constant_make(builder, source->rank, source->dims, &floats, NULL, &made,
		                       error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < source->count; i++) {
		size_t channel = i / step % channels;
		double steps = (double)source->integers[i] - (double)zero_of(&how, channel);
		floats[i] = (float)steps * how.scale->floats[channel];
	}
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* The integers that a tensor of the type of zero holds; of bytes without a sign where there is
 * none.
 */
static bool find_range(const struct onnx_tensor *zero, int64_t *least, int64_t *most)
{
	enum { UINT8 = 2, INT8 = 3, UINT16 = 4, INT16 = 5 };
	int type = zero ? zero->type : UINT8;
	*least = type == INT8 ? INT8_MIN : type == INT16 ? INT16_MIN : 0;
	*most = type == INT8    ? INT8_MAX
	        : type == UINT8 ? UINT8_MAX
	        : type == INT16 ? INT16_MAX
	                        : UINT16_MAX;
	return type >= UINT8 && type <= INT16;
}

/* A Relu before it is often left out of the file, since what is below 0 ends there anyway. */
rv_status graph_translate_quantise(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CLAMP);
	struct quantising how;
	int64_t least, most;
	rv_status status = read_quantising(builder, node, &how, error);
	if (status != RV_OK)
		return status;
	float scale = how.scale->floats[0];
	if (how.scale->count != 1 || !find_range(how.zero, &least, &most) || !(scale > 0) ||
	    !isfinite(scale))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only one scale for all, of integers of 8 or 16 bits, can be "
		                      "run");
	draft.clamp.low = (float)(least - zero_of(&how, 0)) * scale;
	draft.clamp.high = (float)(most - zero_of(&how, 0)) * scale;
	return pieces_add_pointwise(builder, node, &draft, error);
}

/* What graph_translate_quantise left as real numbers. */
rv_status graph_translate_dequantise(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	return graph_translate_alias(builder, node, error);
}
