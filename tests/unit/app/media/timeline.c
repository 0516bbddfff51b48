/* Timestamps that jump back go on rising. */
#include "app/media/timeline.h"

#include <libavutil/avutil.h>

#include "tests/support/test.h"

static const AVRational milliseconds = {1, 1000};
/* Three hundred years, so that sums of nanoseconds fit into 64 bits. */
static const int64_t furthest = INT64_MAX / 1000000;

/* The time that a packet of a stream gets, which has so many milliseconds and lasts as long. */
static int64_t shifted(struct timeline *timeline, int stream, int64_t time, int64_t duration)
{
	AVPacket packet = {.stream_index = stream, .pts = time, .dts = time, .duration = duration};
	timeline_shift_packet(timeline, &packet, milliseconds);
	CHECK(packet.pts == packet.dts);
	return packet.pts;
}

TEST(times_that_rise_stay_as_they_are)
{
	struct timeline timeline = {0};
	for (int i = 0; i < 10; i++)
		CHECK(shifted(&timeline, 0, 1000 + 40 * i, 40) == 1000 + 40 * i);
	CHECK(shifted(&timeline, 0, 1000, 40) == 1000); /* less than half a second back */
	timeline_release(&timeline);
}

/* A packet that begins anew begins where the last one ends, not where that begins. */
TEST(time_that_jumps_back_goes_on_where_the_last_packet_ends)
{
	struct timeline timeline = {0};
	CHECK(shifted(&timeline, 0, 5000, 40) == 5000);
	CHECK(shifted(&timeline, 0, 5040, 400) == 5040);
	CHECK(shifted(&timeline, 0, 0, 40) == 5440);
	CHECK(shifted(&timeline, 0, 40, 40) == 5480);
	CHECK(shifted(&timeline, 0, 0, 40) == 5440); /* 80 ms back: the order of decoding */
	timeline_release(&timeline);
}

/* What a damaged or a hostile file says of time is any 64 bits. */
TEST(times_that_nothing_can_have_are_taken_for_none)
{
	static const int64_t times[] = {INT64_MAX, INT64_MIN + 1, INT64_MAX / 1000000,
	                                INT64_MIN / 1000000, 0};
	struct timeline timeline = {0};
	int64_t last = shifted(&timeline, 0, 1000, 40);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		for (size_t j = 0; j < sizeof(times) / sizeof(times[0]); j++) {
			int64_t now = shifted(&timeline, 0, times[i], times[j]);
			CHECK(now == AV_NOPTS_VALUE || (now > -furthest && now < furthest));
		}
	CHECK(last == 1000);
	timeline_release(&timeline);
}

TEST(streams_that_jump_together_stay_together)
{
	struct timeline timeline = {0};
	CHECK(shifted(&timeline, 0, 9000, 40) == 9000);
	CHECK(shifted(&timeline, 1, 9010, 20) == 9010);
	int64_t first = shifted(&timeline, 0, 100, 40);
	CHECK(first == 9040);
	CHECK(shifted(&timeline, 1, 110, 20) == first + 10);
	timeline_release(&timeline);
}
