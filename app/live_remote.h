/* The live session's remote control: what it can be played with beside the window. All functions
 * belong to the main thread. */
#ifndef LIVE_REMOTE_H
#define LIVE_REMOTE_H

#include "app/options.h"
#include "app/osc.h"

/* Zeroed, it is closed. */
struct live_remote {
	struct queue *commands; /* struct remote_command */
	struct osc *osc;        /* NULL where nobody asked for it */
};

/* Opens what options ask for. The errors are those of osc_open. */
rv_status live_remote_open(struct live_remote *remote, const struct options *options,
                           rv_error *error);
void live_remote_close(struct live_remote *remote);

struct live;

/* Runs what has come in, and tells what has changed, be it by keys. */
void live_remote_take(struct live *live);

#endif
