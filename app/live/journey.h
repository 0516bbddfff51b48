/* Whether a live session is on a journey: as it was asked for, or where nothing has moved for a
 * while. Belongs to one thread; times are those of clock_now(). */
#ifndef APP_LIVE_JOURNEY_H
#define APP_LIVE_JOURNEY_H

#include "app/live/attract.h"
#include "app/options/options.h"

/* Zeroed before use. */
struct live_journey {
	bool on;
	int64_t since;
	struct attract attract;
};

/* Looks at the newest frame. A journey goes on from a dream: has_dream says whether there is one.
 */
void live_journey_choose(struct live_journey *journey, const struct options *options,
                         const rv_image *frame, bool has_dream, int64_t now);

/* Gives one that is under way without a direction the usual one: forward, turning a little, slowly
 * at first. */
void live_journey_set_out(const struct live_journey *journey, rv_time *time, int64_t now);

#endif
