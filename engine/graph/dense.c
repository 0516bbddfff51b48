/* Views of a tensor (Flatten, Reshape, Squeeze, Unsqueeze, Transpose), and what works on flattened
 * ones: Gemm and MatMul, which become convolutions. */
#include <math.h>

#include "engine/graph/translators.h"

static bool is_plain(const struct value *input)
{
	return input->form != VALUE_GROUPED && input->form != VALUE_SHUFFLED;
}

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

/* Values in [1][channels * height * width]; 0 where the file leaves the size free. */
static int64_t nominal_length(const struct builder *builder, int tensor)
{
	struct extent nominal = builder->nominal[tensor];
	int64_t channels = builder->graph->tensors[tensor].channels;
	if (builder->strides[tensor] == 0)
		return channels;
	return channels * nominal.height * nominal.width;
}

/* [batch, length]: flattening, whatever stands for the batch. */
static bool reshape_flattens(const struct builder *builder, const struct value *input,
                             const int64_t *dims)
{
	int64_t length = nominal_length(builder, input->tensor);
	if (input->form == VALUE_IMAGE_LAST && !translate_is_single_pixel(builder, input->tensor))
		return false;
	if (dims[1] == -1 || dims[1] == DIM_UNKNOWN)
		return true;
	if (dims[1] == 0)
		return input->form == VALUE_VECTOR;
	return length ? dims[1] == length
	              : dims[1] % builder->graph->tensors[input->tensor].channels == 0;
}

static bool fits_side(int64_t dim, int nominal)
{
	return dim == DIM_UNKNOWN || dim == -1 || (nominal ? dim == nominal : dim > 0);
}

/* [batch, channels, height, width]: undoing a flattening, or nothing at all. */
static bool reshape_restores(const struct builder *builder, const struct value *input,
                             const int64_t *dims)
{
	int channels = builder->graph->tensors[input->tensor].channels;
	struct extent nominal = builder->nominal[input->tensor];
	bool image = input->form == VALUE_IMAGE;
	if (input->form == VALUE_IMAGE_LAST)
		return false;
	if (builder->strides[input->tensor] == 0)
		nominal = (struct extent){1, 1};
	bool same_channels = dims[1] == channels || (image && dims[1] == 0) ||
	                     (dims[1] == -1 && dims[2] == 1 && dims[3] == 1);
	return same_channels && ((image && dims[2] == 0) || fits_side(dims[2], nominal.height)) &&
	       ((image && dims[3] == 0) || fits_side(dims[3], nominal.width));
}

/* [batch, groups, channels / groups, height, width], the first half of a shuffle. */
static bool reshape_groups(const struct builder *builder, const struct value *input,
                           const int64_t *dims)
{
	int channels = builder->graph->tensors[input->tensor].channels;
	struct extent nominal = builder->nominal[input->tensor];
	return input->form == VALUE_IMAGE && dims[1] > 0 && dims[1] <= channels &&
	       channels % dims[1] == 0 && (dims[2] == -1 || dims[2] == channels / dims[1]) &&
	       fits_side(dims[3], nominal.height) && fits_side(dims[4], nominal.width);
}

/* [batch, channels, height, width], its second half. */
static bool reshape_shuffles(const struct builder *builder, const struct value *input,
                             const int64_t *dims)
{
	struct extent nominal = builder->nominal[input->tensor];
	return input->form == VALUE_SHUFFLED &&
	       (dims[1] == -1 || dims[1] == builder->graph->tensors[input->tensor].channels) &&
	       fits_side(dims[2], nominal.height) && fits_side(dims[3], nominal.width);
}

