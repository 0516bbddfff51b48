/* Where a live session is seen: on which display, its corners and how the picture lies in them.
 * Belongs to the main thread. */
#ifndef LIVE_STAGE_H
#define LIVE_STAGE_H

#include "app/keystone.h"
#include "app/window.h"

struct live;

/* Zeroed before use. */
struct live_stage {
	struct keystone_list keystones;
	char display[WINDOW_DISPLAY_LENGTH]; /* that the session's corners belong to */
};

/* Reads the corners of all displays. RV_IO, RV_INVALID. */
rv_status live_stage_load(struct live_stage *stage, rv_error *error);

/* Brings the windows to where the options want them, with the corners of the display that is
 * reached, and keeps those where they were changed. */
void live_stage_place(struct live *live);

/* Keeps corners that were being moved when the session ended. */
void live_stage_end(struct live *live);

/* Takes a drag where corners are moved; false where none are. */
bool live_stage_drag(struct live *live, const struct window_event *event);

/* The option `display` becomes that of the next display. */
void live_stage_next_display(struct live *live);

/* What keys mean, beside their usual meaning (keys_find_in): NULL where there is nothing. */
const char *live_stage_mode(const struct live *live);

/* Whether a kiosk, whose keys are locked, obeys a key nevertheless. */
bool live_stage_obeys(const struct live *live, const char *key);

/* Fills in what is not the picture and the HUD. */
void live_stage_describe(const struct live *live, struct window_scene *scene);

#endif
