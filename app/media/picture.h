/* Still pictures: read from any format that libavcodec decodes, written in the one that the file's
 * name says. */
#ifndef APP_MEDIA_PICTURE_H
#define APP_MEDIA_PICTURE_H

#include <libavutil/buffer.h>

#include "app/base/output_file.h"
#include "app/media/input.h"
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

/* Decodes the picture in an input, or the first frame of an animation: 8 bits a channel stay 8
 * bits and more become 16; grey and CMYK become RGB (CMYK by the plain formula, its ICC profile is
 * not applied); EXIF's orientation is applied (JPEG, WebP; libavcodec reads none from PNG and
 * TIFF). The input is spent. RV_CORRUPT: damaged or truncated; RV_MEMORY: beyond the limits in
 * app/media/libav.h; RV_UNSUPPORTED; RV_IO. */
rv_status picture_read(struct picture *picture, struct input *input, rv_error *error);
/* The same by name (as input_open), for a picture alone. */
rv_status picture_open(struct picture *picture, const char *name, rv_error *error);

/* Resamples the picture to width x height pixels, at least 1 each. RV_MEMORY. */
rv_status picture_scale(struct picture *picture, int width, int height, rv_error *error);

/* Whether a file of this name, by its extension, would hold one picture (or, .gif, several). */
bool picture_name_known(const char *name);
/* The extensions there are, for messages. */
const char *picture_extensions(void);

/* Writes the picture in the format that name's extension says. 16 bits are kept by PNG and TIFF,
 * alpha by PNG, TIFF, WebP and (as on or off) GIF; elsewhere what is transparent is laid over
 * white. JPEG is written at 4:4:4 and high quality. The caller commits the file.
 * RV_UNSUPPORTED: an unknown extension or no such encoder; RV_IO; RV_MEMORY. */
rv_status picture_write(const struct picture *picture, struct output_file *file, const char *name,
                        rv_error *error);

void picture_release(struct picture *picture);

#endif
