/* The pictures of a source: its frames upright, in RGB, of the size and aspect that is asked for.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/orientation.h"
#include "app/media/source.h"

/* Aspects that differ by less than this part count as equal, because sides are whole pixels. */
static const double aspect_tolerance = 0.02;

static rv_status convert_frame(struct source *source, const rv_image *image, rv_error *error)
{
	AVFrame *view = av_frame_alloc();
	if (!view)
		return rv_fail(error, RV_MEMORY, "out of memory");
	rv_status status = convert_view_frame(view, image, error);
	if (status == RV_OK)
		status = convert(&source->converter, view, source->frame, error);
	av_frame_free(&view);
	return status;
}

static rv_status reserve_stored(struct source *source, const rv_image *image, rv_error *error)
{
	bool swaps = orientation_swaps_sides(source->orientation);
	int width = swaps ? image->height : image->width;
	int height = swaps ? image->width : image->height;
	rv_image *stored = &source->stored;
	if (stored->pixels && stored->width == width && stored->height == height &&
	    stored->format == image->format)
		return RV_OK;
	free(stored->pixels);
	*stored = (rv_image){0};
	return convert_allocate_image(stored, image->format, width, height, error);
}

static rv_status draw_frame(struct source *source, const rv_image *image, rv_error *error)
{
	if (source->orientation == ORIENTATION_UPRIGHT)
		return convert_frame(source, image, error);
	rv_status status = reserve_stored(source, image, error);
	if (status == RV_OK)
		status = convert_frame(source, &source->stored, error);
	if (status == RV_OK)
		orientation_apply(source->orientation, source->stored.pixels, source->stored.stride,
		                  source->stored.width, source->stored.height,
		                  convert_pixel_bytes(image->format), image->pixels, image->stride);
	return status;
}

/* The part of image that the frame fills: all of it, unless the video has changed its aspect. */
static rv_image find_part(const struct source *source, const rv_image *image, int *left, int *top)
{
	double change = video_display_aspect(&source->video) / source->display_aspect;
	rv_image part = *image;
	if (change > 1 + aspect_tolerance)
		part.height = FFMAX((int)lround(image->height / change), 1);
	else if (change < 1 - aspect_tolerance)
		part.width = FFMAX((int)lround(image->width * change), 1);
	*left = (image->width - part.width) / 2;
	*top = (image->height - part.height) / 2;
	part.pixels = (uint8_t *)image->pixels + (size_t)*top * image->stride +
	              (size_t)*left * convert_pixel_bytes(image->format);
	return part;
}

/* The area around the picture is cleared after drawing, because libswscale may write beyond the end
 * of a row. */
static void clear_around(const rv_image *image, const rv_image *part, int left, int top)
{
	size_t pixel = convert_pixel_bytes(image->format),
	       end = (size_t)(left + part->width) * pixel;
	size_t row_bytes = (size_t)image->width * pixel;
	uint8_t *row = image->pixels;
	for (int y = 0; y < image->height; y++, row += image->stride) {
		if (y < top || y >= top + part->height) {
			memset(row, 0, row_bytes);
			continue;
		}
		memset(row, 0, (size_t)left * pixel);
		memset(row + end, 0, row_bytes - end);
	}
}

static rv_status draw_fitted(struct source *source, const rv_image *image, rv_error *error)
{
	int left, top;
	rv_image part = find_part(source, image, &left, &top);
	rv_status status = draw_frame(source, &part, error);
	if (part.width < image->width || part.height < image->height)
		clear_around(image, &part, left, top);
	return status;
}

rv_status source_image(struct source *source, const rv_image *image, rv_error *error)
{
	if (!source->hdr)
		return draw_fitted(source, image, error);
	rv_status status = convert_reserve_image(&source->original, RV_RGB16, image->width,
	                                         image->height, error);
	if (status == RV_OK)
		status = draw_fitted(source, &source->original, error);
	if (status == RV_OK)
		hdr_render(source->hdr, &source->original, image);
	return status;
}

const AVFrame *source_frame(const struct source *source)
{
	return source->orientation == ORIENTATION_UPRIGHT ? source->frame : NULL;
}
