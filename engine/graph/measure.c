/* Numbers that depend on the picture's size, for one size. */
#include "engine/graph/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/model.h"

/* A ratio of sizes that is a whole number may lie a little below it. */
enum { PARTS_OF_A_PIXEL = 1 << 20 };

static double round_down(double number)
{
	return floor(number + 1.0 / PARTS_OF_A_PIXEL);
}

double measure_combine(enum graph_length_kind kind, double a, double b)
{
	switch (kind) {
	case LENGTH_SUM:
		return a + b;
	case LENGTH_DIFFERENCE:
		return a - b;
	case LENGTH_PRODUCT:
		return a * b;
	case LENGTH_RATIO:
		return a / b;
	case LENGTH_WHOLE:
		return a < 0 ? -round_down(-a) : round_down(a);
	case LENGTH_FLOOR:
		return round_down(a);
	case LENGTH_CEILING:
		return -round_down(-a);
	default:
		return NAN;
	}
}

/* Values of all lengths before count, which only refer to earlier ones and to tensors made before,
 * and of sides that were asked for. */
struct measuring {
	const struct graph_lengths *lengths;
	const struct extent *extents;
	double *values;
	int count;
};

static double find_value(const struct measuring *measuring, int number)
{
	const struct graph_length *length = &measuring->lengths->all[number];
	switch (length->kind) {
	case LENGTH_NUMBER:
		return length->number;
	case LENGTH_HEIGHT:
		return measuring->extents[length->a].height;
	case LENGTH_WIDTH:
		return measuring->extents[length->a].width;
	default:
		return measure_combine(length->kind, measuring->values[length->a],
		                       measuring->values[length->b]);
	}
}

/* A Resize that follows another tensor (align.h) does so by sides that were numbered after it was
 * made: what is numbered before those may be of tensors that are not measured yet. */
static void measure_length(struct measuring *measuring, int number)
{
	if (measuring->lengths->all[number].kind <= LENGTH_WIDTH)
		measuring->values[number] = find_value(measuring, number);
	else
		for (; measuring->count <= number; measuring->count++)
			measuring->values[measuring->count] =
				find_value(measuring, measuring->count);
}

static void measure_sides(struct measuring *measuring, const struct graph_sides *lengths)
{
	measure_length(measuring, lengths->top);
	measure_length(measuring, lengths->bottom);
	measure_length(measuring, lengths->left);
	measure_length(measuring, lengths->right);
}

/* What is no number, or beyond any picture, becomes what nothing fits. */
static int whole_number(double value)
{
	const double most = 1 << 28;
	if (isnan(value) || value > most)
		return 1 << 28;
	return value < -most ? -(1 << 28) : (int)lrint(value);
}

void measure_set(struct graph_node *node, const double sides[4])
{
	struct resampling *how = &node->resampling;
	int top = whole_number(sides[0]), bottom = whole_number(sides[1]);
	int left = whole_number(sides[2]), right = whole_number(sides[3]);
	if (how->kind == RESAMPLE_CUT) {
		how->cut_y.start = top, how->cut_y.end = bottom;
		how->cut_x.start = left, how->cut_x.end = right;
	} else if (graph_pads_sides(how)) {
		node->window.pad_top = top, node->window.pad_bottom = bottom;
		node->window.pad_left = left, node->window.pad_right = right;
	} else {
		how->size = (struct extent){top, left};
	}
}

static struct graph_node resolved(const struct graph_node *node, const double *values)
{
	const struct graph_sides *lengths = &node->resampling.lengths;
	struct graph_node copy = *node;
	if (!copy.resampling.measured)
		return copy;
	measure_set(&copy, (double[]){values[lengths->top], values[lengths->bottom],
	                              values[lengths->left], values[lengths->right]});
	return copy;
}

static rv_status infer_nodes(const struct graph_node *nodes, int count, struct extent *extents,
                             struct measuring *measuring, rv_error *error)
{
	for (int i = 1; i < count; i++) {
		const struct resampling *how = &nodes[i].resampling;
		struct extent output;
		if (how->measured && measuring->extents == extents)
			measure_sides(measuring, &how->lengths);
		struct graph_node node = resolved(&nodes[i], measuring->values);
		rv_status status = graph_node_extent(&node, extents, &output, error);
		if (status != RV_OK)
			return status;
		for (int j = 0; j < node.output_count; j++)
			extents[node.outputs[j]] = output;
	}
	return RV_OK;
}

