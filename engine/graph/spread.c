#include "engine/graph/passes.h"

/* The side of the window that stands for a pool over everything. */
enum { USUAL_SIDE = 7 };

static bool is_single(const struct window *window)
{
	return window->height == 1 && window->width == 1;
}

static void slide(struct window *window)
{
	window->stride_y = window->stride_x = 1;
	window->pad_same = PAD_SAME_LOWER;
	window->pad_top = window->pad_left = window->pad_bottom = window->pad_right = 0;
	window->ceil_mode = window->count_include_pad = window->whole = false;
}

/* Whether the node ends the search: it has a window of its own, which now slides. */
static bool spread_node(struct graph_node *node)
{
	switch (node->kind) {
	case OPERATOR_GLOBAL_AVERAGE_POOL:
		node->kind = OPERATOR_AVERAGE_POOL;
		node->window = (struct window){.height = USUAL_SIDE,
		                               .width = USUAL_SIDE,
		                               .dilation_y = 1,
		                               .dilation_x = 1};
		slide(&node->window);
		return true;
	case OPERATOR_AVERAGE_POOL:
	case OPERATOR_MAX_POOL:
		if (node->window.whole)
			node->window.height = node->window.width = USUAL_SIDE;
		slide(&node->window);
		return true;
	case OPERATOR_CONVOLUTION:
		if (is_single(&node->window))
			return false;
		if (node->window.stride_y == 1 && node->window.stride_x == 1)
			slide(&node->window);
		return true;
	default:
		return false;
	}
}

void graph_spread(struct graph *graph, int tensor)
{
	for (;;) {
		struct graph_node *node = &graph->nodes[graph->tensors[tensor].producer];
		if (node->input_count != 1 || spread_node(node))
			return;
		tensor = node->inputs[0];
	}
}
