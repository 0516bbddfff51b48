#include "app/live/sound_reader.h"

#include <libavcodec/avcodec.h>
#include <libswresample/swresample.h>
#include <stdlib.h>

#include "app/media/libav.h"

enum { WAITING_MAX = 4096 }; /* packets: a minute or more */

static const AVRational nanosecond = {1, 1000000000};

struct sound_reader {
	int stream_index;
	AVRational time_base;
	AVCodecContext *decoder;
	AVFrame *frame;
	struct libav_packets waiting;
	struct SwrContext *resampler;
	int rate, format, channels; /* that it was set up for */
	int64_t last_end;           /* of the last sound decoded, in the input's time */
};

/* ---- opening ---- */

static int open_decoder(struct sound_reader *reader, const AVStream *stream, const AVCodec *codec)
{
	reader->decoder = avcodec_alloc_context3(codec);
	reader->frame = av_frame_alloc();
	if (!reader->decoder || !reader->frame)
		return AVERROR(ENOMEM);
	int code = avcodec_parameters_to_context(reader->decoder, stream->codecpar);
	reader->decoder->pkt_timebase = stream->time_base;
	return code < 0 ? code : avcodec_open2(reader->decoder, codec, NULL);
}

rv_status sound_reader_open(struct sound_reader **opened, AVFormatContext *format, rv_error *error)
{
	const AVCodec *codec = NULL;
	*opened = NULL;
	int index = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
	if (index < 0)
		return RV_OK;
	struct sound_reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	reader->stream_index = index;
	reader->time_base = format->streams[index]->time_base;
	int code = open_decoder(reader, format->streams[index], codec);
	if (code < 0)
		sound_reader_close(&reader);
	if (code == AVERROR(ENOMEM))
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	*opened = reader;
	return RV_OK;
}

void sound_reader_close(struct sound_reader **closed)
{
	struct sound_reader *reader = *closed;
	if (!reader)
		return;
	avcodec_free_context(&reader->decoder);
	av_frame_free(&reader->frame);
	libav_packets_release(&reader->waiting);
	swr_free(&reader->resampler);
	free(reader);
	*closed = NULL;
}

/* ---- samples ---- */

static bool prepare_resampler(struct sound_reader *reader)
{
	const AVFrame *frame = reader->frame;
	AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, from = frame->ch_layout;
	if (reader->resampler && reader->rate == frame->sample_rate &&
	    reader->format == frame->format && reader->channels == from.nb_channels)
		return true;
	if (from.order == AV_CHANNEL_ORDER_UNSPEC)
		av_channel_layout_default(&from, from.nb_channels);
	swr_free(&reader->resampler);
	if (swr_alloc_set_opts2(&reader->resampler, &stereo, AV_SAMPLE_FMT_FLT, SOUND_RATE, &from,
	                        frame->format, frame->sample_rate, 0, NULL) < 0 ||
	    swr_init(reader->resampler) < 0) {
		swr_free(&reader->resampler);
		return false;
	}
	reader->rate = frame->sample_rate;
	reader->format = frame->format;
	reader->channels = frame->ch_layout.nb_channels;
	return true;
}

/* Of the frame's first sample; one that does not say it follows the last. */
static int64_t frame_time(const struct sound_reader *reader)
{
	int64_t pts = reader->frame->best_effort_timestamp;
	return pts == AV_NOPTS_VALUE ? reader->last_end
	                             : av_rescale_q(pts, reader->time_base, nanosecond);
}

static void hand_out(struct sound_reader *reader, int64_t anchor, struct queue *queue)
{
	const AVFrame *frame = reader->frame;
	struct sound *sound = NULL;
	int64_t time = frame_time(reader);
	reader->last_end = time + av_rescale(frame->nb_samples, nanosecond.den, frame->sample_rate);
	if (!prepare_resampler(reader))
		return;
	/* What the resampler still holds comes out first. */
	int64_t held = swr_get_delay(reader->resampler, nanosecond.den);
	int most = swr_get_out_samples(reader->resampler, frame->nb_samples);
	if (most <= 0 || sound_create(&sound, anchor + time - held, most, NULL))
		return;
	uint8_t *samples = (uint8_t *)sound->samples;
	sound->count = swr_convert(reader->resampler, &samples, most,
	                           (const uint8_t **)frame->extended_data, frame->nb_samples);
	if (sound->count > 0)
		queue_push(queue, sound, 0);
	else
		sound_release(sound);
}

static void decode(struct sound_reader *reader, const AVPacket *packet, int64_t anchor,
                   struct queue *queue)
{
	if (avcodec_send_packet(reader->decoder, packet) < 0)
		return;
	while (avcodec_receive_frame(reader->decoder, reader->frame) >= 0)
		if (reader->frame->sample_rate > 0 && reader->frame->nb_samples > 0)
			hand_out(reader, anchor, queue);
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
                       struct queue *queue)
{
	const AVPacket *first;
	if (!reader)
		return;
	while ((first = libav_packets_first(&reader->waiting)) && is_due(reader, first, until)) {
		AVPacket *packet = av_packet_alloc();
		if (!packet)
			return;
		libav_packets_pop(&reader->waiting, packet);
		if (queue)
			decode(reader, packet, anchor, queue);
		av_packet_free(&packet);
	}
}
