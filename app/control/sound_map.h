/* What sound does. It is bound as keys are (app/control/keys.h): under the names `Sound Bass`,
 * `Sound Middle`, `Sound Treble` and `Sound All`, levels turn numbers as knobs do, by `dial OPTION
 * $` (app/control/midi_map.h); under `Beat`, or `Beat 4` for every fourth one, beats run any
 * action.
 *
 *     Sound Bass = dial strength $ 0.5 1.5
 *     Beat 16 = preset-next
 *
 * Levels move only what a dream takes up from one frame to the next. No sound and no threads are
 * known here. */
#ifndef APP_CONTROL_SOUND_MAP_H
#define APP_CONTROL_SOUND_MAP_H

#include "app/control/keys.h"
#include "app/options/options.h"

enum { SOUND_LEVELS = 4 }; /* bass, middle, treble, all */

/* Zeroed, nothing is bound. */
struct sound_map {
	const struct keys *keys;  /* borrowed */
	float sent[SOUND_LEVELS]; /* the last that were asked for; 0: none was */
	unsigned beat, steps;     /* the last, and how many it stands for */
	int next;                 /* binding to be looked at for it */
};

/* Takes the bindings, which must not change. RV_INVALID: a name that begins with Sound or Beat is
 * none of those above, or a level is to do what levels cannot with options as these. RV_MEMORY. */
rv_status sound_map_open(struct sound_map *map, const struct keys *keys,
                         const struct options *options, rv_error *error);

/* Writes the action that a level asks for, which is between 0 and 1 now; false: it is bound to
 * none, or hardly differs from what was asked for last. */
bool sound_map_level(struct sound_map *map, int index, float level, char action[KEY_ACTION_LENGTH]);

/* The beat of that number came, and stands for so many, 1 or more, up to it
 * (app/control/tempo.h): sound_map_next_action tells what is to be done. Every fourth is 0, 4, 8
 * and so on. */
void sound_map_beat(struct sound_map *map, unsigned beat, unsigned steps);

/* The next action that the last beat asks for; NULL: none any more. */
const char *sound_map_next_action(struct sound_map *map);

#endif
