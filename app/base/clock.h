/* The clock that all threads use: the monotonic one, which nobody sets. All functions may be called
 * from any thread. */
#ifndef APP_BASE_CLOCK_H
#define APP_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds. */
#define CLOCK_SECOND INT64_C(1000000000)

/* Nanoseconds since some moment before the program began (CLOCK_MONOTONIC). */
int64_t clock_now(void);

/* Milliseconds from a time of clock_now()'s until now. */
double clock_ms_since(int64_t start);

/* Sleeps for so many nanoseconds, or less where a signal comes. */
void clock_sleep(int64_t nanoseconds);

/* Makes a condition whose waits go by this clock. */
void clock_init_condition(pthread_cond_t *condition);

/* Waits, with the lock held, until the condition is signalled, as pthread_cond_wait does. False:
 * the time `until` of clock_now() came first. */
bool clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until);

#endif