rv_status graph_translate_reshape(struct builder *builder, const struct onnx_node *node,
                                  rv_error *error)
{
	const struct value *input;
	const struct onnx_tensor *shape;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = translate_input_integers(builder, node, 1, &shape, error);
	if (status != RV_OK)
		return status;
	if (shape->rank == 1 && shape->count == 5 &&
	    reshape_groups(builder, input, shape->integers)) {
		struct value grouped = *input;
		grouped.form = VALUE_GROUPED;
		grouped.groups = (int)shape->integers[1];
		translate_set_output(builder, node, grouped);
		return RV_OK;
	}
	if (shape->rank == 1 && shape->count == 4 &&
	    reshape_shuffles(builder, input, shape->integers))
		return graph_add_shuffle(builder, node, input, error);
	if (!is_plain(input))
		return refuse_view(node, error);
	if (shape->rank == 1 && shape->count == 2 &&
	    reshape_flattens(builder, input, shape->integers))
		return view_as(builder, node, input, VALUE_VECTOR);
	if (shape->rank == 1 && shape->count == 4 &&
	    reshape_restores(builder, input, shape->integers))
		return view_as(builder, node, input, VALUE_IMAGE);
	return refuse_view(node, error);
}

/* Whether all axes are those of height and width. */
static bool only_sides(const int64_t *axes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (axes[i] != 2 && axes[i] != 3 && axes[i] != -1 && axes[i] != -2)
			return false;
	return count > 0;
}

/* The input of a Squeeze or Unsqueeze, and its axes, which older operator sets keep as an
 * attribute. */
static rv_status read_axes(struct builder *builder, const struct onnx_node *node,
                           const struct value **input, const int64_t **axes, size_t *count,
                           rv_error *error)
{
	rv_status status = translate_input_tensor(builder, node, 0, input, error);
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
	if (input->form == VALUE_IMAGE_LAST || !translate_is_single_pixel(builder, input->tensor) ||
	    !only_sides(axes, count))
		return refuse_view(node, error);
	return view_as(builder, node, input, VALUE_VECTOR);
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
	if (input->form != VALUE_VECTOR || !translate_is_single_pixel(builder, input->tensor) ||
	    !only_sides(axes, count) || count > 2)
		return refuse_view(node, error);
	/* One axis at a time: a vector of one pixel passes for an image anyhow. */
	return view_as(builder, node, input, count == 2 ? VALUE_IMAGE : VALUE_VECTOR);
}

static bool is_order(const int64_t *axes, size_t count, int a, int b, int c, int d)
{
	return count == 4 && axes[0] == a && axes[1] == b && axes[2] == c && axes[3] == d;
}

static bool is_group_exchange(const int64_t *axes, size_t count)
{
	return count == 5 && axes[0] == 0 && axes[1] == 2 && axes[2] == 1 && axes[3] == 3 &&
	       axes[4] == 4;
}

rv_status graph_translate_transpose(struct builder *builder, const struct onnx_node *node,
                                    rv_error *error)
{
	const struct value *input;
	const int64_t *axes = NULL;
	size_t count = 0;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "perm", &axes, &count, error);
	if (status != RV_OK)
		return status;
	if (input->form == VALUE_IMAGE && is_order(axes, count, 0, 2, 3, 1))
		return view_as(builder, node, input, VALUE_IMAGE_LAST);
	if (input->form == VALUE_IMAGE_LAST && is_order(axes, count, 0, 3, 1, 2))
		return view_as(builder, node, input, VALUE_IMAGE);
	if (input->form == VALUE_GROUPED && is_group_exchange(axes, count)) {
		struct value shuffled = *input;
		shuffled.form = VALUE_SHUFFLED;
		translate_set_output(builder, node, shuffled);
		return RV_OK;
	}
	if (input->form != VALUE_VECTOR && is_plain(input) && is_order(axes, count, 0, 1, 2, 3))
		return view_as(builder, node, input, input->form);
	return refuse_view(node, error);
}

/* ---- Gemm and MatMul ---- */

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
	int64_t length = nominal_length(builder, tensor);
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
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
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
	else if (dense_inputs(dense) != builder->graph->tensors[input->tensor].channels)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its matrix is for %lld channels, but it is given %d",
		                      (long long)dense_inputs(dense),
		                      builder->graph->tensors[input->tensor].channels);
	if (status != RV_OK)
		return status;
	draft.parts = graph_allocate(builder->graph, 1, sizeof(*draft.parts));
	if (!draft.parts)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
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
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
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
