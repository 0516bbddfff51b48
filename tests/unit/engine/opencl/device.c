#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/reverie.h"
#include "tests/support/test.h"

enum { PROCESSES = 12, THREADS = 4, DEVICES_MAX = 16 };

static pthread_barrier_t start;

/* NULL: all devices have names. */
static void *look(void *wrong)
{
	rv_device_info list[DEVICES_MAX];
	int count = 0;
	pthread_barrier_wait(&start);
	if (rv_device_list(list, DEVICES_MAX, &count, NULL) != RV_OK)
		return wrong;
	for (int i = 0; i < count && i < DEVICES_MAX; i++)
		if (!list[i].name[0] || !list[i].max_buffer_bytes)
			return wrong;
	return NULL;
}

static int look_from_many_threads(void)
{
	pthread_t threads[THREADS];
	int wrong = 0;
	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, look, &start))
			return 1;
	for (int i = 0; i < THREADS; i++) {
		void *result;
		pthread_join(threads[i], &result);
		wrong |= result != NULL;
	}
	return wrong;
}

/* Drivers start when they are first asked: in every process once. No other test of this program may
 * ask before. */
TEST(devices_are_found_by_many_threads_at_once)
{
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;
		pid_t child = fork();
		REQUIRE(child >= 0);
		if (!child)
			_exit(look_from_many_threads());
		waitpid(child, &status, 0);
		CHECK_MESSAGE(status == 0, "process %d ended with %#x", i, (unsigned)status);
	}
}
