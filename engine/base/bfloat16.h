/* bfloat16: the upper half of a float, with 8 bits of mantissa. */
#ifndef ENGINE_BASE_BFLOAT16_H
#define ENGINE_BASE_BFLOAT16_H

#include <stdint.h>
#include <string.h>

/* The nearest, and of two the even one, as processors round; of a finite number. Subnormal floats
 * become 0, as processors have it. */
static inline uint16_t bfloat16_of(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	if ((bits & 0x7f800000) == 0)
		return (uint16_t)(bits >> 16 & 0x8000);
	return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float bfloat16_value(uint16_t half)
{
	uint32_t bits = (uint32_t)half << 16;
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

#endif
