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

/* Where a knob or a light that is bound to an action stands with options as these, from 0 to 1: of
 * `dial` its position, whatever the call names; of `cycle` which of the choices it is, from the
 * first to the last; of `set` and `toggle` 1 where that is the value. Below 0: nowhere. */
double action_position(const struct options *options, const struct action_call *call);

/* Whether it is a `dial` that would leave options as they are. */
bool action_dial_is_right(const struct options *options, const struct action_call *call);

/* Of no option: the value goes into state->tempo. */
rv_status action_tell_tempo(struct action_state *state, const struct action_call *call,
                            rv_error *error);

#endif
