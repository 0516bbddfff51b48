#include "engine/graph/neighbours.h"

#include <string.h>

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

/* Whether an attribute, where the node has it, is a list of that length and the same throughout. */
static rv_status read_uniform(const struct onnx_node *node, const char *name, size_t length,
                              int64_t number, bool *uniform, rv_error *error)
{
	const int64_t *list = NULL;
	size_t count = 0;
	rv_status status = onnx_get_ints(node, name, &list, &count, error);
	*uniform = !list || count == length;
	for (size_t i = 0; i < count; i++)
		*uniform &= list[i] == number;
	return status;
}

/* A window of channels alone that moves by one, and stays within what is there. */
static rv_status read_window(const struct onnx_node *node, int64_t *size, rv_error *error)
{
	const int64_t *kernel = NULL;
	const char *auto_pad = "NOTSET";
	size_t count = 0;
	bool strides = false, dilations = false, pads = false;
	rv_status status = onnx_get_ints(node, "kernel_shape", &kernel, &count, error);
	if (status == RV_OK)
		status = onnx_get_text(node, "auto_pad", &auto_pad, error);
	if (status == RV_OK)
		status = read_uniform(node, "strides", 3, 1, &strides, error);
	if (status == RV_OK)
		status = read_uniform(node, "dilations", 3, 1, &dilations, error);
	if (status == RV_OK)
		status = read_uniform(node, "pads", 6, 0, &pads, error);
	if (status != RV_OK)
		return status;
	bool along_channels = kernel && count == 3 && kernel[1] == 1 && kernel[2] == 1;
	bool pads_itself = strncmp(auto_pad, "SAME", 4) == 0;
	if (!along_channels || !strides || !dilations || !pads || pads_itself || kernel[0] < 1 ||
	    kernel[0] > WINDOW_MAX)
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
	int channels = translate_channels(builder, cube);
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
