/* MIDI controllers, through ALSA's sequencer: a client called Reverie with one port, which connects
 * to the controllers there are and to those that are plugged in later. Its thread turns what they
 * send into commands for the main thread, as app/control/midi_map.h says, and sends them what
 * others change. */
#ifndef APP_CONTROL_MIDI_H
#define APP_CONTROL_MIDI_H

#include "app/base/queue.h"
#include "app/control/keys.h"
#include "app/control/midi_clock.h"
#include "app/options/options.h"

struct midi;

/* Opens the port and starts the thread. from is the controller to hear, as `aconnect -i` names it
 * (CLIENT:PORT, a name or numbers); "" is all of them. keys are copied. Pushes struct
 * remote_command (app/control/remote.h), of serial 0, to commands, which must outlive it.
 * RV_UNSUPPORTED: this build has no ALSA. RV_NOT_FOUND: this machine has no sequencer. RV_MEMORY.
 */
rv_status midi_open(struct midi **midi, const char *from, const struct keys *keys,
                    struct queue *commands, rv_error *error);

/* Ends the thread. Accepts NULL. */
void midi_close(struct midi **midi);

/* From any thread. The next knob that is turned is bound to the action `turn`, the next key that is
 * pressed to `press`, whichever comes first, and the binding is added to
 * $XDG_CONFIG_HOME/reverie/midi.conf. */
void midi_learn(struct midi *midi, const char *turn, const char *press);

/* From the main thread. Takes a copy of the options as they are now, of which controllers are told
 * (app/control/midi_feedback.h) that are hardware and have moved something bound, or that `from`
 * names. Until it is called none is told anything. midi may be NULL. */
void midi_tell(struct midi *midi, const struct options *options);

/* From any thread. Copies the clock that is followed: the first that was heard, until it is gone;
 * what begins and ends it is pushed to commands to be said. midi may be NULL: then there is none.
 */
void midi_read_clock(struct midi *midi, struct midi_clock *clock);

#endif
