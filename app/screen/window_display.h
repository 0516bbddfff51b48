/* Which displays the windows are on, fullscreen, and the HUD's own window. */
#ifndef APP_SCREEN_WINDOW_DISPLAY_H
#define APP_SCREEN_WINDOW_DISPLAY_H

#include "app/screen/window_pane.h"
#include "app/screen/window_types.h"

/* Zeroed, then the show is opened by whoever owns it. */
struct window_displays {
	struct window_pane show, hud; /* hud.window is NULL where the HUD lies over the show */
	struct window_place place;    /* as it was last wished */
	int display, hud_display;     /* that the windows were brought to: indices of SDL */
	SDL_Rect bounds;              /* of the show's display then */
	SDL_Rect inside;              /* of the show before it filled a display */
	bool fullscreen;
};

/* As the functions of app/screen/window.h that these words belong to. */
void window_display_set(struct window_displays *displays, const struct window_place *place);
int window_display_next(const struct window_displays *displays);
void window_display_name(const struct window_displays *displays, char name[WINDOW_DISPLAY_LENGTH]);
void window_display_hud_area(const struct window_displays *displays, double turn, int *width,
                             int *height, int *density);

#endif
