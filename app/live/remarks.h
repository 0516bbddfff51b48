/* What is said of an input while its frames come: that they are others now, and that some were
 * damaged. Belongs to the decode thread. */
#ifndef APP_LIVE_REMARKS_H
#define APP_LIVE_REMARKS_H

#include "app/live/note.h"
#include "app/media/source.h"

/* Zeroed, no frame was seen. */
struct remarks {
	struct {
		int width, height;
		enum AVPixelFormat format;
	} seen; /* of the last frame as it came */
	int64_t damage_said, damage_said_at;
};

/* The input was opened, for the first time or again. */
void remarks_begin(struct remarks *remarks);

/* A frame of source came, whose name as it may be shown is given, at a time of clock_now(). */
void remarks_on_frame(struct remarks *remarks, struct live_note *note, const struct source *source,
                      const char *name, int64_t now);

#endif
