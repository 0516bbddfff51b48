#include "app/live/thread.h"

#include <time.h>

#include "app/live/frame.h"

enum {
	PATIENCE = 350000000, /* nanoseconds, in which whatever can be interrupted has ended */
	NAP = 5000000,
};

int64_t live_thread_patience(void)
{
	return live_now() + PATIENCE;
}

bool live_thread_breaks_off(atomic_bool *broke_off, int64_t until)
{
	const struct timespec nap = {0, NAP};
	for (; live_now() < until; nanosleep(&nap, NULL))
		if (atomic_load(broke_off))
			return true;
	return atomic_load(broke_off);
}
