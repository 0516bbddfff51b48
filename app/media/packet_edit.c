#include "app/media/packet_edit.h"

#include <libavutil/crc.h>
#include <libavutil/intreadwrite.h>
#include <string.h>

enum {
	PNG_FRAME = 12, /* length, name and checksum around a chunk's bytes */
	RIFF_HEAD = 12,
	CHUNK_HEAD = 8, /* of RIFF: name and length */
	VP8X_BYTES = 10,
	HAS_ALPHA = 0x10,
	TIFF_HEAD = 8,
	TIFF_ENTRY = 12,
};

static bool begins(const AVPacket *packet, int head, int at, const char *with)
{
	return packet->size >= head && memcmp(packet->data + at, with, strlen(with)) == 0;
}

bool packet_is_png(const AVPacket *packet)
{
	return begins(packet, PACKET_PNG_HEAD, 0, "\x89PNG\r\n\x1A\n");
}

bool packet_is_webp(const AVPacket *packet)
{
	return begins(packet, PACKET_WEBP_HEAD, 0, "RIFF") &&
	       begins(packet, PACKET_WEBP_HEAD, 8, "WEBPVP8");
}

rv_status packet_make_room(AVPacket *packet, size_t at, size_t count, rv_error *error)
{
	size_t behind = (size_t)packet->size - at;
	if (count > INT32_MAX / 2 || av_grow_packet(packet, (int)count) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	memmove(packet->data + at + count, packet->data + at, behind);
	memset(packet->data + at, 0, count);
	return RV_OK;
}

/* ISO/IEC 15948, 5.3. */
rv_status packet_put_png_chunk(AVPacket *packet, size_t at, const char *name, const void *bytes,
                               size_t size, rv_error *error)
{
	rv_status status = packet_make_room(packet, at, PNG_FRAME + size, error);
	if (status != RV_OK)
		return status;
	uint8_t *chunk = packet->data + at;
	AV_WB32(chunk, (uint32_t)size);
	memcpy(chunk + 4, name, 4);
	memcpy(chunk + 8, bytes, size);
	uint32_t crc = av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), UINT32_MAX, chunk + 4, 4 + size);
	AV_WB32(chunk + 8 + size, ~crc);
	return RV_OK;
}

/* What VP8X says of a picture alone: its size, and whether it is transparent, as one of VP8 never
 * is. */
static void describe(uint8_t vp8x[VP8X_BYTES], const uint8_t *chunk)
{
	const uint8_t *picture = chunk + CHUNK_HEAD;
	if (memcmp(chunk, "VP8L", 4) == 0) {
		uint32_t sides = AV_RL32(picture + 1); /* less 1, 14 bits each */
		vp8x[0] = sides >> 28 & 1 ? HAS_ALPHA : 0;
		AV_WL24(vp8x + 4, sides & 0x3FFF);
		AV_WL24(vp8x + 7, sides >> 14 & 0x3FFF);
	} else {
		AV_WL24(vp8x + 4, (AV_RL16(picture + 6) & 0x3FFF) - 1u);
		AV_WL24(vp8x + 7, (AV_RL16(picture + 8) & 0x3FFF) - 1u);
	}
}

rv_status packet_extend_webp(AVPacket *packet, unsigned has, rv_error *error)
{
	uint8_t vp8x[VP8X_BYTES] = {0};
	rv_status status = RV_OK;
	if (memcmp(packet->data + RIFF_HEAD, "VP8X", 4)) {
		describe(vp8x, packet->data + RIFF_HEAD);
		status =
			packet_put_riff_chunk(packet, RIFF_HEAD, "VP8X", vp8x, sizeof(vp8x), error);
	}
	if (status == RV_OK)
		packet->data[RIFF_HEAD + CHUNK_HEAD] |= (uint8_t)has;
	return status;
}

rv_status packet_put_riff_chunk(AVPacket *packet, size_t at, const char *name, const void *bytes,
                                size_t size, rv_error *error)
{
	rv_status status = packet_make_room(packet, at, CHUNK_HEAD + size + size % 2, error);
	if (status != RV_OK)
		return status;
	memcpy(packet->data + at, name, 4);
	AV_WL32(packet->data + at + 4, (uint32_t)size);
	memcpy(packet->data + at + CHUNK_HEAD, bytes, size);
	AV_WL32(packet->data + 4, (uint32_t)packet->size - 8);
	return RV_OK;
}

/* ---- TIFF ---- */

/* Where the directory stands, and how long it is: the count of its entries, these, and where the
 * next one stands. */
static size_t directory_at(const AVPacket *packet)
{
	return AV_RL32(packet->data + 4);
}

static size_t directory_size(unsigned entries)
{
	return 2 + (size_t)entries * TIFF_ENTRY + 4;
}

bool packet_is_tiff(const AVPacket *packet)
{
	if (!begins(packet, TIFF_HEAD, 0, "II*"))
		return false;
	size_t size = (size_t)packet->size, at = directory_at(packet);
	unsigned entries = at + 2 <= size ? AV_RL16(packet->data + at) : 0;
	return entries && at + directory_size(entries) <= size;
}

/* Copies a directory with one more entry, in the order of their tags. */
static void copy_directory(uint8_t *to, const uint8_t *from, const uint8_t entry[TIFF_ENTRY])
{
	unsigned entries = AV_RL16(from), before = 0;
	while (before < entries && AV_RL16(from + 2 + before * TIFF_ENTRY) < AV_RL16(entry))
		before++;
	uint8_t *own = to + 2 + before * TIFF_ENTRY;
	AV_WL16(to, entries + 1);
	memcpy(to + 2, from + 2, before * TIFF_ENTRY);
	memcpy(own, entry, TIFF_ENTRY);
	memcpy(own + TIFF_ENTRY, from + 2 + before * TIFF_ENTRY, (entries - before) * TIFF_ENTRY);
}

rv_status packet_put_tiff_entry(AVPacket *packet, unsigned tag, unsigned type, const void *bytes,
                                size_t size, rv_error *error)
{
	size_t end = (size_t)packet->size, start = end + end % 2, old = directory_at(packet);
	size_t directory = directory_size(AV_RL16(packet->data + old) + 1u);
	uint8_t entry[TIFF_ENTRY];
	rv_status status = packet_make_room(packet, end, start - end + directory + size, error);
	if (status != RV_OK)
		return status;
	AV_WL16(entry, tag);
	AV_WL16(entry + 2, type);
	AV_WL32(entry + 4, (uint32_t)size);
	AV_WL32(entry + 8, (uint32_t)(start + directory));
	copy_directory(packet->data + start, packet->data + old, entry);
	memcpy(packet->data + start + directory, bytes, size);
	AV_WL32(packet->data + 4, (uint32_t)start);
	return RV_OK;
}
