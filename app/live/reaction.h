/* What a live session does when it hears something: levels turn what they are bound to, beats run
 * actions (app/control/sound_map.h), be they heard or those of a tempo (app/control/tempo.h).
 * Belongs to the main thread. */
#ifndef APP_LIVE_REACTION_H
#define APP_LIVE_REACTION_H

#include "app/control/sound_map.h"
#include "app/control/tempo.h"
#include "app/live/listener.h"

/* Zeroed, nothing is heard. */
struct reaction {
	struct listener *listener; /* NULL: nobody asked for it */
	struct sound_map map;
	struct tempo tempo;        /* for whoever taps and tells it */
	struct levels_state heard; /* as it was last */
	int64_t moved_at;          /* when levels were last looked at */
};

/* Runs an action, a text, and shows what came of it. */
typedef rv_status reaction_act(void *context, const char *action, rv_error *error);

/* Listens to what options ask for. keys and stop (struct listener_options) must outlive it. The
 * errors of sound_map_open and listener_open; it is to be closed all the same. */
rv_status reaction_open(struct reaction *reaction, const struct options *options,
                        const struct keys *keys, const atomic_int *stop, rv_error *error);

/* Whether it is the sound of the input that is to be handed to reaction_hear. */
bool reaction_wants_input(const struct reaction *reaction);
void reaction_hear(struct reaction *reaction, struct sound *sound);

/* Runs by act what levels and beats ask for now, a time of clock_now()'s: levels at most 25 times a
 * second. */
void reaction_take(struct reaction *reaction, int64_t now, reaction_act *act, void *context);

/* Writes what happened, once; empty: nothing. */
void reaction_note(struct reaction *reaction, char note[LIVE_NOTE_LENGTH]);

/* Once *stop is not 0. False: as listener_close. */
bool reaction_close(struct reaction *reaction, int64_t until);

#endif
