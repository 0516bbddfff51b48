#include "app/media/libav.h"

#include <libavcodec/packet.h>
#include <string.h>

#include "tests/support/test.h"

enum { MEGABYTE = 1 << 20, MOST = 512 };

/* How many packets of a megabyte, which share their bytes, are taken until one is refused. */
static int fill(struct libav_packets *packets, AVBufferRef *bytes, rv_error *error)
{
	AVPacket *packet = av_packet_alloc();
	int count = 0;
	if (!packet)
		return -1;
	for (; count < 2 * MOST; count++) {
		packet->buf = av_buffer_ref(bytes);
		packet->data = bytes->data;
		packet->size = MEGABYTE;
		if (libav_packets_push(packets, packet, "a.mkv", error) != RV_OK)
			break;
	}
	av_packet_free(&packet);
	return count;
}

TEST(packets_that_wait_are_bounded)
{
	struct libav_packets packets = {.bytes = 0};
	AVBufferRef *bytes = av_buffer_alloc(MEGABYTE);
	AVPacket *packet = av_packet_alloc();
	rv_error error = {0};
	REQUIRE(bytes && packet);
	int count = fill(&packets, bytes, &error);
	CHECK_MESSAGE(count > MOST - 8 && count < MOST, "%d", count);
	CHECK(error.status == RV_CORRUPT && strstr(error.message, "a.mkv: 512 MB"));
	for (int i = 0; i < 100; i++) {
		libav_packets_pop(&packets, packet);
		av_packet_unref(packet);
	}
	CHECK(fill(&packets, bytes, &error) == 100);
	libav_packets_release(&packets);
	CHECK(!libav_packets_first(&packets) && !packets.bytes);
	av_packet_free(&packet);
	av_buffer_unref(&bytes);
}
