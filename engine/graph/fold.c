/* Constants moved into the weights of convolutions. */
#include "engine/graph/edit.h"
#include "engine/graph/passes.h"

static bool has_no_pads(const struct window *window)
{
	return window->pad_same == PAD_EXPLICIT && !window->pad_top && !window->pad_left &&
	       !window->pad_bottom && !window->pad_right;
}

/* ---- zero pads before a convolution ---- */

static bool pads_with_zeros(const struct graph_node *node)
{
	return node->kind == OPERATOR_PAD && node->constant == 0;
}

static void fold_pad(struct graph *graph, struct graph_uses *uses, struct graph_node *convolution)
{
	const struct graph_node *pad =
		&graph->nodes[graph->tensors[convolution->inputs[0]].producer];
	struct window *window = &convolution->window;
	if (!pads_with_zeros(pad) || window->pad_same != PAD_EXPLICIT)
		return;
	window->pad_top += pad->window.pad_top;
	window->pad_left += pad->window.pad_left;
	window->pad_bottom += pad->window.pad_bottom;
	window->pad_right += pad->window.pad_right;
	uses->count[convolution->inputs[0]]--;
	uses->count[pad->inputs[0]]++;
	convolution->inputs[0] = pad->inputs[0];
}

/* ---- affine after a convolution, another affine or a norm ---- */

static size_t filter_size(const struct graph *graph, const struct graph_node *node)
{
	size_t channels = (size_t)(graph->tensors[node->inputs[0]].channels / node->groups);
	return channels * (size_t)node->window.height * (size_t)node->window.width;
}

static rv_status scale_convolution(struct graph *graph, struct graph_node *convolution,
                                   const struct graph_node *affine, rv_error *error)
{
	struct convolution_part *part = &convolution->parts[0];
	size_t channels = (size_t)part->channels, size = filter_size(graph, convolution);
	float *weights = graph_allocate(graph, channels * size, sizeof(*weights));
	float *bias = graph_allocate(graph, channels, sizeof(*bias));
	if (!weights || !bias)
		return graph_out_of_memory(error);
	for (size_t o = 0; o < channels; o++) {
		float scale = affine->scale[o];
		for (size_t i = 0; i < size; i++)
			weights[o * size + i] = part->weights[o * size + i] * scale;
		bias[o] = (part->bias ? part->bias[o] : 0) * scale + affine->shift[o];
	}
	part->weights = weights;
	part->bias = bias;
	return RV_OK;
}

static rv_status scale_affine(struct graph *graph, struct graph_node *first,
                              const struct graph_node *second, rv_error *error)
{
	size_t channels = (size_t)graph->tensors[first->outputs[0]].channels;
	float *scale = graph_allocate(graph, channels, sizeof(*scale));
	float *shift = graph_allocate(graph, channels, sizeof(*shift));
	if (!scale || !shift)
		return graph_out_of_memory(error);
	for (size_t i = 0; i < channels; i++) {
		scale[i] = first->scale[i] * second->scale[i];
		shift[i] = first->shift[i] * second->scale[i] + second->shift[i];
	}
	first->scale = scale;
	first->shift = shift;
	return RV_OK;
}

static rv_status fold_affine_back(struct graph *graph, const struct graph_uses *uses,
                                  struct graph_node *affine, rv_error *error)
{
	struct graph_node *producer = graph_sole_producer(graph, uses, affine->inputs[0]);
	rv_status status = RV_OK;
	if (!producer)
		return RV_OK;
	if (producer->kind == OPERATOR_CONVOLUTION)
		status = scale_convolution(graph, producer, affine, error);
	else if (producer->kind == OPERATOR_AFFINE || producer->kind == OPERATOR_LAYER_NORM ||
	         producer->kind == OPERATOR_INSTANCE_NORM)
		status = scale_affine(graph, producer, affine, error);
	else
		return RV_OK;
	if (status == RV_OK)
		graph_take_over(graph, producer, affine);
	return status;
}

/* ---- affine before a convolution ---- */

static bool shifts(const struct graph_node *affine, int channels)
{
	for (int i = 0; i < channels; i++)
		if (affine->shift[i] != 0)
			return true;
	return false;
}

/* w * (x * scale + shift) + b = (w * scale) * x + (b + sum of w * shift). */
static rv_status absorb_affine(struct graph *graph, struct graph_node *convolution,
                               const struct graph_node *affine, rv_error *error)
{
	struct convolution_part *part = &convolution->parts[0];
	size_t size = filter_size(graph, convolution);
	size_t taps = (size_t)convolution->window.height * (size_t)convolution->window.width;
	size_t outputs = (size_t)part->channels;
	size_t group_outputs = outputs / (size_t)convolution->groups, group_inputs = size / taps;
	float *weights = graph_allocate(graph, outputs * size, sizeof(*weights));
	float *bias = graph_allocate(graph, outputs, sizeof(*bias));
	if (!weights || !bias)
		return graph_out_of_memory(error);
	for (size_t o = 0; o < outputs; o++) {
		size_t first_input = o / group_outputs * group_inputs;
		double sum = part->bias ? part->bias[o] : 0;
		for (size_t i = 0; i < size; i++) {
			size_t input = first_input + i / taps;
			float weight = part->weights[o * size + i];
			weights[o * size + i] = weight * affine->scale[input];
			sum += (double)weight * affine->shift[input];
		}
		bias[o] = (float)sum;
	}
	part->weights = weights;
	part->bias = bias;
	return RV_OK;
}

/* Pads are 0 behind the affine, not before it, so a shift must not reach them. */
static rv_status fold_affine_forward(struct graph *graph, const struct graph_uses *uses,
                                     struct graph_node *convolution, rv_error *error)
{
	struct graph_node *affine = graph_sole_producer(graph, uses, convolution->inputs[0]);
	if (!affine || affine->kind != OPERATOR_AFFINE)
		return RV_OK;
	int channels = graph->tensors[convolution->inputs[0]].channels;
	if (shifts(affine, channels) && !has_no_pads(&convolution->window))
		return RV_OK;
	rv_status status = absorb_affine(graph, convolution, affine, error);
	if (status != RV_OK)
		return status;
	convolution->inputs[0] = affine->inputs[0];
	affine->output_count = 0;
	affine->input_count = 0;
	return RV_OK;
}

rv_status graph_fold(struct graph *graph, rv_error *error)
{
	struct graph_uses uses;
	rv_status status = graph_find_uses(graph, &uses, error);
	for (int i = 1; status == RV_OK && i < graph->node_count; i++) {
		struct graph_node *node = &graph->nodes[i];
		if (node->kind == OPERATOR_AFFINE && node->output_count) {
			status = fold_affine_back(graph, &uses, node, error);
		} else if (node->kind == OPERATOR_CONVOLUTION) {
			fold_pad(graph, &uses, node);
			status = fold_affine_forward(graph, &uses, node, error);
		}
	}
	graph_release_uses(&uses);
	return status != RV_OK ? status : graph_compact(graph, error);
}
