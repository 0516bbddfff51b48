/* The dreams that are stored by number, kept from one session to the next: each a preset in the
 * user's state (paths_state_file), stores/1.preset to 9.preset. Belongs to the main thread. */
#ifndef APP_LIVE_STORES_H
#define APP_LIVE_STORES_H

#include "app/control/action_state.h"
#include "app/live/disk.h"

/* Zeroed before use. */
struct live_stores {
	struct action_state *actions;
	int64_t written_at; /* when a file was last begun */
};

/* Reads what earlier sessions stored, for the network that the options name; actions must outlive
 * it. A file that is no preset is told of on standard error and put aside, as N.preset.damaged, so
 * that the next dream stored there does not overwrite it. */
void live_stores_open(struct live_stores *stores, struct action_state *actions);

/* Has what was stored since then written by disk: no more than a file a second, as anybody who may
 * send actions may store. */
void live_stores_keep(struct live_stores *stores, struct live_disk *disk, int64_t now);

/* Writes what is still to be written. Disk may have been stopped. */
void live_stores_close(struct live_stores *stores);

#endif
