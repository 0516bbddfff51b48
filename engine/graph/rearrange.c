/* Slices and shuffles of channels, and channels that become pixels or the other way round. */
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

static bool is_picture_axis(const struct value *input, int64_t axis)
{
	return (input->form == VALUE_IMAGE || input->form == VALUE_IMAGE_LAST) && axis > 0 &&
	       axis != translate_channel_axis(input->form);
}

/* Rows or columns of a picture of any size. An end that the file's own size reaches means all. */
static rv_status add_cut(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, const struct slicing *slicing, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_RESAMPLE);
	struct extent nominal = builder->nominal[input->tensor];
	bool rows = slicing->axis == (input->form == VALUE_IMAGE ? 2 : 1);
	int side = rows ? nominal.height : nominal.width, tensor = input->tensor;
	int64_t most = side ? side : EXTENT_MAX;
	bool to_the_end = slicing->end >= most;
	struct cut cut = {(int)slicing->start, to_the_end ? 0 : (int)slicing->end,
	                  (int)slicing->step};
	if (slicing->step < 1 || slicing->start > EXTENT_MAX || slicing->start < -EXTENT_MAX ||
	    slicing->end < -EXTENT_MAX || (!to_the_end && slicing->end == 0))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only rows and columns in their order can be cut out");
	draft.resampling =
		(struct resampling){.kind = RESAMPLE_CUT, .cut_y = {0, 0, 1}, .cut_x = {0, 0, 1}};
	*(rows ? &draft.resampling.cut_y : &draft.resampling.cut_x) = cut;
	*(rows ? &draft.window.stride_y : &draft.window.stride_x) = cut.step;
	return translate_add_node(builder, node, &draft, &tensor, 1,
	                          builder->graph->tensors[tensor].channels, input->form, error);
}

rv_status graph_translate_slice(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	const struct value *input;
	struct slicing slicing;
	rv_status status = translate_input_tensor(builder, node, 0, &input, error);
	if (status == RV_OK)
		status = slicing_read(builder, node, input->form == VALUE_VECTOR ? 2 : 4, &slicing,
		                      error);
	if (status == RV_OK && is_picture_axis(input, slicing.axis))
		return add_cut(builder, node, input, &slicing, error);
	if (status == RV_OK)
		status = check_channel_axis(builder, node, input, slicing.axis, error);
	if (status != RV_OK)
		return status;
	int64_t count = slicing_clip(&slicing, builder->graph->tensors[input->tensor].channels);
	if (slicing.step != 1 || count < 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only runs of one channel or more can be cut out");
	return add_run(builder, node, 0, input, (int)slicing.start, (int)count, error);
}

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

/* ---- shuffles ---- */

rv_status graph_add_shuffle(struct builder *builder, const struct onnx_node *node,
                            const struct value *input, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	draft.rearrangement.kind = REARRANGE_SHUFFLE;
	draft.rearrangement.number = input->groups;
	return translate_add_node(builder, node, &draft, &input->tensor, 1,
	                          builder->graph->tensors[input->tensor].channels, VALUE_IMAGE,
	                          error);
}

/* ---- depth and space ---- */

/* The image that is the input of both operators, and the side of the blocks. */
static rv_status read_block(const struct builder *builder, const struct onnx_node *node, int *input,
                            int *block, bool *by_columns, rv_error *error)
{
	const char *mode = "DCR";
	int64_t size = 0;
	rv_status status = translate_input_image(builder, node, 0, input, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "blocksize", &size, error);
	if (status == RV_OK)
		status = onnx_get_text(node, "mode", &mode, error);
	if (status != RV_OK)
		return status;
	*by_columns = !strcmp(mode, "CRD");
	if (!*by_columns && strcmp(mode, "DCR") != 0)
		return onnx_node_fail(node, error, RV_CORRUPT, "mode is \"%.40s\"", mode);
	if (size < 1 || size > WINDOW_MAX)
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "blocksize of %lld; 1 to %d make sense", (long long)size,
		                      WINDOW_MAX);
	*block = (int)size;
	return RV_OK;
}

rv_status graph_translate_depth_to_space(struct builder *builder, const struct onnx_node *node,
                                         rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	bool by_columns;
	int input, block;
	rv_status status = read_block(builder, node, &input, &block, &by_columns, error);
	if (status != RV_OK)
		return status;
	int channels = builder->graph->tensors[input].channels;
	if (channels % (block * block))
		return onnx_node_fail(node, error, RV_CORRUPT,
		                      "%d channels do not fill blocks of %d x %d", channels, block,
		                      block);
	draft.rearrangement.kind = by_columns ? REARRANGE_TO_SPACE_CRD : REARRANGE_TO_SPACE;
	draft.rearrangement.number = block;
	return translate_add_node(builder, node, &draft, &input, 1, channels / (block * block),
	                          VALUE_IMAGE, error);
}

rv_status graph_translate_space_to_depth(struct builder *builder, const struct onnx_node *node,
                                         rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	bool by_columns;
	int input, block;
	rv_status status = read_block(builder, node, &input, &block, &by_columns, error);
	if (status != RV_OK)
		return status;
	int64_t channels = builder->graph->tensors[input].channels;
	if (channels * block * block > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it makes too many channels");
	draft.rearrangement.kind = REARRANGE_TO_DEPTH;
	draft.rearrangement.number = block;
	return translate_add_node(builder, node, &draft, &input, 1, (int)channels * block * block,
	                          VALUE_IMAGE, error);
}
