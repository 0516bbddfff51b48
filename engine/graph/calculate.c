/* Arithmetic on constants: with weights, and with the sizes that a Reshape is told. */
#include <math.h>

#include "engine/graph/constant.h"
#include "engine/graph/length.h"
#include "engine/graph/translators.h"

enum calculation { PLUS, MINUS, TIMES, OVER };

static float calculate_float(enum calculation kind, float a, float b)
{
	switch (kind) {
	case PLUS:
		return a + b;
	case MINUS:
		return a - b;
	case TIMES:
		return a * b;
	default:
		return a / b;
	}
}

static int64_t calculate_length(struct builder *builder, enum calculation kind, int64_t a,
                                int64_t b)
{
	static const enum graph_length_kind kinds[] = {LENGTH_SUM, LENGTH_DIFFERENCE,
	                                               LENGTH_PRODUCT};
	return kind == OVER ? length_divide(builder, a, b)
	                    : length_combine(builder, kinds[kind], a, b);
}

/* Wraps around instead of overflowing; b is not 0 where it divides. */
static int64_t calculate_integer(struct builder *builder, enum calculation kind, int64_t a,
                                 int64_t b)
{
	if (length_is_open(builder, a) || length_is_open(builder, b))
		return calculate_length(builder, kind, a, b);
	switch (kind) {
	case PLUS:
		return (int64_t)((uint64_t)a + (uint64_t)b);
	case MINUS:
		return (int64_t)((uint64_t)a - (uint64_t)b);
	case TIMES:
		return (int64_t)((uint64_t)a * (uint64_t)b);
	default:
		return a / b;
	}
}

static int64_t dim_from_end(const struct onnx_tensor *tensor, int from_end)
{
	return from_end <= tensor->rank ? tensor->dims[tensor->rank - from_end] : 1;
}

/* The dimensions of a and b broadcast against each other. False where the result would be larger
 * than either: repeated broadcasting could make a small file ask for any amount of memory. */
static bool broadcast_dims(const struct onnx_tensor *a, const struct onnx_tensor *b, int *rank,
                           int64_t *dims)
{
	size_t larger = a->count > b->count ? a->count : b->count;
	size_t count = 1;
	*rank = a->rank > b->rank ? a->rank : b->rank;
	for (int i = 1; i <= *rank; i++) {
		int64_t dim_a = dim_from_end(a, i), dim_b = dim_from_end(b, i);
		int64_t dim = dim_a == 1 ? dim_b : dim_a;
		if ((dim_b != 1 && dim_b != dim) || dim < 1 || count > larger / (size_t)dim)
			return false;
		count *= (size_t)dim;
		dims[*rank - i] = dim;
	}
	return true;
}

/* The index in from of the value that broadcasting puts at index i of to. */
static size_t broadcast_index(const struct onnx_tensor *from, const struct onnx_tensor *to,
                              size_t i)
{
	size_t index = 0, step = 1;
	for (int axis = 1; axis <= to->rank; axis++) {
		size_t size = (size_t)dim_from_end(to, axis);
		size_t own = (size_t)dim_from_end(from, axis);
		if (own != 1)
			index += i % size * step;
		step *= own;
		i /= size;
	}
	return index;
}

