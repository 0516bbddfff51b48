#include "app/media/encoder.h"

#include <libavutil/avstring.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <string.h>

#include "app/media/container.h"
#include "app/media/convert.h"
#include "app/media/encoder_memory.h"
#include "app/media/hdr.h"
#include "app/media/libav.h"

enum {
	QUALITY_SCALE = 51,     /* x264's worst */
	QUALITY_PER_QSCALE = 6, /* 18 becomes a quantiser scale of 3 in MPEG-4's 1..31 */
	QSCALE_MAX = 31,
	THEORA_BEST = 10,
	MPEG4_CLOCK_MAX = 65535, /* ticks a second: 16 bits in its headers */
	CANDIDATES_MAX = 3,
	HDR_BITS_LEAST = 10,
	H264_BITS_MOST = 10,
};

static const unsigned apple_hevc = MKTAG('h', 'v', 'c', '1');

/* ---- which encoder ---- */

static bool is_hdr(const struct encoder_request *request)
{
	return hdr_is_wanted(request->video->transfer);
}

/* Players that know HDR know it in HEVC. */
const char *encoder_usual_name(const struct video_description *video)
{
	bool wants_hevc = hdr_is_wanted(video->transfer) ||
	                  libav_pixel_depth(video->pixel_format) > H264_BITS_MOST;
	return wants_hevc && avcodec_find_encoder_by_name("libx265") ? "libx265" : "libx264";
}

static const AVCodec *default_encoder(const AVOutputFormat *container,
                                      const struct video_description *video)
{
	const AVCodec *codec = NULL;
	if (container_prefers_h264(container)) {
		bool may = avformat_query_codec(container, AV_CODEC_ID_HEVC, FF_COMPLIANCE_NORMAL);
		codec = avcodec_find_encoder_by_name(may ? encoder_usual_name(video) : "libx264");
		return codec ? codec : avcodec_find_encoder(AV_CODEC_ID_H264);
	}
	if (av_match_name("webm", container->name))
		codec = avcodec_find_encoder_by_name("libvpx-vp9");
	if (av_match_name("nut", container->name)) /* a pipe's: nothing is lost on the way */
		codec = avcodec_find_encoder(AV_CODEC_ID_RAWVIDEO);
	return codec ? codec : avcodec_find_encoder(container->video_codec);
}

static const AVCodec *named_encoder(const char *name)
{
	const AVCodec *codec = avcodec_find_encoder_by_name(name);
	const AVCodecDescriptor *descriptor = avcodec_descriptor_get_by_name(name);
	if (!codec && descriptor)
		codec = avcodec_find_encoder(descriptor->id);
	return codec;
}

static rv_status choose_encoder(const AVCodec **codec, const struct encoder_request *request,
                                rv_error *error)
{
	const AVOutputFormat *container = request->container;
	*codec = request->name ? named_encoder(request->name)
	                       : default_encoder(container, request->video);
	if (!*codec && request->name)
		return rv_fail(error, RV_NOT_FOUND,
		               "encoder %s: this FFmpeg has none of that name; ffmpeg -encoders "
		               "lists them",
		               request->name);
	if (!*codec)
		return rv_fail(error, RV_UNSUPPORTED,
		               "this FFmpeg has no encoder for %s; --encoder names another",
		               container->name);
	if ((*codec)->type != AVMEDIA_TYPE_VIDEO)
		return rv_fail(error, RV_INVALID, "encoder %s: is not one for video",
		               request->name);
	if (avformat_query_codec(container, (*codec)->id, FF_COMPLIANCE_UNOFFICIAL) == 0)
		return rv_fail(error, RV_UNSUPPORTED,
		               "encoder %s: %s cannot hold its %s; an output named .mkv can",
		               (*codec)->name, container->name, avcodec_get_name((*codec)->id));
	return RV_OK;
}

/* ---- which pixels ---- */

static bool is_only_lossless(const AVCodec *codec)
{
	const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec->id);
	return codec->id == AV_CODEC_ID_WRAPPED_AVFRAME ||
	       (descriptor && (descriptor->props & AV_CODEC_PROP_LOSSLESS) &&
	        !(descriptor->props & AV_CODEC_PROP_LOSSY));
}

/* Planar YUV of this subsampling and depth; AV_PIX_FMT_NONE: there is none. */
static enum AVPixelFormat yuv_format(int chroma_shift_x, int chroma_shift_y, int depth)
{
	const char *sampling = !chroma_shift_x ? "444" : !chroma_shift_y ? "422" : "420";
	char name[32];
	if (depth <= 8)
		snprintf(name, sizeof(name), "yuv%sp", sampling);
	else
		snprintf(name, sizeof(name), "yuv%sp%d", sampling, depth <= 10 ? 10 : 12);
	return av_get_pix_fmt(name);
}

