/* How loud sound is, as what is moved by it wants to know: three bands and all of it, each from 0
 * to 1, and where beats are. A level follows quickly upwards and slowly downwards. The gain is
 * automatic: the loudest of the last ten seconds is 1, and what is there all the time, the noise of
 * a room or half of what lasts in music, is 0. Pure: goes by the samples alone. */
#ifndef APP_MEDIA_LEVELS_H
#define APP_MEDIA_LEVELS_H

#include "engine/reverie.h"

enum level {
	LEVEL_BASS,   /* 30 to 200 Hz */
	LEVEL_MIDDLE, /* 200 to 2500 Hz */
	LEVEL_TREBLE, /* 2500 to 16000 Hz */
	LEVEL_ALL,
	LEVEL_COUNT
};

/* Belongs to one thread at a time. */
struct levels;

/* RV_MEMORY. */
rv_status levels_create(struct levels **levels, rv_error *error);
/* Accepts a pointer to NULL. */
void levels_destroy(struct levels **levels);

/* Takes what is heard next: count samples of each channel, as in struct sound
 * (app/media/sound.h). */
void levels_take(struct levels *levels, const float *samples, int count);

struct levels_state {
	float level[LEVEL_COUNT];
	/* How many there were so far: where more of the sound's bands rise at once than lately, and
	 * about as much as they rose at the last ones; at most four a second, and where they are
	 * even, 70 to 180 a minute, none of what sounds between them. */
	unsigned beats;
	bool is_quiet; /* nothing was heard for two seconds */
};

/* As it is now. */
struct levels_state levels_now(const struct levels *levels);

#endif
