#include "app/media/picture_profile.h"

#include <libavutil/intreadwrite.h>
#include <string.h>

#include "app/media/packet_edit.h"

enum {
	TIFF_HEAD = 8,
	TIFF_ENTRY = 12,
	TIFF_ICC = 34675,
	TIFF_UNDEFINED = 7, /* bytes of no type */
};

static rv_status unknown_layout(rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED, "the colour profile cannot be put into the picture");
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
	rv_status status =
		packet_make_room(packet, size, start - size + directory + profile->size, error);
	if (status != RV_OK)
		return status;
	copy_directory(packet->data + start, packet->data + old, entries, (uint32_t)profile->size,
	               (uint32_t)(start + directory));
	memcpy(packet->data + start + directory, profile->data, profile->size);
	AV_WL32(packet->data + 4, (uint32_t)start);
	return RV_OK;
}

/* ---- WebP ---- */

rv_status picture_profile_to_webp(AVPacket *packet, const AVBufferRef *profile, rv_error *error)
{
	if (!packet_is_webp(packet))
		return unknown_layout(error);
	rv_status status = packet_extend_webp(packet, PACKET_WEBP_HAS_PROFILE, error);
	if (status != RV_OK)
		return status;
	return packet_put_riff_chunk(packet, PACKET_WEBP_HEAD, "ICCP", profile->data, profile->size,
	                             error);
}
