#include "app/media/picture.h"

#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/libav.h"

void picture_release(struct picture *picture)
{
	free(picture->image.pixels);
	free(picture->alpha);
	av_buffer_unref(&picture->colour_profile);
	*picture = (struct picture){0};
}

void picture_forget_colours(struct picture *picture)
{
	av_buffer_unref(&picture->colour_profile);
	picture->transfer = AVCOL_TRC_UNSPECIFIED;
	picture->primaries = AVCOL_PRI_UNSPECIFIED;
}

static rv_status scale_image(struct converter *converter, struct picture *picture, int width,
                             int height, rv_error *error)
{
	rv_image scaled = {0};
	rv_status status =
		convert_allocate_image(&scaled, picture->image.format, width, height, error);
	AVFrame *from = av_frame_alloc(), *to = av_frame_alloc();
	if (status == RV_OK && (!from || !to))
		status = rv_fail(error, RV_MEMORY, "out of memory for a picture");
	if (status == RV_OK)
		status = convert_view_frame(from, &picture->image, error);
	if (status == RV_OK)
		status = convert_view_frame(to, &scaled, error);
	if (status == RV_OK)
		status = convert(converter, to, from, error);
	if (status == RV_OK) {
		void *old = picture->image.pixels;
		picture->image = scaled;
		scaled.pixels = old;
	}
	free(scaled.pixels);
	av_frame_free(&from);
	av_frame_free(&to);
	return status;
}

static void view_plane(AVFrame *frame, void *pixels, int width, int height, bool wide)
{
	frame->format = wide ? AV_PIX_FMT_GRAY16 : AV_PIX_FMT_GRAY8;
	frame->color_range = AVCOL_RANGE_JPEG;
	frame->width = width;
	frame->height = height;
	frame->data[0] = pixels;
	frame->linesize[0] = wide ? width * 2 : width;
}

static rv_status scale_alpha(struct converter *converter, struct picture *picture, int from_width,
                             int from_height, rv_error *error)
{
	bool wide = picture->image.format == RV_RGB16;
	int width = picture->image.width, height = picture->image.height;
	rv_status status = RV_OK;
	/* libswscale writes whole vectors: the last row needs room behind it. */
	void *scaled = calloc(1, (size_t)width * (size_t)height * (wide ? 2 : 1) + 64);
	AVFrame *from = av_frame_alloc(), *to = av_frame_alloc();
	if (!scaled || !from || !to) {
		status = rv_fail(error, RV_MEMORY, "out of memory for a picture");
		goto cleanup;
	}
	view_plane(from, picture->alpha, from_width, from_height, wide);
	view_plane(to, scaled, width, height, wide);
	status = convert(converter, to, from, error);
	if (status == RV_OK) {
		free(picture->alpha);
		picture->alpha = scaled;
		scaled = NULL;
	}
cleanup:
	free(scaled);
	av_frame_free(&from);
	av_frame_free(&to);
	return status;
}

rv_status picture_scale(struct picture *picture, int width, int height, rv_error *error)
{
	int from_width = picture->image.width, from_height = picture->image.height;
	if (width == from_width && height == from_height)
		return RV_OK;
	struct converter converter = {0};
	rv_status status = scale_image(&converter, picture, width, height, error);
	if (status == RV_OK && picture->alpha)
		status = scale_alpha(&converter, picture, from_width, from_height, error);
	convert_release(&converter);
	return status;
}
