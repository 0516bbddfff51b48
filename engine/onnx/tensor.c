#include <string.h>

#include "engine/onnx/budget.h"
#include "engine/onnx/decode.h"
#include "engine/onnx/external.h"
#include "onnx.pb-c.h"

/* The values of the public schema. */
enum element_type {
	ELEMENT_FLOAT = 1,
	ELEMENT_UINT8 = 2,
	ELEMENT_INT8 = 3,
	ELEMENT_UINT16 = 4,
	ELEMENT_INT16 = 5,
	ELEMENT_INT32 = 6,
	ELEMENT_INT64 = 7,
	ELEMENT_BOOL = 9,
	ELEMENT_FLOAT16 = 10,
	ELEMENT_DOUBLE = 11,
	ELEMENT_UINT32 = 12,
	ELEMENT_UINT64 = 13,
	ELEMENT_BFLOAT16 = 16,
};

/* Bytes of one element in raw_data; 0 for types that Reverie has no use for. */
static size_t element_size(int type)
{
	switch (type) {
	case ELEMENT_UINT8:
	case ELEMENT_INT8:
	case ELEMENT_BOOL:
		return 1;
	case ELEMENT_UINT16:
	case ELEMENT_INT16:
	case ELEMENT_FLOAT16:
	case ELEMENT_BFLOAT16:
		return 2;
	case ELEMENT_FLOAT:
	case ELEMENT_INT32:
	case ELEMENT_UINT32:
		return 4;
	case ELEMENT_INT64:
	case ELEMENT_UINT64:
	case ELEMENT_DOUBLE:
		return 8;
	default:
		return 0;
	}
}

bool onnx_is_real(int64_t type)
{
	return type == ELEMENT_FLOAT || type == ELEMENT_FLOAT16 || type == ELEMENT_BFLOAT16 ||
	       type == ELEMENT_DOUBLE;
}

static float float_of(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* IEEE 754 binary16 to binary32. */
static float widen_half(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000) << 16;
	uint32_t exponent = half >> 10 & 0x1f;
	uint32_t fraction = half & 0x3ff;

	if (exponent == 0) { /* zero or subnormal: fraction * 2^-24, exact in a float */
		float value = (float)fraction * 0x1p-24f;
		return sign ? -value : value;
	}
	if (exponent == 0x1f)
		return float_of(sign | 0x7f800000 | fraction << 13);
	return float_of(sign | (exponent + 112) << 23 | fraction << 13);
}

/* Of the two types that have 16 bits. */
static float widen(uint16_t bits, int type)
{
	return type == ELEMENT_FLOAT16 ? widen_half(bits) : float_of((uint32_t)bits << 16);
}

/* Whether raw data is as the host would write it. */
static bool is_little_endian(void)
{
	const uint16_t one = 1;
	uint8_t first;

	memcpy(&first, &one, 1);
	return first == 1;
}

