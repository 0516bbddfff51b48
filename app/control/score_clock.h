/* How the times that stand in a score become seconds: as such, in beats of its tempo, or in frames
 * of its rate. */
#ifndef APP_CONTROL_SCORE_CLOCK_H
#define APP_CONTROL_SCORE_CLOCK_H

#include "engine/reverie.h"

/* Zeroed, there is neither tempo nor rate. */
struct score_clock {
	double beat, first_beat; /* seconds of one, and when number 0 is */
	double frame;            /* seconds of one */
};

/* Reads what stands behind `tempo` or `rate`; rest is written over. prefix begins every message.
 * RV_INVALID. */
rv_status score_clock_tempo(struct score_clock *clock, char *rest, const char *prefix,
                            rv_error *error);
rv_status score_clock_rate(struct score_clock *clock, char *rest, const char *prefix,
                           rv_error *error);

/* Reads a time of the score, such as 12.5, 1:30, 16b or 250f, of which beats count from the first
 * one. RV_INVALID: it is none, or more than a week, or there is no tempo or rate yet. */
rv_status score_clock_moment(const struct score_clock *clock, const char *word, const char *prefix,
                             double *seconds, rv_error *error);
/* Reads how long something takes. */
rv_status score_clock_length(const struct score_clock *clock, const char *word, const char *prefix,
                             double *seconds, rv_error *error);
/* The same, for what comes again each time: RV_INVALID also where it is too short for that. */
rv_status score_clock_period(const struct score_clock *clock, const char *word, const char *prefix,
                             double *seconds, rv_error *error);

#endif
