/* One dream fading into another: over some seconds what was dreamed last, before the other began,
 * is laid over what is dreamed now, less and less of it. Belongs to the engine's thread. */
#ifndef APP_LIVE_CROSSFADE_H
#define APP_LIVE_CROSSFADE_H

#include "app/live/dream.h"

/* Zeroed, nothing fades. */
struct crossfade {
	struct dream *from; /* held; NULL: nothing fades */
	rv_image seen;      /* a whole picture, owned; without pixels the detail of from fades */
	int64_t begun;      /* nanoseconds */
	double seconds;
};

/* Begins to fade from the last dream, which may be NULL, in place of what faded so far. Where seen
 * is given (RV_RGB8 with packed rows, of any size), that whole picture fades, as of a frame
 * that has gone, rather than the detail over the frames to come. RV_MEMORY: nothing fades. */
rv_status crossfade_begin(struct crossfade *fade, struct dream *from, const rv_image *seen,
                          int64_t now, double seconds, rv_error *error);

/* Lays what fades over the detail of dream, which nobody else has yet; frame is what was dreamed,
 * RV_RGB8 with packed rows and of the dream's size. Ends by itself. */
void crossfade_apply(struct crossfade *fade, struct dream *dream, const rv_image *frame,
                     int64_t now);

/* Releases what fades. */
void crossfade_end(struct crossfade *fade);

#endif
