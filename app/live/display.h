/* Where a live session is seen: on which display, its corners and how the picture lies in them.
 * Belongs to the main thread. */
#ifndef APP_LIVE_DISPLAY_H
#define APP_LIVE_DISPLAY_H

#include "app/control/keystone.h"
#include "app/screen/window.h"

struct live;

/* Zeroed before use. */
struct live_display {
	struct keystone_list keystones;
	char display[WINDOW_DISPLAY_LENGTH]; /* that the session's corners belong to */
};

/* Reads the corners of all displays. RV_IO, RV_INVALID. */
rv_status live_display_load(struct live_display *display, rv_error *error);

/* Brings the windows to where the options want them, with the corners of the display that is
 * reached, and keeps those where they were changed. */
void live_display_place(struct live *live);

/* Keeps corners that were being moved when the session ended. */
void live_display_end(struct live *live);

/* Takes a drag where corners are moved; false where none are. */
bool live_display_drag(struct live *live, const struct window_event *event);

/* The option `display` becomes that of the next display. */
void live_display_next(struct live *live);

/* What keys mean, beside their usual meaning (keys_find_in): NULL where there is nothing. */
const char *live_display_mode(const struct live *live);

/* Whether a kiosk, whose keys are locked, obeys a key nevertheless. */
bool live_display_obeys(const struct live *live, const char *key);

/* Fills in what is not the picture and the HUD. */
void live_display_describe(const struct live *live, struct window_scene *scene);

#endif