/* Browsers and phones play 8 bits in 4:2:0 alone. What is deeper, or for an encoder that loses
 * nothing, goes to people who know what they have. */
static bool keeps_chroma(const AVCodec *codec, const struct encoder_request *request, int depth)
{
	return request->exact || depth > 8 || is_only_lossless(codec);
}

static enum AVPixelFormat wanted_format(const AVCodec *codec, const struct encoder_request *request,
                                        bool subsample)
{
	enum AVPixelFormat from = request->video->pixel_format;
	const AVPixFmtDescriptor *source = av_pix_fmt_desc_get(from);
	int depth = libav_pixel_depth(from);
	if (!subsample)
		return yuv_format(0, 0, depth);
	if (convert_is_yuv(from) && keeps_chroma(codec, request, depth))
		return yuv_format(source->log2_chroma_w, source->log2_chroma_h, depth);
	return is_only_lossless(codec) ? yuv_format(0, 0, depth) : yuv_format(1, 1, depth);
}

static bool takes_format(const AVCodec *codec, enum AVPixelFormat format)
{
	for (const enum AVPixelFormat *f = codec->pix_fmts; f && *f != AV_PIX_FMT_NONE; f++)
		if (*f == format)
			return true;
	return !codec->pix_fmts && format != AV_PIX_FMT_NONE;
}

/* H.264 and HEVC crop in whole chroma samples, and their encoders refuse what is left over. */
static bool refuses_size(const AVCodec *codec, enum AVPixelFormat format, int width, int height)
{
	const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
	return (codec->id == AV_CODEC_ID_H264 || codec->id == AV_CODEC_ID_HEVC) &&
	       (width % (1 << descriptor->log2_chroma_w) ||
	        height % (1 << descriptor->log2_chroma_h));
}

/* Formats to try in turn: what else an encoder refuses only opening it tells. */
static int list_candidates(const AVCodec *codec, const struct encoder_request *request,
                           enum AVPixelFormat *candidates)
{
	const struct video_description *video = request->video;
	enum AVPixelFormat rgb = video->rgb == RV_RGB16 ? AV_PIX_FMT_RGB48 : AV_PIX_FMT_RGB24;
	int count = 0;
	if (codec->id == AV_CODEC_ID_GIF) {
		candidates[0] = AV_PIX_FMT_PAL8;
		return 1;
	}
	for (int subsample = 1; subsample >= 0; subsample--) {
		enum AVPixelFormat format = wanted_format(codec, request, subsample);
		if (takes_format(codec, format) &&
		    !refuses_size(codec, format, request->width, request->height))
			candidates[count++] = format;
	}
	if (codec->pix_fmts)
		candidates[count++] =
			avcodec_find_best_pix_fmt_of_list(codec->pix_fmts, rgb, 0, NULL);
	return count;
}

/* ---- settings ---- */

static void describe_colours(AVCodecContext *encoder, const struct video_description *video)
{
	bool was_yuv = convert_is_yuv(video->pixel_format);
	encoder->color_primaries = video->primaries;
	encoder->color_trc = video->transfer;
	if (!convert_is_yuv(encoder->pix_fmt)) {
		encoder->colorspace = AVCOL_SPC_RGB;
		encoder->color_range = AVCOL_RANGE_JPEG;
		return;
	}
	/* Said only where the source says it, or where a player would guess another. */
	enum AVColorSpace guess = convert_usual_matrix(encoder->width, encoder->height);
	bool said = was_yuv && video->matrix != AVCOL_SPC_RGB;
	encoder->colorspace = said ? video->matrix : guess;
	if (was_yuv && video->matrix == AVCOL_SPC_UNSPECIFIED && video->effective_matrix != guess)
		encoder->colorspace = video->effective_matrix;
	encoder->color_range = was_yuv ? video->range : AVCOL_RANGE_MPEG;
	encoder->chroma_sample_location = video->chroma_location;
	if (convert_plain_format(encoder->pix_fmt) != encoder->pix_fmt ||
	    convert_plain_format(video->pixel_format) != video->pixel_format)
		encoder->color_range = AVCOL_RANGE_JPEG;
}

/* A pixel aspect that is not square changes with the size, so that the picture keeps its shape; a
 * square one stays square. */
