#include "app/media/picture_write.h"

#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/heif_write.h"
#include "app/media/libav.h"
#include "app/media/palette.h"
#include "app/media/picture_profile.h"
#include "app/media/tag.h"

/* AV_PIX_FMT_NONE: not kept. */
struct picture_format {
	const char *extensions;
	const char *encoder;
	const char *muxer; /* image2pipe writes the encoder's packets as they are */
	enum AVPixelFormat opaque, transparent, opaque_16, transparent_16;
};

static const struct picture_format formats[] = {
	{"jpg,jpeg,jpe", "mjpeg", "image2pipe", AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_NONE,
         AV_PIX_FMT_NONE, AV_PIX_FMT_NONE},
	{"png", "png", "image2pipe", AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB48BE,
         AV_PIX_FMT_RGBA64BE},
	{"tif,tiff", "tiff", "image2pipe", AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB48LE,
         AV_PIX_FMT_RGBA64LE},
	{"webp", "libwebp", "image2pipe", AV_PIX_FMT_RGB32, AV_PIX_FMT_RGB32, AV_PIX_FMT_NONE,
         AV_PIX_FMT_NONE},
	{"bmp", "bmp", "image2pipe", AV_PIX_FMT_BGR24, AV_PIX_FMT_NONE, AV_PIX_FMT_NONE,
         AV_PIX_FMT_NONE},
	{"gif", "gif", "gif", AV_PIX_FMT_BGRA, AV_PIX_FMT_BGRA, AV_PIX_FMT_NONE, AV_PIX_FMT_NONE},
};

enum {
	JPEG_QUANTISER = 2, /* 1 (best) to 31; 2 is about what others call 95 of 100 */
	WEBP_QUALITY = 95,  /* of 100 */
	FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]),
};

static const struct picture_format *find_format(const char *name)
{
	const char *dot = strrchr(name, '.');
	for (int i = 0; dot && i < FORMAT_COUNT; i++)
		if (av_match_name(dot + 1, formats[i].extensions))
			return &formats[i];
	return NULL;
}

bool picture_name_known(const char *name)
{
	return find_format(name) != NULL || heif_name_known(name);
}

bool picture_keeps_profile(const char *name)
{
	const struct picture_format *format = find_format(name);
	return heif_name_known(name) ||
	       (format && strcmp(format->encoder, "bmp") && strcmp(format->encoder, "gif"));
}

bool picture_keeps_hdr(const char *name)
{
	return heif_name_known(name);
}

const char *picture_extensions(void)
{
	return heif_name_known(".avif") ? ".png, .jpg, .webp, .tiff, .bmp, .gif, .heic or .avif"
	                                : ".png, .jpg, .webp, .tiff, .bmp or .gif";
}

bool picture_keeps_panorama(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && av_match_name(dot + 1, "jpg,jpeg,jpe,png,webp");
}

bool picture_keeps_settings(const char *name)
{
	const struct picture_format *format = find_format(name);
	return !format || strcmp(format->encoder, "bmp") != 0;
}

static enum AVPixelFormat choose_pixels(const struct picture_format *format,
                                        const struct picture *picture)
{
	enum AVPixelFormat wide = picture->alpha ? format->transparent_16 : format->opaque_16;
	if (picture->image.format == RV_RGB16 && wide != AV_PIX_FMT_NONE)
		return wide;
	return picture->alpha && format->transparent != AV_PIX_FMT_NONE ? format->transparent
	                                                                : format->opaque;
}

/* One channel value laid over white; both of 0..maximum. */
static unsigned over_white(unsigned value, unsigned alpha, unsigned maximum)
{
	uint64_t sum = (uint64_t)value * alpha + (uint64_t)maximum * (maximum - alpha);
	return (unsigned)((sum + maximum / 2) / maximum);
}

/* Gathers row y as RGBA; with flatten laid over white. to is of the picture's depth. */
static void gather_row(const struct picture *picture, int y, bool flatten, void *to)
{
	const rv_image *image = &picture->image;
	bool wide = image->format == RV_RGB16;
	const void *row = (const uint8_t *)image->pixels + (size_t)y * image->stride;
	size_t at = (size_t)y * (size_t)image->width;
	unsigned maximum = wide ? UINT16_MAX : UINT8_MAX;
	for (int x = 0; x < image->width; x++) {
		unsigned alpha = wide ? ((const uint16_t *)picture->alpha)[at + (size_t)x]
		                      : ((const uint8_t *)picture->alpha)[at + (size_t)x];
		for (int c = 0; c < 4; c++) {
			unsigned value = c == 3 ? (flatten ? maximum : alpha)
			                 : wide ? ((const uint16_t *)row)[x * 3 + c]
			                        : ((const uint8_t *)row)[x * 3 + c];
			if (flatten && c < 3)
				value = over_white(value, alpha, maximum);
			if (wide)
				((uint16_t *)to)[x * 4 + c] = (uint16_t)value;
			else
				((uint8_t *)to)[x * 4 + c] = (uint8_t)value;
		}
	}
}

