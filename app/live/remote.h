/* The live session's remote control: what it can be played with beside the window. All functions
 * belong to the main thread. */
#ifndef APP_LIVE_REMOTE_H
#define APP_LIVE_REMOTE_H

#include "app/control/keys.h"
#include "app/control/midi.h"
#include "app/control/osc.h"
#include "app/options/options.h"

/* Zeroed, it is closed. */
struct live_remote {
	struct queue *commands; /* struct remote_command */
	struct osc *osc;        /* NULL where nobody asked for it */
	struct midi *midi;      /* NULL where there is no MIDI */
};

/* Opens what options ask for. That there is no MIDI is no error, but told in time. The errors are
 * those of osc_open. keys are copied. */
rv_status live_remote_open(struct live_remote *remote, const struct options *options,
                           const struct keys *keys, rv_error *error);
void live_remote_close(struct live_remote *remote);

struct live;

/* Has the next knob or key of a MIDI controller bound to what was last changed. */
void live_remote_learn(struct live *live);

/* Runs what has come in, and tells what has changed, be it by keys. */
void live_remote_take(struct live *live);

#endif
