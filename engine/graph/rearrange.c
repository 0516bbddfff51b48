/* Shuffles of channels, and channels that become pixels or the other way round. */
#include <string.h>

#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

/* An image of what a tensor holds, in another order. */
static rv_status add_image(struct builder *builder, const struct onnx_node *node, int tensor,
                           struct rearrangement how, int channels, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	draft.rearrangement = how;
	return translate_add_node(builder, node, &draft, &tensor, 1, channels, VALUE_IMAGE, error);
}

/* ---- shuffles ---- */

rv_status graph_add_shuffle(struct builder *builder, const struct onnx_node *node,
                            const struct value *input, rv_error *error)
{
	return add_image(builder, node, input->tensor,
	                 (struct rearrangement){REARRANGE_SHUFFLE, input->groups},
	                 translate_channels(builder, input), error);
}

/* ---- rows ---- */

rv_status graph_add_rows(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, int groups, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	struct value rows = {.form = VALUE_ROWS,
	                     .tensor = input->tensor,
	                     .groups = translate_channels(builder, input) / groups};
	draft.rearrangement.kind = REARRANGE_WIDEN;
	draft.rearrangement.number = rows.groups;
	return pieces_add(builder, node, &draft, groups, &rows, error);
}

rv_status graph_add_image_of_rows(struct builder *builder, const struct onnx_node *node,
                                  const struct value *input, rv_error *error)
{
	int channels = translate_channels(builder, input) * input->groups;
	return add_image(builder, node, input->tensor,
	                 (struct rearrangement){REARRANGE_NARROW, input->groups}, channels, error);
}

/* ---- depth and space ---- */

rv_status graph_add_image_of_blocks(struct builder *builder, const struct onnx_node *node,
                                    const struct value *input, rv_error *error)
{
	int channels = translate_channels(builder, input);
	return add_image(builder, node, input->tensor,
	                 (struct rearrangement){REARRANGE_TO_SPACE_CRD, input->groups},
	                 channels / (input->groups * input->groups), error);
}

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
	struct rearrangement how = {by_columns ? REARRANGE_TO_SPACE_CRD : REARRANGE_TO_SPACE,
	                            block};
	return add_image(builder, node, input, how, channels / (block * block), error);
}

rv_status graph_translate_space_to_depth(struct builder *builder, const struct onnx_node *node,
                                         rv_error *error)
{
	bool by_columns;
	int input, block;
	rv_status status = read_block(builder, node, &input, &block, &by_columns, error);
	if (status != RV_OK)
		return status;
	int64_t channels = builder->graph->tensors[input].channels;
	if (channels * block * block > CHANNELS_MAX)
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "it makes too many channels");
	return add_image(builder, node, input, (struct rearrangement){REARRANGE_TO_DEPTH, block},
	                 (int)channels * block * block, error);
}
