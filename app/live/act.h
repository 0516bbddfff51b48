/* Runs actions for a live session and tells the person at it what came of them. */
#ifndef APP_LIVE_ACT_H
#define APP_LIVE_ACT_H

#include "app/control/action.h"
#include "app/live/hud.h"

/* Runs an action (app/control/action.h), and shows its message or what went wrong on the HUD.
 * Returns what action_run returns. The main thread alone. */
rv_status live_act(struct action_state *actions, struct live_hud *hud, const char *action,
                   rv_error *error);

#endif
