#include "engine/graph/pieces.h"

#include <stdlib.h>

#include "engine/graph/length.h"

rv_status pieces_make_table(struct builder *builder, float number, int count, const float **table,
                            rv_error *error)
{
	float *made = graph_allocate(builder->graph, (size_t)count, sizeof(*made));
	if (!made)
		return graph_out_of_memory(error);
	for (int i = 0; i < count; i++)
		made[i] = number;
	*table = made;
	return RV_OK;
}

/* A node that reads tensors[count]; what it makes is *value. */
static rv_status add(struct builder *builder, const struct onnx_node *node,
                     const struct graph_node *draft, const int *tensors, int count, int channels,
                     struct value *value, rv_error *error)
{
	rv_status status = translate_add_node(builder, node, draft, tensors, count, channels,
	                                      value->form, error);
	if (status != RV_OK)
		return status;
	value->tensor = builder->graph->tensor_count - 1;
	value->moment = MOMENT_NONE;
	translate_set_output(builder, node, *value);
	return RV_OK;
}

rv_status pieces_add(struct builder *builder, const struct onnx_node *node,
                     const struct graph_node *draft, int channels, struct value *value,
                     rv_error *error)
{
	return add(builder, node, draft, &value->tensor, 1, channels, value, error);
}

rv_status pieces_add_pointwise(struct builder *builder, const struct onnx_node *node,
                               const struct graph_node *draft, rv_error *error)
{
	const struct value *input;
	rv_status status = translate_input_view(builder, node, 0, &input, error);
	if (status == RV_OK && input->form != VALUE_FOLDED)
		status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	struct value value = *input;
	return pieces_add(builder, node, draft, translate_channels(builder, &value), &value, error);
}

rv_status pieces_join(struct builder *builder, const struct onnx_node *node,
                      enum operator_kind kind, const int *tensors, int count, struct value *value,
                      rv_error *error)
{
	struct graph_node draft = translate_draft(kind);
	return add(builder, node, &draft, tensors, count,
	           builder->graph->tensors[tensors[0]].channels, value, error);
}

rv_status pieces_add_affine(struct builder *builder, const struct onnx_node *node, float factor,
                            float summand, struct value *value, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_AFFINE);
	int channels = translate_channels(builder, value);
	rv_status status = pieces_make_table(builder, factor, channels, &draft.scale, error);
	if (status == RV_OK)
		status = pieces_make_table(builder, summand, channels, &draft.shift, error);
	return status != RV_OK ? status : pieces_add(builder, node, &draft, channels, value, error);
}

rv_status pieces_add_power(struct builder *builder, const struct onnx_node *node, float exponent,
                           struct value *value, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_POWER);
	draft.alpha = exponent;
	return pieces_add(builder, node, &draft, translate_channels(builder, value), value, error);
}

/* A convolution of one pixel. */
rv_status pieces_add_mix(struct builder *builder, const struct onnx_node *node,
                         const float *weights, int outputs, struct value *value, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CONVOLUTION);
	draft.parts = graph_allocate(builder->graph, 1, sizeof(*draft.parts));
	if (!draft.parts)
		return graph_out_of_memory(error);
	draft.parts[0] = (struct convolution_part){
		.channels = outputs, .weights = weights, .clamp = draft.clamp};
	return pieces_add(builder, node, &draft, outputs, value, error);
}

rv_status pieces_add_channel_window(struct builder *builder, const struct onnx_node *node,
                                    const struct channel_window *window, int64_t outputs,
                                    struct value *value, rv_error *error)
{
	int64_t channels = translate_channels(builder, value);
	float *weights = graph_allocate(builder->graph, (size_t)outputs * (size_t)channels,
	                                sizeof(*weights));
	if (!weights)
		return graph_out_of_memory(error);
	for (int64_t o = 0; o < outputs; o++)
		for (int64_t i = 0; i < window->size; i++) {
			int64_t channel = o + i * window->dilation - window->before;
			if (channel >= 0 && channel < channels)
				weights[o * channels + channel] = window->weights[i];
		}
	return pieces_add_mix(builder, node, weights, (int)outputs, value, error);
}

