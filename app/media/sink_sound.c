#include "app/media/sink_sound.h"

#include <libavcodec/avcodec.h>
#include <libavutil/audio_fifo.h>
#include <libswresample/swresample.h>
#include <stdlib.h>

#include "app/media/container.h"
#include "app/media/libav.h"

enum {
	USUAL_FRAME = 1024,       /* samples, where the encoder takes any number */
	BITS_PER_SECOND = 160000, /* of lossy sound */
};

struct sink_sound {
	AVCodecContext *encoder;
	const AVStream *stream; /* the muxer's */
	struct SwrContext *converter;
	AVFrame *converted; /* what was pushed, as the encoder takes it */
	AVAudioFifo *waiting;
	AVFrame *frame;
	int64_t next; /* time of the frame that comes next, in samples */
	bool ended;   /* the encoder was told */
};

/* ---- the encoder ---- */

static bool takes_codec(const AVOutputFormat *container, enum AVCodecID id)
{
	return avformat_query_codec(container, id, FF_COMPLIANCE_NORMAL) == 1;
}

static const AVCodec *choose_encoder(const AVOutputFormat *container)
{
	const AVCodec *opus = avcodec_find_encoder_by_name("libopus");
	if (container->audio_codec == AV_CODEC_ID_NONE)
		return NULL;
	if (container_prefers_h264(container))
		return avcodec_find_encoder(AV_CODEC_ID_AAC);
	if (container->audio_codec == AV_CODEC_ID_VORBIS && opus &&
	    takes_codec(container, opus->id))
		return opus;
	return avcodec_find_encoder(container->audio_codec);
}

/* SOUND_RATE itself, or else the highest rate there is. */
static int fitting_rate(const AVCodec *codec)
{
	int highest = 0;
	for (const int *r = codec->supported_samplerates; r && *r; r++) {
		if (*r == SOUND_RATE)
			return SOUND_RATE;
		highest = *r > highest ? *r : highest;
	}
	return highest ? highest : SOUND_RATE;
}

static int try_open(AVCodecContext **opened, const AVCodec *codec, const AVOutputFormat *container)
{
	AVCodecContext *encoder = avcodec_alloc_context3(codec);
	*opened = encoder;
	if (!encoder)
		return AVERROR(ENOMEM);
	encoder->sample_rate = fitting_rate(codec);
	encoder->sample_fmt = codec->sample_fmts ? codec->sample_fmts[0] : AV_SAMPLE_FMT_S16;
	encoder->time_base = (AVRational){1, encoder->sample_rate};
	encoder->bit_rate = BITS_PER_SECOND;
	av_channel_layout_default(&encoder->ch_layout, SOUND_CHANNELS);
	if (container->flags & AVFMT_GLOBALHEADER)
		encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	return avcodec_open2(encoder, codec, NULL);
}

static rv_status open_encoder(AVCodecContext **opened, const AVOutputFormat *container,
                              rv_error *error)
{
	const AVCodec *codec = choose_encoder(container);
	if (!codec)
		return rv_fail(error, RV_UNSUPPORTED, "%s: there is no sound for it",
		               container->name);
	libav_clear_error();
	int code = try_open(opened, codec, container);
	if (code >= 0)
		return RV_OK;
	avcodec_free_context(opened);
	return libav_fail(error, code, "encoder %s refuses the sound", codec->name);
}

/* ---- opening ---- */

static rv_status out_of_memory(rv_error *error)
{
	return rv_fail(error, RV_MEMORY, "out of memory for the sound");
}

static rv_status prepare(struct sink_sound *sound, rv_error *error)
{
	AVCodecContext *encoder = sound->encoder;
	AVChannelLayout layout;
	av_channel_layout_default(&layout, SOUND_CHANNELS);
	sound->frame = av_frame_alloc();
	sound->converted = av_frame_alloc();
	sound->waiting = av_audio_fifo_alloc(encoder->sample_fmt, SOUND_CHANNELS, USUAL_FRAME);
	if (!sound->frame || !sound->converted || !sound->waiting ||
	    swr_alloc_set_opts2(&sound->converter, &encoder->ch_layout, encoder->sample_fmt,
	                        encoder->sample_rate, &layout, AV_SAMPLE_FMT_FLT, SOUND_RATE, 0,
	                        NULL) < 0 ||
	    swr_init(sound->converter) < 0)
		return out_of_memory(error);
	return RV_OK;
}

