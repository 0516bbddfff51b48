/* Colour profiles put into encoded pictures whose encoders leave them out. */
#ifndef APP_MEDIA_PICTURE_PROFILE_H
#define APP_MEDIA_PICTURE_PROFILE_H

#include <libavcodec/packet.h>
#include <libavutil/buffer.h>

#include "engine/reverie.h"

/* Puts an ICC profile into a whole file as FFmpeg's encoders write it: of TIFF (the tag 34675 of
 * ICC.1, B.4). RV_MEMORY; RV_UNSUPPORTED: it is laid out otherwise. */
rv_status picture_profile_to_tiff(AVPacket *packet, const AVBufferRef *profile, rv_error *error);
/* The same of WebP: a chunk ICCP behind VP8X (Google's WebP container specification). */
rv_status picture_profile_to_webp(AVPacket *packet, const AVBufferRef *profile, rv_error *error);

#endif
