/* Whole numbers from 0 on, rounded up. */
#ifndef ENGINE_BASE_ROUNDING_H
#define ENGINE_BASE_ROUNDING_H

static inline int divide_up(int value, int divisor)
{
	return value / divisor + (value % divisor != 0);
}

/* To a multiple. */
static inline int round_up(int value, int multiple)
{
	return divide_up(value, multiple) * multiple;
}

#endif
