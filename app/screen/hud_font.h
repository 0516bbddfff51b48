/* The letters of the HUD: a bitmap font of 5x7 pixels, with one row more for descenders. */
#ifndef APP_SCREEN_HUD_FONT_H
#define APP_SCREEN_HUD_FONT_H

#include <stdint.h>

enum {
	FONT_FIRST = ' ',
	FONT_LAST = '~',
	FONT_WIDTH = 5,
	FONT_ROWS = 8,
	FONT_ADVANCE = 6, /* from letter to letter */
	FONT_LINE = 11,   /* from line to line */
};

/* Rows of the letter FONT_FIRST + i, from the top; bit 4 is the leftmost pixel. */
extern const uint8_t hud_font_letters[FONT_LAST - FONT_FIRST + 1][FONT_ROWS];

#endif
