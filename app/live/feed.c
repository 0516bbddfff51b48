#include "app/live/feed.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "app/live/mix.h"
#include "app/live/sound_mix.h"

enum {
	MILLISECOND = 1000000, /* nanoseconds */
	AGAIN_LEAST =
		33 * MILLISECOND, /* the shortest time after which a frame is handed out again */
	AGAIN_MOST = 50 * MILLISECOND, /* the longest one */
	SILENCE_LEAST =
		100 * MILLISECOND /* after a frame of an input that is fast enough by itself */
};

struct feed_lane {
	struct feed *feed;
	/* Of what follows the lock is the feed's. */
	struct frame *last; /* NULL: none yet */
	bool goes_on;       /* its position, without others */
	int64_t ahead;      /* by which positions that are handed out lie behind the input's own */
	int64_t silence;    /* nanoseconds from a new frame until it is handed out again */
	int64_t again;      /* nanoseconds between the times after that */
	struct sound_voice voice;
};

struct feed {
	struct queue *frames, *work, *sound;
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool stopping;
	uint64_t serial;
	uint64_t count;          /* of new frames */
	struct feed_lane *front; /* NULL: none yet */
	struct feed_lane *next;  /* to become it; NULL: none */
	double next_seconds;     /* in which it takes over */
	struct frame *shown;     /* the last frame that was handed out; NULL: none yet */
	int64_t handed_at;       /* when, new or again */
	bool is_new;             /* it was not handed out before */

	/* What fades out: a lane, or else a picture that stands. */
	struct feed_lane *back;
	struct frame *under;
	int64_t begun;
	double seconds;
	struct sound_mix mix;
};

/* By which frames handed out again stay before the next: what is asked of the dream after them
 * counts from a little later (app/live/performance.c), and is to count for the next. */
static const int64_t before_next = 4 * MILLISECOND;

/* ---- what fades ---- */

/* With the lock held, as all of these. */
static void end_fade(struct feed *feed)
{
	feed->back = NULL;
	frame_release(feed->under);
	feed->under = NULL;
}

/* How much of the front is seen by now; ends a fade that is over. */
static double part_of_front(struct feed *feed, int64_t now)
{
	if (!feed->back && !feed->under)
		return 1;
	double part = (double)(now - feed->begun) / (1e9 * feed->seconds);
	if (part < 1)
		return part > 0 ? part : 0;
	end_fade(feed);
	return 1;
}

/* The frame of the front as it is handed out, with one more holder. Where memory is short, nothing
 * is mixed. */
static struct frame *mix(struct feed *feed, struct frame *frame, int64_t now)
{
	double part = part_of_front(feed, now);
	const struct frame *from = feed->back ? feed->back->last : feed->under;
	struct frame *mixed = NULL;
	if (part >= 1 || !from ||
	    frame_create(&mixed, frame->image.width, frame->image.height, NULL) != RV_OK)
		return frame_hold(frame);
	mix_pictures(&from->image, &frame->image, part, &mixed->image);
	mixed->time = frame->time;
	mixed->position = frame->position;
	mixed->next_position = frame->next_position;
	mixed->decoded_at = frame->decoded_at;
	mixed->serial = frame->serial;
	mixed->number = frame->number;
	mixed->again = frame->again;
	return mixed;
}

/* Positions go on as the clock did since the last picture. */
static int64_t find_ahead(const struct feed *feed, const struct frame *frame)
{
	if (!feed->shown)
		return 0;
	int64_t passed = frame->time - feed->shown->time;
	return feed->shown->position + (passed > 0 ? passed : 1) - frame->position;
}

static void raise_serial(struct feed *feed)
{
	feed->serial++;
	queue_discard_before(feed->work, feed->serial);
}

/* The next lane takes over, frame being its first. Who turns back while the front still takes over
 * goes back from there. A third lane takes over from the mixture, which stands. */
static void turn(struct feed *feed, const struct frame *frame)
{
	int64_t now = clock_now();
	double part = part_of_front(feed, now);
	struct feed_lane *left = feed->front;
	bool is_back = feed->next == feed->back;
	feed->front = feed->next;
	feed->front->ahead = find_ahead(feed, frame);
	feed->next = NULL;
	feed->seconds = feed->next_seconds;
	feed->begun = now;
	if (is_back)
		feed->begun -= (int64_t)((1 - part) * feed->seconds * 1e9);
	end_fade(feed);
	sound_mix_turn_to(&feed->mix, &feed->front->voice, now, left ? feed->seconds : 0);
	if (!(feed->seconds > 0) || !left)
		raise_serial(feed);
	else if (part < 1 && !is_back)
		feed->under = frame_hold(feed->shown);
	else if (left->last)
		feed->back = left;
}

/* ---- handing out ---- */

static void keep(struct feed_lane *lane, struct frame *frame)
{
	frame_release(lane->last);
	lane->last = frame_hold(frame);
}

/* With the lock held. Takes over a frame of the front. */
static void hand_out(struct feed *feed, struct frame *frame)
{
	frame->serial = feed->serial;
	feed->count += !frame->again;
	frame->number = feed->count;
	frame->decoded_at = clock_now();
	if (feed->shown && frame->time <= feed->shown->time)
		frame->time = feed->shown->time + 1;
	keep(feed->front, frame);
	feed->handed_at = frame->decoded_at;
	feed->is_new = !frame->again;
	struct frame *mixed = mix(feed, frame, frame->decoded_at);
	frame_release(feed->shown);
	feed->shown = frame_hold(mixed);
	queue_push(feed->work, frame_hold(mixed), mixed->serial);
	queue_push(feed->frames, mixed, mixed->serial);
	frame_release(frame);
}

