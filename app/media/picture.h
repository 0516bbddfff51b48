/* A still picture in memory. app/media/picture_read.h reads it, app/media/picture_write.h writes
 * it.
 */
#ifndef APP_MEDIA_PICTURE_H
#define APP_MEDIA_PICTURE_H

#include <libavutil/buffer.h>
#include <libavutil/pixfmt.h>

#include "app/media/panorama.h"
#include "engine/reverie.h"

/* Released by picture_release. */
struct picture {
	rv_image image; /* RV_RGB8 or RV_RGB16, upright, rows packed; pixels owned */
	/* width * height uint8_t, or uint16_t beside RV_RGB16; straight, not premultiplied. NULL:
	 * opaque everywhere. */
	void *alpha;
	AVBufferRef *colour_profile; /* ICC, of an RGB space; NULL: none, which means sRGB */
	/* Of a picture of high dynamic range, PQ or HLG in RV_RGB16; else unspecified. */
	enum AVColorTransferCharacteristic transfer;
	enum AVColorPrimaries primaries;
	const char *note; /* what of the file is not in the picture, for a message; NULL: nothing */
	struct panorama panorama; /* what is said of it, and written where it is a sphere */
	/* A text that it carries along (app/media/tag.h); NULL: none. Borrowed. */
	const char *settings;
};

/* Resamples the picture to width x height pixels, at least 1 each. RV_MEMORY. */
rv_status picture_scale(struct picture *picture, int width, int height, rv_error *error);

/* What it holds are sRGB's numbers from now on, whatever they were. */
void picture_forget_colours(struct picture *picture);

void picture_release(struct picture *picture);

#endif