rv_status pieces_add_channel_sum(struct builder *builder, const struct onnx_node *node,
                                 float factor, struct value *value, rv_error *error)
{
	const float *weights = NULL;
	rv_status status = pieces_make_table(builder, factor, translate_channels(builder, value),
	                                     &weights, error);
	return status != RV_OK ? status : pieces_add_mix(builder, node, weights, 1, value, error);
}

rv_status pieces_add_copies(struct builder *builder, const struct onnx_node *node, int channels,
                            struct value *value, rv_error *error)
{
	const float *weights = NULL;
	rv_status status = pieces_make_table(builder, 1, channels, &weights, error);
	return status != RV_OK ? status
	                       : pieces_add_mix(builder, node, weights, channels, value, error);
}

/* ---- rows and columns ---- */

rv_status pieces_add_global_pool(struct builder *builder, const struct onnx_node *node,
                                 bool largest, struct value *value, rv_error *error)
{
	struct graph_node draft =
		translate_draft(largest ? OPERATOR_MAX_POOL : OPERATOR_GLOBAL_AVERAGE_POOL);
	draft.window.whole = largest;
	return pieces_add(builder, node, &draft, translate_channels(builder, value), value, error);
}

/* A place that the file's own size reaches means that end of a picture of any size. */
static struct cut free_of_size(const struct builder *builder, struct cut cut, int side)
{
	if (length_is(builder, cut.start) || length_is(builder, cut.end))
		return cut;
	if (side && cut.step > 0 && cut.end >= side)
		cut.end = INT64_MAX;
	if (side && cut.step < 0 && cut.start >= side - 1)
		cut.start = INT64_MAX;
	if (side && cut.step < 0 && cut.end < -side)
		cut.end = INT64_MIN;
	return cut;
}

static bool is_whole(const struct cut *cut)
{
	return cut->step == 1 && cut->start == 0 && cut->end == INT64_MAX;
}

bool pieces_draft_cut(const struct builder *builder, const struct value *value,
                      const struct cut *rows, const struct cut *columns, struct graph_node *draft)
{
	struct extent nominal = builder->nominal[value->tensor];
	*draft = translate_draft(OPERATOR_RESAMPLE);
	draft->resampling =
		(struct resampling){.kind = RESAMPLE_CUT,
	                            .cut_y = free_of_size(builder, *rows, nominal.height),
	                            .cut_x = free_of_size(builder, *columns, nominal.width)};
	draft->window.stride_y = (int)llabs(rows->step);
	draft->window.stride_x = (int)llabs(columns->step);
	return !is_whole(&draft->resampling.cut_y) || !is_whole(&draft->resampling.cut_x);
}

rv_status pieces_measure(struct builder *builder, const struct onnx_node *node,
                         const int64_t sides[4], struct resampling *how, rv_error *error)
{
	struct graph_sides *lengths = &how->lengths;
	int *const numbers[4] = {&lengths->top, &lengths->bottom, &lengths->left, &lengths->right};
	for (int i = 0; i < 4; i++)
		how->measured |= length_is(builder, sides[i]);
	for (int i = 0; how->measured && i < 4; i++) {
		*numbers[i] = length_number(builder, sides[i]);
		if (*numbers[i] < 0)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "the sizes that it depends on cannot be followed");
	}
	return RV_OK;
}

rv_status pieces_add_cut(struct builder *builder, const struct onnx_node *node,
                         const struct cut *rows, const struct cut *columns, struct value *value,
                         rv_error *error)
{
	struct graph_node draft;
	if (!pieces_draft_cut(builder, value, rows, columns, &draft))
		return RV_OK;
	rv_status status = pieces_measure(
		builder, node, (int64_t[]){rows->start, rows->end, columns->start, columns->end},
		&draft.resampling, error);
	return status != RV_OK ? status
	                       : pieces_add(builder, node, &draft,
	                                    translate_channels(builder, value), value, error);
}
