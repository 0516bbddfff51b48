#include "app/base/thread.h"

#include <string.h>

#include "app/base/clock.h"

enum {
	PATIENCE = 350000000, /* nanoseconds, in which whatever can be interrupted has ended */
	NAP = 5000000,
};

rv_status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *context,
                       rv_error *error)
{
	int code = pthread_create(thread, NULL, run, context);
	if (code)
		return rv_fail(error, RV_MEMORY, "no thread for %s: %s", name, strerror(code));
	pthread_setname_np(*thread, name);
	return RV_OK;
}

int64_t thread_deadline(void)
{
	return clock_now() + PATIENCE;
}

bool thread_wait_done(atomic_bool *done, int64_t deadline)
{
	for (; clock_now() < deadline; clock_sleep(NAP))
		if (atomic_load(done))
			return true;
	return atomic_load(done);
}
