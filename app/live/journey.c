#include "app/live/journey.h"

/* A journey that has no direction of its own: it speeds up for so many seconds, and zooms and turns
 * at these rates. */
static const double departure = 4; /* seconds */
static const double zoom = 1.08;   /* a second */
static const double rotation = 2;  /* degrees a second */

void live_journey_choose(struct live_journey *journey, const struct options *options,
                         const rv_image *frame, bool has_dream, int64_t now)
{
	bool rests = options->live.attract > 0 &&
	             attract_watch(&journey->attract, frame, now, (double)options->live.attract);
	bool travels =
		(rests || options->live.journey) && options->dream.params.time.on && has_dream;
	if (options->live.attract <= 0)
		journey->attract = (struct attract){0};
	if (travels && !journey->on)
		journey->since = now;
	journey->on = travels;
}

void live_journey_set_out(const struct live_journey *journey, rv_time *time, int64_t now)
{
	double part = (double)(now - journey->since) / (1e9 * departure);
	if (!journey->on || time->zoom != 1 || time->rotation != 0 || time->pan_x != 0 ||
	    time->pan_y != 0)
		return;
	part = part < 1 ? part : 1;
	time->zoom = (float)(1 + part * (zoom - 1));
	time->rotation = (float)(part * rotation);
}
