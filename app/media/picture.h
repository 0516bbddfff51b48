/* A still picture in memory. app/media/picture_read.h reads it, app/media/picture_write.h writes
 * it.
 */
#ifndef APP_MEDIA_PICTURE_H
#define APP_MEDIA_PICTURE_H

#include <libavutil/buffer.h>

#include "engine/reverie.h"

/* Released by picture_release. */
struct picture {
	rv_image image; /* RV_RGB8 or RV_RGB16, upright, rows packed; pixels owned */
	void *alpha;    /* width * height uint8_t, or uint16_t beside RV_RGB16; straight, not
	                 * multiplied into the colours. NULL: opaque everywhere */
	AVBufferRef *colour_profile; /* ICC, of an RGB space; NULL: none, which means sRGB */
	const char *settings;        /* a text that PNG keeps, as the comment "Reverie"; NULL: none;
	                              * borrowed */
};

/* Resamples the picture to width x height pixels, at least 1 each. RV_MEMORY. */
rv_status picture_scale(struct picture *picture, int width, int height, rv_error *error);

void picture_release(struct picture *picture);

#endif
