/* The windows of a live session: the show, and on wish a second one for the HUD. Everything that
 * comes from SDL stays behind this header. All functions belong to the main thread. */
#ifndef APP_SCREEN_WINDOW_H
#define APP_SCREEN_WINDOW_H

#include "app/screen/window_types.h"

struct window;

/* Opens a window whose inside has this size, in points, smaller where the display has no room for
 * that, and keeps the screen from going to sleep.
 * RV_UNSUPPORTED: there is no display; RV_MEMORY. */
rv_status window_open(struct window **window, const char *title, int width, int height,
                      rv_error *error);
/* Accepts NULL. */
void window_close(struct window **window);

/* Fetches the next event; false: there is none. */
bool window_next_event(struct window *window, struct window_event *event);

/* Brings the windows to a place. To be called before each window_show, as displays come and go;
 * does nothing where they are there already. */
void window_set_place(struct window *window, const struct window_place *place);

/* The display after the one that the show is on, for window_place. */
int window_next_display(struct window *window);

/* Names the display that the show is on, with its size, such as "HDMI-1 1920x1080". */
void window_name_display(struct window *window, char name[WINDOW_DISPLAY_LENGTH]);

/* The inside of the show's window, in pixels. */
void window_size(struct window *window, int *width, int *height);

/* The area that the HUD has, in pixels, and the least size of a letter's pixel that can be read
 * there, by the density of the display. */
void window_hud_area(struct window *window, double turn, int *width, int *height, int *density);

/* Draws content and shows it. RV_DEVICE: the window system refused; RV_MEMORY. */
rv_status window_show(struct window *window, const struct window_content *content, rv_error *error);

#endif
