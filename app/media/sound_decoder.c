#include "app/media/sound_decoder.h"

#include <libavcodec/avcodec.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <stdlib.h>

#include "app/media/libav.h"

static const AVRational nanosecond = {1, 1000000000};

static const float loudest = 16; /* 24 dB above what a track should hold */

struct sound_decoder {
	AVRational time_base;
	AVCodecContext *decoder;
	AVFrame *frame;
	struct SwrContext *resampler;
	int rate, format, channels; /* that it was set up for */
	int64_t last_end;           /* of the last block, in the stream's time */
};

static int open_codec(struct sound_decoder *decoder, const AVStream *stream, const AVCodec *codec)
{
	decoder->decoder = avcodec_alloc_context3(codec);
	decoder->frame = av_frame_alloc();
	if (!decoder->decoder || !decoder->frame)
		return AVERROR(ENOMEM);
	int code = avcodec_parameters_to_context(decoder->decoder, stream->codecpar);
	decoder->decoder->pkt_timebase = stream->time_base;
	return code < 0 ? code : avcodec_open2(decoder->decoder, codec, NULL);
}

rv_status sound_decoder_open(struct sound_decoder **opened, const AVStream *stream, rv_error *error)
{
	const AVCodecParameters *parameters = stream->codecpar;
	char tag[AV_FOURCC_MAX_STRING_SIZE];
	const char *name = parameters->codec_id == AV_CODEC_ID_NONE && parameters->codec_tag
	                           ? av_fourcc_make_string(tag, parameters->codec_tag)
	                           : avcodec_get_name(parameters->codec_id);
	const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
	*opened = NULL;
	if (!codec)
		return rv_fail(error, RV_UNSUPPORTED, "this FFmpeg cannot decode %s", name);
	struct sound_decoder *decoder = calloc(1, sizeof(*decoder));
	if (!decoder)
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	decoder->time_base = stream->time_base;
	libav_clear_error();
	int code = open_codec(decoder, stream, codec);
	if (code < 0) {
		sound_decoder_close(&decoder);
		return libav_fail(error, code, "%s cannot be decoded", name);
	}
	*opened = decoder;
	return RV_OK;
}

void sound_decoder_close(struct sound_decoder **closed)
{
	struct sound_decoder *decoder = *closed;
	if (!decoder)
		return;
	avcodec_free_context(&decoder->decoder);
	av_frame_free(&decoder->frame);
	swr_free(&decoder->resampler);
	free(decoder);
	*closed = NULL;
}

static bool prepare_resampler(struct sound_decoder *decoder)
{
	const AVFrame *frame = decoder->frame;
	AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, from = frame->ch_layout;
	if (decoder->resampler && decoder->rate == frame->sample_rate &&
	    decoder->format == frame->format && decoder->channels == from.nb_channels)
		return true;
	if (from.order == AV_CHANNEL_ORDER_UNSPEC)
		av_channel_layout_default(&from, from.nb_channels);
	swr_free(&decoder->resampler);
	if (swr_alloc_set_opts2(&decoder->resampler, &stereo, AV_SAMPLE_FMT_FLT, SOUND_RATE, &from,
	                        frame->format, frame->sample_rate, 0, NULL) < 0 ||
	    swr_init(decoder->resampler) < 0) {
		swr_free(&decoder->resampler);
		return false;
	}
	decoder->rate = frame->sample_rate;
	decoder->format = frame->format;
	decoder->channels = frame->ch_layout.nb_channels;
	return true;
}

/* Of the frame's first sample; one that does not say it follows the last. */
static int64_t frame_time(const struct sound_decoder *decoder)
{
	int64_t pts = decoder->frame->best_effort_timestamp;
	return pts == AV_NOPTS_VALUE ? decoder->last_end
	                             : av_rescale_q(pts, decoder->time_base, nanosecond);
}

/* Damaged streams hold samples that are no numbers, or any number: meters that took one would be
 * deaf for minutes or for ever, and encoders refuse them. */
static void silence_damage(struct sound *sound)
{
	for (int i = 0; i < sound->count * SOUND_CHANNELS; i++)
		if (!(fabsf(sound->samples[i]) <= loudest))
			sound->samples[i] = 0;
}

static struct sound *make_block(struct sound_decoder *decoder)
{
	const AVFrame *frame = decoder->frame;
	struct sound *sound = NULL;
	int64_t time = frame_time(decoder);
	decoder->last_end =
		time + av_rescale(frame->nb_samples, nanosecond.den, frame->sample_rate);
	if (!prepare_resampler(decoder))
		return NULL;
	/* What the resampler still holds comes out first. */
	int64_t held = swr_get_delay(decoder->resampler, nanosecond.den);
	int most = swr_get_out_samples(decoder->resampler, frame->nb_samples);
	if (most <= 0 || sound_create(&sound, time - held, most, NULL))
		return NULL;
	uint8_t *samples = (uint8_t *)sound->samples;
	sound->count = swr_convert(decoder->resampler, &samples, most,
	                           (const uint8_t **)frame->extended_data, frame->nb_samples);
	silence_damage(sound);
	if (sound->count > 0)
		return sound;
	sound_release(sound);
	return NULL;
}

void sound_decoder_push(struct sound_decoder *decoder, const AVPacket *packet)
{
	avcodec_send_packet(decoder->decoder, packet);
}

struct sound *sound_decoder_pull(struct sound_decoder *decoder)
{
	const AVFrame *frame = decoder->frame;
	struct sound *sound = NULL;
	while (!sound && avcodec_receive_frame(decoder->decoder, decoder->frame) >= 0)
		if (frame->sample_rate > 0 && frame->nb_samples > 0)
			sound = make_block(decoder);
	return sound;
}
