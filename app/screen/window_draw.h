/* Draws into the windows what they are to show. */
#ifndef APP_SCREEN_WINDOW_DRAW_H
#define APP_SCREEN_WINDOW_DRAW_H

#include "app/screen/window_pane.h"
#include "app/screen/window_types.h"

/* Draws the picture of content into show, and its HUD into hud, or over the picture where that pane
 * is closed. Writes where the picture lies, in show's pixels. RV_DEVICE: SDL refused. */
rv_status window_draw(struct window_pane *show, struct window_pane *hud,
                      const struct window_content *content, struct projection *projection,
                      rv_error *error);

#endif
