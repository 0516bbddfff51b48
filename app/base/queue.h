/* A bounded queue between threads. What is in it are pointers, which belong to the queue from the
 * push to the pop.
 *
 * Every item carries a serial number, that of the stream it came from. A seek or a reconnect raises
 * the queue's: items of older serials then are released, those that wait in it and those that are
 * pushed later, so that no stale work is done.
 *
 * All functions may be called from any thread, but for queue_destroy, which comes after the last of
 * them. Only libc and POSIX threads are used. */
#ifndef APP_BASE_QUEUE_H
#define APP_BASE_QUEUE_H

#include "engine/reverie.h"

enum queue_full {
	QUEUE_WAIT,        /* pushing waits until there is room */
	QUEUE_DROP_OLDEST, /* pushing releases the oldest item: the newest wins */
};

struct queue;

typedef void queue_release(void *item);

/* capacity is at least 1. release is called for items that are dropped, without the queue being
 * locked. RV_INVALID, RV_MEMORY. */
rv_status queue_create(struct queue **queue, int capacity, enum queue_full full,
                       queue_release *release, rv_error *error);
/* Releases what is still in it. Accepts NULL. */
void queue_destroy(struct queue **queue);

/* Takes over item. False: the queue is closed or the serial is stale, and item was released. */
bool queue_push(struct queue *queue, void *item, uint64_t serial);

/* Hands over the oldest item, which is the caller's then; waits for one up to timeout nanoseconds
 * (0: not at all; below 0: for ever). NULL: none came in time, the queue is closed and empty, or
 * nudged. */
void *queue_pop(struct queue *queue, int64_t timeout);

/* Wakes whoever waits in queue_pop, or the next one who would, with NULL: there is something else
 * to look at. */
void queue_nudge(struct queue *queue);

/* Makes serial the least that is not stale; it never falls. */
void queue_raise(struct queue *queue, uint64_t serial);

/* Wakes whoever waits. Nothing is taken any more; what is in the queue can still be popped. */
void queue_close(struct queue *queue);

/* How many items were dropped for want of room. */
uint64_t queue_dropped(struct queue *queue);

#endif
