/* What the bytes of a picture file say before anything is decoded: how large the picture is (so
 * that a hostile size is refused before memory is asked for), and whether the file ends where it
 * should (decoders fill the rest of a truncated picture with grey, and call that success). */
#ifndef APP_MEDIA_PICTURE_HEADER_H
#define APP_MEDIA_PICTURE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reverie.h"

struct picture_header {
	int64_t width, height; /* 0: not found, and left to the decoder */
	bool truncated;
	bool animated_webp;

	/* JPEG's. A gain map makes HDR of it on screens that have it (Ultra HDR; ISO 21496-1). */
	bool four_inks, gain_map;
	size_t adobe_transform; /* the place of the byte that says how inks are stored; 0: none */
};

/* Checks a whole JPEG, PNG, GIF, BMP or WebP file of size bytes, and tells what it found; any other
 * file passes, and is left to its decoder. name is for messages. RV_MEMORY: beyond the limit of
 * libav_check_picture_size; RV_CORRUPT: it has no end; RV_UNSUPPORTED: an animated WebP, which
 * app/media/webp.h reads. */
rv_status picture_header_check(struct picture_header *header, const uint8_t *bytes, size_t size,
                               const char *name, rv_error *error);

#endif
