/* What files say of panoramas: Google's properties of photographs (XMP, GPano), and the side data
 * of videos. */
#ifndef APP_MEDIA_PANORAMA_H
#define APP_MEDIA_PANORAMA_H

#include <libavcodec/packet.h>
#include <libavformat/avformat.h>

#include "engine/reverie.h"

/* Whether an input is taken for a whole sphere. */
enum panorama_mode { PANORAMA_AUTO, PANORAMA_ON, PANORAMA_OFF };

enum { PANORAMA_VIEW_LENGTH = 512 };

/* Zeroed: no panorama. */
struct panorama {
	bool is_sphere;                  /* all directions, each by its angles (equirectangular) */
	bool is_part;                    /* a part of such a picture */
	char view[PANORAMA_VIEW_LENGTH]; /* how it is to be shown first, as attributes of XMP */
};

/* What the bytes of a picture's file say. */
void panorama_find(struct panorama *panorama, const uint8_t *bytes, size_t size);

/* What a stream says. */
void panorama_of_stream(struct panorama *panorama, const AVStream *stream);

/* Whether the frames are to be dreamed as a sphere. */
bool panorama_wanted(const struct panorama *panorama, enum panorama_mode mode);

/* Marks a stream that is to be written as a sphere, if it is not marked. RV_MEMORY. */
rv_status panorama_mark_stream(AVStream *stream, rv_error *error);

/* Puts into the file of a picture, which an encoder made (JPEG, PNG or WebP), that it is a sphere.
 * RV_UNSUPPORTED: another format; RV_MEMORY. */
rv_status panorama_mark_picture(const struct panorama *panorama, int width, int height,
                                AVPacket *file, rv_error *error);

#endif
