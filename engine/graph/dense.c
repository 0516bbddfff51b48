/* What works on flattened tensors: Gemm and MatMul, which become convolutions. */
#include <math.h>

#include "engine/graph/translators.h"

/* A matrix as ONNX has it, and what Gemm does with it. */
struct dense {
	const struct onnx_tensor *matrix;
	bool transposed; /* matrix is [outputs][inputs], not [inputs][outputs] */
	float alpha;
	const float *bias; /* [outputs], or NULL */
};

static int64_t dense_inputs(const struct dense *dense)
{
	return dense->matrix->dims[dense->transposed ? 1 : 0];
}

static int64_t dense_outputs(const struct dense *dense)
{
	return dense->matrix->dims[dense->transposed ? 0 : 1];
}

/* The window of the convolution that does what a matrix does with a flattened tensor. */
static rv_status dense_window(const struct builder *builder, const struct onnx_node *node,
                              int tensor, int64_t inputs, struct window *window, rv_error *error)
{
	struct extent nominal = builder->nominal[tensor];
	int64_t channels = builder->graph->tensors[tensor].channels;
	int64_t length = translate_nominal_length(builder, tensor);
	if (inputs == channels && (!length || length == channels))
		return RV_OK;
	if (length && length != inputs)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its matrix is for %lld values, but it is given %lld",
		                      (long long)inputs, (long long)length);
	if (!length) { /* the file does not say; pictures for classifiers are square */
		int64_t side = llround(sqrt((double)inputs / (double)channels));
		if (side < 1 || side > WINDOW_MAX || side * side * channels != inputs)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "its matrix is for %lld values, which are no square "
			                      "of %lld channels",
			                      (long long)inputs, (long long)channels);
		nominal = (struct extent){(int)side, (int)side};
	}
	window->height = nominal.height;
	window->width = nominal.width;
	return RV_OK;
}

/* [outputs][inputs], which is [outputs][channels][height][width]: Flatten goes through channels
 * first. */
static rv_status dense_weights(struct builder *builder, const struct dense *dense,
                               const float **weights, rv_error *error)
{
	const float *matrix = dense->matrix->floats;
	size_t inputs = (size_t)dense_inputs(dense), outputs = (size_t)dense_outputs(dense);
	*weights = matrix;
	if (dense->transposed && dense->alpha == 1)
		return RV_OK;
	float *copy = graph_allocate(builder->graph, dense->matrix->count, sizeof(*copy));
	if (!copy)
		return graph_out_of_memory(error);
	for (size_t o = 0; o < outputs; o++)
		for (size_t i = 0; i < inputs; i++)
			copy[o * inputs + i] =
				dense->alpha * (dense->transposed ? matrix[o * inputs + i]
			                                          : matrix[i * outputs + o]);
	*weights = copy;
	return RV_OK;
}

static rv_status read_matrix(const struct builder *builder, const struct onnx_node *node,
                             struct dense *dense, rv_error *error)
{
	rv_status status = translate_input_floats(builder, node, 1, &dense->matrix, error);
	if (status != RV_OK)
		return status;
	const struct onnx_tensor *matrix = dense->matrix;
	if (matrix->rank != 2 || matrix->count == 0 || matrix->dims[0] > INT32_MAX ||
	    dense_outputs(dense) > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its second input is no matrix of a size that can be run");
	return RV_OK;
}

static rv_status add_dense(struct builder *builder, const struct onnx_node *node,
                           const struct dense *dense, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CONVOLUTION);
	const struct value *input;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	enum value_form form = input->form;
	if (form != VALUE_VECTOR && form != VALUE_IMAGE_LAST)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "it multiplies matrices that no Flatten has made");
	if (form == VALUE_VECTOR)
		status = dense_window(builder, node, input->tensor, dense_inputs(dense),
		                      &draft.window, error);
	else if (dense_inputs(dense) != translate_channels(builder, input))
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its matrix is for %lld channels, but it is given %d",
		                      (long long)dense_inputs(dense),
		                      translate_channels(builder, input));
	if (status != RV_OK)
		return status;
	draft.parts = graph_allocate(builder->graph, 1, sizeof(*draft.parts));
	if (!draft.parts)
		return graph_out_of_memory(error);
	draft.parts[0].channels = (int)dense_outputs(dense);
	draft.parts[0].bias = dense->bias;
	draft.parts[0].clamp = draft.clamp;
	status = dense_weights(builder, dense, &draft.parts[0].weights, error);
	if (status != RV_OK)
		return status;
	return translate_add_node(builder, node, &draft, &input->tensor, 1, draft.parts[0].channels,
	                          form, error);
}

/* The third input of Gemm: one number, or one an output. */
static rv_status read_gemm_bias(struct builder *builder, const struct onnx_node *node, float beta,
                                struct dense *dense, rv_error *error)
{
	const struct onnx_tensor *constant;
	size_t outputs = (size_t)dense_outputs(dense);
	if (!translate_has_input(node, 2))
		return RV_OK;
	rv_status status = translate_input_floats(builder, node, 2, &constant, error);
	if (status != RV_OK)
		return status;
	if (constant->count != 1 &&
	    (constant->count != outputs || constant->dims[constant->rank - 1] != (int64_t)outputs))
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its bias has %zu values for %zu outputs", constant->count,
		                      outputs);
	float *bias = graph_allocate(builder->graph, outputs, sizeof(*bias));
	if (!bias)
		return graph_out_of_memory(error);
	for (size_t i = 0; i < outputs; i++)
		bias[i] = beta * constant->floats[constant->count == 1 ? 0 : i];
	dense->bias = bias;
	return RV_OK;
}

rv_status graph_translate_gemm(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	struct dense dense = {.alpha = 1};
	int64_t trans_a = 0, trans_b = 0;
	float beta = 1;
	rv_status status = onnx_get_int(node, "transA", &trans_a, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "transB", &trans_b, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "alpha", &dense.alpha, error);
	if (status == RV_OK)
		status = onnx_get_float(node, "beta", &beta, error);
	if (status == RV_OK && trans_a)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "transA cannot be run");
	dense.transposed = trans_b != 0;
	if (status == RV_OK)
		status = read_matrix(builder, node, &dense, error);
	if (status == RV_OK)
		status = read_gemm_bias(builder, node, beta, &dense, error);
	return status != RV_OK ? status : add_dense(builder, node, &dense, error);
}

rv_status graph_translate_matmul(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	struct dense dense = {.alpha = 1};
	rv_status status = read_matrix(builder, node, &dense, error);
	return status != RV_OK ? status : add_dense(builder, node, &dense, error);
}
