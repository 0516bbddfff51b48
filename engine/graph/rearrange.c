/* Shuffles of channels, and channels that become pixels or the other way round. */
#include <string.h>

#include "engine/graph/pieces.h"
#include "engine/graph/translators.h"

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

/* ---- rows ---- */

rv_status graph_add_rows(struct builder *builder, const struct onnx_node *node,
                         const struct value *input, int groups, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	struct value rows = {.form = VALUE_ROWS,
	                     .tensor = input->tensor,
	                     .groups = builder->graph->tensors[input->tensor].channels / groups};
	draft.rearrangement.kind = REARRANGE_WIDEN;
	draft.rearrangement.number = rows.groups;
	return pieces_add(builder, node, &draft, groups, &rows, error);
}

rv_status graph_add_image_of_rows(struct builder *builder, const struct onnx_node *node,
                                  const struct value *input, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	int channels = builder->graph->tensors[input->tensor].channels * input->groups;
	draft.rearrangement.kind = REARRANGE_NARROW;
	draft.rearrangement.number = input->groups;
	return translate_add_node(builder, node, &draft, &input->tensor, 1, channels, VALUE_IMAGE,
	                          error);
}

/* ---- depth and space ---- */

rv_status graph_add_image_of_blocks(struct builder *builder, const struct onnx_node *node,
                                    const struct value *input, rv_error *error)
{
	struct graph_node draft = translate_draft(OPERATOR_REARRANGE);
	int channels = builder->graph->tensors[input->tensor].channels;
	draft.rearrangement.kind = REARRANGE_TO_SPACE_CRD;
	draft.rearrangement.number = input->groups;
	return translate_add_node(builder, node, &draft, &input->tensor, 1,
	                          channels / (input->groups * input->groups), VALUE_IMAGE, error);
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
