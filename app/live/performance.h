/* A live session by a score (app/control/score.h), and the score that is written of one. Belongs to
 * the main thread. Positions are those of struct frame. */
#ifndef APP_LIVE_PERFORMANCE_H
#define APP_LIVE_PERFORMANCE_H

#include "app/control/score.h"
#include "app/control/score_keep.h"
#include "app/live/hud.h"

struct action_state;

/* Zeroed, nothing is played and nothing written. */
struct performance {
	struct action_state *actions; /* borrowed */
	struct live_hud *hud;         /* borrowed */
	struct score *score;
	struct score_keep *keep;
	bool is_full; /* that was told */
};

/* Reads the score that the options of actions name, if they do. actions and hud must outlive it.
 * For errors see score_load; RV_INVALID: there is a playlist too. */
rv_status performance_open(struct performance *performance, struct action_state *actions,
                           struct live_hud *hud, rv_error *error);

/* Begins, once the network is open: the options become those of the score's beginning. RV_INVALID:
 * the network has not all layers; and what score_begin and score_keep_open return. */
rv_status performance_begin(struct performance *performance, rv_error *error);

/* Changes the options to those of that position. Returns whether the dream so far is to be
 * forgotten. */
bool performance_play(struct performance *performance, int64_t position);

/* The next thing that the brush did by that position; NULL: nothing. */
const struct brush_stroke *performance_next_stroke(struct performance *performance,
                                                   int64_t position);

/* Writes down what has changed, or that the dream was forgotten, while the frame at position was
 * shown and the one at taken was the last that the engine took with what was before (below 0: it
 * took none). */
void performance_note(struct performance *performance, int64_t position, int64_t taken);
void performance_note_reset(struct performance *performance, int64_t position, int64_t taken);

/* The same of what the brush did. */
void performance_note_stroke(struct performance *performance, int64_t position, int64_t taken,
                             const struct brush_stroke *stroke);

/* Puts the written score into its place. For errors see score_keep_close. */
rv_status performance_close(struct performance *performance, rv_error *error);

#endif
