#include "app/media/picture_header.h"

#include <libavutil/common.h>
#include <libavutil/intreadwrite.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/libav.h"

enum {
	JPEG_END_OF_IMAGE = 0xD9,
	JPEG_START_OF_SCAN = 0xDA,
	JPEG_APP1 = 0xE1,
	JPEG_APP2 = 0xE2,
	JPEG_APP14 = 0xEE,
	PNG_SIGNATURE_BYTES = 8,
	PNG_CHUNK_FRAME_BYTES = 12, /* length, name and checksum around a chunk's data */
	RIFF_HEADER_BYTES = 8,
	WEBP_ANIMATION_FLAG = 0x02,
};

static bool starts(const uint8_t *bytes, size_t size, const char *with, size_t length)
{
	return size >= length && memcmp(bytes, with, length) == 0;
}

/* SOF0 to SOF15, less the three codes between them that mean something else (ITU-T T.81, B.1). */
static bool is_start_of_frame(uint8_t marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
	       marker != 0xCC;
}

/* No FF D9 stands within the coded data of a scan, where every FF is followed by 00 or by a restart
 * marker: the end of the picture is the first one after its last scan. */
static bool jpeg_ends(const uint8_t *bytes, size_t size, size_t scan)
{
	static const uint8_t end[2] = {0xFF, JPEG_END_OF_IMAGE};
	return memmem(bytes + scan, size - scan, end, sizeof(end)) != NULL;
}

/* By Adobe's and Google's XMP, or ISO's own segment. */
static bool names_gain_map(const uint8_t *segment, size_t length)
{
	static const char *const names[] = {"http://ns.adobe.com/hdr-gain-map/1.0/",
	                                    "urn:iso:std:iso:ts:21496:-1"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (memmem(segment, length, names[i], strlen(names[i])))
			return true;
	return false;
}

/* Walks the segments up to the first scan. */
static struct picture_header read_jpeg(const uint8_t *bytes, size_t size)
{
	struct picture_header header = {.truncated = true};
	size_t at = 2;
	while (at + 4 <= size) {
		uint8_t marker = bytes[at + 1];
		if (bytes[at] != 0xFF || marker == 0xFF || marker == 0) {
			at++; /* padding, or damage that the decoder may get over */
			continue;
		}
		if (marker == JPEG_START_OF_SCAN) {
			header.truncated = !jpeg_ends(bytes, size, at);
			break;
		}
		if (is_start_of_frame(marker) && at + 10 <= size) {
			header.four_inks = bytes[at + 9] == 4;
			header.height = AV_RB16(bytes + at + 5);
			header.width = AV_RB16(bytes + at + 7);
		}
		size_t length = (size_t)AV_RB16(bytes + at + 2);
		if (marker == JPEG_APP14 && at + 16 <= size && length >= 14 &&
		    memcmp(bytes + at + 4, "Adobe", 5) == 0)
			header.adobe_transform = at + 15;
		if ((marker == JPEG_APP1 || marker == JPEG_APP2) && at + 2 + length <= size)
			header.gain_map |=
				names_gain_map(bytes + at + 4, length - FFMIN(length, 2));
		at += 2 + length;
	}
	return header;
}

static struct picture_header read_png(const uint8_t *bytes, size_t size)
{
	struct picture_header header = {.truncated = true};
	size_t at = PNG_SIGNATURE_BYTES;
	while (size - at >= PNG_CHUNK_FRAME_BYTES) {
		size_t length = AV_RB32(bytes + at);
		const uint8_t *name = bytes + at + 4;
		if (length > size - at - PNG_CHUNK_FRAME_BYTES)
			break;
		if (memcmp(name, "IHDR", 4) == 0 && length >= 8) {
			header.width = AV_RB32(name + 4);
			header.height = AV_RB32(name + 8);
		}
		if (memcmp(name, "IEND", 4) == 0)
			header.truncated = false;
		at += length + PNG_CHUNK_FRAME_BYTES;
	}
	return header;
}

static struct picture_header read_gif(const uint8_t *bytes, size_t size)
{
	if (size < 10)
		return (struct picture_header){.truncated = true};
	return (struct picture_header){.width = AV_RL16(bytes + 6), .height = AV_RL16(bytes + 8)};
}

static struct picture_header read_bmp(const uint8_t *bytes, size_t size)
{
	if (size < 26)
		return (struct picture_header){.truncated = true};
	struct picture_header header = {0};
	if (AV_RL32(bytes + 14) >= 40) {
		header.width = llabs((long long)(int32_t)AV_RL32(bytes + 18));
		header.height = llabs((long long)(int32_t)AV_RL32(bytes + 22)); /* < 0: top down */
	} else {
		header.width = AV_RL16(bytes + 18);
		header.height = AV_RL16(bytes + 20);
	}
	return header;
}

/* The canvas of an extended file (VP8X), else the one frame's own size (VP8L or VP8). */
static struct picture_header read_webp(const uint8_t *bytes, size_t size)
{
	struct picture_header header = {0};
	if (size < 30)
		return (struct picture_header){.truncated = true};
	header.truncated = AV_RL32(bytes + 4) > size - RIFF_HEADER_BYTES;
	const uint8_t *chunk = bytes + 12;
	if (memcmp(chunk, "VP8X", 4) == 0) {
		header.animated_webp = chunk[8] & WEBP_ANIMATION_FLAG;
		header.width = 1 + (int64_t)AV_RL24(chunk + 12);
		header.height = 1 + (int64_t)AV_RL24(chunk + 15);
	} else if (memcmp(chunk, "VP8L", 4) == 0) {
		uint32_t sides = AV_RL32(chunk + 9); /* 14 bits each */
		header.width = 1 + (sides & 0x3FFF);
		header.height = 1 + (sides >> 14 & 0x3FFF);
	} else if (memcmp(chunk, "VP8 ", 4) == 0) {
		header.width = AV_RL16(chunk + 14) & 0x3FFF;
		header.height = AV_RL16(chunk + 16) & 0x3FFF;
	}
	return header;
}

static struct picture_header read_header(const uint8_t *bytes, size_t size)
{
	if (starts(bytes, size, "\xFF\xD8\xFF", 3))
		return read_jpeg(bytes, size);
	if (starts(bytes, size, "\x89PNG\r\n\x1A\n", PNG_SIGNATURE_BYTES))
		return read_png(bytes, size);
	if (starts(bytes, size, "GIF8", 4))
		return read_gif(bytes, size);
	if (starts(bytes, size, "BM", 2))
		return read_bmp(bytes, size);
	if (starts(bytes, size, "RIFF", 4) && size >= 12 && memcmp(bytes + 8, "WEBP", 4) == 0)
		return read_webp(bytes, size);
	return (struct picture_header){0};
}

rv_status picture_header_check(struct picture_header *header, const uint8_t *bytes, size_t size,
                               const char *name, rv_error *error)
{
	*header = read_header(bytes, size);
	if (header->width > 0 && header->height > 0) {
		rv_status status =
			libav_check_picture_size(name, header->width, header->height, error);
		if (status != RV_OK)
			return status;
	}
	if (header->animated_webp)
		return rv_fail(error, RV_UNSUPPORTED,
		               "%s: is an animated WebP, which is read from a file alone", name);
	if (header->truncated)
		return rv_fail(error, RV_CORRUPT,
		               "%s: is truncated: the end of the picture is missing", name);
	return RV_OK;
}
