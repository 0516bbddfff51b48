/* The letters of the HUD: a bitmap font of 5x7 pixels, with one row more for descenders. */
#ifndef APP_SCREEN_HUD_FONT_H
#define APP_SCREEN_HUD_FONT_H

#include <stdint.h>

enum {
	HUD_FONT_FIRST = ' ',
	HUD_FONT_LAST = '~',
	HUD_FONT_WIDTH = 5,
	HUD_FONT_ROWS = 8,
	HUD_FONT_ADVANCE = 6, /* from letter to letter */
	HUD_FONT_LINE = 11,   /* from line to line */
};

/* Rows of the letter HUD_FONT_FIRST + i, from the top; bit 4 is the leftmost pixel. */
extern const uint8_t hud_font_letters[HUD_FONT_LAST - HUD_FONT_FIRST + 1][HUD_FONT_ROWS];

#endif
