#include "app/media/sound.h"

#include <stdlib.h>

#include "app/base/clock.h"

enum { TOLERANCE = SOUND_RATE / 100 };

rv_status sound_create(struct sound **created, int64_t time, int count, rv_error *error)
{
	size_t values = (size_t)count * SOUND_CHANNELS;
	struct sound *sound = calloc(1, sizeof(*sound) + values * sizeof(sound->samples[0]));
	if (!sound)
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	atomic_init(&sound->holders, 1);
	sound->time = time;
	sound->count = count;
	*created = sound;
	return RV_OK;
}

struct sound *sound_hold(struct sound *sound)
{
	atomic_fetch_add(&sound->holders, 1);
	return sound;
}

void sound_release(void *item)
{
	struct sound *sound = item;
	if (sound && atomic_fetch_sub(&sound->holders, 1) == 1)
		free(sound);
}

/* ---- one track ---- */

/* Whole seconds are counted by themselves: the product of all nanoseconds would overflow on the
 * third day. */
static int64_t position(const struct sound_track *track, int64_t time)
{
	int64_t since = time - track->start;
	return since / CLOCK_SECOND * SOUND_RATE + since % CLOCK_SECOND * SOUND_RATE / CLOCK_SECOND;
}

struct sound_track_step sound_track_add(struct sound_track *track, int64_t time, int count)
{
	struct sound_track_step step = {0};
	int64_t ahead = position(track, time) - track->written;
	if (ahead > TOLERANCE)
		step.silence = ahead;
	else if (ahead < -TOLERANCE)
		step.skip = -ahead < count ? (int)-ahead : count;
	track->written += step.silence + count - step.skip;
	return step;
}

int64_t sound_track_fill(struct sound_track *track, int64_t time)
{
	int64_t missing = position(track, time) - track->written;
	if (missing <= 0)
		return 0;
	track->written += missing;
	return missing;
}
