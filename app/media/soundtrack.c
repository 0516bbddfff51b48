#include "app/media/soundtrack.h"

#include "app/media/sound.h"

enum { TOLERANCE = SOUND_RATE / 100, SECOND = 1000000000 };

/* Whole seconds go by themselves: the product of a day's nanoseconds would overflow. */
static int64_t position(const struct soundtrack *track, int64_t time)
{
	int64_t since = time - track->start;
	return since / SECOND * SOUND_RATE + since % SECOND * SOUND_RATE / SECOND;
}

struct soundtrack_step soundtrack_add(struct soundtrack *track, int64_t time, int count)
{
	struct soundtrack_step step = {0};
	int64_t ahead = position(track, time) - track->written;
	if (ahead > TOLERANCE)
		step.silence = ahead;
	else if (ahead < -TOLERANCE)
		step.skip = -ahead < count ? (int)-ahead : count;
	track->written += step.silence + count - step.skip;
	return step;
}

int64_t soundtrack_fill(struct soundtrack *track, int64_t time)
{
	int64_t missing = position(track, time) - track->written;
	if (missing <= 0)
		return 0;
	track->written += missing;
	return missing;
}
