/* What controllers are told of the knobs and keys that are bound (app/control/midi_map.h), for
 * those that have rings of lights, lit keys or faders with motors: where a knob would stand for
 * what another hand made of its option, and which keys are lit, each on the channel and under the
 * number that it is bound by. What a controller says of a knob itself is believed, and nothing is
 * sent to one that is being turned; what comes straight back from a controller that sends on
 * whatever it gets is no hand.
 *
 * No sequencer and no threads are known here. Times are nanoseconds on one clock, given from
 * outside. */
#ifndef APP_CONTROL_MIDI_FEEDBACK_H
#define APP_CONTROL_MIDI_FEEDBACK_H

#include "app/control/midi_map.h"
#include "app/options/options.h"

enum { MIDI_FEEDBACK_KINDS = 2 }; /* MIDI_CONTROL and MIDI_NOTE */

/* Zeroed, nothing is known. */
struct midi_feedback {
	/* By kind, channel and number. */
	struct midi_light {
		bool is_known, is_sent; /* value; and it was sent, and has not come back */
		int value;              /* 0..127, as the controller has it */
		int64_t at;             /* when it was sent or came; 0: never */
		bool is_turned;         /* it came */
	} lights[MIDI_FEEDBACK_KINDS][MIDI_MAP_CHANNELS][MIDI_MAP_VALUES];
	int next;    /* binding to look at */
	int64_t due; /* when to look again; 0: where something has changed */
};

/* Notes what came from a controller. False: that was sent there before, and is not to be taken. */
bool midi_feedback_hear(struct midi_feedback *feedback, const struct midi_event *event,
                        int64_t now);

/* Looks at all bindings from now on. */
void midi_feedback_begin(struct midi_feedback *feedback);

/* Forgets what controllers have, as where another one is there. */
void midi_feedback_forget(struct midi_feedback *feedback);

/* Writes the next thing to send with options as these, which counts as sent; false: there is none
 * any more, and begins anew is at `due`. */
bool midi_feedback_next(struct midi_feedback *feedback, const struct keys *keys,
                        const struct options *options, int64_t now, struct midi_event *event);

/* It could not be sent, and is to be tried again a little later. */
void midi_feedback_fail(struct midi_feedback *feedback, const struct midi_event *event,
                        int64_t now);

#endif
