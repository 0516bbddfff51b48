/* The time, for measuring how long something takes. */
#ifndef ENGINE_BASE_CLOCK_H
#define ENGINE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds since some moment in the past; goes on evenly, whatever is done to the calendar. */
static inline int64_t clock_now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static inline double clock_now_ms(void)
{
	return (double)clock_now_ns() * 1e-6;
}

#endif
