/* Fills the HUD (app/screen/hud.h) from what a live session knows. Belongs to the main thread. */
#ifndef APP_LIVE_HUD_H
#define APP_LIVE_HUD_H

#include "app/control/action_state.h"
#include "app/control/keys.h"
#include "app/control/tempo.h"
#include "app/live/dream.h"
#include "app/live/stats.h"
#include "app/options/options.h"
#include "app/screen/hud.h"

/* Zeroed before use. */
struct live_hud {
	struct hud_picture picture;
	struct hud_state state;
	char said[HUD_TEXT_LENGTH], lasting[HUD_TEXT_LENGTH];
	int64_t drawn_at, said_at;
	bool stale; /* it is to be drawn at once */
	int level;
	struct hud_area area;
};

/* Shows message for a few seconds; an empty one does nothing. */
void live_hud_say(struct live_hud *hud, const char *message, int64_t now);

/* Shows for twice as long which keys tell of all others and end the session. */
void live_hud_greet(struct live_hud *hud, const struct keys *keys, int64_t now);

/* Shows what goes on, wherever there is no message, until it is told otherwise; empty: nothing. */
void live_hud_keep(struct live_hud *hud, const char *lasting);

void live_hud_note_dream(struct live_hud *hud, const struct dream *dream);

/* What the HUD tells of. */
struct live_hud_view {
	const struct action_state *actions;
	const struct live_stats *stats;
	const struct keys *keys;
	const float *levels;       /* of what is heard, as struct hud_state; NULL: nobody listens */
	const struct tempo *tempo; /* NULL: there is none */
	const char *mode;          /* of the keys that are told first (keys_find_in), or NULL */
	int width, height, density; /* as window_hud_area (app/screen/window.h) */
};

/* Draws the HUD anew where it is time to: a few times a second, and at once where the level or the
 * message changed. RV_MEMORY. */
rv_status live_hud_update(struct live_hud *hud, const struct live_hud_view *view, int64_t now,
                          bool *changed, rv_error *error);

void live_hud_release(struct live_hud *hud);

const char *live_hud_flow_name(rv_flow_quality quality);

#endif