static uint64_t little_endian(const uint8_t *bytes, size_t size)
{
	uint64_t word = 0;
	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

static float raw_float(const uint8_t *bytes, int type)
{
	if (element_size(type) == 2)
		return widen((uint16_t)little_endian(bytes, 2), type);
	if (type == ELEMENT_FLOAT)
		return float_of((uint32_t)little_endian(bytes, 4));
	uint64_t bits = little_endian(bytes, 8);
	double value;
	memcpy(&value, &bits, sizeof(value));
	return (float)value;
}

static int64_t raw_integer(const uint8_t *bytes, int type)
{
	uint64_t word = little_endian(bytes, element_size(type));
	switch (type) {
	case ELEMENT_INT8:
		return (int8_t)word;
	case ELEMENT_INT16:
		return (int16_t)word;
	case ELEMENT_INT32:
		return (int32_t)word;
	case ELEMENT_BOOL:
		return word != 0;
	default:
		return (int64_t)word;
	}
}

/* How many elements the typed field of this type holds. */
static size_t typed_count(const Onnx__TensorProto *proto, int type)
{
	switch (type) {
	case ELEMENT_FLOAT:
		return proto->n_float_data;
	case ELEMENT_DOUBLE:
		return proto->n_double_data;
	case ELEMENT_INT64:
		return proto->n_int64_data;
	case ELEMENT_UINT32:
	case ELEMENT_UINT64:
		return proto->n_uint64_data;
	default:
		return proto->n_int32_data;
	}
}

static float typed_float(const Onnx__TensorProto *proto, int type, size_t i)
{
	if (type == ELEMENT_FLOAT)
		return proto->float_data[i];
	if (type == ELEMENT_DOUBLE)
		return (float)proto->double_data[i];
	return widen((uint16_t)proto->int32_data[i], type);
}

static int64_t typed_integer(const Onnx__TensorProto *proto, int type, size_t i)
{
	if (type == ELEMENT_INT64)
		return proto->int64_data[i];
	if (type == ELEMENT_UINT32 || type == ELEMENT_UINT64)
		return (int64_t)proto->uint64_data[i];
	return proto->int32_data[i];
}

/* raw is what the tensor has as raw data; NULL where its values stand in a typed field. */
static rv_status decode_floats(struct onnx_tensor *tensor, const Onnx__TensorProto *proto,
                               const uint8_t *raw, struct arena *memory, rv_error *error)
{
	int type = proto->data_type;
	size_t size = element_size(type);
	float *floats = arena_allocate(memory, tensor->count, sizeof(*floats));
	if (!floats)
		return budget_exceeded(error);
	if (raw && type == ELEMENT_FLOAT && is_little_endian())
		memcpy(floats, raw, tensor->count * sizeof(*floats));
	else if (raw)
		for (size_t i = 0; i < tensor->count; i++)
			floats[i] = raw_float(raw + i * size, type);
	else
		for (size_t i = 0; i < tensor->count; i++)
			floats[i] = typed_float(proto, type, i);
	tensor->floats = floats;
	return RV_OK;
}

static rv_status decode_integers(struct onnx_tensor *tensor, const Onnx__TensorProto *proto,
                                 const uint8_t *raw, struct arena *memory, rv_error *error)
{
	int type = proto->data_type;
	size_t size = element_size(type);
	int64_t *integers = arena_allocate(memory, tensor->count, sizeof(*integers));
	if (!integers)
		return budget_exceeded(error);
	if (raw)
		for (size_t i = 0; i < tensor->count; i++)
			integers[i] = raw_integer(raw + i * size, type);
	else
		for (size_t i = 0; i < tensor->count; i++)
			integers[i] = typed_integer(proto, type, i);
	tensor->integers = integers;
	return RV_OK;
}

static rv_status impossible_dims(const struct onnx_tensor *tensor, rv_error *error)
{
	return rv_fail(error, RV_CORRUPT, "tensor " ONNX_NAME " has impossible dimensions",
	               tensor->name);
}

/* The product of all dimensions other than 0 is bounded, so that later arithmetic cannot overflow.
 * For a tensor with values the length of the file bounds it; one without values gets the limit of
 * an int, which no honest file reaches. */
static rv_status decode_dims(struct onnx_tensor *tensor, const Onnx__TensorProto *proto,
                             rv_error *error)
{
	if (proto->n_dims > ONNX_RANK_MAX) {
		tensor->problem = "has more than 8 dimensions";
		return RV_OK;
	}
	tensor->rank = (int)proto->n_dims;
	tensor->count = 1;
	size_t extent = 1;
	for (int i = 0; i < tensor->rank; i++) {
		int64_t dim = proto->dims[i];
		if (dim < 0)
			return rv_fail(error, RV_CORRUPT,
			               "tensor " ONNX_NAME " has a negative dimension",
			               tensor->name);
		if (dim > 0 && extent > (size_t)INT64_MAX / (size_t)dim)
			return impossible_dims(tensor, error);
		extent *= dim > 0 ? (size_t)dim : 1;
		tensor->count *= (size_t)dim;
		tensor->dims[i] = dim;
	}
	return tensor->count || extent <= INT32_MAX ? RV_OK : impossible_dims(tensor, error);
}

/* The raw data of proto, or NULL where its values stand in a typed field; held is how many there
 * are. tensor->problem is set where they cannot be read. */
static rv_status find_values(struct onnx_tensor *tensor, const Onnx__TensorProto *proto,
                             struct onnx_model *model, struct external *external,
                             const uint8_t **raw, size_t *held, rv_error *error)
{
	static const uint8_t nothing;
	size_t element = element_size(proto->data_type), size = proto->raw_data.len;
	*raw = NULL;
	*held = typed_count(proto, proto->data_type);
	if (proto->has_raw_data) /* an empty tensor's data is nowhere */
		*raw = size ? proto->raw_data.data : &nothing;
	if (proto->data_location == 1) {
		rv_status status = external_find(external, model, tensor, proto, raw, &size, error);
		if (status != RV_OK || tensor->problem)
			return status;
	}
	if (!*raw)
		return RV_OK;
	*held = size / element;
	return size % element == 0
	               ? RV_OK
	               : rv_fail(error, RV_CORRUPT, "tensor " ONNX_NAME " ends within a value",
	                         tensor->name);
}

rv_status onnx_decode_tensor(struct onnx_tensor *tensor, const Onnx__TensorProto *proto,
                             struct onnx_model *model, struct external *external, rv_error *error)
{
	const char *name = proto->name ? proto->name : "";
	const uint8_t *raw;
	size_t held;
	tensor->name = onnx_clean_text(model->memory, name, strlen(name));
	if (!tensor->name)
		return budget_exceeded(error);
	tensor->type = proto->data_type;
	rv_status status = decode_dims(tensor, proto, error);
	if (status == RV_OK && !tensor->problem && element_size(proto->data_type) == 0)
		tensor->problem = "holds values of a type that Reverie does not read";
	if (status == RV_OK && !tensor->problem)
		status = find_values(tensor, proto, model, external, &raw, &held, error);
	if (status != RV_OK || tensor->problem)
		return status;
	if (held != tensor->count)
		return rv_fail(error, RV_CORRUPT,
		               "tensor " ONNX_NAME
		               " holds %zu values, but its dimensions ask for %zu",
		               tensor->name, held, tensor->count);
	return onnx_is_real(proto->data_type)
	               ? decode_floats(tensor, proto, raw, model->memory, error)
	               : decode_integers(tensor, proto, raw, model->memory, error);
}
