#include "app/media/picture_profile.h"

#include <libavutil/intreadwrite.h>
#include <string.h>

enum {
	TIFF_HEAD = 8,
	TIFF_ENTRY = 12,
	TIFF_ICC = 34675,
	TIFF_UNDEFINED = 7, /* bytes of no type */
	RIFF_HEAD = 12,
	RIFF_CHUNK_HEAD = 8,
	VP8X_BYTES = 10,
	VP8X_HAS_PROFILE = 0x20,
};

static rv_status unknown_layout(rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED, "the colour profile cannot be put into the picture");
}

/* Makes count bytes of room at a place; what stood behind it moves on. */
static rv_status make_room(AVPacket *packet, size_t at, size_t count, rv_error *error)
{
	size_t behind = (size_t)packet->size - at;
	if (count > INT32_MAX / 2 || av_grow_packet(packet, (int)count) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	memmove(packet->data + at + count, packet->data + at, behind);
	memset(packet->data + at, 0, count);
	return RV_OK;
}

/* ---- TIFF ---- */

/* Copies a directory of so many entries with one more, in the order of their tags. */
static void copy_directory(uint8_t *to, const uint8_t *from, unsigned entries, uint32_t size,
                           uint32_t place)
{
	unsigned before = 0;
	while (before < entries && AV_RL16(from + 2 + before * TIFF_ENTRY) < TIFF_ICC)
		before++;
	uint8_t *own = to + 2 + before * TIFF_ENTRY;
	AV_WL16(to, entries + 1);
	memcpy(to + 2, from + 2, before * TIFF_ENTRY);
	AV_WL16(own, TIFF_ICC);
	AV_WL16(own + 2, TIFF_UNDEFINED);
	AV_WL32(own + 4, size);
	AV_WL32(own + 8, place);
	memcpy(own + TIFF_ENTRY, from + 2 + before * TIFF_ENTRY, (entries - before) * TIFF_ENTRY);
}

rv_status picture_profile_to_tiff(AVPacket *packet, const AVBufferRef *profile, rv_error *error)
{
	size_t size = (size_t)packet->size, start = size + size % 2;
	if (size < TIFF_HEAD || memcmp(packet->data, "II*\0", 4))
		return unknown_layout(error);
	size_t old = AV_RL32(packet->data + 4);
	unsigned entries = old + 2 <= size ? AV_RL16(packet->data + old) : 0;
	if (!entries || old + 2 + (size_t)entries * TIFF_ENTRY + 4 > size)
		return unknown_layout(error);
	size_t directory = 2 + ((size_t)entries + 1) * TIFF_ENTRY + 4;
	rv_status status = make_room(packet, size, start - size + directory + profile->size, error);
	if (status != RV_OK)
		return status;
	copy_directory(packet->data + start, packet->data + old, entries, (uint32_t)profile->size,
	               (uint32_t)(start + directory));
	memcpy(packet->data + start + directory, profile->data, profile->size);
	AV_WL32(packet->data + 4, (uint32_t)start);
	return RV_OK;
}

/* ---- WebP ---- */

static void write_chunk_head(uint8_t *to, const char *name, size_t size)
{
	memcpy(to, name, 4);
	AV_WL32(to + 4, (uint32_t)size);
}

/* A picture of one chunk gets the head that more of them need. */
static rv_status extend(AVPacket *packet, int width, int height, rv_error *error)
{
	rv_status status = make_room(packet, RIFF_HEAD, RIFF_CHUNK_HEAD + VP8X_BYTES, error);
	if (status != RV_OK)
		return status;
	uint8_t *chunk = packet->data + RIFF_HEAD;
	write_chunk_head(chunk, "VP8X", VP8X_BYTES);
	AV_WL24(chunk + RIFF_CHUNK_HEAD + 4, (uint32_t)width - 1);
	AV_WL24(chunk + RIFF_CHUNK_HEAD + 7, (uint32_t)height - 1);
	return RV_OK;
}

rv_status picture_profile_to_webp(AVPacket *packet, const AVBufferRef *profile, int width,
                                  int height, rv_error *error)
{
	const size_t place = RIFF_HEAD + RIFF_CHUNK_HEAD + VP8X_BYTES;
	rv_status status = RV_OK;
	if ((size_t)packet->size < place || memcmp(packet->data, "RIFF", 4) ||
	    memcmp(packet->data + 8, "WEBPVP8", 7))
		return unknown_layout(error);
	if (memcmp(packet->data + RIFF_HEAD, "VP8X", 4))
		status = extend(packet, width, height, error);
	if (status == RV_OK)
		status = make_room(packet, place,
		                   RIFF_CHUNK_HEAD + profile->size + profile->size % 2, error);
	if (status != RV_OK)
		return status;
	packet->data[RIFF_HEAD + RIFF_CHUNK_HEAD] |= VP8X_HAS_PROFILE;
	write_chunk_head(packet->data + place, "ICCP", profile->size);
	memcpy(packet->data + place + RIFF_CHUNK_HEAD, profile->data, profile->size);
	AV_WL32(packet->data + 4, (uint32_t)(packet->size - RIFF_CHUNK_HEAD));
	return RV_OK;
}
