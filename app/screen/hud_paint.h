/* Paints panels, bars and letters into a HUD's picture. What lies outside it is cut off. */
#ifndef APP_SCREEN_HUD_PAINT_H
#define APP_SCREEN_HUD_PAINT_H

#include "app/screen/hud_picture.h"

struct hud_colour {
	uint8_t red, green, blue, alpha;
};

/* Makes the whole picture transparent. */
void hud_paint_nothing(struct hud_picture *picture);

/* A rectangle with round corners, where nothing was painted yet. */
void hud_paint_panel(struct hud_picture *picture, int x, int y, int width, int height, int radius,
                     struct hud_colour colour);

void hud_paint_bar(struct hud_picture *picture, int x, int y, int width, int height,
                   struct hud_colour colour);

/* Letters of a bitmap font, whose steps are smoothed where they are drawn large. x, y: the top left
 * corner of the first one. */
void hud_paint_text(struct hud_picture *picture, int x, int y, const char *text, int scale,
                    struct hud_colour colour);

#endif
