/* Hands the frames of a live session out to display and engine, neither of which it ever waits for,
 * and hands the last one out again, by a thread of its own, where none comes: while the input is
 * away, slow, or a picture. So the dream lives on. */
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

/* Frames come so often from now on; 0: not known. */
void feed_expect(struct feed *feed, double frames_per_second);

/* Takes over a frame. Its time is raised where it does not lie after that of the last one. */
void feed_frame(struct feed *feed, struct frame *frame);

/* What comes from now on has this serial number; older frames that still wait are dropped. */
void feed_raise(struct feed *feed, uint64_t serial);

#endif
