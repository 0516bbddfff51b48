/* Puts into an encoded picture, a packet that is a whole file, what its encoder leaves out. */
#ifndef APP_MEDIA_PACKET_EDIT_H
#define APP_MEDIA_PACKET_EDIT_H

#include <libavcodec/packet.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/reverie.h"

enum {
	PACKET_PNG_HEAD = 8 + 25, /* bytes of the signature and of IHDR */
	PACKET_WEBP_HEAD =
		12 + 8 + 10, /* those of RIFF and of VP8X, or of another picture's head */

	/* What VP8X says that a WebP holds (RFC 9649, 2.7). */
	PACKET_WEBP_HAS_XMP = 0x04,
	PACKET_WEBP_HAS_EXIF = 0x08,
	PACKET_WEBP_HAS_PROFILE = 0x20,
};

/* Whether the packet is as long as the format's head, and begins like it. */
bool packet_is_png(const AVPacket *packet);
bool packet_is_webp(const AVPacket *packet);
/* Whether it is a TIFF as FFmpeg's encoder writes it: little-endian, and of one directory. */
bool packet_is_tiff(const AVPacket *packet);

/* Makes count bytes of room, zeroed, at a place; what stood behind it moves on. RV_MEMORY. */
rv_status packet_make_room(AVPacket *packet, size_t at, size_t count, rv_error *error);

/* Puts a chunk into a PNG, at a place between two of its chunks. RV_MEMORY. */
rv_status packet_put_png_chunk(AVPacket *packet, size_t at, const char *name, const void *bytes,
                               size_t size, rv_error *error);

/* Has a WebP say in VP8X, which one of a picture alone gets here, that it holds one thing more.
 * RV_MEMORY. */
rv_status packet_extend_webp(AVPacket *packet, unsigned has, rv_error *error);
/* Puts a chunk into a RIFF, as WebP is, at a place between two of its chunks. RV_MEMORY. */
rv_status packet_put_riff_chunk(AVPacket *packet, size_t at, const char *name, const void *bytes,
                                size_t size, rv_error *error);

/* Gives a TIFF an entry of more than four bytes, which go to its end, behind a directory of their
 * own. The types are those of TIFF 6.0. RV_MEMORY. */
rv_status packet_put_tiff_entry(AVPacket *packet, unsigned tag, unsigned type, const void *bytes,
                                size_t size, rv_error *error);

#endif
