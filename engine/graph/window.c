#include "engine/graph/window.h"

#include <string.h>

rv_status window_read_pair(const struct onnx_node *node, const char *name, int least, int *y,
                           int *x, rv_error *error)
{
	const int64_t *values = NULL;
	size_t count = 0;
	rv_status status = onnx_get_ints(node, name, &values, &count, error);
	if (status != RV_OK || !values)
		return status;
	if (count != 2)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"%s has %zu numbers; only windows over height and width can be run", name,
			count);
	for (int i = 0; i < 2; i++)
		if (values[i] < least || values[i] > WINDOW_MAX)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "%s of %lld; %d to %d make sense", name,
			                      (long long)values[i], least, WINDOW_MAX);
	*y = (int)values[0];
	*x = (int)values[1];
	return RV_OK;
}

static rv_status read_pads(const struct onnx_node *node, struct window *window, rv_error *error)
{
	const int64_t *pads = NULL;
	size_t count = 0;
	rv_status status = onnx_get_ints(node, "pads", &pads, &count, error);
	if (status != RV_OK || !pads)
		return status;
	if (count != 4)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "pads has %zu numbers; only height and width can be padded",
		                      count);
	for (int i = 0; i < 4; i++)
		if (pads[i] < 0 || pads[i] > WINDOW_MAX)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "pads of %lld; 0 to %d can be run",
			                      (long long)pads[i], WINDOW_MAX);
	window->pad_top = (int)pads[0];
	window->pad_left = (int)pads[1];
	window->pad_bottom = (int)pads[2];
	window->pad_right = (int)pads[3];
	return RV_OK;
}

static rv_status read_auto_pad(const struct onnx_node *node, struct window *window, rv_error *error)
{
	const char *text = "NOTSET";
	rv_status status = onnx_get_text(node, "auto_pad", &text, error);
	if (status != RV_OK)
		return status;
	if (!strcmp(text, "NOTSET") || !*text)
		return read_pads(node, window, error);
	if (!strcmp(text, "VALID"))
		return RV_OK;
	if (!strcmp(text, "SAME_UPPER"))
		window->pad_same = PAD_SAME_UPPER;
	else if (!strcmp(text, "SAME_LOWER"))
		window->pad_same = PAD_SAME_LOWER;
	else
		return onnx_node_fail(node, error, RV_CORRUPT, "auto_pad of \"%.40s\"", text);
	return RV_OK;
}

rv_status window_read(const struct onnx_node *node, struct window *window, rv_error *error)
{
	int height = window->height, width = window->width;
	rv_status status = window_read_pair(node, "kernel_shape", 1, &height, &width, error);
	if (status == RV_OK)
		status = window_read_pair(node, "strides", 1, &window->stride_y, &window->stride_x,
		                          error);
	if (status == RV_OK)
		status = window_read_pair(node, "dilations", 1, &window->dilation_y,
		                          &window->dilation_x, error);
	if (status == RV_OK)
		status = read_auto_pad(node, window, error);
	if (status != RV_OK)
		return status;
	if (height == 0)
		return onnx_node_fail(node, error, RV_CORRUPT, "it has no kernel_shape");
	if (window->height && (window->height != height || window->width != width))
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "kernel_shape is %dx%d, but its weights are for %dx%d",
		                      height, width, window->height, window->width);
	window->height = height;
	window->width = width;
	return RV_OK;
}
