#include "app/base/thread.h"

#include <semaphore.h>
#include <string.h>

#include "tests/support/test.h"

static void *wait_for_end(void *end)
{
	sem_wait(end);
	return NULL;
}

TEST(thread_has_its_name)
{
	char name[THREAD_NAME_MAX + 1] = "";
	pthread_t thread;
	sem_t end;
	sem_init(&end, 0, 0);
	REQUIRE(thread_start(&thread, "dreaming", wait_for_end, &end, NULL) == RV_OK);
	CHECK(pthread_getname_np(thread, name, sizeof(name)) == 0);
	CHECK_MESSAGE(!strcmp(name, "dreaming"), "it is called %s", name);
	sem_post(&end);
	pthread_join(thread, NULL);
	sem_destroy(&end);
}
