/* What the actions of app/control/action.c that need no one else do: to options, the dream and its
 * history. Each is the `run` of a row of action_table, with the option and the value that its
 * arguments name. Errors: RV_INVALID, RV_NOT_FOUND, RV_IO; then nothing has changed. */
#ifndef APP_CONTROL_ACTION_DREAM_H
#define APP_CONTROL_ACTION_DREAM_H

#include "app/control/action_state.h"

/* These go by the row's number. */
rv_status action_move_layer(struct action_state *state, const struct action_call *call,
                            rv_error *error);
rv_status action_move_channel(struct action_state *state, const struct action_call *call,
                              rv_error *error);
rv_status action_move_preset(struct action_state *state, const struct action_call *call,
                             rv_error *error);

rv_status action_preset(struct action_state *state, const struct action_call *call,
                        rv_error *error);
rv_status action_random_channel(struct action_state *state, const struct action_call *call,
                                rv_error *error);
rv_status action_randomise(struct action_state *state, const struct action_call *call,
                           rv_error *error);
rv_status action_undo(struct action_state *state, const struct action_call *call, rv_error *error);
rv_status action_redo(struct action_state *state, const struct action_call *call, rv_error *error);

/* Fills the list of presets from the folders of paths_preset_folders(), but for those of another
 * network than the one that the options name. */
void action_find_presets(struct action_state *state);

/* Whether the network has the layers and the channels that a dream names. */
rv_status action_check_layers(const struct action_state *state, const struct option_dream *dream,
                              rv_error *error);

/* Takes over what a preset, or a store, of this name holds, in so many seconds. */
void action_take_dream(struct action_state *state, const struct option_dream *preset,
                       const char *name, double seconds);

/* The dream as it is now goes by the name of this preset, which may be a path; "" is none. */
void action_name_dream(struct action_state *state, const char *preset);

/* Whether it is no longer what was taken under its name; not while it fades to that. */
bool action_is_changed(const struct action_state *state);

/* Notes state->before and what goes with it, for undo. What was undone can no longer be redone. */
void action_remember(struct action_state *state);

#endif
