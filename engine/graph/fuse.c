/* Operators that are run as one. Each pass leaves the nodes in topological order. */
#include <stdlib.h>
#include <string.h>

#include "engine/graph/edit.h"
#include "engine/graph/passes.h"

/* ---- clamps ---- */

/* The clamp in the store of what node computes; NULL where its kind has none. */
static struct clamp *store_clamp(struct graph_node *node)
{
	switch (node->kind) {
	case OPERATOR_CONVOLUTION:
		return &node->parts[0].clamp;
	case OPERATOR_AFFINE:
	case OPERATOR_ADD:
	case OPERATOR_AVERAGE_POOL:
	case OPERATOR_CLAMP:
		return &node->clamp;
	default:
		return NULL;
	}
}

rv_status graph_fuse_clamps(struct graph *graph, rv_error *error)
{
	struct graph_uses uses;
	rv_status status = graph_find_uses(graph, &uses, error);
	for (int i = 1; status == RV_OK && i < graph->node_count; i++) {
		struct graph_node *node = &graph->nodes[i];
		if (node->kind != OPERATOR_CLAMP)
			continue;
		struct graph_node *producer = graph_sole_producer(graph, &uses, node->inputs[0]);
		struct clamp *clamp = producer ? store_clamp(producer) : NULL;
		if (!clamp)
			continue;
		*clamp = graph_clamp_compose(*clamp, node->clamp);
		graph_take_over(graph, producer, node);
	}
	graph_release_uses(&uses);
	return status != RV_OK ? status : graph_compact(graph, error);
}

/* ---- average pools before 1x1 convolutions ---- */

static bool is_pointwise(const struct graph_node *node)
{
	const struct window *window = &node->window;
	bool pads = window->pad_same == PAD_EXPLICIT && (window->pad_top || window->pad_left ||
	                                                 window->pad_bottom || window->pad_right);
	return node->kind == OPERATOR_CONVOLUTION && node->groups == 1 && node->output_count == 1 &&
	       window->height == 1 && window->width == 1 && window->stride_y == 1 &&
	       window->stride_x == 1 && !pads;
}

static bool keeps_size(const struct window *window)
{
	if (window->stride_y != 1 || window->stride_x != 1)
		return false;
	if (window->pad_same != PAD_EXPLICIT)
		return true;
	return window->pad_top + window->pad_bottom == (window->height - 1) * window->dilation_y &&
	       window->pad_left + window->pad_right == (window->width - 1) * window->dilation_x;
}

/* pool stands at index p, convolution at c > p; they change places, so that each still comes after
 * what it reads. */
static void commute(struct graph *graph, int p, int c)
{
	struct graph_node pool = graph->nodes[p], convolution = graph->nodes[c];
	int between = pool.outputs[0], result = convolution.outputs[0];
	struct convolution_part *part = &convolution.parts[0];

	convolution.inputs[0] = pool.inputs[0];
	convolution.outputs[0] = between;
	pool.inputs[0] = between;
	pool.outputs[0] = result;
	pool.bias = part->bias;
	pool.clamp = part->clamp;
	graph->tensors[between].channels = part->channels;
	graph->tensors[between].producer = p;
	graph->tensors[result].producer = c;
	part->bias = NULL;
	part->clamp = graph_clamp_none;
	graph->nodes[p] = convolution;
	graph->nodes[c] = pool;
}

rv_status graph_commute_average_pools(struct graph *graph, rv_error *error)
{
	struct graph_uses uses;
	rv_status status = graph_find_uses(graph, &uses, error);
	for (int i = 1; status == RV_OK && i < graph->node_count; i++) {
		struct graph_node *node = &graph->nodes[i];
		if (!is_pointwise(node))
			continue;
		const struct graph_node *pool = graph_sole_producer(graph, &uses, node->inputs[0]);
		if (pool && pool->kind == OPERATOR_AVERAGE_POOL && keeps_size(&pool->window) &&
		    !pool->bias && graph_clamp_is_none(pool->clamp) &&
		    node->parts[0].channels < graph->tensors[node->inputs[0]].channels)
			commute(graph, (int)(pool - graph->nodes), i);
	}
	graph_release_uses(&uses);
	return status;
}

/* ---- 1x1 convolutions that read one tensor ---- */

/* By tensor: how many 1x1 convolutions read it, and the first of them. */
struct readers {
	int count;
	int first;
};

static void find_readers(const struct graph *graph, struct readers *readers)
{
	for (int i = graph->node_count - 1; i > 0; i--) {
		if (!is_pointwise(&graph->nodes[i]))
			continue;
		struct readers *own = &readers[graph->nodes[i].inputs[0]];
		own->count++;
		own->first = i;
	}
}

/* Room in the first for the parts and outputs of all. */
static rv_status make_room(struct graph *graph, struct graph_node *first, int count,
                           rv_error *error)
{
	struct convolution_part *parts = graph_allocate(graph, (size_t)count, sizeof(*parts));
	int *outputs = graph_allocate(graph, (size_t)count, sizeof(*outputs));
	if (!parts || !outputs)
		return graph_out_of_memory(error);
	parts[0] = first->parts[0];
	outputs[0] = first->outputs[0];
	first->parts = parts;
	first->outputs = outputs;
	return RV_OK;
}

static void append_part(struct graph_node *first, struct graph_node *other)
{
	first->parts[first->output_count] = other->parts[0];
	first->outputs[first->output_count++] = other->outputs[0];
	other->output_count = 0;
	other->input_count = 0;
}

static rv_status join_readers(struct graph *graph, const struct readers *readers, rv_error *error)
{
	for (int i = 1; i < graph->node_count; i++) {
		struct graph_node *node = &graph->nodes[i];
		if (!is_pointwise(node))
			continue;
		const struct readers *own = &readers[node->inputs[0]];
		if (own->count < 2)
			continue;
		if (own->first != i) {
			append_part(&graph->nodes[own->first], node);
			continue;
		}
		rv_status status = make_room(graph, node, own->count, error);
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

rv_status graph_join_convolutions(struct graph *graph, rv_error *error)
{
	struct readers *readers = calloc((size_t)graph->tensor_count + 1, sizeof(*readers));
	if (!readers)
		return graph_out_of_memory(error);
	find_readers(graph, readers);
	rv_status status = join_readers(graph, readers, error);
	free(readers);
	return status != RV_OK ? status : graph_compact(graph, error);
}
