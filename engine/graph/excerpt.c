/* What takes a part of a tensor: Slice, Gather and Split. */
#include <stdlib.h>
#include <string.h>

#include "engine/graph/pieces.h"
#include "engine/graph/shape.h"
#include "engine/graph/slicing.h"
#include "engine/graph/translators.h"

/* The input of a node that works on channels along axis: an image in either form, or a vector of a
 * single pixel. */
static rv_status check_channel_axis(const struct builder *builder, const struct onnx_node *node,
                                    const struct value *input, int64_t axis, rv_error *error)
{
	bool vector = input->form == VALUE_VECTOR;
	bool image = input->form == VALUE_IMAGE || input->form == VALUE_IMAGE_LAST;
	rv_status status =
		translate_normalise_axis(node, &axis, translate_rank(input->form), error);
	if (status != RV_OK)
		return status;
	if ((!image && !vector) || axis != translate_channel_axis(input->form) ||
	    (vector && !translate_is_single_pixel(builder, input->tensor)))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "only channels can be cut");
	return RV_OK;
}

/* Channels anywhere in the input, in any order: a convolution of one pixel whose weights are 1
 * where an output is that input, and 0 elsewhere. */
static rv_status add_choice(struct builder *builder, const struct onnx_node *node,
                            const int64_t *chosen, int count, struct value *value, rv_error *error)
{
	int channels = translate_channels(builder, value);
	float *weights =
		graph_allocate(builder->graph, (size_t)count * (size_t)channels, sizeof(*weights));
	if (!weights)
		return graph_out_of_memory(error);
	for (int i = 0; i < count; i++)
		weights[(size_t)i * (size_t)channels + (size_t)chosen[i]] = 1;
	return pieces_add_mix(builder, node, weights, count, value, error);
}

/* chosen[count] are channels of value, which becomes those alone. */
static rv_status add_channels(struct builder *builder, const struct onnx_node *node,
                              const int64_t *chosen, int count, struct value *value,
                              rv_error *error)
{
	struct graph_node run = translate_draft(OPERATOR_REARRANGE);
	int following = 1;
	while (following < count && chosen[following] == chosen[0] + following)
		following++;
	if (following < count)
		return add_choice(builder, node, chosen, count, value, error);
	run.rearrangement.kind = REARRANGE_SLICE;
	run.rearrangement.number = (int)chosen[0];
	return pieces_add(builder, node, &run, count, value, error);
}

/* ---- Slice ---- */

static bool takes_all(const struct cut *cut, int64_t count)
{
	struct cut clipped = *cut;
	return cut->step == 1 && graph_cut_clip(&clipped, count) == count;
}

static rv_status cut_channels(struct builder *builder, const struct onnx_node *node, struct cut cut,
                              struct value *value, rv_error *error)
{
	int channels = translate_channels(builder, value);
	if (takes_all(&cut, channels))
		return RV_OK;
	int64_t count = graph_cut_clip(&cut, channels);
	if (count < 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it takes no channel");
	int64_t *chosen = calloc((size_t)count, sizeof(*chosen));
	if (!chosen)
		return graph_out_of_memory(error);
	for (int64_t i = 0; i < count; i++)
		chosen[i] = cut.start + i * cut.step;
	rv_status status = add_channels(builder, node, chosen, (int)count, value, error);
	free(chosen);
	return status;
}

rv_status graph_translate_slice(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct value *input;
	struct slicing slicing;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	struct value value = *input;
	bool vector = value.form == VALUE_VECTOR;
	int channel_axis = translate_channel_axis(value.form);
	const struct cut *cuts = slicing.cuts, *rows = &cuts[translate_row_axis(value.form)];
	status = slicing_read(builder, node, translate_rank(value.form), &slicing, error);
	if (status == RV_OK && !takes_all(&cuts[0], 1))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it leaves the picture out");
	if (status == RV_OK && slicing_is_measured(builder, &cuts[channel_axis]))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "which channels it takes depends on the picture's size");
	if (status == RV_OK)
		status = check_channel_axis(builder, node, &value, channel_axis, error);
	if (status == RV_OK)
		status = cut_channels(builder, node, cuts[channel_axis], &value, error);
	if (status == RV_OK && !vector)
		status = pieces_add_cut(builder, node, rows, rows + 1, &value, error);
	if (status == RV_OK)
		translate_set_output(builder, node, value);
	return status;
}

/* ---- Gather ---- */

/* Whether they are channels of the input, counted from either end; those from the end are counted
 * from the front afterwards. */
static rv_status check_chosen(const struct onnx_node *node, int64_t *chosen, size_t count,
                              int channels, rv_error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (chosen[i] < -channels || chosen[i] >= channels)
			return onnx_node_fail(node, error, RV_CORRUPT, "channel %lld of %d",
			                      (long long)chosen[i], channels);
		chosen[i] += chosen[i] < 0 ? channels : 0;
	}
	return RV_OK;
}

