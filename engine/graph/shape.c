#include "engine/graph/shape.h"

#include <math.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"
#include "engine/onnx/model.h"

/* One direction of a window. */
struct span {
	int size, stride, dilation, pad_before, pad_after;
};

/* ONNX auto_pad SAME: the output has ceil(input / stride) pixels. */
static void resolve_same_pads(struct span *span, int input, bool upper)
{
	int output = divide_up(input, span->stride);
	int covered = (span->size - 1) * span->dilation + 1;
	int total = max_int((output - 1) * span->stride + covered - input, 0);
	span->pad_before = upper ? total / 2 : total - total / 2;
	span->pad_after = total - span->pad_before;
}

/* Pixels of the output; 0 or less where the window does not fit. */
static int span_output(const struct span *span, int input, bool ceil_mode)
{
	int covered = (span->size - 1) * span->dilation + 1;
	int slack = input + span->pad_before + span->pad_after - covered;
	if (slack < 0)
		return 0;
	if (!ceil_mode)
		return slack / span->stride + 1;
	/* A window that hangs over the end counts if it begins inside the input or the pad before
	 * it (the rule of ONNX Runtime and PyTorch). */
	int output = divide_up(slack, span->stride) + 1;
	return (output - 1) * span->stride >= input + span->pad_before ? output - 1 : output;
}

struct graph_window_fit graph_window_fit(const struct window *window, struct extent input)
{
	struct span y = {window->height, window->stride_y, window->dilation_y, window->pad_top,
	                 window->pad_bottom};
	struct span x = {window->width, window->stride_x, window->dilation_x, window->pad_left,
	                 window->pad_right};
	if (window->pad_same != PAD_EXPLICIT) {
		resolve_same_pads(&y, input.height, window->pad_same == PAD_SAME_UPPER);
		resolve_same_pads(&x, input.width, window->pad_same == PAD_SAME_UPPER);
	}
	if (window->whole)
		return (struct graph_window_fit){.output = {1, 1}};
	bool ceil_mode = window->ceil_mode;
	return (struct graph_window_fit){
		.pad_top = y.pad_before,
		.pad_left = x.pad_before,
		.output = {span_output(&y, input.height, ceil_mode),
	                   span_output(&x, input.width, ceil_mode)},
	};
}

static bool same_extent(struct extent a, struct extent b)
{
	return a.height == b.height && a.width == b.width;
}

static bool is_pixel(struct extent extent)
{
	return extent.height == 1 && extent.width == 1;
}

static rv_status combined_extent(const struct graph_node *node, const struct extent *extents,
                                 struct extent *output, rv_error *error)
{
	*output = extents[node->inputs[0]];
	for (int i = 1; i < node->input_count; i++) {
		struct extent other = extents[node->inputs[i]];
		if (same_extent(other, *output))
			continue;
		if (node->kind == OPERATOR_MULTIPLY && is_pixel(other))
			continue;
		return rv_fail(error, RV_INVALID,
		               "node " ONNX_NAME " (%s): inputs differ in size: %dx%d and %dx%d",
		               node->name, graph_operator_name(node->kind), output->width,
		               output->height, other.width, other.height);
	}
	return RV_OK;
}

static rv_status windowed_extent(const struct graph_node *node, struct extent input,
                                 struct extent *output, rv_error *error)
{
	*output = graph_window_fit(&node->window, input).output;
	if (output->height >= 1 && output->width >= 1)
		return RV_OK;
	return rv_fail(error, RV_INVALID,
	               "node " ONNX_NAME " (%s): its %dx%d input is smaller than its %dx%d window; "
	               "give a larger picture or a lower layer",
	               node->name, graph_operator_name(node->kind), input.width, input.height,
	               node->window.width, node->window.height);
}

static struct extent rearranged_extent(const struct rearrangement *how, struct extent input)
{
	switch (how->kind) {
	case REARRANGE_TO_SPACE:
	case REARRANGE_TO_SPACE_CRD:
		return (struct extent){input.height * how->number, input.width * how->number};
	case REARRANGE_TO_DEPTH:
	case REARRANGE_TO_DEPTH_CRD:
		return (struct extent){input.height / how->number, input.width / how->number};
	case REARRANGE_WIDEN:
		/* A width past EXTENT_MAX is refused by whoever asks. */
		return (struct extent){input.height, input.width > EXTENT_MAX / how->number
		                                             ? EXTENT_MAX + 1
		                                             : input.width * how->number};
	case REARRANGE_NARROW:
		return (struct extent){input.height, input.width / how->number};
	default:
		return input;
	}
}

const struct cut graph_cut_whole = {0, INT64_MAX, 1};

static int64_t clip_index(int64_t index, int64_t count, int64_t least, int64_t most)
{
	if (index < 0)
		index += count;
	return index < least ? least : index > most ? most : index;
}

int64_t graph_cut_clip(struct cut *cut, int64_t count)
{
	bool forward = cut->step > 0;
	int64_t least = forward ? 0 : -1, most = forward ? count : count - 1;
	cut->start = clip_index(cut->start, count, least, most);
	cut->end = clip_index(cut->end, count, least, most);
	int64_t span = forward ? cut->end - cut->start : cut->start - cut->end;
	int64_t step = forward ? cut->step : -cut->step;
	return span > 0 ? (span - 1) / step + 1 : 0;
}

