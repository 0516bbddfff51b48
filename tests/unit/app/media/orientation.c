/* The eight ways a camera may have been held. */
#include "app/media/orientation.h"

#include <libavutil/display.h>

#include "tests/support/test.h"

enum { WIDTH = 3, HEIGHT = 2 };

/* Where EXIF (2.32, tag 0x0112) says that the stored picture's row 0 and column 0 are seen. */
static const struct {
	const char *row, *column;
} seen[ORIENTATION_LAST + 1] = {
	[1] = {"top", "left"},     [2] = {"top", "right"},   [3] = {"bottom", "right"},
	[4] = {"bottom", "left"},  [5] = {"left", "top"},    [6] = {"right", "top"},
	[7] = {"right", "bottom"}, [8] = {"left", "bottom"},
};

/* The place, along the axis that a side ends, of line number i of `count`. */
static int place(const char *side, int i, int count)
{
	return side[0] == 't' || side[0] == 'l' ? i : count - 1 - i;
}

static void check_upright(int orientation, const uint8_t *stored, const uint8_t *upright)
{
	bool swaps = orientation_swaps_sides(orientation);
	int upright_width = swaps ? HEIGHT : WIDTH;
	CHECK(swaps == (seen[orientation].row[0] == 'l' || seen[orientation].row[0] == 'r'));
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			int of_row = place(seen[orientation].row, y, HEIGHT);
			int of_column = place(seen[orientation].column, x, WIDTH);
			int across = swaps ? of_row : of_column, down = swaps ? of_column : of_row;
			CHECK_MESSAGE(upright[down * upright_width + across] ==
			                      stored[y * WIDTH + x],
			              "orientation %d, pixel %d,%d", orientation, x, y);
		}
}

TEST(every_orientation_puts_row_and_column_where_exif_says)
{
	static const uint8_t stored[WIDTH * HEIGHT] = {1, 2, 3, 4, 5, 6};
	for (int orientation = 1; orientation <= ORIENTATION_LAST; orientation++) {
		uint8_t upright[WIDTH * HEIGHT] = {0};
		size_t stride = orientation_swaps_sides(orientation) ? HEIGHT : WIDTH;
		orientation_apply(orientation, stored, WIDTH, WIDTH, HEIGHT, 1, upright, stride);
		check_upright(orientation, stored, upright);
	}
}

TEST(orientation_of_a_telephone_held_upright)
{
	/* What such a video's track header says: a quarter turn to the right. */
	static const int32_t matrix[9] = {0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30};
	CHECK(orientation_of_matrix(matrix) == 6);
	CHECK(orientation_of_matrix(NULL) == 1);
}

TEST(orientation_near_a_right_angle_is_rounded)
{
	int32_t matrix[9];
	av_display_rotation_set(matrix, 178);
	CHECK(orientation_of_matrix(matrix) == 3);
	av_display_rotation_set(matrix, 4);
	CHECK(orientation_of_matrix(matrix) == 1);
}
