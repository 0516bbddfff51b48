#include "engine/graph/translate.h"

#include <math.h>
#include <string.h>

#include "engine/graph/measure.h"

/* ---- inputs ---- */

bool translate_has_input(const struct onnx_node *node, int index)
{
	return index < node->input_count && node->inputs[index] != ONNX_NOTHING;
}

rv_status translate_input_value(const struct builder *builder, const struct onnx_node *node,
                                int index, const struct value **value, rv_error *error)
{
	if (!translate_has_input(node, index))
		return onnx_node_fail(node, error, RV_CORRUPT, "it has no input number %d",
		                      index + 1);
	*value = &builder->values[node->inputs[index]];
	if ((*value)->form != VALUE_UNKNOWN)
		return RV_OK;
	const struct onnx_value *source = &builder->model->values[node->inputs[index]];
	if (source->producer != ONNX_NOTHING)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "it reads " ONNX_NAME ", which cannot be computed",
		                      source->name);
	if (source->is_input)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "it reads " ONNX_NAME
		                      ", an input of the model that is not the picture",
		                      source->name);
	return onnx_node_fail(node, error, RV_CORRUPT,
	                      "its input " ONNX_NAME " is neither made by a node nor in the file",
	                      source->name);
}

rv_status translate_input_view(const struct builder *builder, const struct onnx_node *node,
                               int index, const struct value **value, rv_error *error)
{
	rv_status status = translate_input_value(builder, node, index, value, error);
	if (status == RV_OK && (*value)->form == VALUE_CONSTANT)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"its input number %d is a constant, not computed from the picture",
			index + 1);
	return status;
}

bool translate_is_regrouped(const struct value *value)
{
	return value->form >= VALUE_GROUPED && value->form <= VALUE_WOVEN;
}

rv_status translate_input_tensor(const struct builder *builder, const struct onnx_node *node,
                                 int index, const struct value **value, rv_error *error)
{
	rv_status status = translate_input_view(builder, node, index, value, error);
	if (status == RV_OK && translate_is_regrouped(*value))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "groups of channels can be run as a part of a shuffle or "
		                      "normalisation only");
	if (status == RV_OK && (*value)->form == VALUE_ROW_MEANS)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "means of rows can be run as a part of a mean of all only");
	if (status == RV_OK && (*value)->form == VALUE_PLANE)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "a channel without an axis of channels cannot be run");
	return status;
}

bool translate_is_by_channel(const struct onnx_tensor *constant, enum value_form form, int channels)
{
	int from_end = translate_rank(form) - translate_channel_axis(form);
	return constant->rank >= from_end && constant->count == (size_t)channels &&
	       constant->dims[constant->rank - from_end] == channels;
}

int translate_channels(const struct builder *builder, const struct value *value)
{
	return builder->graph->tensors[value->tensor].channels;
}

int translate_rank(enum value_form form)
{
	return form == VALUE_VECTOR                                                   ? 2
	       : form == VALUE_LINE || form == VALUE_PLANE || form == VALUE_ROW_MEANS ? 3
	                                                                              : 4;
}

int translate_channel_axis(enum value_form form)
{
	return form == VALUE_IMAGE_LAST ? 3 : 1;
}

int translate_row_axis(enum value_form form)
{
	return form == VALUE_IMAGE_LAST ? 1 : 2;
}

bool translate_is_layer(const struct value *value)
{
	return value->form != VALUE_UNKNOWN && value->form != VALUE_CONSTANT &&
	       value->form != VALUE_ROW_MEANS && value->tensor != 0;
}

bool translate_is_single_pixel(const struct builder *builder, int tensor)
{
	struct extent nominal = builder->nominal[tensor];
	return builder->strides[tensor] == 0 || (nominal.height == 1 && nominal.width == 1);
}

int64_t translate_nominal_length(const struct builder *builder, int tensor)
{
	struct extent nominal = builder->nominal[tensor];
	int64_t channels = builder->graph->tensors[tensor].channels;
	if (builder->strides[tensor] == 0)
		return channels;
	return channels * nominal.height * nominal.width;
}

rv_status translate_input_image(const struct builder *builder, const struct onnx_node *node,
                                int index, int *tensor, rv_error *error)
{
	const struct value *value;
	rv_status status = translate_input_tensor(builder, node, index, &value, error);
	if (status != RV_OK)
		return status;
	*tensor = value->tensor;
	if (value->form == VALUE_IMAGE || translate_is_single_pixel(builder, value->tensor))
		return RV_OK;
	return onnx_node_fail(node, error, RV_UNSUPPORTED,
	                      "it works on pixels behind a Flatten, Reshape or Transpose");
}

