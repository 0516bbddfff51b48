/* What can be done to a live session while it runs: one table of actions by name, which keys, the
 * mouse and tests call alike. Most act on the options, by the names of the table of options; what
 * they cannot do themselves (end the session, write a file) they ask for in `requests`.
 *
 * No window, no engine and no threads are known here. Nothing prints or exits. */
#ifndef APP_CONTROL_ACTION_H
#define APP_CONTROL_ACTION_H

#include "app/control/action_state.h"

extern const struct action action_table[];

/* Runs one action, such as "add strength 0.1" or "layer-up". On an error (RV_INVALID,
 * RV_NOT_FOUND, RV_IO) nothing but the message of error changed. */
rv_status action_run(struct action_state *state, const char *text, rv_error *error);

/* The same where no hand asks for it, but sound: nobody wants to take back every beat, or to have a
 * knob learn it, so that it is neither undone nor the last that was changed. */
rv_status action_follow(struct action_state *state, const char *text, rv_error *error);

/* Takes text apart; value is what stands there, which may be no value of the option. RV_INVALID: as
 * action_check. */
rv_status action_parse(struct action_call *call, const char *text, rv_error *error);

/* The action of that name, or NULL. */
const struct action *action_find(const char *name);

/* Whether an option, which may be NULL, can change while a session runs. */
bool action_can_change(const struct option *option);

/* Whether text is an action with the arguments it needs, and names an option that can be changed
 * while a session runs. RV_INVALID. */
rv_status action_check(const char *text, rv_error *error);

/* Whether it is one that writes a file or ends the session. */
bool action_is_guarded(const char *text);

#endif
