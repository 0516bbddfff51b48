/* Dreams that are kept by number while the session lasts. Runs of action_table, as in
 * app/control/action_dream.h. */
#ifndef APP_CONTROL_ACTION_STORE_H
#define APP_CONTROL_ACTION_STORE_H

#include "app/control/action_state.h"

/* RV_INVALID: it is no number from 1 to ACTION_STORES. */
rv_status action_store(struct action_state *state, const struct action_call *call, rv_error *error);
/* Also RV_NOT_FOUND: nothing was stored there. */
rv_status action_recall(struct action_state *state, const struct action_call *call,
                        rv_error *error);

#endif
