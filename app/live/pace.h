/* Keeping step with the input, so that what is dreamed and shown is as new as can be: when the next
 * frame is worth waiting for. Times and lengths of time are nanoseconds, on clock_now()'s clock. */
#ifndef APP_LIVE_PACE_H
#define APP_LIVE_PACE_H

#include "app/base/queue.h"
#include "app/live/frame.h"

/* How often frames come; the engine thread's own. Zeroed: not known yet. */
struct pace {
	uint64_t number; /* of the last one that was looked at */
	int64_t at;      /* when it came */
	int64_t interval;
};

/* Takes the frame that comes next for whoever has the time to dream it: the one that waits in
 * `work`, or the one after it, where that is due before half of the time between frames has passed:
 * what is dreamed is shown with one of the next frames, so that a dream of an old one is late, and
 * not shown sooner. The frame is the caller's. NULL: the queue is closed. */
struct frame *pace_take(struct pace *pace, struct queue *work);

/* Until when the frame after the last one is worth waiting for; `now` or before: it is not. */
int64_t pace_until(const struct pace *pace, int64_t now);

/* The main thread's pictures; pure functions.
 *
 * When the next picture is due after one that was due at `due` and is shown `now`, where pictures
 * are `interval` apart. came: when the frame in it did; 0: it has no new one. Pictures whose frames
 * had to wait come a little earlier from one to the next, until they meet them. One whose frame is
 * late waits for it (pace_patience), and those that follow come later too. One that is late for
 * another reason does not make the next ones hurry. */
int64_t pace_picture(int64_t due, int64_t interval, int64_t now, int64_t came);

/* For how long a picture that is due waits for a frame. */
int64_t pace_patience(int64_t interval);

#endif
