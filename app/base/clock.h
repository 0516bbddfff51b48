/* The clock that all threads use: the monotonic one, which nobody sets. */
#ifndef APP_BASE_CLOCK_H
#define APP_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment before the program began (CLOCK_MONOTONIC). Any thread. */
int64_t clock_now(void);

#endif
