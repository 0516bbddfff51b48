/* Sound between its decoder and its encoder: stretches of samples, all of one format, on their way
 * between threads. */
#ifndef APP_MEDIA_SOUND_H
#define APP_MEDIA_SOUND_H

#include <stdatomic.h>

#include "engine/reverie.h"

enum { SOUND_RATE = 48000, SOUND_CHANNELS = 2 };

/* May be held by several; written once. */
struct sound {
	atomic_int holders;
	int64_t time;    /* of its first sample, nanoseconds on the clock of struct frame's time */
	int count;       /* samples of each channel */
	float samples[]; /* [count][SOUND_CHANNELS], -1..1 */
};

/* Zeroed samples, one holder. RV_MEMORY. */
rv_status sound_create(struct sound **sound, int64_t time, int count, rv_error *error);
struct sound *sound_hold(struct sound *sound);
/* Accepts NULL. As a queue_release: item is a struct sound. */
void sound_release(void *item);

#endif
