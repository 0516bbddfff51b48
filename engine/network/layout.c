#include "engine/network/layout.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rounding.h"
#include "engine/operators/operator.h"

/* Elements that are alive from one time to another, both included. */
struct block {
	size_t elements, offset;
	int born, dead;
};

static bool same_clamp(struct clamp a, struct clamp b)
{
	return a.low == b.low && a.high == b.high;
}

static void count_consumers(const struct graph *graph, struct tensor_place *places)
{
	for (int n = 0; n < graph->node_count; n++)
		for (int i = 0; i < graph->nodes[n].input_count; i++)
			places[graph->nodes[n].inputs[i]].consumers++;
	for (int i = 0; i < graph->wanted_count; i++)
		places[graph->wanted[i]].consumers++;
}

/* The clamp that the store of this tensor applies. */
static struct clamp stored_clamp(const struct graph_node *node, int output)
{
	switch (node->kind) {
	case OPERATOR_CONVOLUTION:
		return node->parts[output].clamp;
	case OPERATOR_AFFINE:
	case OPERATOR_ADD:
	case OPERATOR_AVERAGE_POOL:
		return node->clamp;
	default:
		return graph_clamp_none;
	}
}

/* Pools keep what a clamp did: where a pooled value lies on a bound, so do all the values that its
 * gradient goes to, and their own mask stops it. Masking the pool's output too changes nothing. */
static bool passes_clamp(const struct graph_node *node)
{
	return node->kind == OPERATOR_MAX_POOL || node->kind == OPERATOR_AVERAGE_POOL;
}

/* The clamp of a tensor, or, for a pool, of what it pools: one that may be masked with. */
static struct clamp maskable_clamp(const struct graph *graph, const struct tensor_place *places,
                                   int tensor)
{
	const struct graph_node *node = &graph->nodes[graph->tensors[tensor].producer];

	while (!places[tensor].masked && passes_clamp(node)) {
		tensor = node->inputs[0];
		node = &graph->nodes[graph->tensors[tensor].producer];
	}
	return places[tensor].clamp;
}

/* Whoever writes the gradient of a concatenation masks all its channels alike, so its inputs can
 * lie in place only if one clamp suits them all. */
static bool one_clamp(const struct graph *graph, const struct tensor_place *places,
                      const struct graph_node *concat, struct clamp *clamp)
{
	*clamp = maskable_clamp(graph, places, concat->inputs[0]);
	for (int i = 1; i < concat->input_count; i++)
		if (!same_clamp(*clamp, maskable_clamp(graph, places, concat->inputs[i])))
			return false;
	return true;
}

static void lay_in_place(const struct graph *graph, struct tensor_place *places,
                         const struct graph_node *concat)
{
	int channel = 0, output = concat->outputs[0];

	for (int i = 0; i < concat->input_count; i++) {
		int input = concat->inputs[i], channels = graph->tensors[input].channels;
		bool last = i == concat->input_count - 1;
		if (places[input].consumers == 1 && graph->tensors[input].producer != 0 &&
		    channel % TENSOR_ALIGNMENT == 0 && (last || channels % TENSOR_ALIGNMENT == 0)) {
			places[input].root = output;
			places[input].channel_offset = channel;
		}
		channel += channels;
	}
}

static void find_roots(const struct graph *graph, struct tensor_place *places)
{
	for (int i = 0; i < graph->tensor_count; i++)
		places[i].root = i;
	for (int n = 0; n < graph->node_count; n++) {
		const struct graph_node *node = &graph->nodes[n];
		for (int i = 0; i < node->output_count; i++) {
			struct tensor_place *place = &places[node->outputs[i]];
			place->clamp = stored_clamp(node, i);
			place->masked = !graph_clamp_is_none(place->clamp);
		}
		if (node->kind == OPERATOR_CONCAT) {
			struct tensor_place *place = &places[node->outputs[0]];
			if (one_clamp(graph, places, node, &place->clamp)) {
				place->masked = !graph_clamp_is_none(place->clamp);
				lay_in_place(graph, places, node);
			} else {
				place->clamp = graph_clamp_none;
			}
		}
	}
	/* A concatenation may itself lie in another; nodes are in order, so go from the back. */
	for (int i = graph->node_count - 1; i >= 0; i--) {
		for (int k = 0; k < graph->nodes[i].output_count; k++) {
			struct tensor_place *place = &places[graph->nodes[i].outputs[k]];
			const struct tensor_place *root = &places[place->root];
			if (place->root != root->root) {
				place->channel_offset += root->channel_offset;
				place->root = root->root;
			}
		}
	}
}

static void extend(struct block *block, int time)
{
	if (time < block->born)
		block->born = time;
	if (time > block->dead)
		block->dead = time;
}

/* Of a tensor that it alone reads, a max pool keeps the mask with its winners: winners_know_mask()
 * in engine/operators/pool.c. */
static bool reads_mask(const struct graph_node *node, const struct tensor_place *place)
{
	return place->masked && !(node->kind == OPERATOR_MAX_POOL && place->consumers == 1);
}

/* Forward of node n is time n, the objectives are time N, backward of node n is time 2N - n. */
static void find_lifetimes(const struct graph *graph, const struct tensor_place *places,
                           struct block *activations, struct block *gradients)
{
	int count = graph->node_count;

