/* The live session's remote controls: what it can be played with beside the window. Belongs to the
 * main thread. */
#ifndef APP_LIVE_REMOTE_H
#define APP_LIVE_REMOTE_H

#include "app/control/action.h"
#include "app/control/keys.h"
#include "app/control/midi.h"
#include "app/control/osc.h"
#include "app/live/hud.h"
#include "app/live/note.h"

/* Runs an action, a text, and shows what came of it. */
typedef rv_status live_act(void *context, const char *action, rv_error *error);

/* Zeroed, it is closed. */
struct live_remote {
	struct action_state *actions; /* borrowed */
	struct live_hud *hud;         /* borrowed */
	struct queue *commands;       /* struct remote_command */
	struct osc *osc;              /* NULL where nobody asked for it */
	struct midi *midi;            /* NULL where there is no MIDI */
	struct live_note note;        /* what is said on standard error */
};

/* Opens what the options of actions ask for. That there is no MIDI is no error, but said. actions
 * and hud must outlive it; keys are copied. The errors of osc_open. */
rv_status live_remote_open(struct live_remote *remote, struct action_state *actions,
                           struct live_hud *hud, const struct keys *keys, rv_error *error);
void live_remote_close(struct live_remote *remote);

/* Has the next knob or key of a MIDI controller bound to what was last changed. */
void live_remote_learn(struct live_remote *remote);

/* Runs what has come in by act, whose errors are answered, and tells what has changed, be it by
 * keys. */
void live_remote_take(struct live_remote *remote, live_act *act, void *context);

#endif
