#include "app/media/inks.h"

#include <libavutil/common.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/colour.h"

enum { ADOBE_YCCK = 2, ADOBE_OTHER = 1 }; /* Adobe Technical Note 5116 */

enum inks inks_hide(uint8_t *bytes, const struct picture_header *header)
{
	size_t transform = header->adobe_transform;
	if (!header->four_inks)
		return INKS_NONE;
	enum inks inks = transform && bytes[transform] == ADOBE_YCCK ? INKS_YCCK : INKS_PLAIN;
	if (transform)
		bytes[transform] = ADOBE_OTHER;
	return inks;
}

static void gather_row(const AVFrame *frame, int y, enum inks inks, uint8_t *row)
{
	const uint8_t *plane[4];
	for (int p = 0; p < 4; p++)
		plane[p] = frame->data[p] + (ptrdiff_t)y * frame->linesize[p];
	for (int x = 0; x < frame->width; x++, row += 4) {
		int a = plane[0][x], b = plane[1][x], c = plane[2][x];
		if (inks == INKS_YCCK) {
			/* T.871's matrix, of colours that are 255 less the ink as stored. */
			double luma = a, blue = b - 128, red = c - 128;
			a = 255 - (int)lrint(luma + 1.402 * red);
			b = 255 - (int)lrint(luma - 0.344136 * blue - 0.714136 * red);
			c = 255 - (int)lrint(luma + 1.772 * blue);
		}
		row[0] = av_clip_uint8(a);
		row[1] = av_clip_uint8(b);
		row[2] = av_clip_uint8(c);
		row[3] = plane[3][x];
	}
}

static const AVBufferRef *profile_of(const AVFrame *frame)
{
	const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_ICC_PROFILE);
	bool fits = side && side->buf && colour_space_of(side->buf) == COLOUR_INKS;
	return fits ? side->buf : NULL;
}

rv_status inks_convert(AVFrame *colours, const AVFrame *frame, enum inks inks, rv_error *error)
{
	size_t width = (size_t)frame->width, height = (size_t)frame->height;
	rv_status status = RV_OK;
	if (frame->format != AV_PIX_FMT_YUVA444P)
		return rv_fail(error, RV_UNSUPPORTED, "four inks of more than 8 bits are not read");
	uint8_t *rows = malloc(4 * width * height), *srgb = malloc(3 * width * height);
	if (!rows || !srgb)
		status = rv_fail(error, RV_MEMORY, "out of memory for a picture");
	for (size_t y = 0; status == RV_OK && y < height; y++)
		gather_row(frame, (int)y, inks, rows + 4 * width * y);
	if (status == RV_OK)
		status = colour_convert_inks(profile_of(frame), rows, (int)(width * height), srgb,
		                             error);
	for (size_t y = 0; status == RV_OK && y < height; y++)
		memcpy(colours->data[0] + (ptrdiff_t)y * colours->linesize[0], srgb + 3 * width * y,
		       3 * width);
	free(rows);
	free(srgb);
	return status;
}
