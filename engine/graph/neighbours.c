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
	struct channel_window window = {.dilation = 1, .before = cube->zeros_before};
	struct value value = *cube;
	rv_status status = read_window(node, &window.size, error);
	if (status != RV_OK)
		return status;
	int64_t outputs = translate_channels(builder, cube) + cube->zeros_before +
	                  cube->zeros_behind - window.size + 1;
	if (outputs < 1 || outputs > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it makes %lld channels",
		                      (long long)outputs);
	status = pieces_make_table(builder, 1 / (float)window.size, (int)window.size,
	                           &window.weights, error);
	if (status != RV_OK)
		return status;
	value.zeros_before = value.zeros_behind = 0;
	return pieces_add_channel_window(builder, node, &window, outputs, &value, error);
}
