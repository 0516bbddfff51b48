#include "app/screen/tiles.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

enum { SOURCE = 8 };

static struct hud_picture blank(const struct tiles_grid *grid)
{
	struct hud_picture picture = {.width = grid->left + tiles_width(grid),
	                              .height = grid->top + tiles_height(grid)};
	picture.rgba = calloc((size_t)picture.width * (size_t)picture.height, 4);
	return picture;
}

static const uint8_t *pixel(const struct hud_picture *picture, int x, int y)
{
	return picture->rgba + 4 * ((size_t)y * (size_t)picture->width + (size_t)x);
}

static bool is_colour(const uint8_t *pixel, int red, int green, int blue)
{
	return pixel[0] == red && pixel[1] == green && pixel[2] == blue && pixel[3] == 255;
}

/* Where the tile at index begins: its first pixel, in reading order. */
static bool find_tile(const struct tiles_grid *grid, int index, int *left, int *top)
{
	for (*top = 0; *top < grid->top + tiles_height(grid); ++*top)
		for (*left = 0; *left < grid->left + tiles_width(grid); ++*left)
			if (tiles_at(grid, *left, *top) == index)
				return true;
	return false;
}

TEST(tiles_are_found_where_they_are_painted)
{
	const struct tiles_grid grid = {.left = 5,
	                                .top = 9,
	                                .count = 5,
	                                .columns = 3,
	                                .side = SOURCE,
	                                .scale = 1,
	                                .lines = 1};
	struct hud_picture picture = blank(&grid);
	REQUIRE(picture.rgba);
	for (int i = 0; i < grid.count; i++) {
		unsigned char rgb[SOURCE * SOURCE * 3];
		memset(rgb, 50 + 10 * i, sizeof(rgb));
		const struct tile tile = {.rgb = rgb, .source = SOURCE};
		int left, top;
		tiles_paint(&picture, &grid, i, &tile);
		REQUIRE(find_tile(&grid, i, &left, &top));
		for (int y = 0; y < SOURCE; y++)
			for (int x = 0; x < SOURCE; x++)
				CHECK(is_colour(pixel(&picture, left + x, top + y), 50 + 10 * i,
				                50 + 10 * i, 50 + 10 * i));
		CHECK(!is_colour(pixel(&picture, left - 1, top), 50 + 10 * i, 50 + 10 * i,
		                 50 + 10 * i));
		CHECK(tiles_at(&grid, left + SOURCE - 1, top + SOURCE - 1) == i);
		CHECK(tiles_at(&grid, left + SOURCE, top) == -1);
	}
	CHECK(tiles_at(&grid, 0, 0) == -1);
	CHECK(tiles_at(&grid, grid.left + tiles_width(&grid) - 5,
	               grid.top + tiles_height(&grid) - 5) == -1);
	free(picture.rgba);
}

/* Half black, half white, at half the size: the border keeps its place, and no value is new. */
TEST(tiles_are_shown_smaller_by_their_means)
{
	const struct tiles_grid grid = {.count = 1, .columns = 1, .side = SOURCE / 2, .scale = 1};
	struct hud_picture picture = blank(&grid);
	unsigned char rgb[SOURCE * SOURCE * 3];
	int left, top;
	REQUIRE(picture.rgba);
	for (int i = 0; i < SOURCE * SOURCE * 3; i++)
		rgb[i] = i / 3 % SOURCE < SOURCE / 2 ? 0 : i / 3 % 2 ? 100 : 200;
	const struct tile tile = {.rgb = rgb, .source = SOURCE};
	tiles_paint(&picture, &grid, 0, &tile);
	REQUIRE(find_tile(&grid, 0, &left, &top));
	for (int x = 0; x < grid.side; x++)
		CHECK(is_colour(pixel(&picture, left + x, top), x < 2 ? 0 : 150, x < 2 ? 0 : 150,
		                x < 2 ? 0 : 150));
	free(picture.rgba);
}

static int count_ink(const struct hud_picture *picture, int from)
{
	int count = 0;
	for (int y = from; y < picture->height; y++)
		for (int x = 0; x < picture->width; x++)
			count += pixel(picture, x, y)[0] > 200;
	return count;
}

TEST(tiles_have_their_text_below_and_a_frame_where_chosen)
{
	const struct tiles_grid grid = {
		.count = 1, .columns = 1, .side = 40, .scale = 1, .lines = 2};
	struct hud_picture picture = blank(&grid);
	struct tile tile = {.lines = {"88", ""}};
	int left, top;
	REQUIRE(picture.rgba);
	REQUIRE(find_tile(&grid, 0, &left, &top));
	tiles_paint(&picture, &grid, 0, &tile);
	int short_text = count_ink(&picture, top + grid.side);
	CHECK(short_text > 10 && count_ink(&picture, 0) == short_text);
	strcpy(tile.lines[0], "a name that is far too long for it: 88");
	tiles_paint(&picture, &grid, 0, &tile);
	CHECK(count_ink(&picture, top + grid.side) > short_text);
	tile.chosen = true;
	tiles_paint(&picture, &grid, 0, &tile);
	CHECK(is_colour(pixel(&picture, left - 1, top), 255, 190, 80));
	tile.chosen = false;
	tiles_paint(&picture, &grid, 0, &tile);
	CHECK(!is_colour(pixel(&picture, left - 1, top), 255, 190, 80));
	free(picture.rgba);
}
