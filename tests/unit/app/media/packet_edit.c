/* What is put into encoded pictures stands where their formats say. */
#include "app/media/packet_edit.h"

#include <libavutil/intreadwrite.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static AVPacket *packet_of(const void *bytes, size_t size)
{
	AVPacket *packet = av_packet_alloc();
	if (!packet || av_new_packet(packet, (int)size) < 0)
		abort();
	memcpy(packet->data, bytes, size);
	return packet;
}

TEST(packet_has_room_where_it_is_wanted)
{
	AVPacket *packet = packet_of("abcdef", 6);
	REQUIRE(packet_make_room(packet, 2, 3, NULL) == RV_OK);
	CHECK(packet->size == 9 && !memcmp(packet->data, "ab\0\0\0cdef", 9));
	REQUIRE(packet_make_room(packet, 9, 1, NULL) == RV_OK);
	CHECK(packet->size == 10 && !memcmp(packet->data, "ab\0\0\0cdef\0", 10));
	rv_error error = {0};
	CHECK(packet_make_room(packet, 0, SIZE_MAX / 2, &error) == RV_MEMORY);
	av_packet_free(&packet);
}

/* An empty IEND ends every PNG: its checksum is known. */
TEST(packet_of_png_takes_a_chunk_behind_its_first)
{
	uint8_t png[PACKET_PNG_HEAD + 3] = "\x89PNG\r\n\x1A\n";
	memcpy(png + PACKET_PNG_HEAD, "end", 3);
	AVPacket *packet = packet_of(png, sizeof(png));
	CHECK(packet_is_png(packet) && !packet_is_webp(packet));
	REQUIRE(packet_put_png_chunk(packet, PACKET_PNG_HEAD, "IEND", "", 0, NULL) == RV_OK);
	CHECK(!memcmp(packet->data, png, PACKET_PNG_HEAD));
	CHECK(!memcmp(packet->data + PACKET_PNG_HEAD, "\0\0\0\0IEND\xAE\x42\x60\x82\x65nd", 15));
	packet->size = PACKET_PNG_HEAD - 1;
	CHECK(!packet_is_png(packet));
	av_packet_free(&packet);
}

/* 300 x 200, and what the picture alone says of it. */
static AVPacket *webp_of(const char *kind, bool is_transparent)
{
	uint8_t webp[PACKET_WEBP_HEAD] = "RIFF\x16\0\0\0WEBP";
	memcpy(webp + 12, kind, 4);
	webp[16] = 10;
	if (!strcmp(kind, "VP8L")) {
		webp[20] = 0x2F;
		AV_WL32(webp + 21, 299u | 199u << 14 | (unsigned)is_transparent << 28);
	} else {
		AV_WL16(webp + 26, 300 | 1 << 14); /* above the size stands how to scale it */
		AV_WL16(webp + 28, 200 | 2 << 14);
	}
	return packet_of(webp, sizeof(webp));
}

static void check_extended(const char *kind, bool is_transparent, uint8_t flags)
{
	AVPacket *packet = webp_of(kind, is_transparent);
	CHECK(packet_is_webp(packet) && !packet_is_png(packet));
	REQUIRE(packet_extend_webp(packet, PACKET_WEBP_HAS_XMP, NULL) == RV_OK);
	const uint8_t *head = packet->data;
	CHECK(packet->size == PACKET_WEBP_HEAD + 18 && AV_RL32(head + 4) == 22 + 18);
	CHECK(!memcmp(head + 12, "VP8X\x0A\0\0\0", 8) && !memcmp(head + 30, kind, 4));
	CHECK_MESSAGE(head[20] == (PACKET_WEBP_HAS_XMP | flags), "%s: %d", kind, head[20]);
	CHECK(AV_RL24(head + 24) == 299 && AV_RL24(head + 27) == 199);
	REQUIRE(packet_extend_webp(packet, PACKET_WEBP_HAS_EXIF, NULL) == RV_OK);
	CHECK(packet->size == PACKET_WEBP_HEAD + 18); /* once is enough */
	CHECK(packet->data[20] == (PACKET_WEBP_HAS_XMP | PACKET_WEBP_HAS_EXIF | flags));
	av_packet_free(&packet);
}

TEST(packet_of_webp_is_extended_as_its_picture_says)
{
	check_extended("VP8 ", false, 0);
	check_extended("VP8L", false, 0);
	check_extended("VP8L", true, 0x10);
}

TEST(packet_of_webp_is_as_long_as_it_says)
{
	for (size_t size = 0; size < 4; size++) {
		AVPacket *packet = webp_of("VP8 ", false);
		size_t padded = size + size % 2;
		REQUIRE(packet_put_riff_chunk(packet, PACKET_WEBP_HEAD, "EXIF", "abc", size,
		                              NULL) == RV_OK);
		const uint8_t *chunk = packet->data + PACKET_WEBP_HEAD;
		CHECK((size_t)packet->size == PACKET_WEBP_HEAD + 8 + padded);
		CHECK(AV_RL32(packet->data + 4) == (uint32_t)packet->size - 8);
		CHECK(!memcmp(chunk, "EXIF", 4) && AV_RL32(chunk + 4) == size);
		CHECK(!memcmp(chunk + 8, "abc", size) && (padded == size || !chunk[8 + size]));
		av_packet_free(&packet);
	}
}

/* A TIFF of one entry, the width, gets two more of them. */
TEST(packet_of_tiff_takes_entries_in_the_order_of_their_tags)
{
	uint8_t tiff[26] = "II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x07";
	AVPacket *packet = packet_of(tiff, sizeof(tiff));
	REQUIRE(packet_is_tiff(packet) && !packet_is_png(packet));
	REQUIRE(packet_put_tiff_entry(packet, 0x8773, 7, "profile", 7, NULL) == RV_OK);
	REQUIRE(packet_is_tiff(packet));
	REQUIRE(packet_put_tiff_entry(packet, 0x010E, 2, "a text", 7, NULL) == RV_OK);
	REQUIRE(packet_is_tiff(packet));
	const uint8_t *head = packet->data, *directory = head + AV_RL32(head + 4);
	REQUIRE(AV_RL16(directory) == 3);
	CHECK(!memcmp(directory + 2, tiff + 10, 12));
	CHECK(AV_RL16(directory + 14) == 0x010E && AV_RL16(directory + 16) == 2);
	CHECK(AV_RL32(directory + 18) == 7 && !memcmp(head + AV_RL32(directory + 22), "a text", 7));
	CHECK(AV_RL16(directory + 26) == 0x8773 && AV_RL16(directory + 28) == 7);
	CHECK(AV_RL32(directory + 30) == 7 &&
	      !memcmp(head + AV_RL32(directory + 34), "profile", 7));
	CHECK(AV_RL32(directory + 38) == 0); /* none follows */
	CHECK(packet->size == head + AV_RL32(directory + 22) + 7 - packet->data);
	packet->size = 25; /* the first directory ends behind it */
	AV_WL32(packet->data + 4, 8);
	CHECK(!packet_is_tiff(packet));
	av_packet_free(&packet);
}
