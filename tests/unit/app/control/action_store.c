/* Dreams that are kept by number. */
#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "tests/support/action_fixture.h"
#include "tests/support/test.h"

TEST(action_stores_dreams_and_recalls_them)
{
	struct action_state *state = make_actions();
	rv_error error;
	run_action(state, "set layer high");
	run_action(state, "set strength 2");
	run_action(state, "store 3");
	CHECK(!strcmp(state->message, "stored 3"));
	run_action(state, "set strength 0.5");
	run_action(state, "layer-down");
	run_action(state, "recall 3");
	CHECK(!strcmp(option_now(state, "layer"), "high") &&
	      !strcmp(option_now(state, "strength"), "2"));
	CHECK(!strcmp(state->named.name, "stored 3"));
	run_action(state, "undo");
	CHECK(!strcmp(option_now(state, "layer"), "middle") &&
	      !strcmp(option_now(state, "strength"), "0.5"));
	CHECK(!state->named.name[0]);
	CHECK(action_run(state, "recall 4", &error) == RV_NOT_FOUND);
	CHECK(action_run(state, "recall 10", &error) == RV_INVALID);
	CHECK(action_run(state, "store 0", &error) == RV_INVALID);
	CHECK(action_run(state, "store x", &error) == RV_INVALID);
	CHECK(!strcmp(option_now(state, "strength"), "0.5"));
	free(state);
}

/* What fades is stored as what it fades to, and recalled in as long as a preset is taken. */
TEST(action_stores_where_a_fade_leads)
{
	struct action_state *state = make_actions();
	run_action(state, "set strength 2");
	run_action(state, "store 1");
	run_action(state, "set strength 0.5");
	run_action(state, "set fade 4");
	run_action(state, "recall 1");
	CHECK(state->fade.on && !strcmp(option_now(state, "strength"), "0.5"));
	run_action(state, "store 2");
	CHECK(state->stores[1].params.strength == 2);
	free(state);
}
