/* Where a live session is seen: on which display, its corners and how the picture lies in them.
 * Belongs to the main thread. */
#ifndef APP_LIVE_DISPLAY_H
#define APP_LIVE_DISPLAY_H

#include "app/control/action.h"
#include "app/control/keystone.h"
#include "app/live/disk.h"
#include "app/live/hud.h"
#include "app/screen/window.h"

/* Zeroed before use. Pointers are borrowed. */
struct live_display {
	struct action_state *actions;
	struct live_hud *hud;
	struct window *window;  /* NULL: headless */
	struct live_disk *disk; /* writes the corners down */
	struct keystone_list keystones;
	char name[WINDOW_DISPLAY_LENGTH]; /* of the display that the corners of actions belong to */
};

/* Reads the corners of all displays. actions and hud must outlive it. RV_IO, RV_INVALID. */
rv_status live_display_open(struct live_display *display, struct action_state *actions,
                            struct live_hud *hud, rv_error *error);

/* Keeps corners that were being moved when the session ended. */
void live_display_close(struct live_display *display);

/* Brings the windows to where the options want them, with the corners of the display that is
 * reached, and keeps those where they were changed. Without a window it does nothing. */
void live_display_place(struct live_display *display);

/* Takes a drag where corners are moved; false where none are. */
bool live_display_drag(struct live_display *display, const struct window_event *event);

/* The option `display` becomes that of the next display. */
void live_display_next(struct live_display *display);

/* The mode that keys are looked up in (keys_find_in), or NULL. */
const char *live_display_mode(const struct options *options);

/* Whether a kiosk, whose keys are locked, obeys a key nevertheless. */
bool live_display_obeys(const struct options *options, const char *key);

/* Fills in what is not the picture and the HUD. */
void live_display_describe(const struct live_display *display, struct window_content *content);

#endif
