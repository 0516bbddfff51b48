#include "app/base/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/test.h"

/* Items are numbers of their own; how many exist is counted. */
static atomic_int alive;

static void release(void *item)
{
	free(item);
	atomic_fetch_sub(&alive, 1);
}

static void *make(int number)
{
	int *item = malloc(sizeof(*item));
	if (!item)
		abort();
	*item = number;
	atomic_fetch_add(&alive, 1);
	return item;
}

/* The number of the next item, or -1. */
static int pop(struct queue *queue, int64_t timeout)
{
	int *item = queue_pop(queue, timeout);
	int number = item ? *item : -1;
	if (item)
		release(item);
	return number;
}

static struct queue *create(int capacity, enum queue_full full)
{
	struct queue *queue = NULL;
	if (queue_create(&queue, capacity, full, release, NULL))
		abort();
	return queue;
}

TEST(queue_keeps_the_order)
{
	struct queue *queue = create(3, QUEUE_WAIT);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 3; i++)
			CHECK(queue_push(queue, make(i), 0));
		for (int i = 0; i < 3; i++)
			CHECK(pop(queue, 0) == i);
	}
	CHECK(pop(queue, 0) == -1);
	queue_destroy(&queue);
	CHECK(!queue && alive == 0);
}

TEST(queue_drops_the_oldest_where_it_is_to)
{
	struct queue *queue = create(2, QUEUE_DROP_OLDEST);
	for (int i = 0; i < 5; i++)
		CHECK(queue_push(queue, make(i), 0));
	CHECK(queue_dropped(queue) == 3 && alive == 2);
	CHECK(pop(queue, 0) == 3);
	CHECK(pop(queue, 0) == 4);
	CHECK(pop(queue, 0) == -1);
	queue_destroy(&queue);
	CHECK(alive == 0);
}

TEST(queue_releases_stale_items_wherever_they_wait)
{
	struct queue *queue = create(4, QUEUE_WAIT);
	queue_push(queue, make(0), 2);
	queue_push(queue, make(1), 1);
	queue_push(queue, make(2), 2);
	queue_push(queue, make(3), 1);
	queue_discard_before(queue, 2);
	CHECK(alive == 2);
	CHECK(!queue_push(queue, make(4), 1));
	CHECK(alive == 2);
	queue_discard_before(queue, 1); /* never falls */
	CHECK(!queue_push(queue, make(5), 1));
	CHECK(pop(queue, 0) == 0);
	CHECK(pop(queue, 0) == 2);
	queue_destroy(&queue);
	CHECK(alive == 0);
}

TEST(queue_closed_takes_nothing_but_can_be_emptied)
{
	struct queue *queue = create(2, QUEUE_WAIT);
	queue_push(queue, make(7), 0);
	queue_close(queue);
	CHECK(!queue_push(queue, make(8), 0));
	CHECK(pop(queue, -1) == 7);
	CHECK(pop(queue, -1) == -1);
	queue_destroy(&queue);
	CHECK(alive == 0);
}

TEST(queue_destroyed_releases_what_is_left)
{
	struct queue *queue = create(2, QUEUE_WAIT);
	queue_push(queue, make(1), 0);
	queue_push(queue, make(2), 0);
	queue_destroy(&queue);
	CHECK(alive == 0);
	queue_destroy(&queue);
}

TEST(queue_refuses_no_room)
{
	struct queue *queue = NULL;
	rv_error error;
	CHECK(queue_create(&queue, 0, QUEUE_WAIT, release, &error) == RV_INVALID && !queue);
}

/* ---- threads ---- */

enum { PUSHERS = 3, ITEMS = 5000 };

struct pusher {
	struct queue *queue;
	int first;
};

static void *push_all(void *context)
{
	const struct pusher *pusher = context;
	for (int i = 0; i < ITEMS; i++)
		queue_push(pusher->queue, make(pusher->first + i), 0);
	return NULL;
}

TEST(queue_that_waits_loses_nothing_between_threads)
{
	struct queue *queue = create(2, QUEUE_WAIT);
	struct pusher pushers[PUSHERS];
	pthread_t threads[PUSHERS];
	int next[PUSHERS] = {0};
	bool ordered = true;
	for (int i = 0; i < PUSHERS; i++) {
		pushers[i] = (struct pusher){queue, i * ITEMS};
		REQUIRE(pthread_create(&threads[i], NULL, push_all, &pushers[i]) == 0);
	}
	for (int i = 0; i < PUSHERS * ITEMS; i++) {
		int number = pop(queue, -1);
		ordered = ordered && number >= 0 && number % ITEMS == next[number / ITEMS]++;
	}
	for (int i = 0; i < PUSHERS; i++)
		pthread_join(threads[i], NULL);
	CHECK(ordered && pop(queue, 0) == -1);
	queue_destroy(&queue);
	CHECK(alive == 0);
}

