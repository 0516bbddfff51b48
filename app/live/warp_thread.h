/* The thread of a live session that finds out how the picture moved since it was dreamed: takes the
 * newest frame and the newest dream, estimates the motion from the one's frame to the other's, and
 * hands on all three.
 *
 * The motion is estimated anew for each pair, in small, rather than composed of that between all
 * frames since: over two to eight frames of hand-held, flying and 60-Hertz clips this leaves a
 * tenth to a half less error at the same cost (tests/bench/motion_lag.py), as the errors do not
 * add up. */
#ifndef APP_LIVE_WARP_THREAD_H
#define APP_LIVE_WARP_THREAD_H

#include "app/base/heartbeat.h"
#include "app/base/queue.h"
#include "app/options/options.h"

struct warp_thread;

/* Starts the thread, for frames of this size, which may show a whole sphere. It pops struct frame
 * from frames, whose wake says that there is a struct dream in dreams, and pushes struct
 * display_frame to display_frames; the queues must outlive it. Until its kernels are there nothing
 * is popped: who waits for display_frames then takes frames and dreams for himself. While the
 * device fails, frames are handed on without their motion, and it is tried again now and then.
 * RV_MEMORY. */
rv_status warp_thread_start(struct warp_thread **thread, const struct option_device *device,
                            int width, int height, bool is_sphere, struct queue *frames,
                            struct queue *dreams, struct queue *display_frames, rv_error *error);

/* Says which device the motion is to be estimated on when it must be begun anew. */
void warp_thread_use(struct warp_thread *thread, int device);

/* That the thread gets on; valid until it ends. */
const struct heartbeat *warp_thread_heart(const struct warp_thread *work);

/* Tells the thread to end. Accepts NULL. */
void warp_thread_break_off(struct warp_thread *thread);

/* Ends the thread and frees everything. frames must be closed. until and false: as
 * live_engine_stop. Accepts NULL. */
bool warp_thread_stop(struct warp_thread **thread, int64_t until);

#endif
