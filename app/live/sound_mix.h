/* The sound of a session's inputs as one: each has a voice, of which one is heard. Where another
 * takes over within some seconds, both are heard meanwhile, and are as loud together as either, for
 * what they play has nothing to do with each other. Blocks of a voice that is heard alone go on as
 * they are. Belongs to whoever holds the lock of the feed (app/live/feed.h). */
#ifndef APP_LIVE_SOUND_MIX_H
#define APP_LIVE_SOUND_MIX_H

#include "app/base/queue.h"
#include "app/media/sound.h"

/* By which voices may be late behind each other; what comes later is not mixed in. */
enum { SOUND_MIX_ROOM = SOUND_RATE / 4 };

/* Zeroed before it is added. All is the mixture's. */
struct sound_voice {
	double level;  /* at the time `since`: 0 silent, 1 as loud as it is */
	double slope;  /* by which that goes on, a nanosecond */
	int64_t since; /* nanoseconds, as all times, on the clock of the sound's */
	int64_t end;   /* of its last block, or when it began to be heard */
	struct sound_voice *next;
};

/* Zeroed before use. */
struct sound_mix {
	struct sound_voice *voices;
	int64_t start; /* time of the first sample that is held */
	int filled;    /* samples that are held, for voices that are late */
	float held[SOUND_MIX_ROOM * SOUND_CHANNELS];
};

/* The voice, which is silent, must outlive its part in the mixture. */
void sound_mix_add_voice(struct sound_mix *mix, struct sound_voice *voice);
void sound_mix_remove_voice(struct sound_mix *mix, struct sound_voice *voice);

/* The voice takes over from a time on, within so many seconds: from as loud as it is by then, and
 * from all others as loud as they are. */
void sound_mix_turn_to(struct sound_mix *mix, const struct sound_voice *voice, int64_t time,
                       double seconds);

bool sound_voice_is_silent(const struct sound_voice *voice, int64_t time);

/* Takes over a block of the voice, and pushes to queue (of struct sound) what is complete by then.
 * A mixture may exceed -1..1. Where memory is short, sound is left out. */
void sound_mix_take(struct sound_mix *mix, struct sound_voice *voice, struct sound *sound,
                    struct queue *queue);

#endif
