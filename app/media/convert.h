/* Converts pictures from one pixel layout, colour matrix, range and size to another, through
 * libswscale. */
#ifndef APP_MEDIA_CONVERT_H
#define APP_MEDIA_CONVERT_H

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

#include "engine/reverie.h"

/* What libswscale prepared for the last conversion; made anew only when something changes. Zeroed
 * before use, released after it. Belongs to one thread at a time. */
struct converter {
	/* To be set before the first conversion: chroma is taken from the nearest pixel and
	 * rounding is rough, as in most players, which takes a small part of the time. */
	bool quick;
	struct SwsContext *context;
	struct convert_end {
		int width, height, format, matrix, full_range;
	} from, to; /* what the context was set up for */
};

void convert_release(struct converter *converter);

/* Fills to's pixels from from's. Both frames say their format, size, colour matrix (colorspace) and
 * range; a YUV frame without a matrix is taken for BT.709 from 1280 x 720 on, else for BT.601, as
 * players do. Sizes that differ are resampled with Lanczos. RV_UNSUPPORTED, RV_MEMORY. */
rv_status convert(struct converter *converter, AVFrame *to, const AVFrame *from, rv_error *error);

/* The matrix that convert takes a frame for; AVCOL_SPC_RGB where its pixels are not YUV. */
enum AVColorSpace convert_effective_matrix(const AVFrame *frame);
/* The matrix of YUV pixels that do not say theirs. */
enum AVColorSpace convert_usual_matrix(int width, int height);
bool convert_is_yuv(enum AVPixelFormat format);
/* One of the old "yuvj" formats' plain counterpart; any other format is its own. */
enum AVPixelFormat convert_plain_format(enum AVPixelFormat format);

/* Whether two frames say the same colours by the same codes, in planes of their own. */
bool convert_same_codes(const AVFrame *a, const AVFrame *b);
/* Makes of frame, which was to follow before, what follows the frame other instead: other plus
 * frame minus before. All are of one size, and of the same codes. */
void convert_add_change(AVFrame *frame, const AVFrame *before, const AVFrame *other);

/* Makes frame a view of the image: RGB24, RGB48 or, for RV_RGBF32, nothing (RV_UNSUPPORTED). The
 * frame owns no pixels. */
rv_status convert_view_frame(AVFrame *frame, const rv_image *image, rv_error *error);

size_t convert_pixel_bytes(rv_pixel_format format);
/* Gives image a size and pixels of its own, rows packed; free(image->pixels). RV_MEMORY. */
rv_status convert_allocate_image(rv_image *image, rv_pixel_format format, int width, int height,
                                 rv_error *error);
/* The same, unless image has them already; what it holds else is freed. */
rv_status convert_reserve_image(rv_image *image, rv_pixel_format format, int width, int height,
                                rv_error *error);

/* What is wanted (0: not said) of a picture of width x height pixels: where one side is not said it
 * follows in proportion, and where neither is, both stay. */
void convert_fit_size(int *wanted_width, int *wanted_height, int width, int height);

#endif
