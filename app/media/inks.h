/* The four inks of a JPEG. libavcodec makes colours of them itself, by the plain formula, unless it
 * is kept from knowing that they are inks. */
#ifndef APP_MEDIA_INKS_H
#define APP_MEDIA_INKS_H

#include <libavutil/frame.h>
#include <stdint.h>

#include "app/media/picture_header.h"
#include "engine/reverie.h"

enum inks {
	INKS_NONE,  /* it is no JPEG, or has no four inks */
	INKS_PLAIN, /* cyan, magenta, yellow, black; 255 for none, as Adobe's programs write them */
	INKS_YCCK,  /* the first three as a JPEG's luma and chroma */
};

/* What a picture of this header holds, in which it changes a byte, so that libavcodec leaves inks
 * as they are. Programs agree to read inks without an Adobe segment as if there were one. */
enum inks inks_hide(uint8_t *bytes, const struct picture_header *header);

/* Fills colours, RGB24 of the same size, from a frame that was decoded after inks_hide, by the
 * frame's profile where it has one of inks. RV_UNSUPPORTED: more than 8 bits; RV_MEMORY;
 * RV_CORRUPT: the profile. */
rv_status inks_convert(AVFrame *colours, const AVFrame *frame, enum inks inks, rv_error *error);

#endif
