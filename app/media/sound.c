#include "app/media/sound.h"

#include <stdlib.h>

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
