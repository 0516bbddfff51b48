#include "app/base/clock.h"

#include <errno.h>
#include <time.h>

static struct timespec timespec_of(int64_t nanoseconds)
{
	return (struct timespec){(time_t)(nanoseconds / CLOCK_SECOND),
	                         (long)(nanoseconds % CLOCK_SECOND)};
}

int64_t clock_now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * CLOCK_SECOND + time.tv_nsec;
}

double clock_ms_since(int64_t start)
{
	return (double)(clock_now() - start) / 1e6;
}

void clock_sleep(int64_t nanoseconds)
{
	const struct timespec time = timespec_of(nanoseconds);
	nanosleep(&time, NULL);
}

void clock_init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

bool clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until)
{
	const struct timespec time = timespec_of(until);
	return pthread_cond_timedwait(condition, lock, &time) != ETIMEDOUT;
}
