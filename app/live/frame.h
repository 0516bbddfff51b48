/* A picture of the source, on its way between the threads of a live session. It is written once, by
 * the thread that makes it, and only read after it went through a queue. */
#ifndef APP_LIVE_FRAME_H
#define APP_LIVE_FRAME_H

#include <stdatomic.h>

#include "engine/reverie.h"

/* Times are nanoseconds on clock_now()'s clock (app/base/clock.h). */
struct frame {
	atomic_int holders;
	rv_image image; /* RV_RGB8, rows packed */
	/* When it is to be shown, or, of a stream, when it was taken: as its timestamp says. */
	int64_t time;
	/* How far into the input it lies: of a file as its own clock says, which goes on where it
	 * starts over; else since the first frame. Nanoseconds. */
	int64_t position;
	/* The position that the next frame has, before which those handed out again stay: a file's
	 * clock does not go on without the file. 0: not known, or of a clock that goes on. */
	int64_t next_position;
	int64_t decoded_at;
	uint64_t serial; /* raised where the source was opened anew */
	uint64_t number; /* of frames that came, those handed out again not counted; from 1 */
	bool again;      /* the frame before once more, as nothing new came */
};

/* The frame has one holder. RV_MEMORY. */
rv_status frame_create(struct frame **frame, int width, int height, rv_error *error);
struct frame *frame_hold(struct frame *frame);
/* Accepts NULL. As a queue_release: item is a struct frame. */
void frame_release(void *item);

#endif
