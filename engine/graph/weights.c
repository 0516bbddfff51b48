/* What files calculate with weights before they are used: norms of them, products of matrices. */
#include <math.h>

#include "engine/graph/constant.h"
#include "engine/graph/translators.h"

/* What makes little of much could be asked for again and again: all such work is bounded by the
 * file's length. */
static rv_status spend(struct builder *builder, const struct onnx_node *node, double work,
                       rv_error *error)
{
	builder->work += work;
	if (builder->work <= 256.0 * (double)builder->model->file_size + (1 << 24))
		return RV_OK;
	return onnx_node_fail(node, error, RV_UNSUPPORTED,
	                      "the file calculates more with its weights than can be run");
}

/* ---- reductions ---- */

enum reduced { REDUCED_L2, REDUCED_SUM, REDUCED_MEAN };

/* Over which axes of a constant a node reduces: all, where it names none. */
static rv_status read_reduced_axes(const struct builder *builder, const struct onnx_node *node,
                                   const struct onnx_tensor *source, bool over[ONNX_RANK_MAX],
                                   bool *keeps, rv_error *error)
{
	const int64_t *axes = NULL;
	size_t count = 0;
	int64_t keeps_axes = 1;
	rv_status status = translate_input_list(builder, node, 1, "axes", &axes, &count, error);
	if (status == RV_OK)
		status = onnx_get_int(node, "keepdims", &keeps_axes, error);
	*keeps = keeps_axes != 0;
	if (status == RV_OK && count > (size_t)source->rank)
		return onnx_node_fail(node, error, RV_CORRUPT, "%zu axes of %d dimensions", count,
		                      source->rank);
	for (int i = 0; i < ONNX_RANK_MAX; i++)
		over[i] = !axes;
	for (size_t i = 0; status == RV_OK && i < count; i++) {
		int64_t axis = axes[i];
		status = translate_normalise_axis(node, &axis, source->rank, error);
		if (status == RV_OK)
			over[axis] = true;
	}
	return status;
}

/* Where value number i of source is added, in what is left of it. */
static size_t reduced_place(const struct onnx_tensor *source, const bool over[ONNX_RANK_MAX],
                            size_t i)
{
	size_t place = 0, step = 1;
	for (int axis = source->rank - 1; axis >= 0; axis--) {
		size_t size = (size_t)source->dims[axis];
		if (!over[axis]) {
			place += i % size * step;
			step *= size;
		}
		i /= size;
	}
	return place;
}

static void fill_reduced(const struct onnx_tensor *source, const bool over[ONNX_RANK_MAX],
                         enum reduced kind, float *floats, size_t count)
{
	float share = (float)source->count / (float)count;
	for (size_t i = 0; i < source->count; i++) {
		float value = source->floats[i];
		floats[reduced_place(source, over, i)] +=
			kind == REDUCED_L2 ? value * value : value;
	}
	for (size_t i = 0; i < count; i++) {
		if (kind == REDUCED_L2)
			floats[i] = sqrtf(floats[i]);
		else if (kind == REDUCED_MEAN)
			floats[i] /= share;
	}
}

static rv_status fold_reduction(struct builder *builder, const struct onnx_node *node,
                                enum reduced kind, rv_error *error)
{
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	bool over[ONNX_RANK_MAX], keeps;
	int64_t dims[ONNX_RANK_MAX];
	float *floats;
	int rank = 0;
	rv_status status = translate_input_floats(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = read_reduced_axes(builder, node, source, over, &keeps, error);
	if (status == RV_OK)
		status = spend(builder, node, (double)source->count, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < source->rank; i++)
		if (!over[i] || keeps)
			dims[rank++] = over[i] ? 1 : source->dims[i];
	status = constant_make(builder, rank, dims, &floats, NULL, &made, error);
	if (status != RV_OK)
		return status;
	fill_reduced(source, over, kind, floats, made->count);
	translate_set_constant(builder, node, made);
	return RV_OK;
}

rv_status graph_fold_reduce_l2(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	return fold_reduction(builder, node, REDUCED_L2, error);
}

rv_status graph_fold_reduce_sum(struct builder *builder, const struct onnx_node *node,
                                rv_error *error)
{
	return fold_reduction(builder, node, REDUCED_SUM, error);
}

rv_status graph_fold_reduce_mean(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	return fold_reduction(builder, node, REDUCED_MEAN, error);
}

/* ---- products ---- */

/* A matrix, or a vector that stands or lies. */
static bool read_matrix(const struct onnx_tensor *tensor, bool lies, size_t sides[2])
{
	if (tensor->rank < 1 || tensor->rank > 2)
		return false;
	sides[0] = tensor->rank == 2 ? (size_t)tensor->dims[0] : lies ? 1 : tensor->count;
	sides[1] = tensor->rank == 2 ? (size_t)tensor->dims[1] : lies ? tensor->count : 1;
	return true;
}

rv_status graph_fold_matmul(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *a, *b;
	struct onnx_tensor *made;
	size_t first[2], second[2];
	float *floats;
	int rank = 0;
	int64_t dims[2];
	rv_status status = translate_input_floats(builder, node, 0, &a, error);
	if (status == RV_OK)
		status = translate_input_floats(builder, node, 1, &b, error);
	if (status != RV_OK)
		return status;
	if (!read_matrix(a, true, first) || !read_matrix(b, false, second) || first[1] != second[0])
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its constants are no matrices that can be multiplied");
	if (a->rank == 2)
		dims[rank++] = a->dims[0];
	if (b->rank == 2)
		dims[rank++] = b->dims[1];
	/* Matrices without any values may have sides of any length, which loops go along. */
	double rounds = 1 + (double)first[1] * (1 + (double)second[1]);
	status = spend(builder, node, (double)first[0] * rounds, error);
	if (status == RV_OK)
		status = constant_make(builder, rank, dims, &floats, NULL, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < first[0]; i++)
		for (size_t k = 0; k < first[1]; k++)
			for (size_t j = 0; j < second[1]; j++)
				floats[i * second[1] + j] +=
					a->floats[i * first[1] + k] * b->floats[k * second[1] + j];
	translate_set_constant(builder, node, made);
	return RV_OK;
}
