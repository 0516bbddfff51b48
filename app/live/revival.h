/* What to do about a device that failed: when to try again, and on which one. The first try is on
 * the same device, which may have been reset; those after it go round all that can be used. Each
 * wait is twice as long as the one before, up to half a minute. Belongs to one thread; times are
 * those of clock_now(). */
#ifndef APP_LIVE_REVIVAL_H
#define APP_LIVE_REVIVAL_H

#include <stdbool.h>
#include <stdint.h>

struct revival {
	int device;       /* to be tried next, as in rv_config: 0: the usual one */
	int64_t retry_at; /* when */
	int failures;     /* since the last success */
};

void revival_init(struct revival *revival, int device);

/* The device failed, now. */
void revival_fail(struct revival *revival, int64_t now);

/* It works: the next failure is the first one again. */
void revival_succeed(struct revival *revival);

/* The device after `device` (0: the usual one) of `count` whose usable[] says so, from 1 on; device
 * itself where there is no other. */
int revival_next(int device, const bool *usable, int count);

#endif
