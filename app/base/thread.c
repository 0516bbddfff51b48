#include "app/base/thread.h"

#include <string.h>

rv_status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *context,
                       rv_error *error)
{
	int code = pthread_create(thread, NULL, run, context);
	if (code)
		return rv_fail(error, RV_MEMORY, "no thread for %s: %s", name, strerror(code));
	pthread_setname_np(*thread, name);
	return RV_OK;
}
