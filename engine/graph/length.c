#include "engine/graph/length.h"

#include <math.h>
#include <stdlib.h>

#include "engine/graph/measure.h"

/* Between the least integers, which files write for the beginning of a list, and all sizes. */
#define LENGTHS_BEGIN (INT64_MIN + ((int64_t)1 << 40))

enum { LENGTHS_MAX = 1 << 16 };

bool length_is(const struct builder *builder, int64_t value)
{
	return value >= LENGTHS_BEGIN && value < LENGTHS_BEGIN + builder->length_count;
}

bool length_is_open(const struct builder *builder, int64_t value)
{
	return value == DIM_UNKNOWN || length_is(builder, value);
}

bool length_is_among(const struct builder *builder, const struct onnx_tensor *list)
{
	if (!list->integers || list->count > LIST_MAX)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (length_is_open(builder, list->integers[i]))
			return true;
	return false;
}

static bool make_room(struct builder *builder)
{
	int room = builder->length_room ? builder->length_room * 2 : 64;
	struct graph_length *larger;
	if (builder->length_count < builder->length_room)
		return true;
	if (room > LENGTHS_MAX)
		return false;
	larger = realloc(builder->lengths, (size_t)room * sizeof(*larger));
	if (!larger)
		return false;
	builder->lengths = larger;
	builder->length_room = room;
	return true;
}

static int64_t add(struct builder *builder, struct graph_length length)
{
	if (!make_room(builder))
		return DIM_UNKNOWN;
	builder->lengths[builder->length_count] = length;
	return LENGTHS_BEGIN + builder->length_count++;
}

static const struct graph_length *find(const struct builder *builder, int64_t value)
{
	return &builder->lengths[value - LENGTHS_BEGIN];
}

static int64_t add_number(struct builder *builder, double number, bool real)
{
	return add(builder, (struct graph_length){.kind = LENGTH_NUMBER,
	                                          .number = number,
	                                          .nominal = number,
	                                          .real = real});
}

int64_t length_of_side(struct builder *builder, const struct value *value, bool height)
{
	int stride = builder->strides[value->tensor];
	struct extent nominal = builder->nominal[value->tensor];
	int side = height ? nominal.height : nominal.width;
	if (stride == 0)
		return 1;
	return add(builder, (struct graph_length){.kind = height ? LENGTH_HEIGHT : LENGTH_WIDTH,
	                                          .a = value->tensor,
	                                          .nominal = side ? side : (double)NAN,
	                                          .slope = 1.0 / stride});
}

/* How much it grows as the picture's side does. */
static double combine_slopes(enum graph_length_kind kind, const struct graph_length *a,
                             const struct graph_length *b)
{
	switch (kind) {
	case LENGTH_SUM:
		return a->slope + b->slope;
	case LENGTH_DIFFERENCE:
		return a->slope - b->slope;
	case LENGTH_PRODUCT:
		return a->kind == LENGTH_NUMBER   ? a->number * b->slope
		       : b->kind == LENGTH_NUMBER ? b->number * a->slope
		                                  : a->slope;
	case LENGTH_RATIO:
		return b->kind == LENGTH_NUMBER ? a->slope / b->number : 0;
	default:
		return a->slope;
	}
}

int length_number(struct builder *builder, int64_t value)
{
	int64_t made =
		length_is_open(builder, value) ? value : add_number(builder, (double)value, false);
	return made == DIM_UNKNOWN ? -1 : (int)(made - LENGTHS_BEGIN);
}

int64_t length_combine(struct builder *builder, enum graph_length_kind kind, int64_t a, int64_t b)
{
	int first = length_number(builder, a), second = length_number(builder, b);
	if (first < 0 || second < 0)
		return DIM_UNKNOWN;
	const struct graph_length *one = &builder->lengths[first];
	const struct graph_length *other = &builder->lengths[second];
	struct graph_length length = {
		.kind = kind,
		.a = first,
		.b = second,
		.real = one->real || other->real,
		.slope = combine_slopes(kind, one, other),
		.nominal = measure_combine(kind, one->nominal, other->nominal),
	};
	if (kind == LENGTH_WHOLE || kind == LENGTH_FLOOR || kind == LENGTH_CEILING)
		length.real = one->real && kind != LENGTH_WHOLE;
	if (one->kind == LENGTH_NUMBER && other->kind == LENGTH_NUMBER) {
		length.kind = LENGTH_NUMBER;
		length.number = length.nominal;
		length.slope = 0;
		if (!length.real && fabs(length.number) < EXTENT_MAX)
			return (int64_t)length.number;
	}
	return add(builder, length);
}

int64_t length_divide(struct builder *builder, int64_t a, int64_t b)
{
	int64_t ratio = length_combine(builder, LENGTH_RATIO, a, b);
	if (!length_is(builder, ratio) || find(builder, ratio)->real)
		return ratio;
	return length_combine(builder, LENGTH_WHOLE, ratio, ratio);
}

int64_t length_as_whole(struct builder *builder, int64_t value)
{
	if (!length_is(builder, value) || !find(builder, value)->real)
		return value;
	return length_combine(builder, LENGTH_WHOLE, value, value);
}

int64_t length_of_real(struct builder *builder, double number)
{
	return add_number(builder, number, true);
}

int64_t length_as_real(struct builder *builder, int64_t value)
{
	int number = length_number(builder, value);
	if (number < 0)
		return DIM_UNKNOWN;
	struct graph_length copy = builder->lengths[number];
	copy.real = true;
	return add(builder, copy);
}

bool length_grows(const struct builder *builder, int64_t value)
{
	return length_is(builder, value) && find(builder, value)->slope > 0 &&
	       isfinite(find(builder, value)->slope);
}

bool length_is_fixed(const struct builder *builder, int64_t value, double *number)
{
	if (value == DIM_UNKNOWN)
		return false;
	*number = (double)value;
	if (!length_is(builder, value))
		return true;
	*number = find(builder, value)->number;
	return find(builder, value)->kind == LENGTH_NUMBER;
}