static int cut_side(struct cut cut, int side)
{
	return (int)graph_cut_clip(&cut, side);
}

static int scaled_side(const struct resampling *how, int side, float scale)
{
	double exact = (double)side * (double)scale;
	if (how->kind == RESAMPLE_ZEROS)
		exact = (double)(side - 1) * (double)scale + 1;
	/* A scale such as 1.1 is a float, and 10 times it no less than 11. */
	exact = how->rounds ? round(exact) : floor(exact * (1 + 1e-7));
	return exact > EXTENT_MAX ? EXTENT_MAX + 1 : (int)exact;
}

bool graph_pads_sides(const struct resampling *how)
{
	return how->kind == RESAMPLE_REFLECT || how->kind == RESAMPLE_EDGE ||
	       how->kind == RESAMPLE_BLANK;
}

bool graph_resizes(const struct resampling *how)
{
	return how->kind == RESAMPLE_NEAREST || how->kind == RESAMPLE_LINEAR ||
	       how->kind == RESAMPLE_CUBIC;
}

static rv_status resampled_extent(const struct graph_node *node, struct extent input,
                                  struct extent *output, rv_error *error)
{
	const struct resampling *how = &node->resampling;
	const struct window *pads = &node->window;
	int most_y = max_int(pads->pad_top, pads->pad_bottom);
	int most_x = max_int(pads->pad_left, pads->pad_right);

	if (how->kind == RESAMPLE_REFLECT && (most_y >= input.height || most_x >= input.width))
		return rv_fail(error, RV_INVALID,
		               "node " ONNX_NAME " (Pad): its %dx%d input is no larger than its "
		               "reflected pads; give a larger picture or a lower layer",
		               node->name, input.width, input.height);
	if (graph_pads_sides(how)) {
		*output = (struct extent){input.height + pads->pad_top + pads->pad_bottom,
		                          input.width + pads->pad_left + pads->pad_right};
	} else if (how->kind == RESAMPLE_CUT) {
		*output = (struct extent){cut_side(how->cut_y, input.height),
		                          cut_side(how->cut_x, input.width)};
	} else if (how->measured) {
		*output = how->size;
	} else {
		*output = (struct extent){scaled_side(how, input.height, how->scale_y),
		                          scaled_side(how, input.width, how->scale_x)};
	}
	if (output->height >= 1 && output->width >= 1)
		return RV_OK;
	const char *name = how->kind == RESAMPLE_CUT ? "Slice"
	                   : graph_pads_sides(how)   ? "Pad"
	                                             : "Resize";
	return rv_fail(error, RV_INVALID, "node " ONNX_NAME " (%s): nothing is left of %dx%d",
	               node->name, name, input.width, input.height);
}

rv_status graph_node_extent(const struct graph_node *node, const struct extent *extents,
                            struct extent *output, rv_error *error)
{
	struct extent input = extents[node->inputs[0]];
	rv_status status = RV_OK;
	switch (node->kind) {
	case OPERATOR_CONVOLUTION:
	case OPERATOR_MAX_POOL:
	case OPERATOR_AVERAGE_POOL:
		status = windowed_extent(node, input, output, error);
		break;
	case OPERATOR_GLOBAL_AVERAGE_POOL:
		*output = (struct extent){1, 1};
		break;
	case OPERATOR_PAD:
		output->height = input.height + node->window.pad_top + node->window.pad_bottom;
		output->width = input.width + node->window.pad_left + node->window.pad_right;
		break;
	case OPERATOR_REARRANGE:
		*output = rearranged_extent(&node->rearrangement, input);
		if (output->height < 1 || output->width < 1)
			return rv_fail(error, RV_INVALID,
			               "node " ONNX_NAME
			               ": its %dx%d input is smaller than a block",
			               node->name, input.width, input.height);
		break;
	case OPERATOR_RESAMPLE:
		status = resampled_extent(node, input, output, error);
		break;
	default:
		status = combined_extent(node, extents, output, error);
		break;
	}
	if (status == RV_OK && (output->height > EXTENT_MAX || output->width > EXTENT_MAX))
		return rv_fail(error, RV_INVALID,
		               "node " ONNX_NAME " (%s): its output is too large: %dx%d",
		               node->name, graph_operator_name(node->kind), output->width,
		               output->height);
	return status;
}

double graph_flop(const struct graph *graph, const struct extent *extents)
{
	double flop = 0;
	for (int i = 0; i < graph->node_count; i++) {
		const struct graph_node *node = &graph->nodes[i];
		if (node->kind != OPERATOR_CONVOLUTION)
			continue;
		struct extent extent = extents[node->outputs[0]];
		double pixels = (double)extent.height * extent.width;
		double taps = (double)node->window.height * node->window.width *
		              graph->tensors[node->inputs[0]].channels / node->groups;
		for (int j = 0; j < node->output_count; j++)
			flop += 2 * pixels * taps * node->parts[j].channels;
	}
	return flop;
}
