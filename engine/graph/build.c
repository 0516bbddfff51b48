#include <stdlib.h>

#include "engine/graph/builder.h"
#include "engine/graph/dispatch.h"
#include "engine/graph/edit.h"
#include "engine/graph/measure.h"
#include "engine/graph/passes.h"

static rv_status find_wanted(const struct onnx_model *model, const char *const *layers, int count,
                             int *wanted, rv_error *error)
{
	if (count < 1)
		return rv_fail(error, RV_INVALID, "no layer is wanted");
	for (int i = 0; i < count; i++) {
		wanted[i] = graph_find_value(model, layers[i]);
		if (wanted[i] == ONNX_NOTHING)
			return rv_fail(error, RV_NOT_FOUND, "the model has no layer \"%.100s\"",
			               layers[i]);
	}
	return RV_OK;
}

/* Marks the nodes that the wanted values are computed from, going backwards through the topological
 * order. Returns their number. */
static int mark_below(const struct onnx_model *model, const int *wanted, int count, bool *below)
{
	int marked = 0;
	for (int i = 0; i < count; i++)
		below[model->values[wanted[i]].producer] = true;
	for (int i = model->node_count - 1; i >= 0; i--) {
		const struct onnx_node *node = &model->nodes[i];
		if (!below[i])
			continue;
		marked++;
		for (int j = 0; j < node->input_count; j++)
			if (translate_has_input(node, j) &&
			    model->values[node->inputs[j]].producer != ONNX_NOTHING)
				below[model->values[node->inputs[j]].producer] = true;
	}
	return marked;
}

/* ---- building ---- */

static rv_status translate_below(struct builder *builder, const bool *below, rv_error *error)
{
	rv_status status = builder_add_picture(builder, error);
	if (status != RV_OK)
		return status;
	builder_add_constants(builder);
	for (int i = 0; status == RV_OK && i < builder->model->node_count; i++)
		if (below[i])
			status = dispatch_node(builder, &builder->model->nodes[i], error);
	return status;
}

static rv_status keep_wanted(struct builder *builder, const int *wanted, int count, rv_error *error)
{
	struct graph *graph = builder->graph;
	graph->wanted = graph_allocate(graph, (size_t)count, sizeof(*graph->wanted));
	if (!graph->wanted)
		return graph_out_of_memory(error);
	for (int i = 0; i < count; i++) {
		const struct value *value = &builder->values[wanted[i]];
		if (!translate_is_layer(value))
			return rv_fail(error, RV_UNSUPPORTED,
			               "layer " ONNX_NAME " is not computed from the picture",
			               builder->model->values[wanted[i]].name);
		graph->tensors[value->tensor].kept = true;
		graph->wanted[graph->wanted_count++] = value->tensor;
	}
	return RV_OK;
}

static rv_status run_passes(struct graph *graph, const struct graph_options *options,
                            rv_error *error)
{
	rv_status status = graph_compact(graph, error);
	if (status == RV_OK)
		status = graph_fold(graph, error);
	for (int i = 0; status == RV_OK && options && i < graph->wanted_count; i++)
		if (options->heads & 1U << i)
			graph_spread(graph, graph->wanted[i]);
	if (status != RV_OK || (options && options->no_fuse))
		return status;
	status = graph_fuse_clamps(graph, error);
	if (status == RV_OK)
		status = graph_commute_average_pools(graph, error);
	return status != RV_OK ? status : graph_join_convolutions(graph, error);
}

static rv_status build_wanted(struct graph **graph, const struct onnx_model *model,
                              const int *wanted, int count, const struct graph_options *options,
                              bool *below, rv_error *error)
{
	struct builder builder;
	int nodes = mark_below(model, wanted, count, below);
	rv_status status = builder_init(&builder, model, nodes, error);
	if (status != RV_OK)
		return status;
	builder.any_channels = options && options->any_channels;
	status = translate_below(&builder, below, error);
	if (status == RV_OK)
		status = keep_wanted(&builder, wanted, count, error);
	if (status == RV_OK)
		status = measure_keep(builder.graph, builder.lengths, builder.length_count, error);
	if (status == RV_OK)
		status = run_passes(builder.graph, options, error);
	if (status == RV_OK) {
		*graph = builder.graph;
		builder.graph = NULL;
	}
	builder_finish(&builder);
	return status;
}

rv_status graph_build(struct graph **graph, const struct onnx_model *model,
                      const char *const *layers, int layer_count,
                      const struct graph_options *options, rv_error *error)
{
	*graph = NULL;
	size_t count = layer_count > 0 ? (size_t)layer_count : 0;
	int *wanted = calloc(count + 1, sizeof(*wanted));
	bool *below = calloc((size_t)model->node_count + 1, sizeof(*below));
	rv_status status = wanted && below ? RV_OK : graph_out_of_memory(error);
	if (status == RV_OK)
		status = find_wanted(model, layers, layer_count, wanted, error);
	if (status == RV_OK)
		status = build_wanted(graph, model, wanted, layer_count, options, below, error);
	free(wanted);
	free(below);
	return status;
}
