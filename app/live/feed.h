/* Hands the frames of a live session out to display and engine, neither of which it ever waits for.
 * A thread of its own hands the last frame out again while no other comes, because the input is
 * away, slow or a still, so that the dream goes on. */
#ifndef APP_LIVE_FEED_H
#define APP_LIVE_FEED_H

#include "app/base/queue.h"
#include "app/live/frame.h"

struct feed;

/* The queues, of struct frame, are borrowed. RV_MEMORY. */
rv_status feed_create(struct feed **feed, struct queue *frames, struct queue *work,
                      rv_error *error);
/* Waits for its thread. Accepts NULL. */
void feed_destroy(struct feed **feed);

/* Says how often frames come from now on; 0: not known. Any thread. */
void feed_expect(struct feed *feed, double frames_per_second);

/* Takes over a frame. Its time is raised where it does not lie after that of the last one. Any
 * thread. */
void feed_frame(struct feed *feed, struct frame *frame);

/* No other frame follows: the position of the last one goes on without (struct frame). Any thread.
 */
void feed_let_go_on(struct feed *feed);

/* Gives the frames from now on this serial number; older ones that wait for the engine are dropped.
 * Any thread. */
void feed_raise(struct feed *feed, uint64_t serial);

#endif
