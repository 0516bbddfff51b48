/* The inside of the window, for app/window*.c alone:
 *
 *     window.c             opens and closes it, and tells what happened to it
 *     window_display.c     which display it is on, fullscreen, the HUD's own window
 *     window_draw.c        what is seen in it
 *     window_controller.c  game controllers */
#ifndef APP_SCREEN_WINDOW_INSIDE_H
#define APP_SCREEN_WINDOW_INSIDE_H

#include <SDL.h>

#include "app/screen/controller.h"
#include "app/screen/window.h"

/* A texture, made anew only where its size changes. */
struct window_layer {
	SDL_Texture *texture;
	int width, height;
};

/* One window and what is drawn in it. The renderer owns the textures. */
struct window_pane {
	SDL_Window *window;
	SDL_Renderer *renderer;
	struct window_layer picture, hud;
};

struct window {
	struct window_pane show, hud; /* hud.window is NULL where the HUD lies over the show */
	struct window_place place;    /* as it was last wished */
	int display, hud_display;     /* that the windows were brought to: indices of SDL */
	SDL_Rect bounds;              /* of the show's display then */
	SDL_Rect inside;              /* of the show before it filled a display */
	bool fullscreen, dragging;
	struct controllers controllers;
	struct projection projection; /* of the picture, when it was last drawn */
};

/* Opens a pane, hidden or shown as flags (of SDL) say. */
rv_status window_pane_open(struct window_pane *pane, const char *title, SDL_Rect place,
                           Uint32 flags, rv_error *error);
/* Accepts one that is closed. */
void window_pane_close(struct window_pane *pane);

#endif
