/* What takes a part of a tensor: Slice, Gather and Split. */
#include <stdlib.h>
#include <string.h>

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
	rv_status status = translate_normalise_axis(node, &axis, vector ? 2 : 4, error);
	if (status != RV_OK)
		return status;
	if ((!image && !vector) || axis != translate_channel_axis(input->form) ||
	    (vector && !translate_is_single_pixel(builder, input->tensor)))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "only channels can be cut");
	return RV_OK;
}

static rv_status add_run(struct builder *builder, const struct onnx_node *node, int output,
                         const struct value *input, int first, int count, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	draft.rearrangement.kind = REARRANGE_SLICE;
	draft.rearrangement.number = first;
	return translate_add_output(builder, node, output, &draft, input->tensor, count,
	                            input->form, error);
}

/* Channels anywhere in the input, in any order: a convolution of one pixel whose weights are 1
 * where an output is that input, and 0 elsewhere. */
static rv_status add_choice(struct builder *builder, const struct onnx_node *node,
                            const struct value *input, const int64_t *chosen, int count,
                            rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_CONVOLUTION);
	int tensor = input->tensor, channels = builder->graph->tensors[tensor].channels;
	float *weights = NULL;
	draft.parts = graph_allocate(builder->graph, 1, sizeof(*draft.parts));
	if (draft.parts)
		weights = graph_allocate(builder->graph, (size_t)count * (size_t)channels,
		                         sizeof(*weights));
	if (!weights)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	for (int i = 0; i < count; i++)
		weights[(size_t)i * (size_t)channels + (size_t)chosen[i]] = 1;
	draft.parts[0] = (struct convolution_part){
		.channels = count, .weights = weights, .clamp = draft.clamp};
	return translate_add_node(builder, node, &draft, &tensor, 1, count, input->form, error);
}

/* chosen[count] are channels of input. */
static rv_status add_channels(struct builder *builder, const struct onnx_node *node,
                              const struct value *input, const int64_t *chosen, int count,
                              rv_error *error)
{
	int following = 1;
	while (following < count && chosen[following] == chosen[0] + following)
		following++;
	return following == count ? add_run(builder, node, 0, input, (int)chosen[0], count, error)
	                          : add_choice(builder, node, input, chosen, count, error);
}

/* ---- Slice ---- */

/* A place that the file's own size reaches means that end of a picture of any size. */
static struct cut free_of_size(struct cut cut, int side)
{
	if (side && cut.step > 0 && cut.end >= side)
		cut.end = INT64_MAX;
	if (side && cut.step < 0 && cut.start >= side - 1)
		cut.start = INT64_MAX;
	if (side && cut.step < 0 && cut.end < -side)
		cut.end = INT64_MIN;
	return cut;
}

static bool takes_all(const struct cut *cut, int64_t count)
{
	struct cut clipped = *cut;
	return cut->step == 1 && graph_cut_clip(&clipped, count) == count;
}

static bool is_whole(const struct cut *cut)
{
	return cut->step == 1 && cut->start == 0 && cut->end == INT64_MAX;
}

/* Rows and columns of a picture of any size. */
static rv_status cut_sides(struct builder *builder, const struct onnx_node *node,
                           const struct cut *rows, const struct cut *columns, struct value *value,
                           rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_RESAMPLE);
	struct extent nominal = builder->nominal[value->tensor];
	int tensor = value->tensor;
	draft.resampling = (struct resampling){.kind = RESAMPLE_CUT,
	                                       .cut_y = free_of_size(*rows, nominal.height),
	                                       .cut_x = free_of_size(*columns, nominal.width)};
	if (is_whole(&draft.resampling.cut_y) && is_whole(&draft.resampling.cut_x))
		return RV_OK;
	draft.window.stride_y = (int)llabs(rows->step);
	draft.window.stride_x = (int)llabs(columns->step);
	rv_status status =
		translate_add_node(builder, node, &draft, &tensor, 1,
	                           builder->graph->tensors[tensor].channels, value->form, error);
	value->tensor = builder->graph->tensor_count - 1;
	return status;
}

static rv_status cut_channels(struct builder *builder, const struct onnx_node *node, struct cut cut,
                              struct value *value, rv_error *error)
{
	int channels = builder->graph->tensors[value->tensor].channels;
	if (takes_all(&cut, channels))
		return RV_OK;
	int64_t count = graph_cut_clip(&cut, channels);
	if (count < 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it takes no channel");
	int64_t *chosen = calloc((size_t)count, sizeof(*chosen));
	if (!chosen)
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	for (int64_t i = 0; i < count; i++)
		chosen[i] = cut.start + i * cut.step;
	rv_status status = add_channels(builder, node, value, chosen, (int)count, error);
	free(chosen);
	value->tensor = builder->graph->tensor_count - 1;
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
	const struct cut *cuts = slicing.cuts, *rows = &cuts[channel_axis == 1 ? 2 : 1];
	status = slicing_read(builder, node, vector ? 2 : 4, &slicing, error);
	if (status == RV_OK && !takes_all(&cuts[0], 1))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it leaves the picture out");
	if (status == RV_OK)
		status = check_channel_axis(builder, node, &value, channel_axis, error);
	if (status == RV_OK)
		status = cut_channels(builder, node, cuts[channel_axis], &value, error);
	if (status == RV_OK && !vector)
		status = cut_sides(builder, node, rows, rows + 1, &value, error);
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
		return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
	memcpy(chosen, list->integers, list->count * sizeof(*chosen));
	status = check_chosen(node, chosen, list->count,
	                      builder->graph->tensors[input.tensor].channels, error);
	if (status == RV_OK)
		status = add_channels(builder, node, &input, chosen, (int)list->count, error);
	free(chosen);
	if (status == RV_OK && list->rank == 0)
		translate_set_output(builder, node,
		                     (struct value){.form = VALUE_PLANE,
		                                    .tensor = builder->graph->tensor_count - 1});
	return status;
}

/* ---- Split ---- */

/* How many channels each output gets: what the node says, or equal parts, the last of them smaller
 * where they do not come out even. */
static int64_t part_size(const int64_t *sizes, int channels, int outputs, int index)
{
	int64_t size = (channels + outputs - 1) / outputs;
	if (sizes)
		return sizes[index];
	return index == outputs - 1 ? channels - size * (outputs - 1) : size;
}

rv_status graph_translate_split(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct value *first;
	const int64_t *sizes = NULL;
	size_t count = 0;
	int64_t axis = 0, start = 0;
	rv_status status = translate_input_tensor(builder, node, 0, &first, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "axis", &axis, error);
	if (status == RV_OK)
		status = check_channel_axis(builder, node, first, axis, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 1, "split", &sizes, &count, error);
	if (status != RV_OK)
		return status;
	struct value input = *first;
	int channels = builder->graph->tensors[input.tensor].channels;
	if (sizes && count != (size_t)node->output_count)
		return onnx_node_fail(node, error, RV_CORRUPT, "%zu sizes for %d outputs", count,
		                      node->output_count);
	for (int i = 0; i < node->output_count; i++) {
		int64_t size = part_size(sizes, channels, node->output_count, i);
		if (size < 1 || size > channels - start)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "its parts do not make up %d channels", channels);
		status = add_run(builder, node, i, &input, (int)start, (int)size, error);
		if (status != RV_OK)
			return status;
		start += size;
	}
	return RV_OK;
}
