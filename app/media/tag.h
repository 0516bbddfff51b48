/* A text that a picture or a video carries along: with which settings it was made. PNG and APNG
 * keep it in a chunk of text, JPEG, WebP, HEIC and AVIF in the user's comment of EXIF, TIFF in the
 * description of the image, GIF in a comment, Matroska, WebM, Ogg, NUT and WMV in a tag of its own,
 * MP4, MOV and AVI in that of the comment. BMP, MPEG, FLV and 3GP have no place for it. */
#ifndef APP_MEDIA_TAG_H
#define APP_MEDIA_TAG_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "engine/reverie.h"

/* What such a text begins with, and how long it may be: so that a segment of a JPEG holds it. */
extern const char tag_mark[];
enum { TAG_LENGTH_MAX = 60000 };

/* Puts text into an encoded picture, or into the first one of an animation; into one of another
 * codec, none. RV_INVALID: it is too long, or the picture is none; RV_MEMORY. */
rv_status tag_add(AVPacket *packet, enum AVCodecID codec, const char *text, rv_error *error);

/* The text as a block of EXIF, for what has a place for one; the caller's to free. RV_INVALID: it
 * is too long; RV_MEMORY. */
rv_status tag_make_exif(const char *text, uint8_t **exif, size_t *size, rv_error *error);

/* Whether what the container holds can carry it along, in whatever place. */
bool tag_fits(const AVOutputFormat *container);

/* Puts it among what the muxer, whose header is not written yet, says of a video. Containers that
 * keep nothing leave it out. RV_MEMORY. */
rv_status tag_add_video(AVFormatContext *muxer, const char *text, rv_error *error);

/* Finds the text in a file. RV_UNSUPPORTED: it carries none, from whatever it comes; RV_NOT_FOUND,
 * RV_IO, RV_MEMORY. The text, NUL-terminated, is the caller's to free. */
rv_status tag_read(const char *path, char **text, rv_error *error);

/* The same in the bytes of a picture. NULL: there is none. */
char *tag_find(const uint8_t *bytes, size_t size);

#endif
