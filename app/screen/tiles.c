#include "app/screen/tiles.h"

#include <string.h>

#include "app/screen/hud_font.h"
#include "app/screen/hud_paint.h"

/* In letter pixels: between tiles, and the frame of the chosen one. */
enum { GAP = 4, FRAME = 2 };

static const struct hud_colour ground = {10, 11, 18, 255}, empty = {34, 36, 46, 255};
static const struct hud_colour ink = {240, 240, 232, 255}, chosen_ink = {255, 190, 80, 255};

static int cell_width(const struct tiles_grid *grid)
{
	return grid->side + GAP * grid->scale;
}

static int cell_height(const struct tiles_grid *grid)
{
	return grid->side + (GAP + grid->lines * HUD_FONT_LINE) * grid->scale;
}

int tiles_width(const struct tiles_grid *grid)
{
	return grid->columns * cell_width(grid) + GAP * grid->scale;
}

int tiles_height(const struct tiles_grid *grid)
{
	int rows = (grid->count + grid->columns - 1) / grid->columns;
	return rows * cell_height(grid) + GAP * grid->scale;
}

int tiles_top(const struct tiles_grid *grid, int index)
{
	return grid->top + GAP * grid->scale + index / grid->columns * cell_height(grid);
}

int tiles_at(const struct tiles_grid *grid, int x, int y)
{
	x -= grid->left + GAP * grid->scale;
	y -= grid->top + GAP * grid->scale;
	if (x < 0 || y < 0 || x >= grid->columns * cell_width(grid) ||
	    x % cell_width(grid) >= grid->side)
		return -1;
	int index = y / cell_height(grid) * grid->columns + x / cell_width(grid);
	return index < grid->count ? index : -1;
}

/* The mean of the source's pixels that a pixel shows, or the one it lies on. */
static struct hud_colour sample(const struct tile *tile, int side, int x, int y)
{
	int left = x * tile->source / side, right = (x + 1) * tile->source / side;
	int top = y * tile->source / side, bottom = (y + 1) * tile->source / side;
	unsigned sums[3] = {0}, count = 0;
	right = right > left ? right : left + 1;
	bottom = bottom > top ? bottom : top + 1;
	for (int row = top; row < bottom; row++)
		for (int column = left; column < right; column++, count++)
			for (int c = 0; c < 3; c++)
				sums[c] += tile->rgb[3 * (row * tile->source + column) + c];
	return (struct hud_colour){(uint8_t)((sums[0] + count / 2) / count),
	                           (uint8_t)((sums[1] + count / 2) / count),
	                           (uint8_t)((sums[2] + count / 2) / count), 255};
}

static void put(struct hud_picture *picture, int x, int y, struct hud_colour colour)
{
	const uint8_t rgba[4] = {colour.red, colour.green, colour.blue, colour.alpha};
	if (x >= 0 && y >= 0 && x < picture->width && y < picture->height)
		memcpy(picture->rgba + 4 * ((size_t)y * (size_t)picture->width + (size_t)x), rgba,
		       sizeof(rgba));
}

void tiles_fill(struct hud_picture *picture, int top, int height)
{
	for (int y = top; y < top + height; y++)
		for (int x = 0; x < picture->width; x++)
			put(picture, x, y, ground);
}

static void paint_square(struct hud_picture *picture, const struct tile *tile, int side, int left,
                         int top)
{
	if (!tile->rgb) {
		hud_paint_bar(picture, left, top, side, side, empty);
		return;
	}
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++)
			put(picture, left + x, top + y, sample(tile, side, x, y));
}

static void paint_line(struct hud_picture *picture, const struct tiles_grid *grid, const char *text,
                       int left, int top, struct hud_colour colour)
{
	char shown[TILES_LABEL_LENGTH];
	size_t room = (size_t)(grid->side / (HUD_FONT_ADVANCE * grid->scale));
	size_t length = strlen(text);
	strcpy(shown, text + (length > room ? length - room : 0));
	if (length > room && room > 1)
		shown[0] = '~';
	int width = (int)strlen(shown) * HUD_FONT_ADVANCE * grid->scale;
	hud_paint_text(picture, left + (grid->side - width) / 2, top, shown, grid->scale, colour);
}

void tiles_paint(struct hud_picture *picture, const struct tiles_grid *grid, int index,
                 const struct tile *tile)
{
	int frame = FRAME * grid->scale, gap = GAP * grid->scale;
	int left = grid->left + gap + index % grid->columns * cell_width(grid);
	int top = tiles_top(grid, index);
	hud_paint_bar(picture, left - gap / 2, top - gap / 2, cell_width(grid), cell_height(grid),
	              ground);
	if (tile->chosen)
		hud_paint_bar(picture, left - frame, top - frame, grid->side + 2 * frame,
		              grid->side + 2 * frame, chosen_ink);
	paint_square(picture, tile, grid->side, left, top);
	for (int i = 0; i < grid->lines && i < TILES_LINES_MAX; i++)
		paint_line(picture, grid, tile->lines[i], left,
		           top + grid->side + (3 + i * HUD_FONT_LINE) * grid->scale,
		           tile->chosen ? chosen_ink : ink);
}