static void *push_two(void *context)
{
	struct queue *queue = context;
	bool first = queue_push(queue, make(1), 0), second = queue_push(queue, make(2), 0);
	return first && !second ? queue : NULL;
}

TEST(queue_closed_or_raised_wakes_whoever_waits_to_push)
{
	for (int raise = 0; raise < 2; raise++) {
		struct queue *queue = create(1, QUEUE_WAIT);
		pthread_t thread;
		void *result;
		REQUIRE(pthread_create(&thread, NULL, push_two, queue) == 0);
		while (alive < 2) /* the second item waits, or soon will */
			usleep(1000);
		if (raise)
			queue_discard_before(queue, 1);
		else
			queue_close(queue);
		pthread_join(thread, &result);
		/* Raised before the first push was done, both are refused; either way none waits.
		 */
		CHECK(result == queue || raise);
		queue_destroy(&queue);
		CHECK(alive == 0);
	}
}

static void *push_stale(void *context)
{
	struct queue *queue = context;
	return queue_push(queue, make(1), 0) ? queue : NULL;
}

/* Nothing is taken out here that would make room: the pusher must be told of the serial itself. */
TEST(queue_raised_wakes_whoever_waits_to_push_what_is_stale)
{
	struct queue *queue = create(1, QUEUE_WAIT);
	struct timespec until;
	pthread_t thread;
	void *pushed = queue;
	queue_push(queue, make(0), 5);
	REQUIRE(pthread_create(&thread, NULL, push_stale, queue) == 0);
	while (alive < 2)
		usleep(1000);
	usleep(20000); /* it waits, or soon will */
	queue_discard_before(queue, 1);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	bool ended = !pthread_timedjoin_np(thread, &pushed, &until);
	CHECK(ended && !pushed);
	queue_close(queue);
	if (!ended)
		pthread_join(thread, &pushed);
	queue_destroy(&queue);
	CHECK(alive == 0);
}

static void *push_many(void *context)
{
	for (int i = 0; i < ITEMS; i++)
		queue_push(context, make(i), 0);
	return NULL;
}

/* Read while another thread counts: under the thread sanitizer a race would show. */
TEST(queue_tells_what_it_dropped_while_others_push)
{
	struct queue *queue = create(1, QUEUE_DROP_OLDEST);
	pthread_t thread;
	uint64_t dropped = 0;
	REQUIRE(pthread_create(&thread, NULL, push_many, queue) == 0);
	while (dropped < ITEMS - 1) {
		uint64_t now = queue_dropped(queue);
		REQUIRE(now >= dropped);
		dropped = now;
	}
	pthread_join(thread, NULL);
	CHECK(queue_dropped(queue) == ITEMS - 1);
	queue_destroy(&queue);
	CHECK(alive == 0);
}

static void *pop_one(void *context)
{
	return queue_pop(context, -1);
}

TEST(queue_closed_wakes_whoever_waits_to_pop)
{
	struct queue *queue = create(1, QUEUE_DROP_OLDEST);
	pthread_t thread;
	void *result = queue;
	REQUIRE(pthread_create(&thread, NULL, pop_one, queue) == 0);
	queue_close(queue);
	pthread_join(thread, &result);
	CHECK(result == NULL);
	queue_destroy(&queue);
}

TEST(queue_pop_gives_up_in_time)
{
	struct queue *queue = create(1, QUEUE_DROP_OLDEST);
	CHECK(pop(queue, 2000000) == -1);
	queue_destroy(&queue);
}

TEST(queue_wake_wakes_whoever_waits_to_pop)
{
	struct queue *queue = create(1, QUEUE_DROP_OLDEST);
	pthread_t thread;
	void *result = queue;
	REQUIRE(pthread_create(&thread, NULL, pop_one, queue) == 0);
	queue_wake(queue);
	pthread_join(thread, &result);
	CHECK(result == NULL);
	queue_wake(queue); /* before anyone waits */
	CHECK(pop(queue, -1) == -1);
	CHECK(queue_push(queue, make(1), 0));
	queue_wake(queue);
	CHECK(pop(queue, -1) == 1);
	queue_destroy(&queue);
	CHECK(alive == 0);
}
