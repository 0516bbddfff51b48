/* The actions of app/control/action.c about the atlas that lies over the show: which tile is
 * chosen, and that it is dreamed of; as those of app/control/action_dream.h. */
#ifndef APP_CONTROL_ACTION_ATLAS_H
#define APP_CONTROL_ACTION_ATLAS_H

#include "app/control/action_state.h"

rv_status action_move_in_atlas(struct action_state *state, const struct action_call *call,
                               rv_error *error);

/* Dreams of the chosen channel or class, and closes the atlas: everywhere, or, where the pipette
 * pointed to, as whoever fulfils ACTION_PAINT_PLACE sees to. */
rv_status action_choose_from_atlas(struct action_state *state, const struct action_call *call,
                                   rv_error *error);
rv_status action_choose_at_place(struct action_state *state, const struct action_call *call,
                                 rv_error *error);

/* Points the pipette to a place. */
rv_status action_probe(struct action_state *state, const struct action_call *call, rv_error *error);

/* What is said where the pipette has not pointed anywhere. */
extern const char action_atlas_no_place[];

/* The channel or class of a tile; -1: there is none. */
int action_atlas_number(const struct action_atlas *atlas, int index);

#endif