/* Channels by their numbers. One that is given as a number instead of a list loses its axis, until
 * an Unsqueeze gives it one again: so PyTorch's networks turn colours from one range to another. */
rv_status graph_translate_gather(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	const struct value *first;
	const struct onnx_tensor *list;
	int64_t axis = 0;
	rv_status status = translate_input_along(builder, node, &first, &axis, error);
	if (status == RV_OK)
		status = check_channel_axis(builder, node, first, axis, error);
	if (status == RV_OK)
		status = translate_input_integers(builder, node, 1, &list, error);
	if (status != RV_OK)
		return status;
	struct value input = *first;
	if (list->rank > 1 || list->count < 1 || list->count > CHANNELS_MAX ||
	    (list->rank == 0 && input.form != VALUE_IMAGE))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only lists of channels can be taken");
	int64_t *chosen = calloc(list->count, sizeof(*chosen));
	if (!chosen)
		return graph_out_of_memory(error);
	memcpy(chosen, list->integers, list->count * sizeof(*chosen));
	status =
		check_chosen(node, chosen, list->count, translate_channels(builder, &input), error);
	if (status == RV_OK)
		status = add_channels(builder, node, chosen, (int)list->count, &input, error);
	free(chosen);
	if (status == RV_OK && list->rank == 0) {
		input.form = VALUE_PLANE;
		translate_set_output(builder, node, input);
	}
	return status;
}

/* ---- Split ---- */

/* Along which axis a node splits, and how much each output gets: what it says, or equal parts, the
 * last of them smaller where they do not come out even. */
struct splitting {
	int64_t axis;
	const int64_t *sizes; /* NULL: equal parts */
	int64_t whole;        /* of the axis */
	int outputs;
};

static int64_t part_size(const struct splitting *splitting, int index)
{
	int64_t size = (splitting->whole + splitting->outputs - 1) / splitting->outputs;
	if (splitting->sizes)
		return splitting->sizes[index];
	return index == splitting->outputs - 1 ? splitting->whole - size * index : size;
}

static rv_status read_splitting(const struct builder *builder, const struct onnx_node *node,
                                const struct value *input, struct splitting *splitting,
                                rv_error *error)
{
	struct extent nominal = builder->nominal[input->tensor];
	size_t count = 0;
	rv_status status =
		translate_input_list(builder, node, 1, "split", &splitting->sizes, &count, error);
	if (status != RV_OK)
		return status;
	splitting->outputs = node->output_count;
	if (splitting->sizes && count != (size_t)node->output_count)
		return onnx_node_fail(node, error, RV_CORRUPT, "%zu sizes for %d outputs", count,
		                      node->output_count);
	if (splitting->axis == translate_channel_axis(input->form))
		splitting->whole = translate_channels(builder, input);
	else
		splitting->whole = splitting->axis == translate_row_axis(input->form)
		                           ? nominal.height
		                           : nominal.width;
	if (!splitting->whole)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "where it splits rows or columns depends on the picture's "
		                      "size");
	return RV_OK;
}

static rv_status add_part(struct builder *builder, const struct onnx_node *node, int output,
                          const struct value *input, const struct splitting *splitting,
                          const struct cut *part, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	int channels = translate_channels(builder, input);
	if (splitting->axis == translate_channel_axis(input->form)) {
		draft.rearrangement.kind = REARRANGE_SLICE;
		draft.rearrangement.number = (int)part->start;
		channels = (int)(part->end - part->start);
	} else {
		bool rows = splitting->axis == translate_row_axis(input->form);
		pieces_draft_cut(builder, input, rows ? part : &graph_cut_whole,
		                 rows ? &graph_cut_whole : part, &draft);
	}
	return translate_add_output(builder, node, output, &draft, input->tensor, channels,
	                            input->form, error);
}

rv_status graph_translate_split(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	struct splitting splitting = {.axis = 0};
	struct cut part = {0, 0, 1};
	const struct value *first;
	rv_status status = translate_input_along(builder, node, &first, &splitting.axis, error);
	bool rows_or_columns = status == RV_OK && first->form != VALUE_VECTOR &&
	                       splitting.axis != translate_channel_axis(first->form) &&
	                       splitting.axis > 0;
	if (status == RV_OK && !rows_or_columns)
		status = check_channel_axis(builder, node, first, splitting.axis, error);
	if (status == RV_OK)
		status = read_splitting(builder, node, first, &splitting, error);
	if (status != RV_OK)
		return status;
	struct value input = *first;
	for (int i = 0; i < node->output_count; i++) {
		int64_t size = part_size(&splitting, i);
		if (size < 1 || size > splitting.whole - part.start)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its parts do not make up %lld %s",
			                      (long long)splitting.whole,
			                      rows_or_columns ? "pixels" : "channels");
		part.end = part.start + size;
		status = add_part(builder, node, i, &input, &splitting, &part, error);
		if (status != RV_OK)
			return status;
		part.start = part.end;
	}
	return RV_OK;
}
