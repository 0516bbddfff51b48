/* Whole numbers from 0 on, rounded up. */
#ifndef ENGINE_BASE_ROUNDING_H
#define ENGINE_BASE_ROUNDING_H

#include <stddef.h>

static inline int divide_up(int value, int divisor)
{
	return value / divisor + (value % divisor != 0);
}

/* To a multiple. */
static inline int round_up(int value, int multiple)
{
	return divide_up(value, multiple) * multiple;
}

static inline size_t round_up_size(size_t value, size_t multiple)
{
	return (value + multiple - 1) / multiple * multiple;
}

#endif
