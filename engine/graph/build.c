#include <stdlib.h>
#include <string.h>

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

/* What a node is for: nothing that is wanted, perhaps for that (a branch of an If, which may not be
 * taken), or surely. */
enum need { NEED_NONE, NEED_PERHAPS, NEED_SURELY };

static void need_input(const struct onnx_model *model, const struct onnx_node *node, int index,
                       enum need need, enum need *needs)
{
	int producer = model->values[node->inputs[index]].producer;
	bool branch = index > 0 && node->standard && !strcmp(node->operator_name, "If");
	enum need wanted = branch ? NEED_PERHAPS : need;
	if (producer != ONNX_NOTHING && needs[producer] < wanted)
		needs[producer] = wanted;
}

/* Marks the nodes that the wanted values are computed from, going backwards through the topological
 * order. Returns their number. */
static int mark_below(const struct onnx_model *model, const int *wanted, int count,
                      enum need *needs)
{
	int marked = 0;
	for (int i = 0; i < count; i++)
		needs[model->values[wanted[i]].producer] = NEED_SURELY;
	for (int i = model->node_count - 1; i >= 0; i--) {
		const struct onnx_node *node = &model->nodes[i];
		if (!needs[i])
			continue;
		marked++;
		for (int j = 0; j < node->input_count; j++)
			if (translate_has_input(node, j))
				need_input(model, node, j, needs[i], needs);
	}
	return marked;
}

/* ---- building ---- */

/* A branch that cannot be translated is missed only where it is taken. */
static rv_status translate_below(struct builder *builder, const enum need *needs, rv_error *error)
{
	rv_status status = builder_add_picture(builder, error);
	if (status != RV_OK)
		return status;
	builder_add_constants(builder);
	for (int i = 0; status == RV_OK && i < builder->model->node_count; i++) {
		const struct onnx_node *node = &builder->model->nodes[i];
		if (needs[i] == NEED_SURELY)
			status = dispatch_node(builder, node, error);
		else if (needs[i] == NEED_PERHAPS)
			(void)dispatch_node(builder, node, NULL);
	}
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
                              enum need *needs, rv_error *error)
{
	struct builder builder;
	int nodes = mark_below(model, wanted, count, needs);
	rv_status status = builder_init(&builder, model, nodes, error);
	if (status != RV_OK)
		return status;
	builder.any_channels = options && options->any_channels;
	status = translate_below(&builder, needs, error);
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
	enum need *needs = calloc((size_t)model->node_count + 1, sizeof(*needs));
	rv_status status = wanted && needs ? RV_OK : graph_out_of_memory(error);
	if (status == RV_OK)
		status = find_wanted(model, layers, layer_count, wanted, error);
	if (status == RV_OK)
		status = build_wanted(graph, model, wanted, layer_count, options, needs, error);
	free(wanted);
	free(needs);
	return status;
}
