#include "engine/graph/builder.h"

#include <stdlib.h>

/* Whatever a sound model of this size can need: its weights folded, transposed and scaled. */
static size_t graph_budget(const struct onnx_model *model)
{
	return model->file_size * 16 + ((size_t)16 << 20);
}

/* An ONNX node becomes seven nodes of the graph at most (Max), or one for each output (Split). */
static int graph_capacity(const struct onnx_model *model, int nodes)
{
	int64_t capacity = (int64_t)nodes * 7 + 1;
	for (int i = 0; i < model->node_count; i++)
		capacity += model->nodes[i].output_count;
	return capacity > INT32_MAX / 2 ? INT32_MAX / 2 : (int)capacity;
}

static rv_status create_graph(struct graph **created, const struct onnx_model *model,
                              size_t capacity, rv_error *error)
{
	struct graph *graph = calloc(1, sizeof(*graph));
	if (!graph)
		return graph_out_of_memory(error);
	graph->memory = arena_create(graph_budget(model));
	if (graph->memory) {
		graph->nodes = graph_allocate(graph, capacity, sizeof(*graph->nodes));
		graph->tensors = graph_allocate(graph, capacity, sizeof(*graph->tensors));
	}
	if (!graph->memory || !graph->nodes || !graph->tensors) {
		graph_destroy(&graph);
		return graph_out_of_memory(error);
	}
	*created = graph;
	return RV_OK;
}

/* ---- life of a builder ---- */

void builder_finish(struct builder *builder)
{
	free(builder->values);
	free(builder->strides);
	free(builder->nominal);
	free(builder->lengths);
	graph_destroy(&builder->graph);
}

rv_status builder_init(struct builder *builder, const struct onnx_model *model, int nodes,
                       rv_error *error)
{
	int capacity = graph_capacity(model, nodes);
	*builder = (struct builder){.model = model, .capacity = capacity};
	rv_status status = create_graph(&builder->graph, model, (size_t)capacity, error);
	if (status != RV_OK)
		return status;
	builder->values = calloc((size_t)model->value_count + 1, sizeof(*builder->values));
	builder->strides = calloc((size_t)capacity, sizeof(*builder->strides));
	builder->nominal = calloc((size_t)capacity, sizeof(*builder->nominal));
	if (builder->values && builder->strides && builder->nominal)
		return RV_OK;
	builder_finish(builder);
	return graph_out_of_memory(error);
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

const struct onnx_input *builder_find_picture(const struct onnx_model *model)
{
	for (int i = 0; i < model->input_count; i++)
		if (model->inputs[i].rank == 4 || model->inputs[i].rank < 0)
			return &model->inputs[i];
	return NULL;
}

rv_status builder_add_picture(struct builder *builder, rv_error *error)
{
	const struct onnx_input *picture = builder_find_picture(builder->model);
	if (!picture)
		return rv_fail(error, RV_UNSUPPORTED,
		               "the model has no input of four dimensions to take a picture");
	const int64_t *dims = picture->dims;
	bool last = !builder->any_channels && !is_colour_count(dims[1]) && is_colour_count(dims[3]);
	int64_t channels = dims[last ? 3 : 1];
	if (channels && !is_colour_count(channels) &&
	    !(builder->any_channels && channels <= CHANNELS_MAX))
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
		return graph_out_of_memory(error);
	graph->tensors[0] =
		(struct graph_tensor){.name = name, .channels = channels ? (int)channels : 3};
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

void builder_add_constants(struct builder *builder)
{
	for (int i = 0; i < builder->model->value_count; i++)
		if (builder->model->values[i].constant)
			builder->values[i] = (struct value){
				.form = VALUE_CONSTANT,
				.constant = builder->model->values[i].constant,
			};
}
