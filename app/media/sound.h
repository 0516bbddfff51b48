/* Sound between its decoder and its encoder: blocks of samples, all of one format, which threads
 * hand on, and the track that they are laid onto. */
#ifndef APP_MEDIA_SOUND_H
#define APP_MEDIA_SOUND_H

#include <stdatomic.h>

#include "engine/reverie.h"

enum { SOUND_RATE = 48000, SOUND_CHANNELS = 2 };

/* A block of samples. Several threads may hold it; it is written once, before it is handed on. */
struct sound {
	atomic_int holders;
	int64_t time;    /* of its first sample, nanoseconds on the clock of the video's frames */
	int count;       /* samples of each channel */
	float samples[]; /* [count][SOUND_CHANNELS], -1..1 */
};

/* Zeroed samples, one holder. RV_MEMORY. */
rv_status sound_create(struct sound **sound, int64_t time, int count, rv_error *error);
struct sound *sound_hold(struct sound *sound);
/* Accepts NULL. As a queue_release: item is a struct sound. */
void sound_release(void *item);

/* ---- one track ----
 *
 * Lays blocks of sound, each with a time of its own, onto one track without gaps: silence fills
 * what no block covers. Pure. */

/* Times are nanoseconds on one clock, lengths samples at SOUND_RATE. */
struct sound_track {
	int64_t start;   /* time of the track's first sample */
	int64_t written; /* samples so far */
};

/* What comes next on the track: silence, then the block without its first `skip` samples. */
struct sound_track_step {
	int64_t silence;
	int skip;
};

/* Appends a block of count samples that begins at time. A block that is off by at most 10 ms
 * follows the last without a gap, because containers round times and clocks drift. What lies before
 * the end of the track (the clock was set back, a file began anew) is skipped. */
struct sound_track_step sound_track_add(struct sound_track *track, int64_t time, int count);

/* Appends silence up to time, and tells how much. */
int64_t sound_track_fill(struct sound_track *track, int64_t time);

#endif
