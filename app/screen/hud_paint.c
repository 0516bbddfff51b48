#include "app/screen/hud_paint.h"

#include <math.h>
#include <string.h>

#include "app/screen/hud_font.h"

static uint8_t *pixel_at(const struct hud_picture *picture, int x, int y)
{
	if (x < 0 || y < 0 || x >= picture->width || y >= picture->height)
		return NULL;
	return picture->rgba + 4 * ((size_t)y * (size_t)picture->width + (size_t)x);
}

/* Lays a colour over a pixel, as far as part (0..1) of it is covered. */
static void blend(uint8_t *pixel, struct hud_colour colour, double part)
{
	const uint8_t over[4] = {colour.red, colour.green, colour.blue, colour.alpha};
	for (int i = 0; pixel && i < 4; i++)
		pixel[i] = (uint8_t)lround(pixel[i] + (over[i] - pixel[i]) * part);
}

static double within_one(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

void hud_paint_nothing(struct hud_picture *picture)
{
	memset(picture->rgba, 0, 4 * (size_t)picture->width * (size_t)picture->height);
}

/* How much of a pixel lies within a rectangle's round corners. */
static double covered(int x, int y, int width, int height, int radius)
{
	double across = fmax(radius - (x + 0.5), x + 0.5 - (width - radius));
	double down = fmax(radius - (y + 0.5), y + 0.5 - (height - radius));
	if (across <= 0 || down <= 0)
		return 1;
	return within_one(radius - hypot(across, down) + 0.5);
}

void hud_paint_panel(struct hud_picture *picture, int x, int y, int width, int height, int radius,
                     struct hud_colour colour)
{
	for (int row = 0; row < height; row++)
		for (int column = 0; column < width; column++) {
			struct hud_colour part = colour;
			part.alpha = (uint8_t)lround(colour.alpha *
			                             covered(column, row, width, height, radius));
			blend(pixel_at(picture, x + column, y + row), part, 1);
		}
}

void hud_paint_bar(struct hud_picture *picture, int x, int y, int width, int height,
                   struct hud_colour colour)
{
	for (int row = 0; row < height; row++)
		for (int column = 0; column < width; column++)
			blend(pixel_at(picture, x + column, y + row), colour, 1);
}

/* ---- letters ---- */

static int bit_at(const uint8_t rows[HUD_FONT_ROWS], int x, int y)
{
	if (x < 0 || y < 0 || x >= HUD_FONT_WIDTH || y >= HUD_FONT_ROWS)
		return 0;
	return rows[y] >> (HUD_FONT_WIDTH - 1 - x) & 1;
}

/* How much ink a pixel of a large letter holds: the bits are interpolated, and where they are more
 * than about a half, there is ink. That rounds the steps of slanting strokes and leaves straight
 * ones alone. x, y in letter pixels. */
static double ink_at(const uint8_t rows[HUD_FONT_ROWS], double x, double y, int scale)
{
	static const double enough = 0.47; /* so that pixels touching at a corner join */
	int left = (int)floor(x - 0.5), top = (int)floor(y - 0.5);
	double across = x - 0.5 - left, down = y - 0.5 - top;
	double upper =
		bit_at(rows, left, top) * (1 - across) + bit_at(rows, left + 1, top) * across;
	double lower = bit_at(rows, left, top + 1) * (1 - across) +
	               bit_at(rows, left + 1, top + 1) * across;
	return within_one((upper * (1 - down) + lower * down - enough) * scale + 0.5);
}

static void paint_letter(struct hud_picture *picture, int x, int y, char letter, int scale,
                         struct hud_colour colour)
{
	int index = (unsigned char)letter - HUD_FONT_FIRST;
	if (index < 0 || (unsigned char)letter > HUD_FONT_LAST)
		index = '?' - HUD_FONT_FIRST;
	const uint8_t *rows = hud_font_letters[index];
	for (int row = 0; row < HUD_FONT_ROWS * scale; row++)
		for (int column = 0; column < HUD_FONT_WIDTH * scale; column++) {
			double ink = scale == 1 ? bit_at(rows, column, row)
			                        : ink_at(rows, (column + 0.5) / scale,
			                                 (row + 0.5) / scale, scale);
			blend(pixel_at(picture, x + column, y + row), colour, ink);
		}
}

void hud_paint_text(struct hud_picture *picture, int x, int y, const char *text, int scale,
                    struct hud_colour colour)
{
	for (int i = 0; text[i]; i++)
		if (text[i] != ' ')
			paint_letter(picture, x + i * HUD_FONT_ADVANCE * scale, y, text[i], scale,
			             colour);
}
