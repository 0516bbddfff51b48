#include "app/media/orientation.h"

#include <stdlib.h>
#include <string.h>

bool orientation_swaps_sides(int orientation)
{
	return orientation >= 5;
}

/* Where the stored picture's columns and rows lead in the upright one: the pixel at (x, y) goes to
 * (a x + c y, b x + d y), counted from the far side where a sign is negative. */
static const struct {
	int a, b, c, d;
} directions[ORIENTATION_LAST + 1] = {
	[1] = {1, 0, 0, 1}, [2] = {-1, 0, 0, 1}, [3] = {-1, 0, 0, -1}, [4] = {1, 0, 0, -1},
	[5] = {0, 1, 1, 0}, [6] = {0, 1, -1, 0}, [7] = {0, -1, -1, 0}, [8] = {0, -1, 1, 0},
};

static void copy_row(const uint8_t *from, int width, size_t pixel_bytes, uint8_t *to,
                     ptrdiff_t to_step)
{
	for (int x = 0; x < width; x++, from += pixel_bytes, to += to_step)
		memcpy(to, from, pixel_bytes);
}

void orientation_apply(int orientation, const void *from, size_t from_stride, int width, int height,
                       size_t pixel_bytes, void *to, size_t to_stride)
{
	int a = directions[orientation].a, b = directions[orientation].b;
	int c = directions[orientation].c, d = directions[orientation].d;
	ptrdiff_t pixel = (ptrdiff_t)pixel_bytes, row = (ptrdiff_t)to_stride;
	ptrdiff_t along_x = a * pixel + b * row, along_y = c * pixel + d * row;
	uint8_t *target = to;
	if (along_x < 0)
		target -= along_x * (width - 1);
	if (along_y < 0)
		target -= along_y * (height - 1);
	const uint8_t *source = from;
	for (int y = 0; y < height; y++)
		copy_row(source + (size_t)y * from_stride, width, pixel_bytes, target + y * along_y,
		         along_x);
}

static int sign(int64_t value)
{
	return value < 0 ? -1 : 1;
}

int orientation_of_matrix(const int32_t *matrix)
{
	if (!matrix)
		return ORIENTATION_UPRIGHT;
	int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
	bool swapped = llabs(b) + llabs(c) > llabs(a) + llabs(d);
	for (int i = ORIENTATION_UPRIGHT; i <= ORIENTATION_LAST; i++) {
		if (orientation_swaps_sides(i) != swapped)
			continue;
		if (swapped ? directions[i].b == sign(b) && directions[i].c == sign(c)
		            : directions[i].a == sign(a) && directions[i].d == sign(d))
			return i;
	}
	return ORIENTATION_UPRIGHT;
}

int orientation_of_frame(const AVFrame *frame)
{
	const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
	if (side && side->size >= 9 * sizeof(int32_t))
		return orientation_of_matrix((const int32_t *)side->data);
	const AVDictionaryEntry *entry = av_dict_get(frame->metadata, "Orientation", NULL, 0);
	long value = entry ? strtol(entry->value, NULL, 10) : ORIENTATION_UPRIGHT;
	return value > ORIENTATION_UPRIGHT && value <= ORIENTATION_LAST ? (int)value
	                                                                : ORIENTATION_UPRIGHT;
}