static rv_status input_constant(const struct builder *builder, const struct onnx_node *node,
                                int index, const struct onnx_tensor **constant, rv_error *error)
{
	const struct value *value;
	rv_status status = translate_input_value(builder, node, index, &value, error);
	if (status != RV_OK)
		return status;
	if (value->form != VALUE_CONSTANT)
		return onnx_node_fail(
			node, error, RV_UNSUPPORTED,
			"its input number %d is computed from the picture, not a constant",
			index + 1);
	*constant = value->constant;
	if ((*constant)->problem)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "tensor " ONNX_NAME " %s",
		                      (*constant)->name, (*constant)->problem);
	return RV_OK;
}

rv_status translate_input_floats(const struct builder *builder, const struct onnx_node *node,
                                 int index, const struct onnx_tensor **constant, rv_error *error)
{
	rv_status status = input_constant(builder, node, index, constant, error);
	if (status == RV_OK && !(*constant)->floats)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its input number %d holds integers instead of real numbers",
		                      index + 1);
	return status;
}

rv_status translate_input_integers(const struct builder *builder, const struct onnx_node *node,
                                   int index, const struct onnx_tensor **constant, rv_error *error)
{
	rv_status status = input_constant(builder, node, index, constant, error);
	if (status == RV_OK && !(*constant)->integers)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its input number %d holds real numbers instead of integers",
		                      index + 1);
	return status;
}

rv_status translate_input_list(const struct builder *builder, const struct onnx_node *node,
                               int index, const char *name, const int64_t **values, size_t *count,
                               rv_error *error)
{
	const struct onnx_tensor *constant = NULL;
	*count = 0;
	if (!translate_has_input(node, index))
		return onnx_get_ints(node, name, values, count, error);
	rv_status status = translate_input_integers(builder, node, index, &constant, error);
	if (status != RV_OK)
		return status;
	*values = constant->integers;
	*count = constant->count;
	return RV_OK;
}

rv_status translate_normalise_axis(const struct onnx_node *node, int64_t *axis, int rank,
                                   rv_error *error)
{
	if (*axis < -rank || *axis >= rank)
		return onnx_node_fail(node, error, RV_CORRUPT, "axis %lld of %d dimensions",
		                      (long long)*axis, rank);
	if (*axis < 0)
		*axis += rank;
	return RV_OK;
}

rv_status translate_input_along(const struct builder *builder, const struct onnx_node *node,
                                const struct value **input, int64_t *axis, rv_error *error)
{
	rv_status status = translate_input_tensor(builder, node, 0, input, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "axis", axis, error);
	if (status != RV_OK)
		return status;
	return translate_normalise_axis(node, axis, translate_rank((*input)->form), error);
}

/* ---- outputs ---- */

void translate_set_output(struct builder *builder, const struct onnx_node *node, struct value value)
{
	if (node->output_count > 0 && node->outputs[0] != ONNX_NOTHING)
		builder->values[node->outputs[0]] = value;
}

void translate_set_constant(struct builder *builder, const struct onnx_node *node,
                            const struct onnx_tensor *constant)
{
	translate_set_output(builder, node,
	                     (struct value){.form = VALUE_CONSTANT, .constant = constant});
}

void translate_clear_outputs(struct builder *builder, const struct onnx_node *node)
{
	for (int i = 0; i < node->output_count; i++)
		if (node->outputs[i] != ONNX_NOTHING)
			builder->values[node->outputs[i]] = (struct value){.form = VALUE_UNKNOWN};
}

struct graph_node translate_draft(enum operator_kind kind)
{
	return (struct graph_node){
		.kind = kind,
		.window = {.height = 1,
	                   .width = 1,
	                   .stride_y = 1,
	                   .stride_x = 1,
	                   .dilation_y = 1,
	                   .dilation_x = 1},
		.groups = 1,
		.clamp = graph_clamp_none,
	};
}

/* 0 stays: it is a single pixel. */
static int rounded_stride(double stride)
{
	if (stride <= 0)
		return 0;
	return stride < 1 ? 1 : stride > EXTENT_MAX ? EXTENT_MAX : (int)(stride + 0.5);
}

/* Input pixels per output pixel. */
static double rearranged_stride(const struct rearrangement *how)
{
	switch (how->kind) {
	case REARRANGE_TO_SPACE:
	case REARRANGE_TO_SPACE_CRD:
		return 1.0 / how->number;
	case REARRANGE_TO_DEPTH:
	case REARRANGE_TO_DEPTH_CRD:
		return how->number;
	default:
		return 1;
	}
}

