/* Finds out whether a video is interlaced that does not say so. */
#ifndef APP_MEDIA_INTERLACE_H
#define APP_MEDIA_INTERLACE_H

#include <libavformat/avformat.h>
#include <stdbool.h>

/* What is done with interlaced videos. */
enum interlace_mode {
	INTERLACE_AUTO, /* those that say so, or are found to be: whole frames are made of fields */
	INTERLACE_OFF,  /* frames stay as they are stored */
	INTERLACE_FRAME, /* every frame is taken to be interlaced */
	INTERLACE_FIELD, /* as auto, but each field becomes a frame: twice as many */
};

struct interlace {
	bool found;     /* most frames show two moments, though they are not marked so */
	bool top_first; /* the field of the upper line comes first */
	/* Fields are repeated as in film that was made into 60 fields a second: 3:2 pulldown. */
	bool telecined;
};

/* Whether a video of that height is worth a look: interlaced ones have few heights. */
bool interlace_is_likely(int height);

/* Decodes the beginning of the video stream in the file at url and looks at the lines of its frames
 * by libavfilter's idet. Nothing is found where it cannot be read. */
struct interlace interlace_look(const char *url, int stream_index);

#endif
