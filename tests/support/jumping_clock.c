/* A clock that jumps, for the tests: a library to be loaded before the others (LD_PRELOAD), which
 * adds the seconds that the file $CLOCK_JUMP holds to the time of day. What measures time by itself
 * (CLOCK_MONOTONIC) goes on as it was, as it does where a clock is set right over a network. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long jump(void)
{
	const char *path = getenv("CLOCK_JUMP");
	FILE *file = path ? fopen(path, "r") : NULL;
	long seconds = 0;
	if (file && fscanf(file, "%ld", &seconds) != 1)
		seconds = 0;
	if (file)
		fclose(file);
	return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static int (*next)(clockid_t, struct timespec *);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	int code = next(clock, time);
	if (!code && clock == CLOCK_REALTIME)
		time->tv_sec += jump();
	return code;
}

int gettimeofday(struct timeval *time, void *zone)
{
	struct timespec now;
	(void)zone;
	int code = clock_gettime(CLOCK_REALTIME, &now);
	*time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return code;
}

time_t time(time_t *place)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (place)
		*place = now.tv_sec;
	return now.tv_sec;
}
