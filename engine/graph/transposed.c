/* ConvTranspose: zeros between the pixels, then a convolution with the filters turned over. */
#include <string.h>

#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"
#include "engine/graph/window.h"

/* As the file has them: weights [inputs][outputs / groups][height][width]. */
struct transposed {
	const struct onnx_tensor *weights;
	int inputs, outputs, groups;
	struct window window;
	int extra_y, extra_x; /* output pixels added at the end */
};

static rv_status check_weights(const struct onnx_node *node, const struct transposed *this,
                               rv_error *error)
{
	const struct onnx_tensor *weights = this->weights;
	if (weights->rank != 4)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its weights have %d dimensions; only 4 can be run",
		                      weights->rank);
	for (int i = 0; i < 4; i++)
		if (weights->dims[i] < 1 || weights->dims[i] > (i < 2 ? CHANNELS_MAX : WINDOW_MAX))
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its weights have a dimension of %lld",
			                      (long long)weights->dims[i]);
	if (this->groups < 1 || this->groups > this->inputs || this->inputs % this->groups ||
	    weights->dims[0] != this->inputs || weights->dims[1] * this->groups > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "its weights are for %lld input channels in %d groups, but "
		                      "it is given %d",
		                      (long long)weights->dims[0], this->groups, this->inputs);
	return RV_OK;
}

/* SAME: the output is stride times as large as the input. */
static void resolve_same_pads(struct window *window)
{
	int total_y = (window->height - 1) * window->dilation_y + 1 - window->stride_y;
	int total_x = (window->width - 1) * window->dilation_x + 1 - window->stride_x;
	bool upper = window->pad_same == PAD_SAME_UPPER;
	window->pad_top = upper ? total_y / 2 : total_y - total_y / 2;
	window->pad_bottom = total_y - window->pad_top;
	window->pad_left = upper ? total_x / 2 : total_x - total_x / 2;
	window->pad_right = total_x - window->pad_left;
	window->pad_same = PAD_EXPLICIT;
}

/* One axis: what is too much is cut off on both sides, of an odd number more at the end only with
 * SAME_UPPER. What is too little is added at the end, by a pad below 0. */
static void pads_for_side(const struct window *window, int64_t wanted, int whole, int *before,
                          int *after)
{
	int total = whole - (int)wanted;
	int cut = total > 0 ? total : 0;
	*before = window->pad_same == PAD_SAME_UPPER ? cut / 2 : cut - cut / 2;
	*after = total - *before;
}

/* The pads by which the output has the size that the file says, at the size of picture that it
 * says. */
static rv_status pads_for_shape(const struct builder *builder, const struct onnx_node *node,
                                int input, struct transposed *this, rv_error *error)
{
	const struct onnx_attribute *shape = onnx_find_attribute(node, "output_shape");
	struct window *window = &this->window;
	struct extent nominal = builder->nominal[input];
	const int64_t *sides = shape->integers + (shape->count > 2 ? shape->count - 2 : 0);
	if (shape->type != ONNX_INTS || (shape->count != 2 && shape->count != 4) || sides[0] < 1 ||
	    sides[1] < 1 || sides[0] > EXTENT_MAX || sides[1] > EXTENT_MAX || !nominal.height)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"output_shape cannot be run where the file declares no size of "
			"its picture");
	pads_for_side(window, sides[0],
	              window->stride_y * (nominal.height - 1) + this->extra_y +
	                      (window->height - 1) * window->dilation_y + 1,
	              &window->pad_top, &window->pad_bottom);
	pads_for_side(window, sides[1],
	              window->stride_x * (nominal.width - 1) + this->extra_x +
	                      (window->width - 1) * window->dilation_x + 1,
	              &window->pad_left, &window->pad_right);
	window->pad_same = PAD_EXPLICIT;
	return RV_OK;
}

static rv_status read_transposed(const struct builder *builder, const struct onnx_node *node,
                                 int input, struct transposed *this, rv_error *error)
{
	int64_t groups = 1;
	rv_status status = translate_input_floats(builder, node, 1, &this->weights, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "group", &groups, error);
	if (status != RV_OK)
		return status;
	this->inputs = builder->graph->tensors[input].channels;
	this->groups = groups > 0 && groups <= CHANNELS_MAX ? (int)groups : 0;
	status = check_weights(node, this, error);
	if (status != RV_OK)
		return status;
	this->outputs = (int)this->weights->dims[1] * this->groups;
	this->window.height = (int)this->weights->dims[2];
	this->window.width = (int)this->weights->dims[3];
	status = window_read(node, &this->window, error);
	if (status == RV_OK)
		status = window_read_pair(node, "output_padding", 0, &this->extra_y, &this->extra_x,
		                          error);
	if (status == RV_OK && onnx_find_attribute(node, "output_shape"))
		return pads_for_shape(builder, node, input, this, error);
	if (status == RV_OK && this->window.pad_same != PAD_EXPLICIT)
		resolve_same_pads(&this->window);
	return status;
}

