#include "live_thread.h"

#include <time.h>

#include "app/live_frame.h"

enum {
	PATIENCE = 350000000, /* nanoseconds, in which whatever can be interrupted has ended */
	NAP = 5000000,
};

bool live_thread_breaks_off(atomic_bool *broke_off)
{
	const struct timespec nap = {0, NAP};
	for (int64_t end = live_now() + PATIENCE; live_now() < end; nanosleep(&nap, NULL))
		if (atomic_load(broke_off))
			return true;
	return atomic_load(broke_off);
}
