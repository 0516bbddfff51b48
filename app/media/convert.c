#include "app/media/convert.h"

#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/libav.h"

/* Accurate rounding, and chroma interpolated and averaged rather than taken from the nearest
 * pixel: a conversion to RGB and back then costs less than one step of 8 bits. */
enum {
	QUALITY_FLAGS = SWS_LANCZOS | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
	QUICK_FLAGS = SWS_BILINEAR,
	SWS_ONE = 1 << 16, /* libswscale's neutral contrast and saturation */
};

void convert_release(struct converter *converter)
{
	sws_freeContext(converter->context);
	*converter = (struct converter){.quick = converter->quick};
}

bool convert_is_yuv(enum AVPixelFormat format)
{
	const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
	return descriptor && descriptor->nb_components >= 3 &&
	       !(descriptor->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL));
}

enum AVColorSpace convert_usual_matrix(int width, int height)
{
	return width >= 1280 && height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

enum AVColorSpace convert_effective_matrix(const AVFrame *frame)
{
	if (!convert_is_yuv(frame->format))
		return AVCOL_SPC_RGB;
	if (frame->colorspace != AVCOL_SPC_UNSPECIFIED && frame->colorspace != AVCOL_SPC_RGB)
		return frame->colorspace;
	return convert_usual_matrix(frame->width, frame->height);
}

enum AVPixelFormat convert_plain_format(enum AVPixelFormat format)
{
	switch (format) {
	case AV_PIX_FMT_YUVJ420P:
		return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P:
		return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P:
		return AV_PIX_FMT_YUV444P;
	case AV_PIX_FMT_YUVJ440P:
		return AV_PIX_FMT_YUV440P;
	case AV_PIX_FMT_YUVJ411P:
		return AV_PIX_FMT_YUV411P;
	default:
		return format;
	}
}

static int is_full_range(const AVFrame *frame)
{
	return frame->color_range == AVCOL_RANGE_JPEG ||
	       convert_plain_format(frame->format) != (enum AVPixelFormat)frame->format ||
	       !convert_is_yuv(frame->format);
}

/* libswscale's tables are named by numbers that equal the matrix's own code, where it has one. */
static const int *coefficients(int matrix)
{
	return sws_getCoefficients(matrix == AVCOL_SPC_RGB ? SWS_CS_DEFAULT : matrix);
}

static struct convert_end end_of_frame(const AVFrame *frame)
{
	return (struct convert_end){frame->width, frame->height,
	                            convert_plain_format(frame->format),
	                            (int)convert_effective_matrix(frame), is_full_range(frame)};
}

static rv_status set_up(struct converter *converter, struct convert_end from, struct convert_end to,
                        rv_error *error)
{
	convert_release(converter);
	libav_clear_error();
	converter->context =
		sws_getContext(from.width, from.height, from.format, to.width, to.height, to.format,
	                       converter->quick ? QUICK_FLAGS : QUALITY_FLAGS, NULL, NULL, NULL);
	if (!converter->context)
		return libav_fail(error, AVERROR_PATCHWELCOME,
		                  "pixels cannot be converted from %s %d x %d to %s %d x %d",
		                  av_get_pix_fmt_name(from.format), from.width, from.height,
		                  av_get_pix_fmt_name(to.format), to.width, to.height);
	/* Fails for pairs that have no matrix to set (RGB to RGB), which is no harm. */
	sws_setColorspaceDetails(converter->context, coefficients(from.matrix), from.full_range,
	                         coefficients(to.matrix), to.full_range, 0, SWS_ONE, SWS_ONE);
	converter->from = from;
	converter->to = to;
	return RV_OK;
}

static bool same_end(const struct convert_end *a, const struct convert_end *b)
{
	return memcmp(a, b, sizeof(*a)) == 0; /* ints alone: no padding */
}

rv_status convert(struct converter *converter, AVFrame *to, const AVFrame *from, rv_error *error)
{
	struct convert_end from_end = end_of_frame(from), to_end = end_of_frame(to);
	if (!converter->context || !same_end(&from_end, &converter->from) ||
	    !same_end(&to_end, &converter->to)) {
		rv_status status = set_up(converter, from_end, to_end, error);
		if (status != RV_OK)
			return status;
	}
	int rows = sws_scale(converter->context, (const uint8_t *const *)from->data, from->linesize,
	                     0, from->height, to->data, to->linesize);
	if (rows < 0)
		return libav_fail(error, rows, "pixels cannot be converted");
	return RV_OK;
}

/* Whole bytes, or 16 bits in this machine's order. */
static bool has_plain_planes(enum AVPixelFormat format)
{
	const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
	int bytes = (libav_pixel_depth(format) + 7) / 8;
	if (!descriptor ||
	    descriptor->flags & (AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL))
		return false;
	for (int i = 0; i < descriptor->nb_components; i++)
		if (descriptor->comp[i].plane != i || descriptor->comp[i].step != bytes ||
		    descriptor->comp[i].shift)
			return false;
	return bytes == 1 || (bytes == 2 && !(descriptor->flags & AV_PIX_FMT_FLAG_BE));
}

bool convert_same_codes(const AVFrame *a, const AVFrame *b)
{
	struct convert_end one = end_of_frame(a), other = end_of_frame(b);
	return same_end(&one, &other) && has_plain_planes(one.format);
}

static void add_row_8(uint8_t *to, const uint8_t *before, const uint8_t *other, int count)
{
	for (int i = 0; i < count; i++)
		to[i] = (uint8_t)av_clip(other[i] + to[i] - before[i], 0, UINT8_MAX);
}

static void add_row_16(uint16_t *to, const uint16_t *before, const uint16_t *other, int count,
                       int most)
{
	for (int i = 0; i < count; i++)
		to[i] = (uint16_t)av_clip(other[i] + to[i] - before[i], 0, most);
}

void convert_add_change(AVFrame *frame, const AVFrame *before, const AVFrame *other)
{
	const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(frame->format);
	int depth = descriptor->comp[0].depth;
	for (int p = 0; p < descriptor->nb_components; p++) {
		bool chroma = p == 1 || p == 2;
		int width = AV_CEIL_RSHIFT(frame->width, chroma ? descriptor->log2_chroma_w : 0);
		int height = AV_CEIL_RSHIFT(frame->height, chroma ? descriptor->log2_chroma_h : 0);
		for (ptrdiff_t y = 0; y < height; y++) {
			void *to = frame->data[p] + y * frame->linesize[p];
			const void *from = before->data[p] + y * before->linesize[p];
			const void *add = other->data[p] + y * other->linesize[p];
			if (depth > 8)
				add_row_16(to, from, add, width, (1 << depth) - 1);
			else
				add_row_8(to, from, add, width);
		}
	}
}

rv_status convert_view_frame(AVFrame *frame, const rv_image *image, rv_error *error)
{
	if (image->format == RV_RGBF32)
		return rv_fail(error, RV_UNSUPPORTED, "pictures of floats cannot be written");
	frame->format = image->format == RV_RGB16 ? AV_PIX_FMT_RGB48 : AV_PIX_FMT_RGB24;
	frame->width = image->width;
	frame->height = image->height;
	frame->data[0] = image->pixels;
	frame->linesize[0] = (int)image->stride;
	frame->colorspace = AVCOL_SPC_RGB;
	frame->color_range = AVCOL_RANGE_JPEG;
	return RV_OK;
}

size_t convert_pixel_bytes(rv_pixel_format format)
{
	return format == RV_RGB8 ? 3 : format == RV_RGB16 ? 6 : 12;
}

rv_status convert_allocate_image(rv_image *image, rv_pixel_format format, int width, int height,
                                 rv_error *error)
{
	rv_status status = libav_check_picture_size("picture", width, height, error);
	if (status != RV_OK)
		return status;
	size_t stride = (size_t)width * convert_pixel_bytes(format);
	/* libswscale writes whole vectors: the last row needs room behind it. */
	*image = (rv_image){format, width, height, stride, calloc(1, stride * (size_t)height + 64)};
	if (!image->pixels)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture of %d x %d pixels",
		               width, height);
	return RV_OK;
}

void convert_fit_size(int *wanted_width, int *wanted_height, int width, int height)
{
	int w = *wanted_width, h = *wanted_height;
	if (!w)
		*wanted_width = h ? (int)FFMAX(av_rescale(width, h, height), 1) : width;
	if (!h)
		*wanted_height = w ? (int)FFMAX(av_rescale(height, w, width), 1) : height;
}

rv_status convert_reserve_image(rv_image *image, rv_pixel_format format, int width, int height,
                                rv_error *error)
{
	if (image->pixels && image->format == format && image->width == width &&
	    image->height == height)
		return RV_OK;
	free(image->pixels);
	*image = (rv_image){0};
	return convert_allocate_image(image, format, width, height, error);
}
