/* Fills the HUD (app/hud.h) from what a live session knows. Belongs to the main thread. */
#ifndef LIVE_HUD_H
#define LIVE_HUD_H

#include "app/hud.h"
#include "app/keys.h"
#include "app/live_frame.h"
#include "app/live_stats.h"
#include "app/options.h"

/* Zeroed before use. */
struct live_hud {
	struct hud_picture picture;
	struct hud_state state;
	int64_t drawn_at, said_at;
	bool stale; /* to be drawn at once */
	int level, scale;
};

/* Shows message for a few seconds; an empty one does nothing. */
void live_hud_say(struct live_hud *hud, const char *message, int64_t now);

void live_hud_note_dream(struct live_hud *hud, const struct dream *dream);

/* Draws the HUD anew where it is time to: a few times a second, and at once where the level or the
 * message changed. height is the window's, in pixels. RV_MEMORY. */
rv_status live_hud_update(struct live_hud *hud, const struct options *options,
                          const struct live_stats *stats, const struct keys *keys, int height,
                          int64_t now, bool *changed, rv_error *error);

void live_hud_release(struct live_hud *hud);

const char *live_hud_flow_name(rv_flow_quality quality);

#endif
