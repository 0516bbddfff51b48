/* The windows of a live session: the show, and on wish a second one for the HUD. Everything that
 * comes from SDL stays behind this header; window_inside.h is for its own files alone. All
 * functions belong to the main thread. */
#ifndef APP_SCREEN_WINDOW_H
#define APP_SCREEN_WINDOW_H

#include "app/screen/hud.h"
#include "app/screen/projection.h"
#include "engine/reverie.h"

struct window;

enum window_event_kind {
	WINDOW_KEY,  /* a key, the wheel or a double click, by name: see app/control/keys.h */
	WINDOW_DRAG, /* the pointer moved with its button held */
	WINDOW_CLOSE,
	WINDOW_HUD_CLOSE, /* the HUD's own window is to go */
};

struct window_event {
	enum window_event_kind kind;
	char key[64];
	/* of a drag */
	struct projection_point picture; /* 0..1 across and down the picture, as it is drawn */
	struct projection_point screen;  /* 0..1 across and down the window */
	bool begins;                     /* the button went down */
};

/* Where the show is seen. */
struct window_place {
	int display;     /* 1 is the first; 0: where the window is. One that is not there, or that
	                  * vanishes, is made good by another until it comes back */
	int hud_display; /* the HUD in a window of its own there; 0: over the show */
	bool fullscreen; /* without a border, all over the display */
	bool locked;     /* keys that switch windows are the show's, and the pointer is not seen */
	bool pointer;    /* is seen in any case */
};

/* What is seen. */
struct window_scene {
	const rv_image *picture; /* RV_RGB8 */
	const struct hud_picture *hud;
	bool hud_changed;               /* since the last time */
	enum projection_scale scale;    /* as in struct projection_screen */
	double turn;                    /* likewise */
	struct projection_quad corners; /* likewise */
	int marked_corner; /* of those: all are marked, and this one most of all; -1: none */
};

/* Opens a window whose inside has this size, in points, and keeps the screen from going to sleep.
 * RV_UNSUPPORTED: there is no display; RV_MEMORY. */
rv_status window_open(struct window **window, const char *title, int width, int height,
                      rv_error *error);
void window_close(struct window **window);

/* Fetches the next thing that happened; false: nothing more did. */
bool window_next_event(struct window *window, struct window_event *event);

/* Brings the window there; to be called again and again, as displays come and go. Does nothing
 * where all is so already. */
void window_set_place(struct window *window, const struct window_place *place);

/* The display after the one that the show is on, for window_place. */
int window_next_display(struct window *window);

enum { WINDOW_DISPLAY_LENGTH = 128 };

/* Names the display that the show is on, with its size, such as "HDMI-1 1920x1080". */
void window_name_display(struct window *window, char name[WINDOW_DISPLAY_LENGTH]);

/* The inside of the show's window, in pixels. */
void window_size(struct window *window, int *width, int *height);

/* The room that the HUD has, in pixels, and the least size of a letter's pixel that can be read
 * there, by the density of the display. */
void window_hud_area(struct window *window, double turn, int *width, int *height, int *density);

/* Shows the scene. RV_DEVICE: the window system refused; RV_MEMORY. */
rv_status window_show(struct window *window, const struct window_scene *scene, rv_error *error);

#endif
