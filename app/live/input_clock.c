#include "app/live/input_clock.h"

#include "app/base/clock.h"

enum {
	MILLISECOND = 1000000, /* nanoseconds */
	LATE_MAX =
		CLOCK_SECOND / 2, /* by which a frame may be late before the anchor is set anew */
	SPACING_LEAST = 12 * MILLISECOND, /* of frames: no display shows more than 80 a second */
	BEHIND = 100 * MILLISECOND,       /* frames that are late by more are left out */
	BEHIND_MAX = 200 * MILLISECOND,   /* frames are left out for no longer than this */
};

/* A frame of a file that is due later than this shows that its timestamps have jumped, and is not
 * waited for. */
static const int64_t early_max = 10 * CLOCK_SECOND;

void input_clock_begin(struct input_clock *clock, bool is_stream)
{
	clock->is_stream = is_stream;
	clock->anchor = 0;
	clock->frames = 0;
}

/* No frame arrives before it was taken, so the smallest delay seen is the best estimate of a
 * stream's anchor. */
int64_t input_clock_due(struct input_clock *clock, int64_t at, int64_t now)
{
	int64_t ahead = clock->is_stream ? 0 : early_max;
	bool is_late = clock->anchor + at < now - LATE_MAX;
	bool is_early = clock->anchor + at > now + ahead;
	if (!clock->frames || is_late || is_early)
		clock->anchor = (clock->ends_at > now ? clock->ends_at : now) - at;
	clock->ends_at = 0;
	return clock->anchor + at;
}

bool input_clock_is_superfluous(const struct input_clock *clock, int64_t due, int64_t now)
{
	int64_t spacing = due - clock->time;
	if (!clock->frames)
		return false;
	if (spacing >= 0 && spacing < SPACING_LEAST)
		return true;
	return due < now - BEHIND && now < clock->taken_at + BEHIND_MAX;
}

/* A stream has a clock of its own, that may begin anew at any time. */
int64_t input_clock_take(struct input_clock *clock, int64_t due, int64_t position, int64_t now)
{
	clock->time = due;
	clock->taken_at = now;
	if (!clock->is_stream)
		return clock->begun_at + position;
	if (!clock->begun_at)
		clock->begun_at = due;
	return due - clock->begun_at;
}

void input_clock_count(struct input_clock *clock)
{
	clock->frames++;
}

void input_clock_end(struct input_clock *clock, int64_t at, int64_t position, bool starts_over)
{
	if (starts_over)
		clock->ends_at = clock->anchor + at;
	if (!clock->is_stream)
		clock->begun_at += position;
}
