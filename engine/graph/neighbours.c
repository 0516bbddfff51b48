#include "engine/graph/neighbours.h"

#include "engine/graph/pieces.h"

bool neighbours_is_cube(const struct value *value)
{
	return value->form == VALUE_GROUPED && value->groups == 1;
}

rv_status neighbours_pad(struct builder *builder, const struct onnx_node *node,
                         const struct value *cube, int before, int behind, rv_error *error)
{
	struct value padded = *cube;
	padded.zeros_before += before;
	padded.zeros_behind += behind;
	if (padded.zeros_before > CHANNELS_MAX || padded.zeros_behind > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "more than %d channels cannot be run", CHANNELS_MAX);
	translate_set_output(builder, node, padded);
	return RV_OK;
}

/* Whether a list of an attribute, of each axis, says that number of all but the first. */
static bool says_of_sides(const int64_t *list, size_t count, int64_t number)
{
	if (!list)
		return true;
	for (size_t i = 0; i < count; i++)
		if (i % 3 && list[i] != number)
			return false;
	return count >= 3;
}

static rv_status read_window(const struct onnx_node *node, int64_t *size, rv_error *error)
{
	const int64_t *kernel = NULL, *strides = NULL, *pads = NULL;
	size_t kernels = 0, steps = 0, sides = 0;
	rv_status status = onnx_get_ints(node, "kernel_shape", &kernel, &kernels, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "strides", &strides, &steps, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "pads", &pads, &sides, error);
	if (status != RV_OK)
		return status;
	bool along_channels = kernel && kernels == 3 && says_of_sides(kernel, kernels, 1) &&
	                      says_of_sides(strides, steps, 1) && (!strides || strides[0] == 1) &&
	                      says_of_sides(pads, sides, 0) && (!pads || (!pads[0] && !pads[3]));
	if (!along_channels || kernel[0] < 1 || kernel[0] > WINDOW_MAX)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"behind a Reshape only neighbouring channels can be averaged");
	*size = kernel[0];
	return RV_OK;
}

rv_status neighbours_average(struct builder *builder, const struct onnx_node *node,
                             const struct value *cube, rv_error *error)
{
	struct value value = *cube;
	int channels = builder->graph->tensors[cube->tensor].channels;
	int64_t size = 0;
	rv_status status = read_window(node, &size, error);
	if (status != RV_OK)
		return status;
	int64_t outputs = channels + cube->zeros_before + cube->zeros_behind - size + 1;
	if (outputs < 1 || outputs > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it makes %lld channels",
		                      (long long)outputs);
	float *weights = graph_allocate(builder->graph, (size_t)outputs * (size_t)channels,
	                                sizeof(*weights));
	if (!weights)
		return graph_out_of_memory(error);
	for (int64_t o = 0; o < outputs; o++)
		for (int64_t i = 0; i < size; i++) {
			int64_t channel = o + i - cube->zeros_before;
			if (channel >= 0 && channel < channels)
				weights[o * channels + channel] = 1 / (float)size;
		}
	value.zeros_before = value.zeros_behind = 0;
	return pieces_add_mix(builder, node, weights, (int)outputs, &value, error);
}