static AVRational scaled_aspect(const struct video_description *video, int width, int height)
{
	AVRational aspect = video->sample_aspect;
	if (!aspect.num || !aspect.den || av_cmp_q(aspect, (AVRational){1, 1}) == 0)
		return aspect;
	int64_t num = (int64_t)video->width * height, den = (int64_t)video->height * width;
	AVRational change;
	av_reduce(&change.num, &change.den, num, den, INT32_MAX);
	return av_mul_q(aspect, change);
}

/* The source's clock, so that every timestamp is kept; where an encoder or container (y4m is one)
 * knows only frame rates, one tick a frame. */
static AVRational encoder_clock(const AVCodec *codec, const struct video_description *video)
{
	bool fine = codec->id == AV_CODEC_ID_MPEG4 && video->time_base.den > MPEG4_CLOCK_MAX;
	bool coarse =
		fine || codec->supported_framerates || codec->id == AV_CODEC_ID_WRAPPED_AVFRAME;
	return coarse && video->frame_rate.num ? av_inv_q(video->frame_rate) : video->time_base;
}

static void set_quantiser_scale(AVCodecContext *encoder, int quality)
{
	int scale = av_clip(quality / QUALITY_PER_QSCALE, 1, QSCALE_MAX);
	if (encoder->codec_id == AV_CODEC_ID_THEORA)
		scale = av_clip(THEORA_BEST - quality / QUALITY_PER_QSCALE, 0, THEORA_BEST);
	encoder->flags |= AV_CODEC_FLAG_QSCALE;
	encoder->global_quality = scale * FF_QP2LAMBDA;
}

/* x264's scale of 0..51 is stretched to the encoder's own: 0..63 for VP9 and AV1, 0..255 for
 * rav1e. */
static void set_quality(AVCodecContext *encoder, int quality)
{
	static const char *const names[] = {"crf", "qp"};
	for (int i = 0; i < 2; i++) {
		const AVOption *option = av_opt_find(encoder->priv_data, names[i], NULL, 0, 0);
		if (!option)
			continue;
		double worst = option->max > QUALITY_SCALE && option->max <= 255 ? option->max
		                                                                 : QUALITY_SCALE;
		av_opt_set_double(encoder->priv_data, names[i],
		                  (int)(quality * worst / QUALITY_SCALE + 0.5), 0);
		encoder->bit_rate = 0;
		/* VP8 takes a quality only together with a bit rate, so it gets one that is never
		 * reached. */
		if (encoder->codec_id == AV_CODEC_ID_VP8)
			encoder->bit_rate = 200000000;
		return;
	}
	set_quantiser_scale(encoder, quality);
}

/* The two whose own defaults take minutes for a second of video. */
static void limit_default_effort(AVCodecContext *encoder)
{
	if (strcmp(encoder->codec->name, "libvpx-vp9") == 0)
		av_opt_set_int(encoder->priv_data, "cpu-used", 2, 0);
	if (strcmp(encoder->codec->name, "libaom-av1") == 0)
		av_opt_set_int(encoder->priv_data, "cpu-used", 6, 0);
	av_opt_set_int(encoder->priv_data, "row-mt", 1, 0); /* no harm where it is unknown */
}

/* Chooses an encoder's fast settings, as the dream needs the processor too. */
static void set_realtime_speed(AVCodecContext *encoder)
{
	static const char *const settings[][3] = {
		{"libx264", "preset", "superfast"}, {"libx265", "preset", "ultrafast"},
		{"libsvtav1", "preset", "10"},      {"libaom-av1", "usage", "realtime"},
		{"libaom-av1", "cpu-used", "8"},    {"libvpx-vp9", "deadline", "realtime"},
		{"libvpx-vp9", "cpu-used", "8"},    {"libvpx", "deadline", "realtime"},
		{"libvpx", "cpu-used", "8"}};
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(encoder->codec->name, settings[i][0]) == 0)
			av_opt_set(encoder->priv_data, settings[i][1], settings[i][2], 0);
}

/* No looking ahead, and a picture to begin with every other second for those that tune in. */
static void set_low_latency(AVCodecContext *encoder, const struct video_description *video)
{
	encoder->max_b_frames = 0;
	encoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
	if (video->frame_rate.num)
		encoder->gop_size = (int)(2 * av_q2d(video->frame_rate) + 0.5);
	av_opt_set(encoder->priv_data, "tune", "zerolatency", 0);  /* libx264, libx265 */
	av_opt_set_int(encoder->priv_data, "lag-in-frames", 0, 0); /* libvpx, libaom */
}

