/* What a thread that may hang where nothing can interrupt it, in a driver, lets another one know of
 * itself: that it gets on, or that it waits for something to do, which may take for ever. */
#ifndef APP_BASE_HEARTBEAT_H
#define APP_BASE_HEARTBEAT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Zeroed, the thread rests. */
struct heartbeat {
	atomic_uint beats;
	atomic_bool works;
};

/* It got on: has begun something, or done a step of it. */
void heartbeat_work(struct heartbeat *heart);

/* It has nothing to do. */
void heartbeat_rest(struct heartbeat *heart);

/* What the other one remembers. Zeroed before use; belongs to one thread. */
struct heartbeat_watch {
	unsigned beats;
	int64_t looked_at, still;
};

/* For how long, in nanoseconds, it has worked without getting on, as far as that was looked at: of
 * the time between two looks a second counts at most, as all of the process may have been stopped.
 * now is clock_now(). */
int64_t heartbeat_still(struct heartbeat_watch *watch, const struct heartbeat *heart, int64_t now);

#endif