/* With the lock held. */
static void take(struct feed_lane *lane, struct frame *frame)
{
	struct feed *feed = lane->feed;
	if (lane == feed->next)
		turn(feed, frame);
	if (lane != feed->front) {
		keep(lane, frame);
		frame_release(frame);
		return;
	}
	frame->position += lane->ahead;
	if (frame->next_position)
		frame->next_position += lane->ahead;
	hand_out(feed, frame);
}

void feed_frame(struct feed_lane *lane, struct frame *frame)
{
	pthread_mutex_lock(&lane->feed->lock);
	take(lane, frame);
	pthread_cond_signal(&lane->feed->changed);
	pthread_mutex_unlock(&lane->feed->lock);
}

void feed_sound(struct feed_lane *lane, struct sound *sound)
{
	struct feed *feed = lane->feed;
	pthread_mutex_lock(&feed->lock);
	sound_mix_take(&feed->mix, &lane->voice, sound, feed->sound);
	pthread_mutex_unlock(&feed->lock);
}

void feed_let_go_on(struct feed_lane *lane)
{
	pthread_mutex_lock(&lane->feed->lock);
	lane->goes_on = true;
	pthread_mutex_unlock(&lane->feed->lock);
}

void feed_raise(struct feed_lane *lane)
{
	pthread_mutex_lock(&lane->feed->lock);
	if (lane == lane->feed->front)
		raise_serial(lane->feed);
	pthread_mutex_unlock(&lane->feed->lock);
}

/* A slow input's frames are handed out again in even parts of the time between them. */
void feed_expect(struct feed_lane *lane, double frames_per_second)
{
	/* What a file says of its rate may be anything. */
	bool is_rate = frames_per_second > 0.1 && frames_per_second < MILLISECOND;
	int64_t interval =
		is_rate ? (int64_t)((double)CLOCK_SECOND / frames_per_second) : AGAIN_LEAST;
	int64_t parts = (interval + AGAIN_MOST - 1) / AGAIN_MOST;
	int64_t again = interval / parts;
	pthread_mutex_lock(&lane->feed->lock);
	lane->again = again > AGAIN_LEAST ? again : AGAIN_LEAST;
	lane->silence = parts > 1 ? lane->again : SILENCE_LEAST;
	pthread_mutex_unlock(&lane->feed->lock);
}

/* ---- the thread ---- */

/* With the lock held. */
static int64_t due_at(const struct feed *feed)
{
	const struct feed_lane *front = feed->front;
	if (!front || !front->last)
		return clock_now() + CLOCK_SECOND;
	return feed->handed_at + (feed->is_new ? front->silence : front->again);
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
	struct frame *last = frame_hold(feed->front->last), *copy = NULL;
	bool goes_on = feed->front->goes_on;
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
	bool is_last = feed->front && feed->front->last == last;
	if (status == RV_OK && is_last && !feed->stopping)
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
                      struct queue *sound, rv_error *error)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	if (!feed)
		return rv_fail(error, RV_MEMORY, "out of memory");
	feed->frames = frames;
	feed->work = work;
	feed->sound = sound;
	pthread_mutex_init(&feed->lock, NULL);
	clock_init_condition(&feed->changed);
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
	end_fade(feed);
	frame_release(feed->shown);
	pthread_cond_destroy(&feed->changed);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
	*destroyed = NULL;
}

/* ---- lanes ---- */

rv_status feed_lane_create(struct feed_lane **created, struct feed *feed, rv_error *error)
{
	struct feed_lane *lane = calloc(1, sizeof(*lane));
	if (!lane)
		return rv_fail(error, RV_MEMORY, "out of memory");
	lane->feed = feed;
	feed_expect(lane, 0);
	pthread_mutex_lock(&feed->lock);
	sound_mix_add_voice(&feed->mix, &lane->voice);
	pthread_mutex_unlock(&feed->lock);
	*created = lane;
	return RV_OK;
}

void feed_lane_destroy(struct feed_lane **destroyed)
{
	struct feed_lane *lane = *destroyed;
	if (!lane)
		return;
	struct feed *feed = lane->feed;
	pthread_mutex_lock(&feed->lock);
	if (lane == feed->back)
		feed->under = frame_hold(lane->last);
	feed->back = lane == feed->back ? NULL : feed->back;
	feed->front = lane == feed->front ? NULL : feed->front;
	feed->next = lane == feed->next ? NULL : feed->next;
	sound_mix_remove_voice(&feed->mix, &lane->voice);
	pthread_mutex_unlock(&feed->lock);
	frame_release(lane->last);
	free(lane);
	*destroyed = NULL;
}

void feed_turn_to(struct feed_lane *lane, double seconds)
{
	struct feed *feed = lane->feed;
	pthread_mutex_lock(&feed->lock);
	if (!feed->front) {
		feed->front = lane;
		sound_mix_turn_to(&feed->mix, &lane->voice, clock_now(), 0);
	}
	feed->next = lane == feed->front ? NULL : lane;
	feed->next_seconds = seconds;
	pthread_mutex_unlock(&feed->lock);
}

bool feed_is_front(struct feed_lane *lane)
{
	pthread_mutex_lock(&lane->feed->lock);
	bool is_front = lane == lane->feed->front;
	pthread_mutex_unlock(&lane->feed->lock);
	return is_front;
}

bool feed_is_used(struct feed_lane *lane)
{
	struct feed *feed = lane->feed;
	pthread_mutex_lock(&feed->lock);
	int64_t now = clock_now();
	part_of_front(feed, now);
	bool is_used = lane == feed->front || lane == feed->next || lane == feed->back ||
	               !sound_voice_is_silent(&lane->voice, now);
	pthread_mutex_unlock(&feed->lock);
	return is_used;
}
