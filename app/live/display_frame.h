/* What is to be shown together: the newest frame, the newest dream, and the motion between the two.
 * Written by the warp thread, and only read after it went through a queue. */
#ifndef APP_LIVE_DISPLAY_FRAME_H
#define APP_LIVE_DISPLAY_FRAME_H

#include "app/live/dream.h"
#include "app/live/warp.h"

struct display_frame {
	struct frame *frame; /* held */
	struct dream *dream; /* held; NULL: none yet */
	struct warp *warp;   /* from frame to the dream's, owned; NULL: not known */
	double warp_ms;
	int64_t made_at; /* on clock_now()'s clock */
};

/* Holds frame and dream (which may be NULL), and takes over warp, also on an error. RV_MEMORY. */
rv_status display_frame_create(struct display_frame **display_frame, struct frame *frame,
                               struct dream *dream, struct warp *warp, rv_error *error);
/* Accepts NULL. As a queue_release: item is a struct display_frame. */
void display_frame_release(void *item);

#endif
