/* The window of a live session. Everything that comes from SDL stays behind this header. All
 * functions belong to the main thread. */
#ifndef WINDOW_H
#define WINDOW_H

#include "app/hud.h"
#include "engine/reverie.h"

struct window;

enum window_event_kind {
	WINDOW_KEY,  /* a key, the wheel or a double click, by name: see app/keys.h */
	WINDOW_DRAG, /* the pointer moved with its button held */
	WINDOW_CLOSE,
};

struct window_event {
	enum window_event_kind kind;
	char key[64];
	float x; /* of a drag: 0..1 across the picture */
};

/* Opens a window whose inside has this size, in points. RV_UNSUPPORTED: there is no display;
 * RV_MEMORY. */
rv_status window_open(struct window **window, const char *title, int width, int height,
                      rv_error *error);
void window_close(struct window **window);

/* Fetches the next thing that happened; false: nothing more did. */
bool window_next_event(struct window *window, struct window_event *event);

/* Does nothing where that is so already. */
void window_set_fullscreen(struct window *window, bool fullscreen);

/* Height of the inside, in pixels. */
int window_height(struct window *window);

/* Shows picture (RV_RGB8), as large as it fits with its shape kept, and hud in its corner.
 * hud_changed says whether hud holds another picture than the last time. RV_DEVICE: the window
 * system refused; RV_MEMORY. */
rv_status window_show(struct window *window, const rv_image *picture, const struct hud_picture *hud,
                      bool hud_changed, rv_error *error);

#endif
