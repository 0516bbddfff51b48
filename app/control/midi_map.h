/* What the knobs and keys of MIDI controllers do. They are bound as keys are (app/control/keys.h),
 * under the names `CC CHANNEL NUMBER`, `Note CHANNEL NUMBER` and `Program CHANNEL NUMBER`, such as
 * CC 1 74; channels count from 1. In the action of one, $ stands for where the knob is, or how hard
 * the key was pressed, from 0 to 1: `CC 1 74 = dial strength $`, or from one end to the other
 * `CC 1 74 = dial strength $ 0.5 1.5`. Without $ the action is run when a key is pressed, or a knob
 * or pedal passes the middle upwards.
 *
 * No sequencer and no threads are known here. */
#ifndef APP_CONTROL_MIDI_MAP_H
#define APP_CONTROL_MIDI_MAP_H

#include "app/control/keys.h"

enum midi_kind { MIDI_CONTROL, MIDI_NOTE, MIDI_PROGRAM };

enum { MIDI_MAP_CHANNELS = 16, MIDI_MAP_VALUES = 128, MIDI_MAP_LINE_LENGTH = 160 };

struct midi_event {
	enum midi_kind kind;
	int channel; /* 1..16 */
	int number;  /* 0..127, of the knob or key */
	int value;   /* 0..127; of a note, how hard: 0 where it is let go */
};

struct midi_map {
	struct keys keys;
	/* The last value of each knob, by channel and number. */
	unsigned char last[MIDI_MAP_CHANNELS][MIDI_MAP_VALUES];
};

/* Where a knob of that value is, from 0 to 1, and the value that is nearest to a position. */
double midi_map_position(int value);
int midi_map_value(double position);

/* Whether anything is bound to what sent the event. */
bool midi_map_is_bound(const struct midi_map *map, const struct midi_event *event);

/* Writes the action that an event asks for; false: none. */
bool midi_map_take(struct midi_map *map, const struct midi_event *event,
                   char action[KEY_ACTION_LENGTH]);

/* Binds what sent an event: a knob to `turn`, a key to `press`, which are actions. Writes the
 * binding as a line of a file of keys, without its end. False: this event is nothing to learn from,
 * such as a key that is let go. RV_INVALID in error: there is no room, or no such action. */
bool midi_map_learn(struct midi_map *map, const struct midi_event *event, const char *turn,
                    const char *press, char line[MIDI_MAP_LINE_LENGTH], rv_error *error);

#endif
