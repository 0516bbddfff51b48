/* Operators that work on each value by itself. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

static rv_status add_clamp(struct builder *builder, const struct onnx_node *node, float low,
                           float high, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CLAMP);
	if (isnan(low) || isnan(high))
		return onnx_node_fail(node, error, RV_CORRUPT, "a limit is not a number");
	draft.clamp.low = fmaxf(-FLT_MAX, fminf(low, FLT_MAX));
	draft.clamp.high = fmaxf(-FLT_MAX, fminf(high, FLT_MAX));
	return pieces_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_relu(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	return add_clamp(builder, node, 0, FLT_MAX, error);
}

/* A limit is an input since operator set 11, an attribute before. */
static rv_status read_limit(const struct builder *builder, const struct onnx_node *node, int index,
                            const char *name, float *limit, rv_error *error)
{
	const struct onnx_tensor *constant;
	if (!translate_has_input(node, index))
		return onnx_get_float(node, name, limit, error);
	rv_status status = translate_input_floats(builder, node, index, &constant, error);
	if (status != RV_OK)
		return status;
	if (constant->count != 1)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its limit %s has %zu values instead of one", name,
		                      constant->count);
	*limit = constant->floats[0];
	return RV_OK;
}

rv_status graph_translate_clip(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	float low = -FLT_MAX, high = FLT_MAX;
	rv_status status = read_limit(builder, node, 1, "min", &low, error);
	if (status == RV_OK)
		status = read_limit(builder, node, 2, "max", &high, error);
	return status != RV_OK ? status : add_clamp(builder, node, low, high, error);
}

rv_status graph_translate_leaky_relu(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_LEAKY_RELU);
	draft.alpha = 0.01f;
	rv_status status = onnx_get_float(node, "alpha", &draft.alpha, error);
	return status != RV_OK ? status : pieces_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_absolute(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_LEAKY_RELU);
	draft.alpha = -1;
	return pieces_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_sigmoid(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_SIGMOID);
	return pieces_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_hard_sigmoid(struct builder *builder, const struct onnx_node *node,
                                       rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_HARD_SIGMOID);
	draft.alpha = 0.2f;
	draft.beta = 0.5f;
	rv_status status = onnx_get_float(node, "alpha", &draft.alpha, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "beta", &draft.beta, error);
	return status != RV_OK ? status : pieces_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_hard_swish(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_HARD_SWISH);
	return pieces_add_pointwise(builder, node, &draft, error);
}

static rv_status add_kind(struct builder *builder, const struct onnx_node *node,
                          enum operator_kind kind, float alpha, rv_error *error)
{
	struct graph_node draft = translate_draft(kind);
	draft.alpha = alpha;
	return pieces_add_pointwise(builder, node, &draft, error);
}

rv_status graph_translate_elu(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	float alpha = 1;
	rv_status status = onnx_get_float(node, "alpha", &alpha, error);
	return status != RV_OK ? status : add_kind(builder, node, OPERATOR_ELU, alpha, error);
}

/* Elu of `within` times the input, times `after`. */
static rv_status add_scaled_elu(struct builder *builder, const struct onnx_node *node, float within,
                                float alpha, float after, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_ELU);
	const struct value *input;
	draft.alpha = alpha;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	struct value value = *input;
	int channels = translate_channels(builder, &value);
	if (!isfinite(within) || !isfinite(alpha) || !isfinite(after))
		return onnx_node_fail(node, error, RV_CORRUPT, "it gives no finite number");
	if (within != 1)
		status = pieces_add_affine(builder, node, within, 0, &value, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, &draft, channels, &value, error);
	return status != RV_OK ? status : pieces_add_affine(builder, node, after, 0, &value, error);
}

rv_status graph_translate_celu(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	float alpha = 1;
	rv_status status = onnx_get_float(node, "alpha", &alpha, error);
	return status != RV_OK ? status : add_scaled_elu(builder, node, 1 / alpha, 1, alpha, error);
}

/* The numbers of Klambauer and others 2017, to which ONNX rounds them. */
rv_status graph_translate_selu(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	float alpha = 1.67326319217681884765625f, gamma = 1.05070102214813232421875f;
	rv_status status = onnx_get_float(node, "alpha", &alpha, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "gamma", &gamma, error);
	return status != RV_OK ? status : add_scaled_elu(builder, node, 1, alpha, gamma, error);
}

rv_status graph_translate_softplus(struct builder *builder, const struct onnx_node *node,
                                   rv_error *error)
{
	return add_kind(builder, node, OPERATOR_SOFTPLUS, 0, error);
}

/* x * tanh(softplus(x)) */
rv_status graph_translate_mish(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	struct graph_node softplus = translate_draft(OPERATOR_SOFTPLUS);
	struct graph_node tanh = translate_draft(OPERATOR_TANH);
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	struct value value = *input, part = value;
	int channels = translate_channels(builder, &value);
	status = pieces_add(builder, node, &softplus, channels, &part, error);
	if (status == RV_OK)
		status = pieces_add(builder, node, &tanh, channels, &part, error);
	if (status != RV_OK)
		return status;
	const int factors[2] = {value.tensor, part.tensor};
	return pieces_join(builder, node, OPERATOR_MULTIPLY, factors, 2, &value, error);
}

rv_status graph_translate_tanh(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	return add_kind(builder, node, OPERATOR_TANH, 0, error);
}

rv_status graph_translate_erf(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	return add_kind(builder, node, OPERATOR_ERF, 0, error);
}

rv_status graph_translate_gelu(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	const char *approximate = "none";
	rv_status status = onnx_get_text(node, "approximate", &approximate, error);
	if (status != RV_OK)
		return status;
	bool by_tanh = !strcmp(approximate, "tanh");
	if (!by_tanh && strcmp(approximate, "none") != 0)
		return onnx_node_fail(node, error, RV_CORRUPT, "approximate is \"%.40s\"",
		                      approximate);
	return add_kind(builder, node, by_tanh ? OPERATOR_GELU_TANH : OPERATOR_GELU, 0, error);
}

rv_status graph_translate_square_root(struct builder *builder, const struct onnx_node *node,
                                      rv_error *error)
{
	return add_kind(builder, node, OPERATOR_POWER, 0.5f, error);
}

rv_status graph_translate_reciprocal(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error)
{
	return add_kind(builder, node, OPERATOR_POWER, -1, error);
}

rv_status graph_translate_power(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct onnx_tensor *exponent;
	rv_status status = translate_input_floats(builder, node, 1, &exponent, error);
	if (status != RV_OK)
		return status;
	if (exponent->count != 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only one exponent for all values can be run");
	return add_kind(builder, node, OPERATOR_POWER, exponent->floats[0], error);
}

/* One slope for all channels, or one for each. */
rv_status graph_translate_prelu(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_PRELU);
	const struct onnx_tensor *slopes;
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = translate_input_floats(builder, node, 1, &slopes, error);
	if (status != RV_OK)
		return status;
	int channels = translate_channels(builder, input);
	bool old_list = builder->model->opset < 7 && slopes->count == (size_t)channels;
	if (slopes->count != 1 && !old_list &&
	    !translate_is_by_channel(slopes, input->form, channels))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its slopes are neither one number nor one for each of %d "
		                      "channels",
		                      channels);
	float *scale = graph_allocate(builder->graph, (size_t)channels, sizeof(*scale));
	if (!scale)
		return graph_out_of_memory(error);
	for (int i = 0; i < channels; i++)
		scale[i] = slopes->floats[slopes->count == 1 ? 0 : i];
	draft.scale = scale;
	return pieces_add_pointwise(builder, node, &draft, error);
}
