/* The actions of app/control/action.c that change one option, whose name and value their arguments
 * are. Each is the `run` of a row of action_table. RV_INVALID: then nothing has changed. */
#ifndef APP_CONTROL_ACTION_OPTION_H
#define APP_CONTROL_ACTION_OPTION_H

#include "app/control/action_state.h"

rv_status action_set(struct action_state *state, const struct action_call *call, rv_error *error);
rv_status action_add(struct action_state *state, const struct action_call *call, rv_error *error);
rv_status action_dial(struct action_state *state, const struct action_call *call, rv_error *error);
rv_status action_cycle(struct action_state *state, const struct action_call *call, rv_error *error);
rv_status action_toggle(struct action_state *state, const struct action_call *call,
                        rv_error *error);

/* Of no option: the value goes into state->tempo. */
rv_status action_tell_tempo(struct action_state *state, const struct action_call *call,
                            rv_error *error);

#endif
