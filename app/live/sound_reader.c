#include "app/live/sound_reader.h"

#include <libavcodec/avcodec.h>
#include <stdlib.h>

#include "app/media/libav.h"
#include "app/media/sound_decoder.h"

enum { WAITING_MAX = 4096 }; /* packets: a minute or more */

static const AVRational nanosecond = {1, 1000000000};

struct sound_reader {
	int stream_index;
	AVRational time_base;
	struct sound_decoder *decoder;
	struct libav_packets waiting;
};

rv_status sound_reader_open(struct sound_reader **opened, AVFormatContext *format, rv_error *error)
{
	int index = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	*opened = NULL;
	if (index < 0)
		return RV_OK;
	struct sound_reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	reader->stream_index = index;
	reader->time_base = format->streams[index]->time_base;
	rv_status status = sound_decoder_open(&reader->decoder, format->streams[index], NULL);
	if (status != RV_OK)
		sound_reader_close(&reader);
	if (status == RV_MEMORY)
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	*opened = reader;
	return RV_OK;
}

void sound_reader_close(struct sound_reader **closed)
{
	struct sound_reader *reader = *closed;
	if (!reader)
		return;
	sound_decoder_close(&reader->decoder);
	libav_packets_release(&reader->waiting);
	free(reader);
	*closed = NULL;
}

static void decode(struct sound_reader *reader, const AVPacket *packet, int64_t anchor,
                   struct feed_lane *lane)
{
	struct sound *sound;
	sound_decoder_push(reader->decoder, packet);
	while ((sound = sound_decoder_pull(reader->decoder))) {
		sound->time += anchor;
		feed_sound(lane, sound);
	}
}

/* ---- packets ---- */

void sound_reader_keep(struct sound_reader *reader, AVPacket *packet)
{
	if (!reader || packet->stream_index != reader->stream_index)
		return;
	if (!reader->waiting.fifo || av_fifo_can_read(reader->waiting.fifo) < WAITING_MAX)
		libav_packets_push(&reader->waiting, packet, "the sound", NULL);
}

static bool is_due(const struct sound_reader *reader, const AVPacket *packet, int64_t until)
{
	int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
	return time == AV_NOPTS_VALUE || av_rescale_q(time, reader->time_base, nanosecond) <= until;
}

void sound_reader_play(struct sound_reader *reader, int64_t until, int64_t anchor,
                       struct feed_lane *lane)
{
	const AVPacket *first;
	if (!reader)
		return;
	while ((first = libav_packets_first(&reader->waiting)) && is_due(reader, first, until)) {
		AVPacket *packet = av_packet_alloc();
		if (!packet)
			return;
		libav_packets_pop(&reader->waiting, packet);
		if (lane)
			decode(reader, packet, anchor, lane);
		av_packet_free(&packet);
	}
}