/* Picture pixels per pixel of what node makes. */
static int output_stride(const struct builder *builder, const struct graph_node *node)
{
	int stride = 0;
	if (node->kind == OPERATOR_GLOBAL_AVERAGE_POOL || node->window.whole)
		return 0;
	for (int i = 0; i < node->input_count; i++)
		if (builder->strides[node->inputs[i]] > stride)
			stride = builder->strides[node->inputs[i]];
	if (node->kind == OPERATOR_RESAMPLE && node->resampling.measured &&
	    graph_resizes(&node->resampling))
		return rounded_stride(1 / builder->lengths[node->resampling.lengths.top].slope);
	if (node->kind == OPERATOR_RESAMPLE && node->resampling.scale_y > 0)
		return rounded_stride((double)stride / (double)node->resampling.scale_y);
	if (node->kind == OPERATOR_REARRANGE)
		return rounded_stride(stride * rearranged_stride(&node->rearrangement));
	int64_t product = (int64_t)stride * node->window.stride_y;
	return product > EXTENT_MAX ? EXTENT_MAX : (int)product;
}

/* False where the numbers of a measured node are not known there. */
static bool set_nominal_numbers(const struct builder *builder, struct graph_node *node)
{
	const struct graph_sides *sides = &node->resampling.lengths;
	const int lengths[4] = {sides->top, sides->bottom, sides->left, sides->right};
	double numbers[4];
	if (!node->resampling.measured)
		return true;
	for (int i = 0; i < 4; i++) {
		numbers[i] = builder->lengths[lengths[i]].nominal;
		if (isnan(numbers[i]))
			return false;
	}
	measure_set(node, numbers);
	return true;
}

/* What the file's own size gives; unknown where it leaves the size free. */
static struct extent output_nominal(const struct builder *builder, const struct graph_node *node)
{
	struct extent output;
	struct graph_node fixed = *node;
	for (int i = 0; i < node->input_count; i++)
		if (builder->nominal[node->inputs[i]].height == 0)
			return (struct extent){0, 0};
	if (!set_nominal_numbers(builder, &fixed))
		return (struct extent){0, 0};
	if (graph_node_extent(&fixed, builder->nominal, &output, NULL))
		return (struct extent){0, 0};
	return output;
}

static int add_tensor(struct builder *builder, const struct graph_node *node, const char *name,
                      int channels)
{
	struct graph *graph = builder->graph;
	int tensor = graph->tensor_count++;
	graph->tensors[tensor] = (struct graph_tensor){
		.name = name,
		.channels = channels,
		.producer = (int)(node - graph->nodes),
	};
	builder->strides[tensor] = output_stride(builder, node);
	builder->nominal[tensor] = output_nominal(builder, node);
	return tensor;
}

/* Checks what a new node makes and finds space for the numbers of its tensors. */
static rv_status begin_node(struct builder *builder, const struct onnx_node *onnx, int channels,
                            const int *inputs, int input_count, int **numbers, rv_error *error)
{
	struct graph *graph = builder->graph;
	if (channels < 1 || channels > CHANNELS_MAX)
		return onnx_node_fail(onnx, error, RV_UNSUPPORTED,
		                      "its output has %d channels; 1 to %d can be run", channels,
		                      CHANNELS_MAX);
	if (graph->node_count == builder->capacity)
		return onnx_node_fail(onnx, error, RV_UNSUPPORTED,
		                      "the network has too many nodes");
	*numbers = graph_allocate(graph, (size_t)input_count + 1, sizeof(**numbers));
	if (!*numbers)
		return graph_out_of_memory(error);
	memcpy(*numbers, inputs, (size_t)input_count * sizeof(**numbers));
	return RV_OK;
}

static rv_status add_node(struct builder *builder, const struct onnx_node *onnx, int output,
                          const struct graph_node *draft, const int *inputs, int input_count,
                          int channels, enum value_form form, rv_error *error)
{
	struct graph *graph = builder->graph;
	int *numbers;
	rv_status status =
		begin_node(builder, onnx, channels, inputs, input_count, &numbers, error);
	if (status != RV_OK)
		return status;
	struct graph_node *node = &graph->nodes[graph->node_count++];
	*node = *draft;
	node->name = onnx->name;
	node->inputs = numbers;
	node->input_count = input_count;
	node->outputs = numbers + input_count;
	node->output_count = 1;
	bool has_name = onnx->output_count > output && onnx->outputs[output] != ONNX_NOTHING;
	const char *name =
		has_name ? builder->model->values[onnx->outputs[output]].name : onnx->name;
	node->outputs[0] = add_tensor(builder, node, name, channels);
	if (has_name)
		builder->values[onnx->outputs[output]] =
			(struct value){.form = form, .tensor = node->outputs[0]};
	return RV_OK;
}

rv_status translate_add_node(struct builder *builder, const struct onnx_node *node,
                             const struct graph_node *draft, const int *inputs, int input_count,
                             int channels, enum value_form form, rv_error *error)
{
	return add_node(builder, node, 0, draft, inputs, input_count, channels, form, error);
}

rv_status translate_add_output(struct builder *builder, const struct onnx_node *node, int output,
                               const struct graph_node *draft, int input, int channels,
                               enum value_form form, rv_error *error)
{
	return add_node(builder, node, output, draft, &input, 1, channels, form, error);
}
