/* What actions change, in a session of a small network, and actions run on it. */
#ifndef TESTS_SUPPORT_ACTION_FIXTURE_H
#define TESTS_SUPPORT_ACTION_FIXTURE_H

#include "app/control/action.h"

/* The network's: low, middle, which is the one that is dreamed of where none is named, inside,
 * which is not gone through, and high. */
enum { ACTION_LAYERS = 4 };
extern const struct action_layer action_layers[ACTION_LAYERS];

/* To be freed. */
struct action_state *make_actions(void);

/* Runs an action; where that fails, so does the test. */
bool run_action(struct action_state *state, const char *text);

/* What the option called name is, as text; valid until the next call. */
const char *option_now(const struct action_state *state, const char *name);

#endif
