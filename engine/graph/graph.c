#include <stdlib.h>
#include <string.h>

#include "engine/graph/build.h"
#include "engine/graph/edit.h"

/* Whatever a sound model of this size can need: its weights folded, transposed and scaled. */
static size_t graph_budget(const struct onnx_model *model)
{
	return model->file_size * 16 + ((size_t)16 << 20);
}

static rv_status out_of_memory(rv_error *error)
{
	return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
}

/* ---- life of a graph ---- */

void graph_destroy(struct graph **graph)
{
	if (!*graph)
		return;
	arena_destroy(&(*graph)->memory);
	free(*graph);
	*graph = NULL;
}

/* An ONNX node becomes two nodes of the graph at most (Sub). */
static rv_status create_graph(struct graph **created, const struct onnx_model *model, int nodes,
                              rv_error *error)
{
	size_t capacity = (size_t)nodes * 2 + 1;
	struct graph *graph = calloc(1, sizeof(*graph));
	if (!graph)
		return out_of_memory(error);
	graph->memory = arena_create(graph_budget(model));
	if (graph->memory) {
		graph->nodes = graph_allocate(graph, capacity, sizeof(*graph->nodes));
		graph->tensors = graph_allocate(graph, capacity, sizeof(*graph->tensors));
	}
	if (!graph->memory || !graph->nodes || !graph->tensors) {
		graph_destroy(&graph);
		return out_of_memory(error);
	}
	*created = graph;
	return RV_OK;
}

/* ---- life of a builder ---- */

static void builder_finish(struct builder *builder)
{
	free(builder->values);
	free(builder->strides);
	free(builder->nominal);
	graph_destroy(&builder->graph);
}

static rv_status builder_init(struct builder *builder, const struct onnx_model *model, int nodes,
                              rv_error *error)
{
	int capacity = nodes * 2 + 1;
	*builder = (struct builder){.model = model, .capacity = capacity};
	rv_status status = create_graph(&builder->graph, model, nodes, error);
	if (status)
		return status;
	builder->values = calloc((size_t)model->value_count + 1, sizeof(*builder->values));
	builder->strides = calloc((size_t)capacity, sizeof(*builder->strides));
	builder->nominal = calloc((size_t)capacity, sizeof(*builder->nominal));
	if (builder->values && builder->strides && builder->nominal)
		return RV_OK;
	builder_finish(builder);
	return out_of_memory(error);
}

/* ---- the picture ---- */

static bool is_colour_count(int64_t channels)
{
	return channels == 1 || channels == 3;
}

static int nominal_side(int64_t dim)
{
	return dim > 0 && dim <= EXTENT_MAX ? (int)dim : 0;
}

/* The input of the model that takes the picture: the first of four dimensions, or of none known. */
static const struct onnx_input *find_picture(const struct onnx_model *model)
{
	for (int i = 0; i < model->input_count; i++)
		if (model->inputs[i].rank == 4 || model->inputs[i].rank < 0)
			return &model->inputs[i];
	return NULL;
}

static rv_status add_picture(struct builder *builder, rv_error *error)
{
	const struct onnx_input *picture = find_picture(builder->model);
	if (!picture)
		return rv_fail(error, RV_UNSUPPORTED,
		               "the model has no input of four dimensions to take a picture");
	const int64_t *dims = picture->dims;
	bool last = !is_colour_count(dims[1]) && is_colour_count(dims[3]);
	int64_t channels = dims[last ? 3 : 1];
	if (channels && !is_colour_count(channels))
		return rv_fail(error, RV_UNSUPPORTED,
		               "the model's input " ONNX_NAME
		               " has %lld channels; pictures have 3 or 1",
		               builder->model->values[picture->value].name, (long long)channels);
	struct graph *graph = builder->graph;
	const char *name = builder->model->values[picture->value].name;
	graph->nodes[0] = translate_draft(OPERATOR_INPUT);
	graph->nodes[0].name = name;
	graph->nodes[0].outputs = graph_allocate(graph, 1, sizeof(int));
	graph->nodes[0].output_count = 1;
	if (!graph->nodes[0].outputs)
		return out_of_memory(error);
	graph->tensors[0] = (struct graph_tensor){.name = name, .channels = channels == 1 ? 1 : 3};
	graph->node_count = graph->tensor_count = 1;
	builder->strides[0] = 1;
	builder->nominal[0].height = nominal_side(dims[last ? 1 : 2]);
	builder->nominal[0].width = nominal_side(dims[last ? 2 : 3]);
	if (!builder->nominal[0].height || !builder->nominal[0].width)
		builder->nominal[0] = (struct extent){0, 0};
	builder->values[picture->value] =
		(struct value){.form = last ? VALUE_IMAGE_LAST : VALUE_IMAGE, .tensor = 0};
	return RV_OK;
}

static void add_constants(struct builder *builder)
{
	for (int i = 0; i < builder->model->value_count; i++)
		if (builder->model->values[i].constant)
			builder->values[i] = (struct value){
				.form = VALUE_CONSTANT,
				.constant = builder->model->values[i].constant,
			};
}

/* ---- layers ---- */

