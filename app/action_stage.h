/* The actions of app/action.c about where the show is seen; as those of app/action_dream.h. */
#ifndef ACTION_STAGE_H
#define ACTION_STAGE_H

#include "app/action.h"

/* Moves the corner that the option `corner` marks, the top left one where it marks none. */
rv_status action_move_corner(struct action_state *state, const struct action_call *call,
                             rv_error *error);
rv_status action_reset_corners(struct action_state *state, const struct action_call *call,
                               rv_error *error);

#endif
