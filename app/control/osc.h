/* Remote control by OSC over UDP: a thread that turns what arrives into commands for the main
 * thread, answers, and tells subscribers what changes. Beside options and actions
 * (app/control/remote.h) it knows
 *
 *     /reverie/state               whether it dreams: "dreaming", or what it waits for, or why not
 *     /reverie/list                what there is: name, what it may be or takes, what it does
 *     /reverie/subscribe [PORT]    all values now, and from then on each one that changes; to the
 *                                  sender, or to that port of its machine
 *     /reverie/unsubscribe [PORT]
 *
 * What is wrong is answered with /reverie/error and a text, but for what is itself an answer.
 * Errors and lists are limited for each address, and a subscription ends ten minutes after the last
 * message from its machine (app/control/osc_peers.h). */
#ifndef APP_CONTROL_OSC_H
#define APP_CONTROL_OSC_H

#include "app/base/queue.h"
#include "app/control/remote.h"

struct osc;

/* Listens on a port of an address (a name or a number; "" is this machine only), and starts the
 * thread. Pushes struct remote_command, of serial 0, to commands, which must outlive it. options
 * are the first snapshot. RV_UNSUPPORTED: this build has no liblo. RV_INVALID: there is no such
 * address, or its port is taken. RV_MEMORY. */
rv_status osc_open(struct osc **osc, const char *address, int port, struct queue *commands,
                   const struct options *options, rv_error *error);

/* Ends the thread. Accepts NULL. */
void osc_close(struct osc **osc);

/* The functions below are for one thread other than OSC's own, which they never wait for; osc may
 * be NULL. */

/* Takes a copy of the options as they are now, which is what subscribers and askers are told. */
void osc_tell(struct osc *osc, const struct options *options);

/* Whether only this machine can send to it. */
bool osc_is_local(const struct osc *osc);

enum { OSC_STATE_LENGTH = 256 };

/* Says whether it dreams, in a word or in the line of an error. */
void osc_tell_state(struct osc *osc, const char *state);

/* Tells peer the value of the option called name, as osc_tell gave it last. */
void osc_answer(struct osc *osc, const struct remote_peer *peer, const char *name);

/* Tells peer what went wrong. */
void osc_refuse(struct osc *osc, const struct remote_peer *peer, const char *message);

#endif
