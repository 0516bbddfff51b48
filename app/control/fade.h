/* Fades from one set of dream options to another. Numbers that a dream under way can follow
 * (strength, zoom, inherit and the like) change evenly; all else changes at once, and what was
 * dreamed before fades where it is shown (app/live/crossfade.h). These are pure functions of a
 * clock given from outside. */
#ifndef APP_CONTROL_FADE_H
#define APP_CONTROL_FADE_H

#include "app/options/options.h"

/* Zeroed, none is under way. Large: not for the stack. */
struct fade {
	bool on;
	double seconds;
	int64_t begun; /* nanoseconds; 0: with the next step */
	struct option_dream from, to;
	struct option_dream written; /* as the last step left it: a number that differs now was
	                                changed by somebody else, and stays as it is */
};

/* Whether the option is a number that changes evenly. */
bool fade_follows(const struct option *option);

/* Begins to go from `from` to what dream holds now, and puts its numbers back to begin
 * with. With 0 seconds it is there at once. */
void fade_begin(struct fade *fade, const struct option_dream *from, struct option_dream *dream,
                double seconds);

/* Goes on to the time `now`; ends by itself. */
void fade_step(struct fade *fade, struct option_dream *dream, int64_t now);

#endif
