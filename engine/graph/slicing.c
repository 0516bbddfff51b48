#include "engine/graph/slicing.h"

#include "engine/graph/length.h"

/* starts, ends, axes and steps: inputs 1 to 4, or attributes of older operator sets. */
enum { STARTS, ENDS, AXES, STEPS, LISTS };

struct slicing_lists {
	const int64_t *values[LISTS]; /* NULL: not there */
	size_t count;                 /* of each that is */
};

static rv_status read_lists(const struct builder *builder, const struct onnx_node *node,
                            struct slicing_lists *lists, rv_error *error)
{
	static const char *const names[LISTS] = {"starts", "ends", "axes", "steps"};
	*lists = (struct slicing_lists){{NULL}, 0};
	for (int i = 0; i < LISTS; i++) {
		size_t count = 0;
		rv_status status = translate_input_list(builder, node, i + 1, names[i],
		                                        &lists->values[i], &count, error);
		if (status != RV_OK)
			return status;
		if (i == STARTS)
			lists->count = count;
		if (lists->values[i] && count != lists->count)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "%s has %zu entries, starts %zu", names[i], count,
			                      lists->count);
	}
	if (lists->values[STARTS] && lists->values[ENDS])
		return RV_OK;
	return onnx_node_fail(node, error, RV_CORRUPT, "it does not say what it takes");
}

bool slicing_is_measured(const struct builder *builder, const struct cut *cut)
{
	return length_is(builder, cut->start) || length_is(builder, cut->end);
}

rv_status slicing_read(const struct builder *builder, const struct onnx_node *node, int rank,
                       struct slicing *slicing, rv_error *error)
{
	struct slicing_lists lists;
	rv_status status = read_lists(builder, node, &lists, error);
	for (int i = 0; i < ONNX_RANK_MAX; i++)
		slicing->cuts[i] = graph_cut_whole;
	for (size_t i = 0; status == RV_OK && i < lists.count; i++) {
		int64_t axis = lists.values[AXES] ? lists.values[AXES][i] : (int64_t)i;
		int64_t step = lists.values[STEPS] ? lists.values[STEPS][i] : 1;
		status = translate_normalise_axis(node, &axis, rank, error);
		if (status != RV_OK)
			return status;
		if (step == 0 || step > LIST_MAX || step < -LIST_MAX)
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "steps of %lld cannot be run", (long long)step);
		struct cut cut = {lists.values[STARTS][i], lists.values[ENDS][i], step};
		/* Backwards the same number is what files write for the very beginning. */
		if (cut.start == DIM_UNKNOWN || (cut.end == DIM_UNKNOWN && step > 0))
			return onnx_node_fail(node, error, RV_UNSUPPORTED,
			                      "what it takes depends on the picture's size");
		slicing->cuts[axis] = cut;
	}
	return status;
}
