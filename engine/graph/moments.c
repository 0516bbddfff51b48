#include "engine/graph/moments.h"

#include <string.h>

#include "engine/graph/pieces.h"

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
	return value && value->moment == moment;
}

/* A mean over the axis of the channels alone, which stays as an axis of 1. */
static bool is_mean_over_channels(const struct builder *builder, const struct onnx_node *node,
                                  enum value_form form)
{
	const int64_t *axes = NULL;
	size_t count = 0;
	int64_t keep = 1;
	if (!is_operator(node, "ReduceMean") ||
	    translate_input_list(builder, node, 1, "axes", &axes, &count, NULL) != RV_OK ||
	    onnx_get_int(node, "keepdims", &keep, NULL) != RV_OK || count != 1)
		return false;
	int64_t axis = axes[0] < 0 ? axes[0] + translate_rank(form) : axes[0];
	return keep && axis == translate_channel_axis(form);
}

static const float *single_float(const struct value *value)
{
	bool single = value && value->form == VALUE_CONSTANT && !value->constant->problem &&
	              value->constant->floats && value->constant->count == 1;
	return single ? value->constant->floats : NULL;
}

static bool is_number(const struct value *value, float number)
{
	const float *single = single_float(value);
	return single && *single == number;
}

/* A square: to the power of two, or times itself. */
static bool is_square(const struct onnx_node *node, const struct value *second)
{
	if (is_operator(node, "Mul"))
		return node->inputs[0] == node->inputs[1];
	return is_operator(node, "Pow") && is_number(second, 2);
}

static bool is_root(const struct onnx_node *node, const struct value *second)
{
	return is_operator(node, "Sqrt") || (is_operator(node, "Pow") && is_number(second, 0.5f));
}

static enum moment set_moment(struct value *noted, const struct value *from, enum moment moment)
{
	noted->base = from->base;
	noted->epsilon = from->epsilon;
	return moment;
}

/* What the node makes of its inputs; writes the base and epsilon of that. */
static enum moment find_moment(const struct builder *builder, const struct onnx_node *node,
                               struct value *noted)
{
	const struct value *a = value_of(builder, node, 0), *b = value_of(builder, node, 1);
	const float *number = single_float(b) ? single_float(b) : single_float(a);
	if (is_moment(a, MOMENT_SQUARED) && is_mean_over_channels(builder, node, a->form))
		return set_moment(noted, a, MOMENT_VARIANCE);
	if (a && is_mean_over_channels(builder, node, a->form)) {
		noted->base = a->tensor;
		noted->epsilon = 0;
		return MOMENT_MEAN;
	}
	if (is_operator(node, "Sub") && is_moment(b, MOMENT_MEAN) && a && a->form == b->form &&
	    a->tensor == b->base)
		return set_moment(noted, b, MOMENT_CENTRED);
	if (is_moment(a, MOMENT_CENTRED) && is_square(node, b))
		return set_moment(noted, a, MOMENT_SQUARED);
	const struct value *variance = is_moment(b, MOMENT_VARIANCE) ? b : a;
	if (is_operator(node, "Add") && number && is_moment(variance, MOMENT_VARIANCE)) {
		enum moment moment = set_moment(noted, variance, MOMENT_VARIANCE);
		noted->epsilon += *number;
		return moment;
	}
	if (is_moment(a, MOMENT_VARIANCE) && is_root(node, b) && a->epsilon > 0)
		return set_moment(noted, a, MOMENT_DEVIATION);
	if (is_operator(node, "Reciprocal") && is_moment(a, MOMENT_DEVIATION))
		return set_moment(noted, a, MOMENT_INVERSE);
	if (is_operator(node, "Div") && is_number(a, 1) && is_moment(b, MOMENT_DEVIATION))
		return set_moment(noted, b, MOMENT_INVERSE);
	return MOMENT_NONE;
}

void moments_note(struct builder *builder, const struct onnx_node *node)
{
	if (!node->output_count || node->outputs[0] == ONNX_NOTHING)
		return;
	struct value *noted = &builder->values[node->outputs[0]];
	enum moment moment = find_moment(builder, node, noted);
	if (moment != MOMENT_NONE)
		noted->moment = moment;
}

/* ---- the last step ---- */

/* x - mean(x), and what it is divided by or multiplied with. */
static bool find_factors(const struct builder *builder, const struct onnx_node *node,
                         const struct value **centred, const struct value **deviation)
{
	const struct value *a = value_of(builder, node, 0), *b = value_of(builder, node, 1);
	bool swapped = is_operator(node, "Mul") && is_moment(a, MOMENT_INVERSE);
	*centred = swapped ? b : a;
	*deviation = swapped ? a : b;
	return *centred && *deviation;
}

bool moments_complete(const struct builder *builder, const struct onnx_node *node)
{
	const struct value *centred, *deviation;
	bool divides = is_operator(node, "Div"), multiplies = is_operator(node, "Mul");
	return (divides || multiplies) && find_factors(builder, node, &centred, &deviation) &&
	       is_moment(centred, MOMENT_CENTRED) &&
	       is_moment(deviation, divides ? MOMENT_DEVIATION : MOMENT_INVERSE) &&
	       centred->base == deviation->base;
}

rv_status moments_translate(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_LAYER_NORM);
	const struct value *centred, *deviation;
	find_factors(builder, node, &centred, &deviation);
	struct value value = {.form = centred->form, .tensor = centred->base};
	int channels = translate_channels(builder, &value);
	draft.constant = deviation->epsilon;
	rv_status status = pieces_make_table(builder, 1, channels, &draft.scale, error);
	if (status == RV_OK)
		status = pieces_make_table(builder, 0, channels, &draft.shift, error);
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &draft, channels, &value, error);
}