/* [outputs][inputs / groups][height][width], turned over. */
static float *turned_weights(struct builder *builder, const struct transposed *this)
{
	const struct onnx_tensor *from = this->weights;
	size_t taps = (size_t)this->window.height * (size_t)this->window.width;
	size_t group_outputs = (size_t)(this->outputs / this->groups);
	size_t group_inputs = (size_t)(this->inputs / this->groups);
	float *turned = graph_allocate(builder->graph, from->count, sizeof(*turned)),
	      *next = turned;
	for (size_t o = 0; turned && o < (size_t)this->outputs; o++)
		for (size_t i = 0; i < group_inputs; i++) {
			size_t input = o / group_outputs * group_inputs + i;
			const float *filter =
				from->floats + (input * group_outputs + o % group_outputs) * taps;
			for (size_t tap = 0; tap < taps; tap++)
				*next++ = filter[taps - 1 - tap];
		}
	return turned;
}

/* The pads of the convolution: what the window covers beyond a pixel, less those of the file. */
static rv_status turn_pads(const struct onnx_node *node, const struct transposed *this,
                           struct window *window, rv_error *error)
{
	int beyond_y = (this->window.height - 1) * this->window.dilation_y;
	int beyond_x = (this->window.width - 1) * this->window.dilation_x;
	window->pad_top = beyond_y - this->window.pad_top;
	window->pad_left = beyond_x - this->window.pad_left;
	window->pad_bottom = beyond_y - this->window.pad_bottom + this->extra_y;
	window->pad_right = beyond_x - this->window.pad_right + this->extra_x;
	if (window->pad_top < 0 || window->pad_left < 0 || window->pad_bottom < 0 ||
	    window->pad_right < 0)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its pads are larger than its window");
	window->dilation_y = this->window.dilation_y;
	window->dilation_x = this->window.dilation_x;
	return RV_OK;
}

static rv_status fill_convolution(struct builder *builder, const struct onnx_node *node,
                                  const struct transposed *this, struct graph_node *draft,
                                  rv_error *error)
{
	const struct onnx_tensor *bias = NULL;
	if (translate_has_input(node, 2)) {
		rv_status status = translate_input_floats(builder, node, 2, &bias, error);
		if (status != RV_OK)
			return status;
		if (bias->count != (size_t)this->outputs)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its bias has %zu values for %d output channels",
			                      bias->count, this->outputs);
	}
	draft->parts = graph_allocate(builder->graph, 1, sizeof(*draft->parts));
	float *weights = turned_weights(builder, this);
	if (!draft->parts || !weights)
		return graph_out_of_memory(error);
	draft->groups = this->groups;
	draft->window.height = this->window.height;
	draft->window.width = this->window.width;
	draft->parts[0] = (struct convolution_part){.channels = this->outputs,
	                                            .weights = weights,
	                                            .bias = bias ? bias->floats : NULL,
	                                            .clamp = draft->clamp};
	return turn_pads(node, this, &draft->window, error);
}

rv_status graph_translate_transposed_convolution(struct builder *builder,
                                                 const struct onnx_node *node, rv_error *error)
{
	struct graph_node convolution = translate_draft(OPERATOR_CONVOLUTION);
	struct graph_node zeros = translate_draft(OPERATOR_RESAMPLE);
	struct transposed this = {.window = convolution.window};
	int input;
	rv_status status = translate_input_image(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = read_transposed(builder, node, input, &this, error);
	if (status == RV_OK)
		status = fill_convolution(builder, node, &this, &convolution, error);
	if (status != RV_OK)
		return status;
	struct value value = {.form = VALUE_IMAGE, .tensor = input};
	if (this.window.stride_y > 1 || this.window.stride_x > 1) {
		zeros.resampling.kind = RESAMPLE_ZEROS;
		zeros.resampling.scale_y = (float)this.window.stride_y;
		zeros.resampling.scale_x = (float)this.window.stride_x;
		status = pieces_add(builder, node, &zeros, this.inputs, &value, error);
	}
	return status != RV_OK
	               ? status
	               : pieces_add(builder, node, &convolution, this.outputs, &value, error);
}
