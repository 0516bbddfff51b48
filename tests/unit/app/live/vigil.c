/* A thread that hangs in a driver is noticed, told of, and at last given up. */
#include "app/live/vigil.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

static const int64_t second = 1000000000;

struct watched {
	struct vigil vigil;
	struct heartbeat dream, motion;
	int64_t now;
	int lines; /* that were told */
	char line[LIVE_NOTE_LENGTH];
};

/* One look. */
static bool look(struct watched *watched)
{
	const struct heartbeat *const hearts[VIGIL_COUNT] = {
		[VIGIL_DREAM] = &watched->dream, [VIGIL_MOTION] = &watched->motion};
	char note[LIVE_NOTE_LENGTH];
	bool is_alive = vigil_keep(&watched->vigil, hearts, watched->now, note);
	if (note[0])
		strcpy(watched->line, note);
	watched->lines += note[0] != '\0';
	return is_alive;
}

/* Four looks a second, for so long; how many of these seconds end alive. */
static int wait(struct watched *watched, int seconds)
{
	int alive = 0;
	for (int i = 0; i < 4 * seconds; i++) {
		watched->now += second / 4;
		bool is_alive = look(watched);
		alive += i % 4 == 3 && is_alive;
	}
	return alive;
}

static void *hang(void *context)
{
	struct heartbeat *heart = context;
	heartbeat_work(heart);
	pause();
	return NULL;
}

TEST(a_thread_that_hangs_is_told_of_and_then_given_up)
{
	struct watched watched = {.now = second};
	pthread_t thread;
	REQUIRE(!pthread_create(&thread, NULL, hang, &watched.dream));
	while (!watched.dream.works)
		usleep(1000);
	look(&watched);
	CHECK(wait(&watched, 119) == 119 && !watched.lines);
	CHECK(wait(&watched, 1) == 1 && watched.lines == 1);
	CHECK_MESSAGE(strstr(watched.line, "the dream has stood still for 120 s"), "%s",
	              watched.line);
	CHECK(wait(&watched, 179) == 179);
	CHECK(wait(&watched, 3600) == 0 && watched.lines == 1);
	/* It was only slow. */
	heartbeat_work(&watched.dream);
	CHECK(wait(&watched, 10) == 10 && watched.lines == 2);
	CHECK(!strcmp(watched.line, "the dream goes on"));
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

TEST(each_thread_is_looked_after_by_itself)
{
	struct watched watched = {.now = second};
	heartbeat_work(&watched.motion);
	for (int i = 0; i < 600; i++) {
		heartbeat_work(&watched.dream);
		wait(&watched, 1);
	}
	CHECK(watched.lines == 1 && strstr(watched.line, "the motion"));
	CHECK(!look(&watched));
}

TEST(two_that_hang_at_once_are_both_told_of)
{
	struct watched watched = {.now = second};
	heartbeat_work(&watched.dream);
	heartbeat_work(&watched.motion);
	look(&watched);
	wait(&watched, 121);
	CHECK(watched.lines == 2 && strstr(watched.line, "the motion"));
}

/* A step may take a minute, and where there is no frame nobody works. */
TEST(what_is_slow_or_waits_is_alive)
{
	struct watched watched = {.now = second};
	for (int i = 0; i < 30; i++) {
		heartbeat_work(&watched.dream);
		CHECK(wait(&watched, 60) == 60);
	}
	heartbeat_rest(&watched.dream);
	CHECK(wait(&watched, 24 * 3600) == 24 * 3600);
	CHECK(!watched.lines);
}

/* As by a debugger, or where the machine slept. */
TEST(while_all_of_the_program_is_stopped_nothing_hangs)
{
	struct watched watched = {.now = second};
	heartbeat_work(&watched.dream);
	look(&watched);
	for (int i = 0; i < 60; i++) {
		watched.now += 3600 * second;
		CHECK(look(&watched));
	}
	CHECK(!watched.lines);
}
