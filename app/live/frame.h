/* Frames and dreams on their way between the threads of a live session. Each is written once, by
 * the thread that makes it, and only read after it went through a queue. */
#ifndef APP_LIVE_FRAME_H
#define APP_LIVE_FRAME_H

#include <stdatomic.h>

#include "app/live/warp.h"

/* Nanoseconds of a clock that nobody sets. */
int64_t live_now(void);

/* A picture of the source; held by several threads. */
struct frame {
	atomic_int holders;
	rv_image image;     /* RV_RGB8, rows packed */
	int64_t time;       /* when it is to be shown, or was taken: by its timestamp, nanoseconds
	                     * on live_now()'s clock */
	int64_t decoded_at; /* when it was there */
	uint64_t serial;    /* raised where the source was opened anew */
	uint64_t number;    /* of frames that came, those handed out again not counted; from 1 */
	bool again;         /* the one before once more, as nothing new came */
};

/* What was dreamed of a frame. */
struct dream {
	atomic_int holders;
	struct frame *frame;
	int width, height; /* of the dream, not of the frame */
	/* [height][width][3]: dream minus frame, -255..255; behind it there is room for a row and
	 * two pixels more, so that whoever interpolates may look there. */
	int16_t *detail;
	rv_frame_report report;
	int warm_steps, warm_most, warm_octaves; /* as asked for */
	rv_flow_quality flow;
	double convert_ms, dream_ms;
};

/* What is to be shown together. */
struct display_frame {
	struct frame *frame;
	struct dream *dream; /* NULL: none yet */
	struct warp *warp;   /* from frame to the dream's; NULL: not known */
	double warp_ms;
};

/* The frame has one holder. RV_MEMORY. */
rv_status frame_create(struct frame **frame, int width, int height, rv_error *error);
struct frame *frame_hold(struct frame *frame);
/* Accepts NULL. As a queue_release: item is a struct frame. */
void frame_release(void *item);

/* Holds frame; the dream has one holder. RV_MEMORY. */
rv_status dream_create(struct dream **dream, struct frame *frame, int width, int height,
                       rv_error *error);
struct dream *dream_hold(struct dream *dream);
/* Accepts NULL. As a queue_release: item is a struct dream. */
void dream_release(void *item);

/* Holds frame and dream (which may be NULL), and takes over warp, also on an error. RV_MEMORY. */
rv_status display_frame_create(struct display_frame **display_frame, struct frame *frame,
                               struct dream *dream, struct warp *warp, rv_error *error);
/* Accepts NULL. As a queue_release: item is a struct display_frame. */
void display_frame_release(void *item);

#endif
