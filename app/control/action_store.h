/* Dreams that are kept by number. Runs of action_table, as in app/control/action_dream.h, and what
 * reads what an earlier session kept. */
#ifndef APP_CONTROL_ACTION_STORE_H
#define APP_CONTROL_ACTION_STORE_H

#include "app/control/action_state.h"

/* RV_INVALID: it is no number from 1 to ACTION_STORES. */
rv_status action_store(struct action_state *state, const struct action_call *call, rv_error *error);
/* What another session has stored there meanwhile counts. Also RV_NOT_FOUND: nothing was stored
 * there, or for another network; and, where that file is damaged, as action_store_read. */
rv_status action_recall(struct action_state *state, const struct action_call *call,
                        rv_error *error);

/* Writes the path of the file of number place + 1; false: there is no folder for it. */
bool action_store_path(int place, char path[PATH_LENGTH]);

/* Stores what the preset at path holds, as number place + 1. For errors see preset_load; then
 * nothing has changed. RV_INVALID also where the file is empty. */
rv_status action_store_read(struct action_state *state, int place, const char *path,
                            rv_error *error);

#endif
