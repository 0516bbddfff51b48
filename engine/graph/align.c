#include "engine/graph/align.h"

#include <math.h>

#include "engine/graph/length.h"

enum { STEPS_MAX = 8 }; /* from a Resize to where what it makes is joined */

static bool is_as_large(const struct builder *builder, int tensor, int other)
{
	struct extent a = builder->nominal[tensor], b = builder->nominal[other];
	return a.height > 0 && a.height == b.height && a.width == b.width;
}

/* What the tensor is made of, where that is one tensor of the same size at every size; else -1. */
static int made_of(const struct builder *builder, int tensor)
{
	const struct graph *graph = builder->graph;
	const struct graph_node *node = &graph->nodes[graph->tensors[tensor].producer];
	bool keeps = node->kind != OPERATOR_RESAMPLE && node->input_count == 1 &&
	             is_as_large(builder, node->inputs[0], tensor) &&
	             builder->strides[node->inputs[0]] == builder->strides[tensor];
	return keeps ? node->inputs[0] : -1;
}

/* The node that resized what a tensor is made of by numbers of the file, such that its output's
 * size divided by its input's is what it scales by. */
static struct graph_node *find_resize(const struct builder *builder, int tensor)
{
	struct graph *graph = builder->graph;
	for (int i = 0, below = tensor; i < STEPS_MAX && below >= 0; i++) {
		tensor = below;
		below = made_of(builder, tensor);
	}
	struct graph_node *node = &graph->nodes[graph->tensors[tensor].producer];
	const struct resampling *how = &node->resampling;
	bool resizes = node->kind == OPERATOR_RESAMPLE && graph_resizes(how) && !how->measured;
	bool exact = how->rounds ||
	             (floorf(how->scale_y) == how->scale_y && floorf(how->scale_x) == how->scale_x);
	return resizes && exact ? node : NULL;
}

/* A tensor, or what it is made of, that was there before the node made its output; else -1. */
static int find_before(const struct builder *builder, int tensor, const struct graph_node *node)
{
	for (int i = 0; i < STEPS_MAX && tensor >= node->outputs[0]; i++)
		if ((tensor = made_of(builder, tensor)) < 0)
			return -1;
	return tensor < node->outputs[0] ? tensor : -1;
}

static void measure_by(struct builder *builder, struct graph_node *node, int other)
{
	const struct value value = {.form = VALUE_IMAGE, .tensor = other};
	int height = length_number(builder, length_of_side(builder, &value, true));
	int width = length_number(builder, length_of_side(builder, &value, false));
	if (height < 0 || width < 0)
		return;
	node->resampling.measured = node->resampling.rounds = true;
	node->resampling.lengths = (struct graph_sides){height, height, width, width};
}

void align_sizes(struct builder *builder, const int *tensors, int count)
{
	int fixed = 0; /* the first that no Resize makes */
	while (fixed < count && find_resize(builder, tensors[fixed]))
		fixed++;
	if (fixed == count || builder->strides[tensors[fixed]] == 0)
		return;
	for (int i = 0; i < count; i++) {
		struct graph_node *node = find_resize(builder, tensors[i]);
		int before = node ? find_before(builder, tensors[fixed], node) : -1;
		if (before >= 0 && is_as_large(builder, tensors[i], before))
			measure_by(builder, node, before);
	}
}

void align_with_picture(struct builder *builder, struct graph_node *resize)
{
	struct extent picture = builder->nominal[0];
	struct extent input = builder->nominal[resize->inputs[0]];
	const struct resampling *how = &resize->resampling;
	bool whole = picture.height > 0 && how->rounds && !how->measured &&
	             lrintf(how->scale_y * (float)input.height) == picture.height &&
	             lrintf(how->scale_x * (float)input.width) == picture.width;
	if (whole)
		measure_by(builder, resize, 0);
}
