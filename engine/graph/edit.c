#include "engine/graph/edit.h"

#include <stdlib.h>
#include <string.h>

rv_status graph_find_uses(const struct graph *graph, struct graph_uses *uses, rv_error *error)
{
	uses->count = calloc((size_t)graph->tensor_count + 1, sizeof(*uses->count));
	if (!uses->count)
		return graph_out_of_memory(error);
	for (int i = 0; i < graph->node_count; i++)
		for (int j = 0; j < graph->nodes[i].input_count; j++)
			uses->count[graph->nodes[i].inputs[j]]++;
	for (int i = 0; i < graph->tensor_count; i++)
		uses->count[i] += graph->tensors[i].kept;
	return RV_OK;
}

void graph_release_uses(struct graph_uses *uses)
{
	free(uses->count);
	uses->count = NULL;
}

struct graph_node *graph_sole_producer(struct graph *graph, const struct graph_uses *uses,
                                       int tensor)
{
	if (uses->count[tensor] != 1 || graph->tensors[tensor].kept)
		return NULL;
	return &graph->nodes[graph->tensors[tensor].producer];
}

void graph_take_over(struct graph *graph, struct graph_node *producer, struct graph_node *successor)
{
	producer->outputs[0] = successor->outputs[0];
	graph->tensors[producer->outputs[0]].producer = (int)(producer - graph->nodes);
	successor->output_count = 0;
	successor->input_count = 0;
}

/* ---- compaction ---- */

static bool is_needed(const struct graph_node *node, const bool *needed)
{
	for (int i = 0; i < node->output_count; i++)
		if (needed[node->outputs[i]])
			return true;
	return node->kind == OPERATOR_INPUT;
}

/* Backwards, so that each node comes after all that read it. */
static void mark_needed(const struct graph *graph, bool *needed)
{
	for (int i = 0; i < graph->wanted_count; i++)
		needed[graph->wanted[i]] = true;
	for (int i = graph->node_count - 1; i >= 0; i--) {
		const struct graph_node *node = &graph->nodes[i];
		if (!is_needed(node, needed))
			continue;
		for (int j = 0; j < node->input_count; j++)
			needed[node->inputs[j]] = true;
		for (int j = 0; j < node->output_count; j++)
			needed[node->outputs[j]] = true;
	}
}

static void drop_nodes(struct graph *graph, const bool *needed)
{
	int kept = 0;
	for (int i = 0; i < graph->node_count; i++)
		if (is_needed(&graph->nodes[i], needed))
			graph->nodes[kept++] = graph->nodes[i];
	graph->node_count = kept;
}

/* Tensors are numbered in the order in which they are made. */
static void renumber_tensors(struct graph *graph, int *number, struct graph_tensor *renumbered)
{
	int count = 0;
	for (int i = 0; i < graph->node_count; i++) {
		struct graph_node *node = &graph->nodes[i];
		for (int j = 0; j < node->input_count; j++)
			node->inputs[j] = number[node->inputs[j]];
		for (int j = 0; j < node->output_count; j++) {
			int old = node->outputs[j];
			number[old] = count;
			renumbered[count] = graph->tensors[old];
			renumbered[count].producer = i;
			node->outputs[j] = count++;
		}
	}
	for (int i = 0; i < graph->wanted_count; i++)
		graph->wanted[i] = number[graph->wanted[i]];
	memcpy(graph->tensors, renumbered, (size_t)count * sizeof(*renumbered));
	graph->tensor_count = count;
}

rv_status graph_compact(struct graph *graph, rv_error *error)
{
	size_t count = (size_t)graph->tensor_count;
	rv_status status = RV_OK;
	bool *needed = calloc(count, sizeof(*needed));
	int *number = calloc(count, sizeof(*number));
	struct graph_tensor *renumbered = calloc(count, sizeof(*renumbered));
	if (needed && number && renumbered) {
		mark_needed(graph, needed);
		drop_nodes(graph, needed);
		renumber_tensors(graph, number, renumbered);
	} else {
		status = graph_out_of_memory(error);
	}
	free(needed);
	free(number);
	free(renumbered);
	return status;
}
