/* One window of SDL and what is drawn in it. */
#ifndef APP_SCREEN_WINDOW_PANE_H
#define APP_SCREEN_WINDOW_PANE_H

#include <SDL.h>

#include "engine/reverie.h"

/* A texture, made anew only where its size changes. */
struct window_texture {
	SDL_Texture *texture;
	int width, height;
};

/* Zeroed, it is closed. The renderer owns the textures. */
struct window_pane {
	SDL_Window *window;
	SDL_Renderer *renderer;
	struct window_texture picture, hud;
	bool exposed; /* since it was drawn, what another window hid is seen again */
};

/* Opens a pane, hidden or shown as flags (of SDL) say. RV_UNSUPPORTED. */
rv_status window_pane_open(struct window_pane *pane, const char *title, SDL_Rect place,
                           Uint32 flags, rv_error *error);
/* Accepts one that is closed. */
void window_pane_close(struct window_pane *pane);

/* The inside, in pixels; at least 1 by 1. */
void window_pane_size(const struct window_pane *pane, int *width, int *height);

/* SDL's index of the display that the pane is on. */
int window_pane_display(const struct window_pane *pane);

#endif
