/* A bounded queue between threads. What is in it are pointers, which belong to the queue from the
 * push to the pop.
 *
 * Every item carries a serial number, that of the stream it came from. After a seek or a
 * reconnect, items of older serials are discarded, those that wait in the queue and those that are
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
 * queue_wake was called. */
void *queue_pop(struct queue *queue, int64_t timeout);

/* Makes the queue_pop that waits, or the next one that would, return NULL, so that its thread looks
 * at something else. */
void queue_wake(struct queue *queue);

/* Discards the items of serials below this one, now and when they are pushed later. A lower serial
 * than in an earlier call changes nothing. */
void queue_discard_before(struct queue *queue, uint64_t serial);

/* Ends all waiting. Nothing can be pushed any more; what is in the queue can still be popped. */
void queue_close(struct queue *queue);

/* How many items QUEUE_DROP_OLDEST has dropped. */
uint64_t queue_dropped(struct queue *queue);

#endif
