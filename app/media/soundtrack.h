/* Lays stretches of sound, each with a time of its own, onto one track without gaps: what sound
 * there is comes where it belongs, and silence where there is none. Pure. */
#ifndef APP_MEDIA_SOUNDTRACK_H
#define APP_MEDIA_SOUNDTRACK_H

#include <stdint.h>

/* Times are nanoseconds on one clock, lengths samples at SOUND_RATE (app/media/sound.h). */
struct soundtrack {
	int64_t start;   /* time of the track's first sample */
	int64_t written; /* samples so far */
};

/* What comes next on the track: silence, then the stretch without its first `skip` samples. */
struct soundtrack_step {
	int64_t silence;
	int skip;
};

/* Appends a stretch of count samples that begins at time. What is not off by more than 10 ms
 * follows without a seam: containers round times, and clocks drift. What was written already (the
 * clock was set back, a file began anew) is skipped. */
struct soundtrack_step soundtrack_add(struct soundtrack *track, int64_t time, int count);

/* Appends silence up to time, and tells how much. */
int64_t soundtrack_fill(struct soundtrack *track, int64_t time);

#endif
