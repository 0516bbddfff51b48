/* What chooses by a constant: Equal, Where and If. */
#include "engine/graph/constant.h"
#include "engine/graph/length.h"
#include "engine/graph/translators.h"

/* The value at place i of a list, or the only one. */
static int64_t value_at(const struct onnx_tensor *tensor, size_t i)
{
	return tensor->integers[tensor->count == 1 ? 0 : i];
}

/* 1 or 0. A side that grows with the picture's is no number in particular. */
static int64_t are_equal(const struct builder *builder, int64_t a, int64_t b)
{
	double number;
	if (!length_is_open(builder, a) && !length_is_open(builder, b))
		return a == b;
	if (length_is_fixed(builder, a, &number) && length_grows(builder, b))
		return 0;
	return length_is_fixed(builder, b, &number) && length_grows(builder, a) ? 0 : DIM_UNKNOWN;
}

/* Lists of one length, or single numbers beside them, and a list of that length to be filled. */
static rv_status read_lists(struct builder *builder, const struct onnx_node *node,
                            const struct onnx_tensor **lists, int count, int64_t **integers,
                            struct onnx_tensor **made, rv_error *error)
{
	int longest = 0;
	for (int i = 0; i < count; i++) {
		rv_status status = translate_input_integers(builder, node, i, &lists[i], error);
		if (status != RV_OK)
			return status;
		if (lists[i]->count > lists[longest]->count)
			longest = i;
	}
	for (int i = 0; i < count; i++)
		if (lists[i]->count != lists[longest]->count && lists[i]->count != 1)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "only lists of one length can be compared");
	return constant_make(builder, lists[longest]->rank, lists[longest]->dims, NULL, integers,
	                     made, error);
}

rv_status graph_fold_equal(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *lists[2];
	struct onnx_tensor *made;
	int64_t *integers;
	rv_status status = read_lists(builder, node, lists, 2, &integers, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < made->count; i++)
		integers[i] = are_equal(builder, value_at(lists[0], i), value_at(lists[1], i));
	translate_set_constant(builder, node, made);
	return RV_OK;
}

rv_status graph_fold_where(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *lists[3];
	struct onnx_tensor *made;
	int64_t *integers;
	rv_status status = read_lists(builder, node, lists, 3, &integers, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < made->count; i++) {
		int64_t condition = value_at(lists[0], i);
		integers[i] = length_is_open(builder, condition)
		                      ? DIM_UNKNOWN
		                      : value_at(lists[condition ? 1 : 2], i);
	}
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* The reader has put both branches among the other nodes, and what they make among the inputs. */
rv_status graph_translate_if(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *condition;
	const struct value *chosen;
	rv_status status = translate_input_integers(builder, node, 0, &condition, error);
	if (status != RV_OK)
		return status;
	if (node->input_count != 3 || condition->count != 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only a choice between two values can be run");
	if (length_is_open(builder, condition->integers[0]))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "which branch it takes depends on the picture's size");
	status = translate_input_value(builder, node, condition->integers[0] ? 1 : 2, &chosen,
	                               error);
	if (status == RV_OK)
		translate_set_output(builder, node, *chosen);
	return status;
}