static rv_status start(struct extent *extents, int height, int width, rv_error *error)
{
	if (height < 1 || width < 1 || height > EXTENT_MAX || width > EXTENT_MAX)
		return rv_fail(error, RV_INVALID,
		               "a picture of %dx%d pixels; each side must be 1 to %d", width,
		               height, EXTENT_MAX);
	extents[0] = (struct extent){height, width};
	return RV_OK;
}

/* The values of all lengths, freed by the caller. */
static rv_status measure(const struct graph_lengths *lengths, int height, int width,
                         double **values, rv_error *error)
{
	struct extent *extents = calloc((size_t)lengths->tensor_count + 1, sizeof(*extents));
	*values = calloc((size_t)lengths->count + 1, sizeof(**values));
	struct measuring measuring = {lengths, extents, *values, 0};
	rv_status status = extents && *values ? start(extents, height, width, error)
	                                      : graph_out_of_memory(error);
	if (status == RV_OK && lengths->count)
		status = infer_nodes(lengths->nodes, lengths->node_count, extents, &measuring,
		                     error);
	free(extents);
	return status;
}

rv_status graph_infer(const struct graph *graph, int height, int width, struct extent *extents,
                      rv_error *error)
{
	double *values;
	rv_status status = measure(&graph->lengths, height, width, &values, error);
	struct measuring measured = {.values = values};
	if (status == RV_OK)
		status = start(extents, height, width, error);
	if (status == RV_OK)
		status = infer_nodes(graph->nodes, graph->node_count, extents, &measured, error);
	free(values);
	return status;
}

rv_status graph_resolve(const struct graph *graph, int height, int width, struct graph_node *nodes,
                        rv_error *error)
{
	double *values;
	rv_status status = measure(&graph->lengths, height, width, &values, error);
	for (int i = 0; status == RV_OK && i < graph->node_count; i++)
		nodes[i] = resolved(&graph->nodes[i], values);
	free(values);
	return status;
}

/* ---- what lengths are measured on ---- */

static bool any_measured(const struct graph *graph)
{
	for (int i = 0; i < graph->node_count; i++)
		if (graph->nodes[i].resampling.measured)
			return true;
	return false;
}

static rv_status keep_node(struct graph *graph, struct graph_node *kept, rv_error *error)
{
	size_t inputs = (size_t)kept->input_count, outputs = (size_t)kept->output_count;
	int *numbers = graph_allocate(graph, inputs + outputs + 1, sizeof(*numbers));
	if (!numbers)
		return graph_out_of_memory(error);
	if (inputs)
		memcpy(numbers, kept->inputs, inputs * sizeof(*numbers));
	if (outputs)
		memcpy(numbers + inputs, kept->outputs, outputs * sizeof(*numbers));
	kept->inputs = numbers;
	kept->outputs = numbers + inputs;
	return RV_OK;
}

rv_status measure_keep(struct graph *graph, const struct graph_length *all, int count,
                       rv_error *error)
{
	struct graph_lengths *lengths = &graph->lengths;
	size_t nodes = (size_t)graph->node_count;
	if (!any_measured(graph))
		return RV_OK;
	struct graph_length *kept = graph_allocate(graph, (size_t)count, sizeof(*kept));
	lengths->nodes = graph_allocate(graph, nodes, sizeof(*lengths->nodes));
	if (!kept || !lengths->nodes)
		return graph_out_of_memory(error);
	memcpy(kept, all, (size_t)count * sizeof(*kept));
	memcpy(lengths->nodes, graph->nodes, nodes * sizeof(*lengths->nodes));
	lengths->all = kept;
	lengths->count = count;
	lengths->node_count = graph->node_count;
	lengths->tensor_count = graph->tensor_count;
	rv_status status = RV_OK;
	for (size_t i = 0; status == RV_OK && i < nodes; i++)
		status = keep_node(graph, &lengths->nodes[i], error);
	return status;
}
