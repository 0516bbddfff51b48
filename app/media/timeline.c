#include "app/media/timeline.h"

#include <libavutil/avutil.h>
#include <libavutil/common.h>
#include <libavutil/mathematics.h>
#include <stdbool.h>
#include <stdlib.h>

/* Nanoseconds. A step back by less than JUMP is jitter, or the order of decoding. Shifts of two
 * streams that differ by less than SAME_JUMP come from one jump that both make. */
enum { JUMP = 500000000, SAME_JUMP = 400000000 };

static const AVRational nanosecond = {1, 1000000000};

/* Of what a file says of time, 146 years either way are believed: sums of two fit into 64 bits. */
static const int64_t furthest = INT64_MAX / 2;

struct timeline_stream {
	int64_t shift; /* nanoseconds */
	int64_t end;   /* of the last packet, shifted, nanoseconds */
	bool timed;    /* there was one */
	bool has_decoding_times;
	int undated; /* packets without a decoding time, before the first that has one */
};

/* A container that leaves decoding times to be found out lacks those of the first frames that are
 * reordered: no more than these. */
enum { UNDATED_MAX = 32 };

/* The packet's place in the order of decoding, in which times do not jump. Presentation times do
 * where frames are reordered, so that they stand in only where there is nothing else. */
static int64_t stamp_of(struct timeline_stream *stream, const AVPacket *packet)
{
	stream->has_decoding_times |= packet->dts != AV_NOPTS_VALUE;
	if (packet->dts != AV_NOPTS_VALUE || stream->has_decoding_times)
		return packet->dts;
	return stream->undated++ < UNDATED_MAX ? AV_NOPTS_VALUE : packet->pts;
}

static struct timeline_stream *find_stream(struct timeline *timeline, int index)
{
	if (index < timeline->count)
		return &timeline->streams[index];
	struct timeline_stream *streams =
		realloc(timeline->streams, (size_t)(index + 1) * sizeof(*streams));
	if (!streams)
		return NULL;
	for (int i = timeline->count; i <= index; i++)
		streams[i] = (struct timeline_stream){0};
	timeline->streams = streams;
	timeline->count = index + 1;
	return &streams[index];
}

/* The shift that makes a packet at `time` follow the stream's last: that of another stream which
 * has made the same jump already, where there is one. */
static int64_t find_shift(const struct timeline *timeline, const struct timeline_stream *stream,
                          int64_t time)
{
	int64_t shift = av_sat_sub64(stream->end, time);
	for (int i = 0; i < timeline->count; i++) {
		int64_t other = timeline->streams[i].shift;
		if (&timeline->streams[i] != stream && other > stream->shift &&
		    llabs(other - shift) < SAME_JUMP)
			return other;
	}
	return shift;
}

static void judge(const struct timeline *timeline, struct timeline_stream *stream, int64_t time,
                  int64_t duration)
{
	if (stream->timed &&
	    av_sat_add64(time, stream->shift) < av_sat_sub64(stream->end, (int64_t)JUMP))
		stream->shift = find_shift(timeline, stream, time);
	stream->end = av_sat_add64(av_sat_add64(time, stream->shift), duration);
	stream->timed = true;
}

/* Nanoseconds; AV_NOPTS_VALUE also of what is too far away. */
static int64_t believed(int64_t ticks, AVRational time_base)
{
	int64_t time = ticks == AV_NOPTS_VALUE ? ticks : av_rescale_q(ticks, time_base, nanosecond);
	return time >= -furthest && time <= furthest ? time : AV_NOPTS_VALUE;
}

static int64_t shifted(int64_t ticks, int64_t shift, AVRational time_base)
{
	int64_t moved = ticks == AV_NOPTS_VALUE ? ticks : av_sat_add64(ticks, shift);
	return believed(moved, time_base) == AV_NOPTS_VALUE ? AV_NOPTS_VALUE : moved;
}

void timeline_shift_packet(struct timeline *timeline, AVPacket *packet, AVRational time_base)
{
	struct timeline_stream *stream = find_stream(timeline, packet->stream_index);
	if (!stream)
		return;
	int64_t time = believed(stamp_of(stream, packet), time_base);
	if (packet->duration < 0 || believed(packet->duration, time_base) == AV_NOPTS_VALUE)
		packet->duration = 0;
	if (time != AV_NOPTS_VALUE)
		judge(timeline, stream, time, believed(packet->duration, time_base));
	int64_t shift = av_rescale_q(stream->shift, nanosecond, time_base);
	packet->pts = shifted(packet->pts, shift, time_base);
	packet->dts = shifted(packet->dts, shift, time_base);
}

void timeline_release(struct timeline *timeline)
{
	free(timeline->streams);
	*timeline = (struct timeline){0};
}
