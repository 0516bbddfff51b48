#include <stdlib.h>

#include "engine/onnx/budget.h"
#include "engine/onnx/decode.h"

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

/* A walk from a node to those it reads, in a stack of its own: a chain of thousands of nodes must
 * not become thousands of nested calls. */
struct walk {
	unsigned char *state; /* an enum visit a node */
	int *next_input;      /* of each open node */
	int *stack;
	int depth;
	int *order; /* nodes that are done */
	int done;
};

static void enter(struct walk *walk, int node)
{
	walk->state[node] = VISIT_OPEN;
	walk->stack[walk->depth++] = node;
}

/* The next producer that node reads from, or ONNX_NOTHING when all have been given. */
static int next_producer(struct walk *walk, const struct onnx_model *model, int node)
{
	while (walk->next_input[node] < model->nodes[node].input_count) {
		int value = model->nodes[node].inputs[walk->next_input[node]++];
		if (value != ONNX_NOTHING && model->values[value].producer != ONNX_NOTHING)
			return model->values[value].producer;
	}
	return ONNX_NOTHING;
}

static rv_status visit(struct walk *walk, const struct onnx_model *model, int root, rv_error *error)
{
	enter(walk, root);
	while (walk->depth) {
		int node = walk->stack[walk->depth - 1];
		int producer = next_producer(walk, model, node);
		if (producer == ONNX_NOTHING) {
			walk->state[node] = VISIT_DONE;
			walk->order[walk->done++] = node;
			walk->depth--;
		} else if (walk->state[producer] == VISIT_OPEN) {
			return onnx_node_fail(&model->nodes[producer], error, RV_CORRUPT,
			                      "it reads what is computed from its own output");
		} else if (walk->state[producer] == VISIT_NEW) {
			enter(walk, producer);
		}
	}
	return RV_OK;
}

static rv_status reorder(struct onnx_model *model, const int *order, rv_error *error)
{
	size_t count = (size_t)model->node_count;
	struct onnx_node *sorted = arena_allocate(model->memory, count, sizeof(*sorted));
	if (!sorted)
		return budget_exceeded(error);
	for (int i = 0; i < model->node_count; i++) {
		sorted[i] = model->nodes[order[i]];
		for (int j = 0; j < sorted[i].output_count; j++)
			if (sorted[i].outputs[j] != ONNX_NOTHING)
				model->values[sorted[i].outputs[j]].producer = i;
	}
	model->nodes = sorted;
	return RV_OK;
}

rv_status onnx_sort(struct onnx_model *model, rv_error *error)
{
	size_t count = (size_t)model->node_count + 1;
	rv_status status = RV_OK;
	struct walk walk = {
		.state = calloc(count, sizeof(*walk.state)),
		.next_input = calloc(count, sizeof(*walk.next_input)),
		.stack = calloc(count, sizeof(*walk.stack)),
		.order = calloc(count, sizeof(*walk.order)),
	};
	if (!walk.state || !walk.next_input || !walk.stack || !walk.order)
		status = budget_exceeded(error);
	for (int i = 0; status == RV_OK && i < model->node_count; i++)
		if (walk.state[i] == VISIT_NEW)
			status = visit(&walk, model, i, error);
	if (status == RV_OK)
		status = reorder(model, walk.order, error);
	free(walk.state);
	free(walk.next_input);
	free(walk.stack);
	free(walk.order);
	return status;
}
