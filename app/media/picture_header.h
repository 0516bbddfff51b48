/* What the bytes of a picture file say before anything is decoded: how large the picture is (so
 * that a hostile size is refused before memory is asked for), and whether the file ends where it
 * should (decoders fill the rest of a truncated picture with grey, and call that success). */
#ifndef APP_MEDIA_PICTURE_HEADER_H
#define APP_MEDIA_PICTURE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reverie.h"

/* Checks a whole JPEG, PNG, GIF, BMP or WebP file of size bytes; any other file passes, and is left
 * to its decoder. name is for messages. RV_MEMORY: beyond the limit of libav_check_picture_size;
 * RV_CORRUPT: it has no end; RV_UNSUPPORTED: an animated WebP, which app/media/webp.h reads. */
rv_status picture_header_check(const uint8_t *bytes, size_t size, const char *name,
                               rv_error *error);

/* Whether bytes are a JPEG of four inks; transform is then the place of the byte of its Adobe
 * segment that says how they are stored, 0 where it has none. */
bool picture_header_has_inks(const uint8_t *bytes, size_t size, size_t *transform);
/* Whether bytes are a JPEG with a gain map behind it, which makes HDR of it on screens that have it
 * (Ultra HDR; ISO 21496-1). */
bool picture_header_has_gain_map(const uint8_t *bytes, size_t size);

#endif
