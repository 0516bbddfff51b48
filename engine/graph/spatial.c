/* Operators that look at more than one pixel, or more than one channel, at once. */
#include <math.h>
#include <string.h>

#include "engine/graph/folded.h"
#include "engine/graph/neighbours.h"
#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"
#include "engine/graph/window.h"

/* ---- convolution ---- */

static rv_status check_weights(const struct builder *builder, const struct onnx_node *node,
                               const struct onnx_tensor *weights, int input, int64_t groups,
                               rv_error *error)
{
	int64_t channels = builder->graph->tensors[input].channels;
	const int64_t *dims = weights->dims;
	if (weights->rank != 4)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its weights have %d dimensions; only 4 can be run",
		                      weights->rank);
	for (int i = 0; i < 4; i++)
		if (dims[i] < 1 || dims[i] > (i < 2 ? CHANNELS_MAX : WINDOW_MAX))
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its weights have a dimension of %lld",
			                      (long long)dims[i]);
	if (groups < 1 || groups > channels || channels % groups || dims[0] % groups)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "%lld groups divide neither %lld inputs nor %lld outputs",
		                      (long long)groups, (long long)channels, (long long)dims[0]);
	if (dims[1] * groups != channels)
		return onnx_node_fail(
			node, error, RV_CORRUPT,
			"its weights are for %lld input channels, but it is given %lld",
			(long long)(dims[1] * groups), (long long)channels);
	return RV_OK;
}

static rv_status read_bias(const struct builder *builder, const struct onnx_node *node,
                           struct convolution_part *part, rv_error *error)
{
	const struct onnx_tensor *bias;
	if (!translate_has_input(node, 2))
		return RV_OK;
	rv_status status = translate_input_floats(builder, node, 2, &bias, error);
	if (status != RV_OK)
		return status;
	if (bias->count != (size_t)part->channels)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its bias has %zu values for %d output channels", bias->count,
		                      part->channels);
	part->bias = bias->floats;
	return RV_OK;
}

rv_status graph_translate_convolution(struct builder *builder, const struct onnx_node *node,
                                      rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CONVOLUTION);
	const struct onnx_tensor *weights;
	int64_t groups = 1;
	int input;
	const struct value *view;
	rv_status status = translate_input_view(builder, node, 0, &view, error);
	if (status == RV_OK && view->form == VALUE_FOLDED)
		return folded_convolve(builder, node, view, error);
	if (status == RV_OK)
		status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = translate_input_floats(builder, node, 1, &weights, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "group", &groups, error);
	if (status == RV_OK)
		status = check_weights(builder, node, weights, input, groups, error);
	if (status != RV_OK)
		return status;
	draft.groups = (int)groups;
	draft.window.height = (int)weights->dims[2];
	draft.window.width = (int)weights->dims[3];
	draft.parts = graph_allocate(builder->graph, 1, sizeof(*draft.parts));
	if (!draft.parts)
		return graph_out_of_memory(error);
	draft.parts[0] = (struct convolution_part){
		.channels = (int)weights->dims[0],
		.weights = weights->floats,
		.clamp = draft.clamp,
	};
	status = read_bias(builder, node, &draft.parts[0], error);
	if (status == RV_OK)
		status = window_read(node, &draft.window, error);
	if (status != RV_OK)
		return status;
	return translate_add_node(builder, node, &draft, &input, 1, draft.parts[0].channels,
	                          VALUE_IMAGE, error);
}

/* ---- pools ---- */

/* Without this a window may lie in the pads altogether, and has no maximum and no average. */
static rv_status check_pool_pads(const struct onnx_node *node, const struct window *window,
                                 rv_error *error)
{
	int reach_y = (window->height - 1) * window->dilation_y + 1;
	int reach_x = (window->width - 1) * window->dilation_x + 1;
	if (window->pad_top < reach_y && window->pad_bottom < reach_y &&
	    window->pad_left < reach_x && window->pad_right < reach_x)
		return RV_OK;
	return onnx_node_fail(node, error, RV_CORRUPT, "its pads are as large as its window");
}

static rv_status translate_pool(struct builder *builder, const struct onnx_node *node,
                                enum operator_kind kind, rv_error *error)
{
	struct graph_node draft = translate_draft(kind);
	int64_t ceil_mode = 0, count_include_pad = 0;
	int input;
	draft.window.height = draft.window.width = 0;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = window_read(node, &draft.window, error);
	if (status == RV_OK)
		status = check_pool_pads(node, &draft.window, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "ceil_mode", &ceil_mode, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "count_include_pad", &count_include_pad, error);
	if (status != RV_OK)
		return status;
	draft.window.ceil_mode = ceil_mode != 0;
	draft.window.count_include_pad = count_include_pad != 0;
	return translate_add_node(builder, node, &draft, &input, 1,
	                          builder->graph->tensors[input].channels, VALUE_IMAGE, error);
}

rv_status graph_translate_max_pool(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	return translate_pool(builder, node, OPERATOR_MAX_POOL, error);
}

rv_status graph_translate_average_pool(struct builder *builder, const struct onnx_node *node,
                                       rv_error *error)
{
	const struct value *input;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK && neighbours_is_cube(input))
		return neighbours_average(builder, node, input, error);
	return status != RV_OK ? status
	                       : translate_pool(builder, node, OPERATOR_AVERAGE_POOL, error);
}

static rv_status translate_global_pool(struct builder *builder, const struct onnx_node *node,
                                       bool largest, rv_error *error)
{
	struct value value = {.form = VALUE_IMAGE};
	rv_status status = translate_input_image(builder, node, 0, &value.tensor, error);
	return status != RV_OK ? status
	                       : pieces_add_global_pool(builder, node, largest, &value, error);
}

rv_status graph_translate_global_max_pool(struct builder *builder, const struct onnx_node *node,
                                          rv_error *error)
{
	return translate_global_pool(builder, node, true, error);
}

rv_status graph_translate_global_average_pool(struct builder *builder, const struct onnx_node *node,
                                              rv_error *error)
{
	return translate_global_pool(builder, node, false, error);
}

/* ---- the others ---- */

rv_status graph_translate_lrn(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_LRN);
	int64_t size = 0;
	int input;
	draft.alpha = 1e-4f;
	draft.beta = 0.75f;
	draft.constant = 1;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "size", &size, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "alpha", &draft.alpha, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "beta", &draft.beta, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "bias", &draft.constant, error);
	if (status != RV_OK)
		return status;
	if (size < 1 || size > WINDOW_MAX)
		return onnx_node_fail(node, error, RV_CORRUPT, "size of %lld; 1 to %d make sense",
		                      (long long)size, WINDOW_MAX);
	draft.size = (int)size;
	return translate_add_node(builder, node, &draft, &input, 1,
	                          builder->graph->tensors[input].channels, VALUE_IMAGE, error);
}
