#include "engine/graph/slicing.h"

/* The first of an optional list that must have one entry. */
static rv_status read_single(const struct builder *builder, const struct onnx_node *node, int index,
                             const char *name, int64_t *value, rv_error *error)
{
	const int64_t *values = NULL;
	size_t count = 0;
	rv_status status = translate_input_list(builder, node, index, name, &values, &count, error);
	if (status != RV_OK || !values)
		return status;
	if (count != 1)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "%s has %zu entries instead of one", name, count);
	*value = values[0];
	return RV_OK;
}

rv_status slicing_read(const struct builder *builder, const struct onnx_node *node, int rank,
                       struct slicing *slicing, rv_error *error)
{
	*slicing = (struct slicing){.step = 1};
	rv_status status = read_single(builder, node, 1, "starts", &slicing->start, error);
	if (status == RV_OK)
		status = read_single(builder, node, 2, "ends", &slicing->end, error);
	if (status == RV_OK)
		status = read_single(builder, node, 3, "axes", &slicing->axis, error);
	if (status == RV_OK)
		status = read_single(builder, node, 4, "steps", &slicing->step, error);
	if (status == RV_OK)
		status = translate_normalise_axis(node, &slicing->axis, rank, error);
	if (status == RV_OK &&
	    (slicing->step == 0 || slicing->step > LIST_MAX || slicing->step < -LIST_MAX))
		return onnx_node_fail(node, error, RV_UNSUPPORTED, "steps of %lld cannot be run",
		                      (long long)slicing->step);
	return status;
}

static int64_t clip_index(int64_t index, int64_t count, int64_t least, int64_t most)
{
	if (index < 0)
		index += count;
	return index < least ? least : index > most ? most : index;
}

int64_t slicing_clip(struct slicing *slicing, int64_t count)
{
	bool forward = slicing->step > 0;
	int64_t least = forward ? 0 : -1, most = forward ? count : count - 1;
	slicing->start = clip_index(slicing->start, count, forward ? 0 : least, most);
	slicing->end = clip_index(slicing->end, count, least, most);
	int64_t span = forward ? slicing->end - slicing->start : slicing->start - slicing->end;
	int64_t step = forward ? slicing->step : -slicing->step;
	return span > 0 ? (span + step - 1) / step : 0;
}
