#include "engine/graph/moments.h"

#include <string.h>

static bool is_operator(const struct onnx_node *node, const char *name)
{
	return node->standard && !strcmp(node->operator_name, name);
}

static const struct value *value_of(const struct builder *builder, const struct onnx_node *node,
                                    int index)
{
	return translate_has_input(node, index) ? &builder->values[node->inputs[index]] : NULL;
}

static bool is_moment(const struct value *value, enum moment moment)
{
	return value && value->form == VALUE_MOMENT && value->moment == moment;
}

/* A mean over the axis of the channels alone, which stays as an axis of 1. */
static bool is_mean_over_channels(const struct builder *builder, const struct onnx_node *node,
                                  enum value_form form)
{
	const int64_t *axes = NULL;
	size_t count = 0;
	int64_t keep = 1;
	if (!is_operator(node, "ReduceMean") || (form != VALUE_IMAGE && form != VALUE_IMAGE_LAST) ||
	    translate_input_list(builder, node, 1, "axes", &axes, &count, NULL) != RV_OK ||
	    onnx_get_int(node, "keepdims", &keep, NULL) != RV_OK || count != 1)
		return false;
	int64_t axis = axes[0] < 0 ? axes[0] + 4 : axes[0];
	return keep && axis == translate_channel_axis(form);
}

bool moments_concern(const struct builder *builder, const struct onnx_node *node)
{
	for (int i = 0; i < node->input_count; i++) {
		const struct value *value = value_of(builder, node, i);
		if (value && value->form == VALUE_MOMENT)
			return true;
	}
	const struct value *first = value_of(builder, node, 0);
	return first && is_mean_over_channels(builder, node, first->form);
}

static rv_status set_moment(struct builder *builder, const struct onnx_node *node,
                            struct value value, enum moment moment)
{
	if (value.form != VALUE_MOMENT)
		value.moment_form = value.form;
	value.form = VALUE_MOMENT;
	value.moment = moment;
	translate_set_output(builder, node, value);
	return RV_OK;
}

static const float *single_float(const struct value *value)
{
	bool single = value && value->form == VALUE_CONSTANT && !value->constant->problem &&
	              value->constant->floats && value->constant->count == 1;
	return single ? value->constant->floats : NULL;
}

static rv_status add_layer_norm(struct builder *builder, const struct onnx_node *node,
                                const struct value *centred, float epsilon, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_LAYER_NORM);
	int tensor = centred->tensor, channels = builder->graph->tensors[tensor].channels;
	float *scale = graph_allocate(builder->graph, (size_t)channels, sizeof(*scale));
	float *shift = graph_allocate(builder->graph, (size_t)channels, sizeof(*shift));
	if (!scale || !shift)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	for (int i = 0; i < channels; i++)
		scale[i] = 1;
	draft.scale = scale;
	draft.shift = shift;
	draft.constant = epsilon;
	return translate_add_node(builder, node, &draft, &tensor, 1, channels, centred->moment_form,
	                          error);
}

/* A square: to the power of two, or times itself. */
static bool is_square(const struct onnx_node *node, const struct value *second)
{
	const float *exponent = single_float(second);
	if (is_operator(node, "Mul"))
		return node->inputs[0] == node->inputs[1];
	return is_operator(node, "Pow") && exponent && *exponent == 2;
}

rv_status moments_translate(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct value *a = value_of(builder, node, 0), *b = value_of(builder, node, 1);
	const float *number = single_float(b) ? single_float(b) : single_float(a);
	if (a && a->form != VALUE_MOMENT && is_mean_over_channels(builder, node, a->form))
		return set_moment(builder, node, *a, MOMENT_MEAN);
	if (is_operator(node, "Sub") && is_moment(b, MOMENT_MEAN) && a &&
	    a->form == b->moment_form && a->tensor == b->tensor)
		return set_moment(builder, node, *b, MOMENT_CENTRED);
	if (is_moment(a, MOMENT_CENTRED) && is_square(node, b))
		return set_moment(builder, node, *a, MOMENT_SQUARED);
	if (is_moment(a, MOMENT_SQUARED) && is_mean_over_channels(builder, node, a->moment_form))
		return set_moment(builder, node, *a, MOMENT_VARIANCE);
	if (is_operator(node, "Add") && number &&
	    (is_moment(a, MOMENT_VARIANCE) || is_moment(b, MOMENT_VARIANCE))) {
		struct value variance = is_moment(a, MOMENT_VARIANCE) ? *a : *b;
		variance.epsilon += *number;
		return set_moment(builder, node, variance, MOMENT_VARIANCE);
	}
	if (is_operator(node, "Sqrt") && is_moment(a, MOMENT_VARIANCE) && a->epsilon > 0)
		return set_moment(builder, node, *a, MOMENT_DEVIATION);
	if (is_operator(node, "Div") && is_moment(a, MOMENT_CENTRED) &&
	    is_moment(b, MOMENT_DEVIATION) && a->tensor == b->tensor)
		return add_layer_norm(builder, node, a, b->epsilon, error);
	return onnx_node_fail(
		node, error, RV_UNSUPPORTED,
		"the mean over channels can be run as a part of a normalisation only");
}
