/* Hands the frames of a live session out to display and engine, neither of which it ever waits for.
 * A thread of its own hands the last frame out again while no other comes, because the input is
 * away, slow or a still, so that the dream goes on.
 *
 * Each input has a lane, of which one is handed out, the front. Another one takes its place with
 * its first frame, at once or by a crossfade: then the newest frames of both are handed out mixed,
 * so that display and dream see one picture, in which nothing is cut, and their sound likewise
 * (app/live/sound_mix.h). */
#ifndef APP_LIVE_FEED_H
#define APP_LIVE_FEED_H

#include "app/base/queue.h"
#include "app/live/frame.h"
#include "app/media/sound.h"

struct feed;
struct feed_lane;

/* The queues, two of struct frame and one of struct sound, are borrowed. RV_MEMORY. */
rv_status feed_create(struct feed **feed, struct queue *frames, struct queue *work,
                      struct queue *sound, rv_error *error);
/* Waits for its thread. There must be no lane any more. Accepts NULL. */
void feed_destroy(struct feed **feed);

/* ---- which lane ---- */

/* RV_MEMORY. */
rv_status feed_lane_create(struct feed_lane **lane, struct feed *feed, rv_error *error);
/* Of one that fades out, the last frame does so on. Accepts NULL. Any thread. */
void feed_lane_destroy(struct feed_lane **lane);

/* The lane becomes the front with its next frame, and takes so many seconds to take over from the
 * one that is. Positions (struct frame) go on. The very first lane is the front at once; for the
 * front itself, it stays so. Any thread. */
void feed_turn_to(struct feed_lane *lane, double seconds);

bool feed_is_front(struct feed_lane *lane);
/* Whether the lane is the front, is to become it, or still fades out, to be seen or to be heard.
 * Any thread. */
bool feed_is_used(struct feed_lane *lane);

/* ---- frames and sound ---- */

/* Says how often frames come from now on; 0: not known. Any thread. */
void feed_expect(struct feed_lane *lane, double frames_per_second);

/* Takes over a frame. Its time is raised where it does not lie after that of the last one. Any
 * thread. */
void feed_frame(struct feed_lane *lane, struct frame *frame);

/* Takes over a block of sound, whose time is on the clock of the frames'. It is heard as the lane
 * is seen. Any thread. */
void feed_sound(struct feed_lane *lane, struct sound *sound);

/* No other frame follows: the position of the last one goes on without (struct frame). Any thread.
 */
void feed_let_go_on(struct feed_lane *lane);

/* The input begins anew: the next frame has another serial number, and older ones that wait for the
 * engine are dropped. Any thread. */
void feed_raise(struct feed_lane *lane);

#endif