/* The picture's colours and alpha in one frame that owns its pixels. */
static rv_status join_alpha(AVFrame *frame, const struct picture *picture, bool flatten,
                            rv_error *error)
{
	frame->format = picture->image.format == RV_RGB16 ? AV_PIX_FMT_RGBA64 : AV_PIX_FMT_RGBA;
	frame->width = picture->image.width;
	frame->height = picture->image.height;
	if (av_frame_get_buffer(frame, 0) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	for (int y = 0; y < frame->height; y++)
		gather_row(picture, y, flatten, frame->data[0] + (ptrdiff_t)y * frame->linesize[0]);
	return RV_OK;
}

static bool keeps_alpha(enum AVPixelFormat format)
{
	return av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_ALPHA;
}

/* Makes the frame that the encoder takes. */
static rv_status make_frame(AVFrame *frame, const struct picture *picture,
                            enum AVPixelFormat format, rv_error *error)
{
	struct converter converter = {0};
	AVFrame *source = av_frame_alloc();
	rv_status status = RV_OK;
	frame->format = format;
	frame->width = picture->image.width;
	frame->height = picture->image.height;
	frame->color_range = AVCOL_RANGE_JPEG;
	/* JFIF says BT.601 (ITU-T T.871, 7). */
	frame->colorspace = format == AV_PIX_FMT_YUVJ444P ? AVCOL_SPC_BT470BG : AVCOL_SPC_RGB;
	if (!source || av_frame_get_buffer(frame, 0) < 0)
		status = rv_fail(error, RV_MEMORY, "out of memory for a picture");
	else if (picture->alpha)
		status = join_alpha(source, picture, !keeps_alpha(format), error);
	else
		status = convert_view_frame(source, &picture->image, error);
	if (status == RV_OK)
		status = convert(&converter, frame, source, error);
	if (status == RV_OK && picture->colour_profile)
		av_frame_new_side_data_from_buf(frame, AV_FRAME_DATA_ICC_PROFILE,
		                                av_buffer_ref(picture->colour_profile));
	convert_release(&converter);
	av_frame_free(&source);
	return status;
}

/* GIF: replaces frame by its 256 colours. */
static rv_status reduce_colours(AVFrame *frame, rv_error *error)
{
	struct palette *palette = NULL;
	rv_status status =
		palette_create(&palette, frame->width, frame->height, (AVRational){1, 25}, error);
	if (status != RV_OK)
		return status;
	frame->pts = 0;
	status = palette_push(palette, frame, error);
	if (status == RV_OK)
		status = palette_push(palette, NULL, error);
	if (status == RV_OK) {
		av_frame_unref(frame);
		int code = palette_pull(palette, frame);
		if (code < 0)
			status = libav_fail(error, code, "a palette cannot be made");
	}
	palette_destroy(&palette);
	return status;
}

static rv_status open_encoder(AVCodecContext **encoder, const struct picture_format *format,
                              const AVFrame *frame, rv_error *error)
{
	const AVCodec *codec = avcodec_find_encoder_by_name(format->encoder);
	AVDictionary *options = NULL;
	if (!codec)
		return rv_fail(error, RV_UNSUPPORTED, "this FFmpeg has no %s encoder",
		               format->encoder);
	*encoder = avcodec_alloc_context3(codec);
	if (!*encoder)
		return rv_fail(error, RV_MEMORY, "out of memory for an encoder");
	(*encoder)->width = frame->width;
	(*encoder)->height = frame->height;
	(*encoder)->pix_fmt = frame->format;
	(*encoder)->time_base = (AVRational){1, 25};
	(*encoder)->color_range = frame->color_range;
	(*encoder)->colorspace = frame->colorspace;
	if (codec->id == AV_CODEC_ID_MJPEG) {
		(*encoder)->flags |= AV_CODEC_FLAG_QSCALE;
		(*encoder)->global_quality = JPEG_QUANTISER * FF_QP2LAMBDA;
	}
	if (codec->id == AV_CODEC_ID_WEBP)
		av_dict_set_int(&options, "quality", WEBP_QUALITY, 0);
	if (codec->id == AV_CODEC_ID_TIFF)
		av_dict_set(&options, "compression_algo", "lzw", 0);
	int code = avcodec_open2(*encoder, codec, &options);
	av_dict_free(&options);
	return code < 0 ? libav_fail(error, code, "the %s encoder cannot be opened", codec->name)
	                : RV_OK;
}

static rv_status encode(AVCodecContext *encoder, AVFrame *frame, AVPacket *packet, rv_error *error)
{
	frame->pts = 0;
	frame->quality = encoder->global_quality;
	int code = avcodec_send_frame(encoder, frame);
	if (code >= 0)
		code = avcodec_send_frame(encoder, NULL);
	if (code >= 0)
		code = avcodec_receive_packet(encoder, packet);
	return code < 0 ? libav_fail(error, code, "the picture cannot be encoded as %s",
	                             encoder->codec->name)
	                : RV_OK;
}

static rv_status mux(const struct picture_format *format, const AVCodecContext *encoder,
                     AVPacket *packet, struct output_file *file, rv_error *error)
{
	AVFormatContext *muxer = NULL;
	int code = avformat_alloc_output_context2(&muxer, NULL, format->muxer, NULL);
	AVStream *stream = code < 0 ? NULL : avformat_new_stream(muxer, NULL);
	if (!stream) {
		avformat_free_context(muxer);
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	}
	muxer->pb = output_file_io(file);
	stream->time_base = encoder->time_base;
	code = avcodec_parameters_from_context(stream->codecpar, encoder);
	if (code >= 0)
		code = avformat_write_header(muxer, NULL);
	if (code >= 0)
		code = av_write_frame(muxer, packet);
	if (code >= 0)
		code = av_write_trailer(muxer);
	avio_flush(muxer->pb);
	avformat_free_context(muxer);
	if (output_file_errno(file))
		return output_file_write_error(file, error);
	return code < 0 ? libav_fail(error, code, "the picture cannot be written") : RV_OK;
}

/* libavcodec's other encoders do it themselves. */
static rv_status add_profile(AVPacket *packet, enum AVCodecID codec, const struct picture *picture,
                             rv_error *error)
{
	const AVBufferRef *profile = picture->colour_profile;
	if (profile && codec == AV_CODEC_ID_TIFF)
		return picture_profile_to_tiff(packet, profile, error);
	if (profile && codec == AV_CODEC_ID_WEBP)
		return picture_profile_to_webp(packet, profile, error);
	return RV_OK;
}

static bool says_panorama(enum AVCodecID codec)
{
	return codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_WEBP;
}

static rv_status write_by_libav(const struct picture *picture, struct output_file *file,
                                const struct picture_format *format, rv_error *error)
{
	AVCodecContext *encoder = NULL;
	AVFrame *frame = av_frame_alloc();
	AVPacket *packet = av_packet_alloc();
	rv_status status = RV_OK;
	libav_clear_error();
	if (!frame || !packet)
		status = rv_fail(error, RV_MEMORY, "out of memory for a picture");
	if (status == RV_OK)
		status = make_frame(frame, picture, choose_pixels(format, picture), error);
	if (status == RV_OK && frame->format == AV_PIX_FMT_BGRA &&
	    strcmp(format->encoder, "gif") == 0)
		status = reduce_colours(frame, error);
	if (status == RV_OK)
		status = open_encoder(&encoder, format, frame, error);
	if (status == RV_OK)
		status = encode(encoder, frame, packet, error);
	if (status == RV_OK && picture->panorama.is_sphere && says_panorama(encoder->codec_id))
		status = panorama_mark_picture(&picture->panorama, picture->image.width,
		                               picture->image.height, packet, error);
	if (status == RV_OK)
		status = add_profile(packet, encoder->codec_id, picture, error);
	if (status == RV_OK && picture->settings)
		status = tag_add(packet, encoder->codec_id, picture->settings, error);
	if (status == RV_OK)
		status = mux(format, encoder, packet, file, error);
	avcodec_free_context(&encoder);
	av_packet_free(&packet);
	av_frame_free(&frame);
	return status;
}

rv_status picture_write(const struct picture *picture, struct output_file *file, const char *name,
                        rv_error *error)
{
	const struct picture_format *format = find_format(name);
	if (format)
		return write_by_libav(picture, file, format, error);
	if (heif_name_known(name))
		return heif_write(picture, file, name, error);
	return rv_fail(error, RV_UNSUPPORTED, "%s: the name says no picture format; there are %s",
	               name, picture_extensions());
}