static void set_speed(AVCodecContext *encoder, const struct encoder_request *request)
{
	limit_default_effort(encoder);
	if (request->speed != ENCODER_OFFLINE)
		set_realtime_speed(encoder);
	if (request->speed == ENCODER_LOW_LATENCY)
		set_low_latency(encoder, request->video);
}

static int write_mastering(char *to, size_t size, const AVMasteringDisplayMetadata *screen)
{
	double xy[8];
	for (int i = 0; i < 8; i++)
		xy[i] = av_q2d(i < 6 ? screen->display_primaries[i / 2][i % 2]
		                     : screen->white_point[i % 2]) *
		        50000;
	return snprintf(to, size,
	                ":hdr10=1:master-display="
	                "G(%.0f,%.0f)B(%.0f,%.0f)R(%.0f,%.0f)WP(%.0f,%.0f)L(%.0f,%.0f)",
	                xy[2], xy[3], xy[4], xy[5], xy[0], xy[1], xy[6], xy[7],
	                av_q2d(screen->max_luminance) * 10000,
	                av_q2d(screen->min_luminance) * 10000);
}

/* x265 writes to standard error itself, past libav's log, and has threads of its own. */
static void set_x265(AVCodecContext *encoder, const struct encoder_request *request)
{
	const struct video_description *video = request->video;
	const char *alone = LIBAV_THREADS == 1 ? ":pools=none:frame-threads=1:wpp=0" : "";
	if (encoder_memory_is_short(encoder, request->memory))
		alone = encoder_memory_x265;
	char settings[512];
	size_t size = sizeof(settings);
	int length = snprintf(settings, size, "log-level=none%s", alone);
	if (video->has_mastering && video->mastering.has_primaries &&
	    video->mastering.has_luminance)
		length += write_mastering(settings + length, size - (size_t)length,
		                          &video->mastering);
	if (video->has_light)
		snprintf(settings + length, size - (size_t)length, ":max-cll=%u,%u",
		         video->light.MaxCLL, video->light.MaxFALL);
	av_opt_set(encoder->priv_data, "x265-params", settings, 0);
}

static void set_up(AVCodecContext *encoder, const struct encoder_request *request,
                   enum AVPixelFormat format)
{
	const struct video_description *video = request->video;
	encoder->width = request->width;
	encoder->height = request->height;
	encoder->pix_fmt = format;
	/* Apple's players know HEVC by this name alone. */
	if (av_codec_get_id(request->container->codec_tag, apple_hevc) == encoder->codec_id)
		encoder->codec_tag = apple_hevc;
	encoder->time_base = encoder_clock(encoder->codec, video);
	encoder->framerate = video->frame_rate;
	encoder->sample_aspect_ratio = scaled_aspect(video, request->width, request->height);
	encoder->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
	if (request->container->flags & AVFMT_GLOBALHEADER)
		encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	describe_colours(encoder, video);
	set_quality(encoder, request->quality);
	set_speed(encoder, request);
	encoder_memory_save(encoder, request->memory);
	set_x265(encoder, request);
}

static int try_open(AVCodecContext **opened, const AVCodec *codec,
                    const struct encoder_request *request, enum AVPixelFormat format)
{
	AVCodecContext *encoder = avcodec_alloc_context3(codec);
	if (!encoder)
		return AVERROR(ENOMEM);
	set_up(encoder, request, format);
	int code = avcodec_open2(encoder, codec, NULL);
	if (code < 0)
		avcodec_free_context(&encoder);
	*opened = encoder;
	return code;
}

rv_status encoder_open(AVCodecContext **opened, const struct encoder_request *request,
                       rv_error *error)
{
	enum AVPixelFormat candidates[CANDIDATES_MAX];
	const AVCodec *codec;
	rv_status status = choose_encoder(&codec, request, error);
	if (status != RV_OK)
		return status;
	int count = list_candidates(codec, request, candidates);
	int code = AVERROR(EINVAL);
	libav_clear_error();
	for (int i = 0; i < count && code < 0; i++)
		code = try_open(opened, codec, request, candidates[i]);
	if (code < 0)
		return libav_fail(error, code, "encoder %s refuses %d x %d pixels", codec->name,
		                  request->width, request->height);
	if (is_hdr(request) && libav_pixel_depth((*opened)->pix_fmt) < HDR_BITS_LEAST) {
		avcodec_free_context(opened);
		return rv_fail(error, RV_UNSUPPORTED,
		               "encoder %s: has 8 bits, too few for HDR; --hdr sdr writes what it "
		               "takes, and libx265 has more",
		               codec->name);
	}
	return RV_OK;
}
