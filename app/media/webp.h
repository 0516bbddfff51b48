/* Animated WebP, which libavformat does not read: libwebp decodes it, and libavformat is given its
 * frames as NUT. */
#ifndef APP_MEDIA_WEBP_H
#define APP_MEDIA_WEBP_H

#include <libavformat/avio.h>

#include "engine/reverie.h"

/* Whether a file that begins with these bytes, of which 21 are looked at, holds one. */
bool webp_is_animated(const uint8_t *head, size_t length);

/* Opens one to be read as NUT: raw RGBA, with the frames' own times in milliseconds. It cannot be
 * sought in. Closed by webp_close. RV_CORRUPT; RV_MEMORY: also beyond the limits of
 * app/media/libav.h; RV_IO. */
rv_status webp_open(AVIOContext **io, const char *path, rv_error *error);
/* Accepts a pointer to NULL. */
void webp_close(AVIOContext **io);

#endif