	for (int n = 0; n < count; n++) {
		const struct graph_node *node = &graph->nodes[n];
		const struct operator_reads *reads = &operator_reads[node->kind];
		for (int i = 0; i < node->output_count; i++) {
			int root = places[node->outputs[i]].root;
			extend(&activations[root], n);
			if (reads->output)
				extend(&activations[root], 2 * count - n);
			extend(&gradients[root], 2 * count - n);
		}
		for (int i = 0; i < node->input_count; i++) {
			const struct tensor_place *place = &places[node->inputs[i]];
			extend(&activations[place->root], n);
			if (reads->input || reads_mask(node, place))
				extend(&activations[place->root], 2 * count - n);
			extend(&gradients[place->root], 2 * count - n);
		}
	}
	for (int i = 0; i < graph->wanted_count; i++) {
		extend(&activations[places[graph->wanted[i]].root], 2 * count + 1);
		extend(&gradients[places[graph->wanted[i]].root], count);
	}
	/* The picture's gradient is read when all is done, as the wanted activations may be. */
	extend(&gradients[0], 2 * count + 1);
}

static int by_size(const void *a, const void *b)
{
	const struct block *left = *(const struct block *const *)a;
	const struct block *right = *(const struct block *const *)b;

	if (left->elements != right->elements)
		return left->elements < right->elements ? 1 : -1;
	return left < right ? -1 : left > right;
}

/* The lowest offset at which block meets none of the placed blocks that are alive with it. */
static size_t lowest_offset(const struct block *block, struct block *const *placed, int count)
{
	size_t offset = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (int i = 0; i < count; i++) {
			const struct block *other = placed[i];
			if (other->born <= block->dead && block->born <= other->dead &&
			    other->offset < offset + block->elements &&
			    offset < other->offset + other->elements) {
				offset = other->offset + other->elements;
				moved = true;
			}
		}
	}
	return offset;
}

/* Places the largest first; returns the elements needed for all. */
static size_t place_blocks(struct block *blocks, struct block **order, int count)
{
	size_t end = 0;

	for (int i = 0; i < count; i++)
		order[i] = &blocks[i];
	qsort(order, (size_t)count, sizeof(*order), by_size);
	for (int i = 0; i < count && order[i]->elements; i++) {
		order[i]->offset = lowest_offset(order[i], order, i);
		if (order[i]->offset + order[i]->elements > end)
			end = order[i]->offset + order[i]->elements;
	}
	return end;
}

/* Elements of a root; 0 for a tensor that lies in another. */
static size_t root_elements(const struct layout *layout, int tensor)
{
	const struct extent *extent = &layout->extents[tensor];
	size_t elements;

	if (layout->places[tensor].root != tensor)
		return 0;
	elements = (size_t)extent->height * (size_t)extent->width *
	           (size_t)layout->places[tensor].pixel_stride;
	return round_up_size(elements, TENSOR_ALIGNMENT);
}

rv_status layout_too_large(const struct layout *layout, rv_error *error)
{
	return rv_fail(error, RV_MEMORY,
	               "a picture of %dx%d needs more memory than kernels can address; use a "
	               "smaller --size",
	               layout->input.width, layout->input.height);
}

static rv_status place_all(struct layout *layout, const struct graph *graph, rv_error *error)
{
	size_t count = (size_t)graph->tensor_count;
	struct block *blocks = calloc(2 * count, sizeof(*blocks));
	struct block **order = calloc(2 * count, sizeof(*order));
	struct block *activations, *gradients;
	rv_status status = RV_OK;

	if (!blocks || !order) {
		status = rv_fail(error, RV_MEMORY, "out of memory");
		goto cleanup;
	}
	activations = blocks;
	gradients = blocks + count;
	for (size_t i = 0; i < count; i++) {
		blocks[i].elements = blocks[count + i].elements = root_elements(layout, (int)i);
		blocks[i].born = blocks[count + i].born = INT_MAX;
	}
	find_lifetimes(graph, layout->places, activations, gradients);
	layout->elements = place_blocks(blocks, order, 2 * graph->tensor_count);
	if (layout->elements > INT_MAX) {
		status = layout_too_large(layout, error);
		goto cleanup;
	}
	for (size_t i = 0; i < count; i++) {
		struct tensor_place *place = &layout->places[i];
		size_t offset = (size_t)place->channel_offset;
		place->activation = activations[place->root].offset + offset;
		place->gradient = gradients[place->root].offset + offset;
	}
cleanup:
	free(blocks);
	free(order);
	return status;
}

rv_status layout_create(struct layout **out, const struct graph *graph, int height, int width,
                        rv_error *error)
{
	size_t count = (size_t)graph->tensor_count;
	struct layout *layout = calloc(1, sizeof(*layout));
	rv_status status;

	*out = NULL;
	if (!layout)
		return rv_fail(error, RV_MEMORY, "out of memory");
	layout->input = (struct extent){height, width};
	layout->extents = calloc(count, sizeof(*layout->extents));
	layout->places = calloc(count, sizeof(*layout->places));
	if (!layout->extents || !layout->places) {
		status = rv_fail(error, RV_MEMORY, "out of memory");
		goto failed;
	}
	status = graph_infer(graph, height, width, layout->extents, error);
	if (status != RV_OK)
		goto failed;
	count_consumers(graph, layout->places);
	find_roots(graph, layout->places);
	for (int i = 0; i < graph->tensor_count; i++) {
		struct tensor_place *place = &layout->places[i];
		place->pixel_stride =
			place->root == 0
				? INPUT_STRIDE
				: round_up(graph->tensors[place->root].channels, TENSOR_ALIGNMENT);
	}
	status = place_all(layout, graph, error);
	if (status != RV_OK)
		goto failed;
	layout->flop = graph_flop(graph, layout->extents);
	*out = layout;
	return RV_OK;
failed:
	layout_destroy(&layout);
	return status;
}

void layout_destroy(struct layout **layout)
{
	if (!*layout)
		return;
	free((*layout)->extents);
	free((*layout)->places);
	free(*layout);
	*layout = NULL;
}