int graph_find_value(const struct onnx_model *model, const char *layer)
{
	for (int i = 0; i < model->value_count; i++)
		if (model->values[i].producer != ONNX_NOTHING &&
		    !strcmp(model->values[i].name, layer))
			return i;
	for (int i = 0; i < model->node_count; i++)
		if (model->nodes[i].named && !strcmp(model->nodes[i].name, layer) &&
		    model->nodes[i].output_count)
			return model->nodes[i].outputs[0];
	return ONNX_NOTHING;
}

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
	rv_status status = add_picture(builder, error);
	if (status)
		return status;
	add_constants(builder);
	for (int i = 0; !status && i < builder->model->node_count; i++)
		if (below[i])
			status = translate_node(builder, &builder->model->nodes[i], error);
	return status;
}

/* Whether a layer's value is something to dream of: a tensor other than the picture itself. */
static bool is_layer(const struct value *value)
{
	return value->form != VALUE_UNKNOWN && value->form != VALUE_CONSTANT && value->tensor != 0;
}

static rv_status keep_wanted(struct builder *builder, const int *wanted, int count, rv_error *error)
{
	struct graph *graph = builder->graph;
	graph->wanted = graph_allocate(graph, (size_t)count, sizeof(*graph->wanted));
	if (!graph->wanted)
		return out_of_memory(error);
	for (int i = 0; i < count; i++) {
		const struct value *value = &builder->values[wanted[i]];
		if (!is_layer(value))
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
	if (!status)
		status = graph_fold(graph, error);
	if (status || (options && options->no_fuse))
		return status;
	status = graph_fuse_clamps(graph, error);
	if (!status)
		status = graph_commute_average_pools(graph, error);
	return status ? status : graph_join_convolutions(graph, error);
}

static rv_status build_wanted(struct graph **graph, const struct onnx_model *model,
                              const int *wanted, int count, const struct graph_options *options,
                              bool *below, rv_error *error)
{
	struct builder builder;
	int nodes = mark_below(model, wanted, count, below);
	rv_status status = builder_init(&builder, model, nodes, error);
	if (status)
		return status;
	status = translate_below(&builder, below, error);
	if (!status)
		status = keep_wanted(&builder, wanted, count, error);
	if (!status)
		status = run_passes(builder.graph, options, error);
	if (!status) {
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
	rv_status status = wanted && below ? RV_OK : out_of_memory(error);
	if (!status)
		status = find_wanted(model, layers, layer_count, wanted, error);
	if (!status)
		status = build_wanted(graph, model, wanted, layer_count, options, below, error);
	free(wanted);
	free(below);
	return status;
}

/* ---- listing ---- */

/* Whether node reads something that the picture goes into. */
static bool reads_picture(const struct onnx_node *node, const bool *from_picture)
{
	for (int i = 0; i < node->input_count; i++)
		if (translate_has_input(node, i) && from_picture[node->inputs[i]])
			return true;
	return false;
}

static void list_outputs(const struct builder *builder, const struct onnx_node *node,
                         bool *from_picture, struct graph_layer *layers, int *count)
{
	for (int i = 0; i < node->output_count; i++) {
		if (node->outputs[i] == ONNX_NOTHING)
			continue;
		const struct value *value = &builder->values[node->outputs[i]];
		if (value->form == VALUE_CONSTANT)
			continue;
		from_picture[node->outputs[i]] = true;
		struct graph_layer *layer = &layers[(*count)++];
		layer->value = node->outputs[i];
		layer->info.name = builder->model->values[node->outputs[i]].name;
		layer->info.operator_name = node->operator_name;
		layer->info.supported = is_layer(value);
		if (layer->info.supported) {
			layer->info.channels = builder->graph->tensors[value->tensor].channels;
			layer->info.stride = builder->strides[value->tensor];
		}
	}
}

static rv_status list_all(struct builder *builder, bool *from_picture, struct graph_layer *layers,
                          int *count, rv_error *error)
{
	rv_status status = add_picture(builder, error);
	if (status)
		return status;
	add_constants(builder);
	from_picture[find_picture(builder->model)->value] = true;
	for (int i = 0; i < builder->model->node_count; i++) {
		const struct onnx_node *node = &builder->model->nodes[i];
		/* What cannot be translated is listed as unsupported. */
		(void)translate_node(builder, node, NULL);
		if (reads_picture(node, from_picture))
			list_outputs(builder, node, from_picture, layers, count);
	}
	return RV_OK;
}

rv_status graph_list_layers(const struct onnx_model *model, struct arena *memory,
                            struct graph_layer **layers, int *count, rv_error *error)
{
	struct builder builder;
	rv_status status = builder_init(&builder, model, model->node_count, error);
	if (status)
		return status;
	*count = 0;
	*layers = arena_allocate(memory, (size_t)model->value_count, sizeof(**layers));
	bool *from_picture = calloc((size_t)model->value_count + 1, sizeof(*from_picture));
	if (*layers && from_picture)
		status = list_all(&builder, from_picture, *layers, count, error);
	else
		status = out_of_memory(error);
	free(from_picture);
	builder_finish(&builder);
	return status;
}
