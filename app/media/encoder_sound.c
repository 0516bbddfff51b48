#include "app/media/container.h"
#include "app/media/encoder.h"
#include "app/media/libav.h"

enum { BITS_PER_SECOND = 160000 }; /* of lossy sound */

static bool takes(const AVOutputFormat *container, enum AVCodecID id)
{
	return avformat_query_codec(container, id, FF_COMPLIANCE_NORMAL) == 1;
}

static const AVCodec *choose(const AVOutputFormat *container)
{
	const AVCodec *opus = avcodec_find_encoder_by_name("libopus");
	if (container->audio_codec == AV_CODEC_ID_NONE)
		return NULL;
	if (container_prefers_h264(container))
		return avcodec_find_encoder(AV_CODEC_ID_AAC);
	if (container->audio_codec == AV_CODEC_ID_VORBIS && opus && takes(container, opus->id))
		return opus;
	return avcodec_find_encoder(container->audio_codec);
}

/* The rate itself, or else the best there is. */
static int fitting_rate(const AVCodec *codec, int rate)
{
	int highest = 0;
	for (const int *r = codec->supported_samplerates; r && *r; r++) {
		if (*r == rate)
			return rate;
		highest = *r > highest ? *r : highest;
	}
	return highest ? highest : rate;
}

static int try_open(AVCodecContext **opened, const AVCodec *codec, const AVOutputFormat *container,
                    int rate, int channels)
{
	AVCodecContext *encoder = avcodec_alloc_context3(codec);
	*opened = encoder;
	if (!encoder)
		return AVERROR(ENOMEM);
	encoder->sample_rate = fitting_rate(codec, rate);
	encoder->sample_fmt = codec->sample_fmts ? codec->sample_fmts[0] : AV_SAMPLE_FMT_S16;
	encoder->time_base = (AVRational){1, encoder->sample_rate};
	encoder->bit_rate = BITS_PER_SECOND;
	av_channel_layout_default(&encoder->ch_layout, channels);
	if (container->flags & AVFMT_GLOBALHEADER)
		encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	return avcodec_open2(encoder, codec, NULL);
}

rv_status encoder_open_sound(AVCodecContext **opened, const AVOutputFormat *container, int rate,
                             int channels, rv_error *error)
{
	const AVCodec *codec = choose(container);
	if (!codec)
		return rv_fail(error, RV_UNSUPPORTED, "%s: there is no sound for it",
		               container->name);
	libav_forget_complaint();
	int code = try_open(opened, codec, container, rate, channels);
	if (code >= 0)
		return RV_OK;
	avcodec_free_context(opened);
	return libav_fail(error, code, "encoder %s refuses the sound", codec->name);
}
