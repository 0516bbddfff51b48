/* The dreams that are stored by number, kept from one session to the next: each a preset in the
 * user's state (paths_state_file), stores/1.preset to 9.preset. Belongs to the main thread. */
#ifndef APP_LIVE_STORES_H
#define APP_LIVE_STORES_H

#include <stdatomic.h>

#include "app/control/action_state.h"
#include "app/live/disk.h"

/* The writing of one. */
struct live_store {
	unsigned begun;     /* which of what was stored there (action_state) was last handed on */
	atomic_int outcome; /* enum live_disk_outcome, of that */
	bool failed, again; /* it could not be written; it is to be tried again */
};

/* Zeroed before use. */
struct live_stores {
	struct action_state *actions;
	int64_t written_at; /* when a file was last begun */
	struct live_store stores[ACTION_STORES];
};

/* Reads what earlier sessions stored, for the network that the options name; actions must outlive
 * it. A file that is no preset is told of on standard error and put aside, as N.preset.damaged, so
 * that the next dream stored there does not overwrite it. */
void live_stores_open(struct live_stores *stores, struct action_state *actions);

/* Has what was stored since then written by disk: no more than a file a second, as anybody who may
 * send actions may store. What could not be written, which disk tells, is tried again with the next
 * dream that is stored, and at the end. What was not stored by this session is never written. */
void live_stores_keep(struct live_stores *stores, struct live_disk *disk, int64_t now);

/* Writes what is still to be written. Disk may have been stopped. */
void live_stores_close(struct live_stores *stores);

#endif
