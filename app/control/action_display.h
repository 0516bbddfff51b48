/* The actions of app/control/action.c about where the show is seen, and which input; as those of
 * app/control/action_option.h. */
#ifndef APP_CONTROL_ACTION_DISPLAY_H
#define APP_CONTROL_ACTION_DISPLAY_H

#include "app/control/action_state.h"

/* Moves the corner that the option `corner` marks, the top left one where it marks none. */
rv_status action_move_corner(struct action_state *state, const struct action_call *call,
                             rv_error *error);
rv_status action_reset_corners(struct action_state *state, const struct action_call *call,
                               rv_error *error);

/* Ends the session where it does not fill a display: who leaves that means no more. */
rv_status action_leave(struct action_state *state, const struct action_call *call, rv_error *error);

/* Shows the input so many further on, round and round. RV_NOT_FOUND: there is but one. */
rv_status action_move_input(struct action_state *state, const struct action_call *call,
                            rv_error *error);

/* RV_NOT_FOUND: there are not so many inputs as the options want. */
rv_status action_check_input(const struct action_state *state, rv_error *error);

#endif
