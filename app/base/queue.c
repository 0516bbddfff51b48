#include "app/base/queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/clock.h"

struct entry {
	void *item;
	uint64_t serial;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	enum queue_full full;
	queue_release *release;
	bool closed, woken;
	uint64_t least_serial, dropped;
	int capacity, first, count;
	struct entry entries[]; /* a ring */
};

rv_status queue_create(struct queue **created, int capacity, enum queue_full full,
                       queue_release *release, rv_error *error)
{
	if (capacity < 1 || !release)
		return rv_fail(error, RV_INVALID, "a queue needs room and a way to release items");
	struct queue *queue =
		calloc(1, sizeof(*queue) + (size_t)capacity * sizeof(queue->entries[0]));
	if (!queue)
		return rv_fail(error, RV_MEMORY, "out of memory for a queue");
	pthread_mutex_init(&queue->lock, NULL);
	clock_init_condition(&queue->filled);
	clock_init_condition(&queue->emptied);
	queue->full = full;
	queue->release = release;
	queue->capacity = capacity;
	*created = queue;
	return RV_OK;
}

/* With the lock held; there is at least one item. */
static struct entry take_first(struct queue *queue)
{
	struct entry entry = queue->entries[queue->first];
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
	pthread_cond_signal(&queue->emptied);
	return entry;
}

void queue_destroy(struct queue **destroyed)
{
	struct queue *queue = *destroyed;
	if (!queue)
		return;
	while (queue->count)
		queue->release(take_first(queue).item);
	pthread_cond_destroy(&queue->filled);
	pthread_cond_destroy(&queue->emptied);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
	*destroyed = NULL;
}

static bool takes(const struct queue *queue, uint64_t serial)
{
	return !queue->closed && serial >= queue->least_serial;
}

bool queue_push(struct queue *queue, void *item, uint64_t serial)
{
	void *unwanted = NULL;
	pthread_mutex_lock(&queue->lock);
	while (queue->full == QUEUE_WAIT && queue->count == queue->capacity && takes(queue, serial))
		pthread_cond_wait(&queue->emptied, &queue->lock);
	bool taken = takes(queue, serial);
	if (!taken) {
		unwanted = item;
	} else {
		if (queue->count == queue->capacity) {
			unwanted = take_first(queue).item;
			queue->dropped++;
		}
		int last = (queue->first + queue->count++) % queue->capacity;
		queue->entries[last] = (struct entry){item, serial};
		pthread_cond_signal(&queue->filled);
	}
	pthread_mutex_unlock(&queue->lock);
	if (unwanted)
		queue->release(unwanted);
	return taken;
}

/* With the lock held. */
static bool is_worth_waiting(const struct queue *queue)
{
	return !queue->count && !queue->closed && !queue->woken;
}

void *queue_pop(struct queue *queue, int64_t timeout)
{
	int64_t until = timeout > 0 ? clock_now() + timeout : 0;
	bool in_time = timeout != 0;
	void *item = NULL;
	pthread_mutex_lock(&queue->lock);
	while (is_worth_waiting(queue) && in_time)
		if (timeout < 0)
			pthread_cond_wait(&queue->filled, &queue->lock);
		else
			in_time = clock_wait(&queue->filled, &queue->lock, until);
	if (queue->count)
		item = take_first(queue).item;
	else if (timeout)
		queue->woken = false;
	pthread_mutex_unlock(&queue->lock);
	return item;
}

void queue_wake(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->woken = true;
	pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

/* Takes out the oldest stale item; NULL where there is none. Pushers may come with any serial, so
 * the stale ones need not be the first. */
static void *take_stale(struct queue *queue, uint64_t serial)
{
	void *item = NULL;
	pthread_mutex_lock(&queue->lock);
	if (serial > queue->least_serial)
		queue->least_serial = serial;
	for (int i = 0; i < queue->count; i++) {
		struct entry *entry = &queue->entries[(queue->first + i) % queue->capacity];
		if (entry->serial >= queue->least_serial)
			continue;
		item = entry->item;
		for (int j = i; j > 0; j--)
			queue->entries[(queue->first + j) % queue->capacity] =
				queue->entries[(queue->first + j - 1) % queue->capacity];
		take_first(queue);
		break;
	}
	pthread_cond_broadcast(&queue->emptied); /* those that push stale items wait in vain */
	pthread_mutex_unlock(&queue->lock);
	return item;
}

void queue_discard_before(struct queue *queue, uint64_t serial)
{
	void *item;
	while ((item = take_stale(queue, serial)))
		queue->release(item);
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->filled);
	pthread_cond_broadcast(&queue->emptied);
	pthread_mutex_unlock(&queue->lock);
}

uint64_t queue_dropped(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	uint64_t dropped = queue->dropped;
	pthread_mutex_unlock(&queue->lock);
	return dropped;
}
