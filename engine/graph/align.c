#include "engine/graph/align.h"

#include <math.h>

#include "engine/graph/length.h"

/* The node that resized a tensor by numbers of the file, such that its output's size divided by its
 * input's is what it scales by. */
static struct graph_node *find_resize(const struct builder *builder, int tensor)
{
	struct graph *graph = builder->graph;
	struct graph_node *node = &graph->nodes[graph->tensors[tensor].producer];
	const struct resampling *how = &node->resampling;
	bool resizes = node->kind == OPERATOR_RESAMPLE && how->kind >= RESAMPLE_NEAREST &&
	               how->kind <= RESAMPLE_CUBIC && !how->measured;
	bool exact = how->rounds ||
	             (floorf(how->scale_y) == how->scale_y && floorf(how->scale_x) == how->scale_x);
	return resizes && exact ? node : NULL;
}

static bool is_as_large(const struct builder *builder, int tensor, int other)
{
	struct extent a = builder->nominal[tensor], b = builder->nominal[other];
	return a.height > 0 && a.height == b.height && a.width == b.width;
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
		if (node && tensors[fixed] < tensors[i] &&
		    is_as_large(builder, tensors[i], tensors[fixed]))
			measure_by(builder, node, tensors[fixed]);
	}
}
