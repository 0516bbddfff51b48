/* What options ask for at a time, where a score (app/control/score.h) changes them. */
#ifndef APP_COMMAND_SCORED_H
#define APP_COMMAND_SCORED_H

#include "app/base/progress.h"
#include "app/control/score.h"
#include "app/options/dreamer.h"

/* Zeroed, there is no score. Closed by scored_close. */
struct scored {
	struct score *score;    /* NULL: none */
	struct options options; /* as they are at the time that was gone to */
	struct brush *brush;    /* that it paints with, owned; NULL: it does not */
	bool repainted;         /* the mask is another since it was asked for */
	bool begun;             /* the score has, well or not: */
	rv_status status;
	rv_error error; /* where it has not */
	bool rehearsed; /* it can be played */
};

/* Reads the score that the options name, if they do. For errors see score_load and brush_create. */
rv_status scored_open(struct scored *scored, const struct options *options, rv_error *error);

/* Says what the score changes that is for live sessions alone, where that makes another film. */
void scored_tell_ignored(const struct scored *scored, struct progress *progress);

/* Begins, for the network and the engine that are open, and lets these look at each dream that the
 * score will ask for: what is wrong with one is known before the first frame. The options are those
 * of its opening. What score_begin and dreamer_set_dream return; what score_begin returned is
 * returned again whenever it is called. */
rv_status scored_begin(struct scored *scored, struct dreamer *dreamer, rv_error *error);

/* Goes on to a time in nanoseconds; RV_TIME_NONE is the beginning. Whether the dream so far is to
 * be forgotten. */
bool scored_go_to(struct scored *scored, int64_t time);

/* Paints what is painted until then, on pictures of that width by their height. Whether the mask is
 * another than it was. */
bool scored_paint(struct scored *scored, int64_t time, float aspect);

/* Another film begins. */
void scored_rewind(struct scored *scored, const struct options *options);

void scored_close(struct scored *scored);

#endif
