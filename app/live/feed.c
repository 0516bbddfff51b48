#include "app/live/feed.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"

enum {
	MILLISECOND = 1000000,       /* nanoseconds */
	SECOND = 1000 * MILLISECOND, /* nanoseconds; needs 30 bits */
	AGAIN_LEAST =
		33 * MILLISECOND, /* the shortest time after which a frame is handed out again */
	AGAIN_MOST = 50 * MILLISECOND, /* the longest one */
	SILENCE_LEAST =
		100 * MILLISECOND /* after a frame of an input that is fast enough by itself */
};

struct feed {
	struct queue *frames, *work;
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool stopping;
	uint64_t serial;
	uint64_t count;     /* of new frames */
	bool goes_on;       /* the position of the last one, without others */
	struct frame *last; /* NULL: none yet */
	int64_t handed_at;  /* when the last one was handed out, new or again */
	int64_t silence;    /* nanoseconds from a new frame until it is handed out again */
	int64_t again;      /* nanoseconds between the times after that */
	bool is_new;        /* last was handed out for the first time */
};

/* By which frames handed out again stay before the next: what is asked of the dream after them
 * counts from a little later (app/live/performance.c), and is to count for the next. */
static const int64_t before_next = 4 * MILLISECOND;

/* With the lock held. Takes over the frame. */
static void hand_out(struct feed *feed, struct frame *frame)
{
	frame->serial = feed->serial;
	feed->count += !frame->again;
	frame->number = feed->count;
	frame->decoded_at = clock_now();
	if (feed->last && frame->time <= feed->last->time)
		frame->time = feed->last->time + 1;
	frame_release(feed->last);
	feed->last = frame_hold(frame);
	feed->handed_at = frame->decoded_at;
	feed->is_new = !frame->again;
	queue_push(feed->work, frame_hold(frame), frame->serial);
	queue_push(feed->frames, frame, frame->serial);
}

void feed_frame(struct feed *feed, struct frame *frame)
{
	pthread_mutex_lock(&feed->lock);
	hand_out(feed, frame);
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

void feed_let_go_on(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	feed->goes_on = true;
	pthread_mutex_unlock(&feed->lock);
}

void feed_raise(struct feed *feed, uint64_t serial)
{
	pthread_mutex_lock(&feed->lock);
	feed->serial = serial;
	pthread_mutex_unlock(&feed->lock);
	queue_discard_before(feed->work, serial);
}

/* A slow input's frames are handed out again in even parts of the time between them. */
void feed_expect(struct feed *feed, double frames_per_second)
{
	/* What a file says of its rate may be anything. */
	bool is_rate = frames_per_second > 0.1 && frames_per_second < MILLISECOND;
	int64_t interval = is_rate ? (int64_t)(SECOND / frames_per_second) : AGAIN_LEAST;
	int64_t parts = (interval + AGAIN_MOST - 1) / AGAIN_MOST;
	int64_t again = interval / parts;
	pthread_mutex_lock(&feed->lock);
	feed->again = again > AGAIN_LEAST ? again : AGAIN_LEAST;
	feed->silence = parts > 1 ? feed->again : SILENCE_LEAST;
	pthread_mutex_unlock(&feed->lock);
}

/* ---- the thread ---- */

/* With the lock held. */
static int64_t due_at(const struct feed *feed)
{
	if (!feed->last)
		return clock_now() + SECOND;
	return feed->handed_at + (feed->is_new ? feed->silence : feed->again);
}

static int64_t again_at(const struct frame *last, int64_t passed, bool goes_on)
{
	int64_t at = last->position + passed, most = last->next_position - before_next;
	if (goes_on || !last->next_position || at <= most)
		return at;
	return most > last->position ? most : last->position;
}

/* With the lock held, which is let go of while the pixels are copied. */
static void hand_out_again(struct feed *feed)
{
	struct frame *last = frame_hold(feed->last), *copy = NULL;
	bool goes_on = feed->goes_on;
	pthread_mutex_unlock(&feed->lock);
	rv_status status = frame_create(&copy, last->image.width, last->image.height, NULL);
	if (status == RV_OK) {
		memcpy(copy->image.pixels, last->image.pixels,
		       copy->image.stride * (size_t)copy->image.height);
		copy->again = true;
		copy->time = last->time + (clock_now() - last->decoded_at);
		copy->position = again_at(last, copy->time - last->time, goes_on);
		copy->next_position = last->next_position;
	}
	pthread_mutex_lock(&feed->lock);
	if (status == RV_OK && feed->last == last && !feed->stopping)
		hand_out(feed, copy);
	else
		frame_release(copy);
	if (status != RV_OK)
		feed->handed_at = clock_now(); /* later, perhaps */
	frame_release(last);
}

static void *run(void *context)
{
	struct feed *feed = context;
	pthread_mutex_lock(&feed->lock);
	while (!feed->stopping) {
		int64_t due = due_at(feed);
		if (due > clock_now())
			clock_wait(&feed->changed, &feed->lock, due);
		else
			hand_out_again(feed);
	}
	pthread_mutex_unlock(&feed->lock);
	return NULL;
}

rv_status feed_create(struct feed **created, struct queue *frames, struct queue *work,
                      rv_error *error)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	if (!feed)
		return rv_fail(error, RV_MEMORY, "out of memory");
	feed->frames = frames;
	feed->work = work;
	pthread_mutex_init(&feed->lock, NULL);
	clock_init_condition(&feed->changed);
	feed_expect(feed, 0);
	rv_status status = thread_start(&feed->thread, "handing out", run, feed, error);
	if (status != RV_OK) {
		pthread_cond_destroy(&feed->changed);
		pthread_mutex_destroy(&feed->lock);
		free(feed);
		return status;
	}
	*created = feed;
	return RV_OK;
}

void feed_destroy(struct feed **destroyed)
{
	struct feed *feed = *destroyed;
	if (!feed)
		return;
	pthread_mutex_lock(&feed->lock);
	feed->stopping = true;
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
	pthread_join(feed->thread, NULL);
	frame_release(feed->last);
	pthread_cond_destroy(&feed->changed);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
	*destroyed = NULL;
}
