#include "app/control/action_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "tests/support/action_fixture.h"
#include "tests/support/test.h"

static bool turns(const char *action, const char *name, const char *expected)
{
	struct action_state *state = make_actions();
	rv_error error = {0};
	rv_status status = action_run(state, action, &error);
	bool good = expected ? status == RV_OK && !strcmp(option_now(state, name), expected)
	                     : status == RV_INVALID;
	if (!good)
		test_failed(__FILE__, __LINE__, "%s: %s is %s (%s)", action, name,
		            option_now(state, name), error.message);
	free(state);
	return good;
}

TEST(action_positions_span_the_range_of_an_option)
{
	CHECK(turns("dial strength 0", "strength", "0"));
	CHECK(turns("dial strength 0.5", "strength", "2"));
	CHECK(turns("dial strength 1", "strength", "4"));
	CHECK(turns("dial zoom 0.5", "zoom", "1"));
	CHECK(turns("dial zoom 0", "zoom", "0.1"));
	CHECK(turns("dial rotate 0.5", "rotate", "0"));
	CHECK(turns("dial octaves 0", "octaves", "1"));
	CHECK(turns("dial octaves 1", "octaves", "16"));
	CHECK(turns("dial iterations 0.5", "iterations", "32"));
	CHECK(turns("dial view 0", "view", "dream"));
	CHECK(turns("dial view 0.5", "view", "split"));
	CHECK(turns("dial view 1", "view", "source"));
	CHECK(turns("dial freeze 1", "freeze", "on"));
	CHECK(turns("dial strength 1.1", "strength", NULL));
	CHECK(turns("dial strength nan", "strength", NULL));
	CHECK(turns("dial strength $", "strength", NULL));
	CHECK(turns("dial layer 0.5", "layer", NULL));
	CHECK(turns("dial winner-window 0.5", "winner-window", NULL));
}

TEST(action_positions_may_have_ends_of_their_own)
{
	CHECK(turns("dial strength 0 0.5 1.5", "strength", "0.5"));
	CHECK(turns("dial strength 0.25 0.5 1.5", "strength", "0.75"));
	CHECK(turns("dial strength 1 0.5 1.5", "strength", "1.5"));
	CHECK(turns("dial strength 0.25 1.5 0.5", "strength", "1.25"));
	CHECK(turns("dial zoom 0.5 0.1 10", "zoom", "5.05"));
	CHECK(turns("dial octaves 0.5 2 6", "octaves", "4"));
	CHECK(turns("dial strength 0.5 0.5", "strength", NULL));
	CHECK(turns("dial strength 0.5 0.5 1.5 2", "strength", NULL));
	CHECK(turns("dial strength 0.5 0.5 much", "strength", NULL));
	CHECK(turns("dial strength 0.5 0.5 4.5", "strength", NULL));
	CHECK(turns("dial strength 0.5 -1 1", "strength", NULL));
	CHECK(turns("dial view 0.5 0 1", "view", NULL));
}

TEST(action_that_follows_sound_is_neither_undone_nor_learned_from)
{
	struct action_state *state = make_actions();
	CHECK(run_action(state, "set strength 0.5"));
	CHECK(action_follow(state, "dial strength 1 0 3", NULL) == RV_OK);
	CHECK(!strcmp(option_now(state, "strength"), "3"));
	CHECK(!strcmp(state->last, "set strength 0.5"));
	CHECK(action_follow(state, "set decay 0.5", NULL) == RV_OK);
	CHECK(!strcmp(state->last_option->name, "strength"));
	CHECK(run_action(state, "undo"));
	CHECK(!strcmp(option_now(state, "strength"), "1") &&
	      !strcmp(option_now(state, "decay"), "1"));
	CHECK(action_follow(state, "set strength 9", NULL) == RV_INVALID);
	CHECK(!strcmp(option_now(state, "strength"), "1"));
	CHECK(action_follow(state, "reset", NULL) == RV_OK && state->requests == ACTION_RESET);
	free(state);
}

TEST(action_turns_of_one_knob_are_undone_together)
{
	const int64_t second = 1000000000;
	struct action_state *state = make_actions();
	char text[32];
	for (int i = 0; i <= 127; i++) {
		state->now += second / 20;
		snprintf(text, sizeof(text), "dial strength %.4f", i / 127.0);
		CHECK(run_action(state, text));
	}
	CHECK(state->undo_count == 1);
	CHECK(run_action(state, "dial decay 0.25") && run_action(state, "dial decay 0.5"));
	CHECK(state->undo_count == 2);
	state->now += 2 * second;
	CHECK(run_action(state, "dial decay 0.75") && run_action(state, "set decay 0.1"));
	CHECK(run_action(state, "set decay 0.2") && state->undo_count == 5);
	CHECK(run_action(state, "undo") && !strcmp(option_now(state, "decay"), "0.1"));
	CHECK(run_action(state, "undo") && !strcmp(option_now(state, "decay"), "0.75"));
	CHECK(run_action(state, "undo") && !strcmp(option_now(state, "decay"), "0.5"));
	CHECK(run_action(state, "undo") && !strcmp(option_now(state, "decay"), "1"));
	CHECK(!strcmp(option_now(state, "strength"), "4"));
	CHECK(run_action(state, "undo") && !strcmp(option_now(state, "strength"), "1"));
	CHECK(run_action(state, "set layer low") && run_action(state, "set layer high") &&
	      state->undo_count == 2);
	free(state);
}
