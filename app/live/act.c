#include "app/live/act.h"

#include "app/base/clock.h"

rv_status live_act(struct action_state *actions, struct live_hud *hud, const char *action,
                   rv_error *error)
{
	rv_status status = action_run(actions, action, error);
	live_hud_say(hud, status == RV_OK ? actions->message : error->message, clock_now());
	return status;
}