static rv_status add_stream(struct sink_sound *sound, AVFormatContext *muxer, rv_error *error)
{
	AVStream *stream = avformat_new_stream(muxer, NULL);
	if (!stream || avcodec_parameters_from_context(stream->codecpar, sound->encoder) < 0)
		return out_of_memory(error);
	stream->time_base = sound->encoder->time_base;
	sound->stream = stream;
	return RV_OK;
}

rv_status sink_sound_open(struct sink_sound **opened, AVFormatContext *muxer, rv_error *error)
{
	*opened = NULL;
	if (muxer->oformat->audio_codec == AV_CODEC_ID_NONE)
		return RV_OK;
	struct sink_sound *sound = calloc(1, sizeof(*sound));
	if (!sound)
		return out_of_memory(error);
	rv_status status = open_encoder(&sound->encoder, muxer->oformat, error);
	if (status == RV_OK)
		status = prepare(sound, error);
	if (status == RV_OK)
		status = add_stream(sound, muxer, error);
	if (status != RV_OK)
		sink_sound_close(&sound);
	*opened = sound;
	return status;
}

void sink_sound_close(struct sink_sound **closed)
{
	struct sink_sound *sound = *closed;
	if (!sound)
		return;
	avcodec_free_context(&sound->encoder);
	swr_free(&sound->converter);
	av_frame_free(&sound->converted);
	av_frame_free(&sound->frame);
	if (sound->waiting)
		av_audio_fifo_free(sound->waiting);
	free(sound);
	*closed = NULL;
}

/* ---- samples ---- */

/* Makes frame one of count samples for the encoder. */
static bool reserve(const struct sink_sound *sound, AVFrame *frame, int count)
{
	av_frame_unref(frame);
	frame->format = sound->encoder->sample_fmt;
	frame->sample_rate = sound->encoder->sample_rate;
	frame->nb_samples = count;
	return av_channel_layout_copy(&frame->ch_layout, &sound->encoder->ch_layout) >= 0 &&
	       av_frame_get_buffer(frame, 0) >= 0;
}

rv_status sink_sound_push(struct sink_sound *sound, const float *samples, int count,
                          rv_error *error)
{
	const uint8_t *bytes = (const uint8_t *)samples;
	sound->ended = !samples;
	int most = swr_get_out_samples(sound->converter, count);
	if (most <= 0)
		return RV_OK;
	if (!reserve(sound, sound->converted, most))
		return out_of_memory(error);
	int converted = swr_convert(sound->converter, sound->converted->extended_data, most,
	                            samples ? &bytes : NULL, count);
	if (converted < 0 ||
	    av_audio_fifo_write(sound->waiting, (void **)sound->converted->extended_data,
	                        converted) < converted)
		return out_of_memory(error);
	return RV_OK;
}

/* Sends the encoder its next frame: 0, or libav's code. */
static int feed(struct sink_sound *sound)
{
	int waiting = av_audio_fifo_size(sound->waiting);
	int wanted = sound->encoder->frame_size ? sound->encoder->frame_size : USUAL_FRAME;
	if (waiting < wanted && !sound->ended)
		return AVERROR(EAGAIN);
	int count = waiting < wanted ? waiting : wanted;
	if (!count)
		return avcodec_send_frame(sound->encoder, NULL);
	if (!reserve(sound, sound->frame, count))
		return AVERROR(ENOMEM);
	av_audio_fifo_read(sound->waiting, (void **)sound->frame->extended_data, count);
	sound->frame->pts = sound->next;
	sound->next += count;
	return avcodec_send_frame(sound->encoder, sound->frame);
}

int sink_sound_pull(struct sink_sound *sound, AVPacket *packet)
{
	int code;
	while ((code = avcodec_receive_packet(sound->encoder, packet)) == AVERROR(EAGAIN)) {
		code = feed(sound);
		if (code < 0)
			return code;
	}
	if (code < 0)
		return code;
	packet->stream_index = sound->stream->index;
	av_packet_rescale_ts(packet, sound->encoder->time_base, sound->stream->time_base);
	return 0;
}