static rv_status fill_floats(struct builder *builder, const struct onnx_node *node,
                             enum calculation kind, int rank, const int64_t *dims, rv_error *error)
{
	const struct onnx_tensor *a, *b;
	struct onnx_tensor *made;
	float *floats;
	rv_status status = translate_input_floats(builder, node, 0, &a, error);
	if (status == RV_OK)
		status = translate_input_floats(builder, node, 1, &b, error);
	if (status == RV_OK)
		status = constant_make(builder, rank, dims, &floats, NULL, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < made->count; i++)
		floats[i] = calculate_float(kind, a->floats[broadcast_index(a, made, i)],
		                            b->floats[broadcast_index(b, made, i)]);
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* Integers, or beside lengths also real numbers. */
static rv_status input_whole(const struct builder *builder, const struct onnx_node *node, int index,
                             const struct onnx_tensor **tensor, rv_error *error)
{
	rv_status status = constant_input_any(builder, node, index, tensor, error);
	const struct value *other = &builder->values[node->inputs[1 - index]];
	if (status == RV_OK && (*tensor)->floats && length_is_among(builder, other->constant))
		return RV_OK;
	return status != RV_OK ? status
	                       : translate_input_integers(builder, node, index, tensor, error);
}

static int64_t whole_at(struct builder *builder, const struct onnx_tensor *tensor, size_t i)
{
	return tensor->floats ? length_of_real(builder, (double)tensor->floats[i])
	                      : tensor->integers[i];
}

static rv_status fill_integers(struct builder *builder, const struct onnx_node *node,
                               enum calculation kind, int rank, const int64_t *dims,
                               rv_error *error)
{
	const struct onnx_tensor *a, *b;
	struct onnx_tensor *made;
	int64_t *integers;
	rv_status status = input_whole(builder, node, 0, &a, error);
	if (status == RV_OK)
		status = input_whole(builder, node, 1, &b, error);
	if (status == RV_OK)
		status = constant_make(builder, rank, dims, NULL, &integers, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < made->count; i++) {
		int64_t divisor = whole_at(builder, b, broadcast_index(b, made, i));
		if (kind == OVER && divisor == 0)
			return onnx_node_fail(node, error, RV_CORRUPT, "it divides by zero");
		integers[i] = calculate_integer(
			builder, kind, whole_at(builder, a, broadcast_index(a, made, i)), divisor);
	}
	translate_set_constant(builder, node, made);
	return RV_OK;
}

static rv_status fold_pair(struct builder *builder, const struct onnx_node *node,
                           enum calculation kind, rv_error *error)
{
	const struct value *a, *b;
	int64_t dims[ONNX_RANK_MAX];
	int rank;
	rv_status status = translate_input_value(builder, node, 0, &a, error);
	if (status == RV_OK)
		status = translate_input_value(builder, node, 1, &b, error);
	if (status != RV_OK)
		return status;
	if (!broadcast_dims(a->constant, b->constant, &rank, dims))
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "the dimensions of its constants cannot be brought together");
	bool whole = a->constant->integers || length_is_among(builder, b->constant);
	return whole ? fill_integers(builder, node, kind, rank, dims, error)
	             : fill_floats(builder, node, kind, rank, dims, error);
}

rv_status graph_fold_add(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	return fold_pair(builder, node, PLUS, error);
}

rv_status graph_fold_subtract(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	return fold_pair(builder, node, MINUS, error);
}

rv_status graph_fold_multiply(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	return fold_pair(builder, node, TIMES, error);
}

rv_status graph_fold_divide(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	return fold_pair(builder, node, OVER, error);
}

static float negate(float value)
{
	return -value;
}

static rv_status fold_each(struct builder *builder, const struct onnx_node *node,
                           float (*function)(float), rv_error *error)
{
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	float *floats;
	rv_status status = translate_input_floats(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = constant_make(builder, source->rank, source->dims, &floats, NULL, &made,
		                       error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < source->count; i++)
		floats[i] = function(source->floats[i]);
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* Of real numbers, or of lengths. */
static rv_status fold_rounding(struct builder *builder, const struct onnx_node *node,
                               float (*function)(float), enum graph_length_kind kind,
                               rv_error *error)
{
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	int64_t *integers;
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status == RV_OK && !length_is_among(builder, source))
		return fold_each(builder, node, function, error);
	if (status == RV_OK)
		status = constant_make(builder, source->rank, source->dims, NULL, &integers, &made,
		                       error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < source->count; i++)
		integers[i] =
			length_combine(builder, kind, source->integers[i], source->integers[i]);
	translate_set_constant(builder, node, made);
	return RV_OK;
}

rv_status graph_fold_floor(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	return fold_rounding(builder, node, floorf, LENGTH_FLOOR, error);
}

rv_status graph_fold_ceil(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	return fold_rounding(builder, node, ceilf, LENGTH_CEILING, error);
}

rv_status graph_fold_square_root(struct builder *builder, const struct onnx_node *node,
                                 rv_error *error)
{
	return fold_each(builder, node, sqrtf, error);
}

rv_status graph_fold_negate(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	return fold_each(builder, node, negate, error);
}
