#include "app/control/action.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/control/action_dream.h"
#include "app/control/keys.h"
#include "app/screen/hud.h"
#include "tests/support/action_fixture.h"
#include "tests/support/test.h"

TEST(action_adds_and_stops_at_the_ends)
{
	struct action_state *state = make_actions();
	for (int i = 0; i < 7; i++)
		run_action(state, "add strength 0.1");
	CHECK(!strcmp(option_now(state, "strength"), "1.7"));
	CHECK(!strcmp(state->message, "strength 1.7"));
	run_action(state, "add strength 100");
	CHECK(!strcmp(option_now(state, "strength"), "4"));
	run_action(state, "add octaves -50");
	CHECK(!strcmp(option_now(state, "octaves"), "1"));
	run_action(state, "add warm-steps 2");
	CHECK(!strcmp(option_now(state, "warm-steps"), "2"));
	run_action(state, "add warm-steps -2");
	CHECK(!strcmp(option_now(state, "warm-steps"), "auto"));
	run_action(state, "add rotate -12.5");
	CHECK(!strcmp(option_now(state, "rotate"), "-12.5"));
	free(state);
}

TEST(action_sets_and_cycles)
{
	struct action_state *state = make_actions();
	run_action(state, "set layer low:1,high:-0.5");
	CHECK(!strcmp(option_now(state, "layer"), "low,high:-0.5"));
	run_action(state, "set size 320x");
	CHECK(!strcmp(option_now(state, "size"), "320x"));
	run_action(state, "cycle view");
	CHECK(!strcmp(option_now(state, "view"), "split"));
	run_action(state, "cycle view");
	run_action(state, "cycle view");
	CHECK(!strcmp(option_now(state, "view"), "dream"));
	run_action(state, "set hud help");
	CHECK(state->options.display.hud == HUD_HELP);
	free(state);
}

TEST(action_goes_through_layers_and_channels)
{
	struct action_state *state = make_actions();
	run_action(state, "channel-up");
	run_action(state, "channel-up");
	CHECK(!strcmp(option_now(state, "channels"), "1"));
	run_action(state, "channel-up");
	run_action(state, "channel-up"); /* the layer has three */
	CHECK(!strcmp(option_now(state, "channels"), "2"));
	run_action(state, "layer-up");
	CHECK(!strcmp(option_now(state, "layer"), "high") && !option_now(state, "channels")[0]);
	run_action(state, "layer-up");
	CHECK(!strcmp(option_now(state, "layer"), "high"));
	run_action(state, "layer-down");
	run_action(state, "layer-down");
	run_action(state, "layer-down");
	CHECK(!strcmp(option_now(state, "layer"), "low"));
	run_action(state, "channel-up");
	run_action(state, "channel-down");
	CHECK(!option_now(state, "channels")[0]);
	free(state);
}

TEST(action_layers_and_channels_go_by_name_and_number)
{
	struct action_state *state = make_actions();
	rv_error error;
	run_action(state, "set layer inside");
	run_action(state, "set channels 4");
	CHECK(action_run(state, "set channels 5", &error) == RV_INVALID);
	CHECK(!strcmp(error.message, "channel 5: inside has only 0 to 4"));
	CHECK(!strcmp(option_now(state, "channels"), "4"));
	CHECK(action_run(state, "set layer low,insider", &error) == RV_NOT_FOUND);
	CHECK(strstr(error.message, "did you mean inside?") != NULL);
	CHECK(!strcmp(option_now(state, "layer"), "inside") &&
	      !strcmp(option_now(state, "channels"), "4"));
	run_action(state, "channel-random");
	CHECK(state->options.dream.channels.count == 1 &&
	      state->options.dream.channels.list[0] < 5);
	run_action(state, "set channels default");
	CHECK(!option_now(state, "channels")[0]);
	run_action(state, "set channels 4");
	run_action(state,
	           "layer-up"); /* from a layer that is not gone through to the next that is */
	CHECK(!strcmp(option_now(state, "layer"), "high") && !option_now(state, "channels")[0]);
	run_action(state, "set channels 2047");
	run_action(state, "set layer middle"); /* channels are those of a layer */
	CHECK(!option_now(state, "channels")[0]);
	run_action(state, "undo");
	CHECK(!strcmp(option_now(state, "channels"), "2047"));
	free(state);
}

TEST(action_toggles_between_two_choices)
{
	struct action_state *state = make_actions();
	rv_error error;
	run_action(state, "set hud full");
	run_action(state, "toggle hud help");
	CHECK(state->options.display.hud == HUD_HELP);
	run_action(state, "toggle view source");
	run_action(state, "toggle hud help");
	CHECK(state->options.display.hud == HUD_FULL &&
	      state->options.display.view == OPTION_VIEW_SOURCE);
	run_action(state, "toggle view source");
	CHECK(state->options.display.view == OPTION_VIEW_DREAM);
	CHECK(action_run(state, "toggle layer low", &error) == RV_INVALID);
	CHECK(action_run(state, "toggle view", &error) == RV_INVALID);
	free(state);
}

/* Black, and back to where the fader was. */
TEST(action_toggles_a_number)
{
	struct action_state *state = make_actions();
	run_action(state, "set master 0.8");
	run_action(state, "toggle master 0");
	CHECK(!strcmp(option_now(state, "master"), "0"));
	run_action(state, "toggle master 0");
	CHECK(!strcmp(option_now(state, "master"), "0.8"));
	run_action(state, "set master 0");
	run_action(state, "toggle hud help");
	run_action(state, "toggle master 0");
	CHECK(!strcmp(option_now(state, "master"), "0.8"));
	free(state);
	state = make_actions();
	state->options.display.master = 0; /* at the start: there is nothing to go back to */
	run_action(state, "toggle master 0");
	CHECK(!strcmp(option_now(state, "master"), "1"));
	free(state);
}

TEST(action_knows_which_preset_is_in_use_and_whether_it_was_changed)
{
	struct action_state *state = make_actions();
	CHECK(!action_is_changed(state));
	action_name_dream(state, "/somewhere/roses.preset");
	CHECK(!strcmp(state->named.name, "roses") && !action_is_changed(state));
	run_action(state, "add strength 0.1");
	CHECK(action_is_changed(state));
	run_action(state, "undo");
	CHECK(!action_is_changed(state) && !strcmp(state->named.name, "roses"));
	run_action(state, "set view split");
	CHECK(!action_is_changed(state));
	action_name_dream(state, "");
	run_action(state, "add strength 0.1");
	CHECK(!action_is_changed(state));
	free(state);
}

/* Also where the session began with it, or it was taken by name. */
TEST(action_goes_on_from_the_preset_in_use)
{
	struct action_state *state = make_actions();
	action_find_presets(state);
	REQUIRE(state->preset_count > 2);
	state->layer_count = 0; /* theirs are not here */
	action_name_dream(state, state->presets[1]);
	run_action(state, "preset-next");
	CHECK(state->preset == 3);
	action_name_dream(state, state->presets[1]);
	run_action(state, "preset-previous");
	CHECK(state->preset == 1);
	run_action(state, "store 1");
	run_action(state, "recall 1"); /* no preset: on from the last one */
	run_action(state, "preset-next");
	CHECK(state->preset == 2);
	free(state);
}

/* Names may have points. */
TEST(action_goes_on_past_a_preset_that_cannot_be_taken)
{
	struct action_state *state = make_actions();
	rv_error error;
	action_find_presets(state);
	state->layer_count = 0; /* theirs are not here */
	strcpy(state->presets[0], "/somewhere/rose 0.5.preset");
	strcpy(state->presets[1], "/somewhere/rose 0.7.preset");
	action_name_dream(state, state->presets[0]);
	CHECK(action_run(state, "preset-next", &error) == RV_NOT_FOUND);
	CHECK(run_action(state, "preset-next") && state->preset == 3);
	free(state);
}

/* It is named, not gone on to: the next preset is still the one after the last that was taken. */
TEST(action_preset_that_fails_its_layers_moves_nothing)
{
	struct action_state *state = make_actions();
	rv_error error;
	action_find_presets(state);
	REQUIRE(state->preset_count > 3);
	state->preset = 1;
	CHECK(action_run(state, "preset eyes", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(strstr(error.message, "this network has none to dream of"), "%s",
	              error.message);
	CHECK(state->preset == 1 && !state->named.name[0]);
	/* preset-next passes it by. */
	CHECK(action_run(state, "preset-next", &error) != RV_OK && state->preset == 2);
	free(state);
}

TEST(action_random_stays_within_the_network)
{
	struct action_state *state = make_actions();
	bool seen[4] = {false}, all = false, single = false;
	for (int i = 0; i < 200; i++) {
		run_action(state, "random");
		for (int j = 0; j < 4; j++) {
			if (strcmp(state->options.dream.layers.list[0].name, action_layers[j].name))
				continue;
			seen[j] = true;
			if (state->options.dream.channels.count)
				CHECK(state->options.dream.channels.list[0] <
				      action_layers[j].channels);
		}
		single = single || state->options.dream.channels.count == 1;
		all = all || !state->options.dream.channels.count;
	}
	CHECK(seen[0] && seen[1] && !seen[2] && seen[3] && all && single);
	free(state);
}

TEST(action_undo_takes_back_one_change_after_the_other)
{
	struct action_state *state = make_actions();
	rv_error error;
	run_action(state, "add strength 0.1");
	run_action(state, "add strength 0.1"); /* held down: one change */
	run_action(state, "set layer high");
	run_action(state, "cycle mirror"); /* the view is not the dream */
	run_action(state, "undo");
	CHECK(!option_now(state, "layer")[0] && !strcmp(option_now(state, "strength"), "1.2"));
	CHECK(!strcmp(option_now(state, "mirror"), "on"));
	run_action(state, "undo");
	CHECK(!strcmp(option_now(state, "strength"), "1"));
	CHECK(action_run(state, "undo", &error) == RV_NOT_FOUND);
	for (int i = 0; i < 100; i++) {
		run_action(state, "add strength 0.01");
		run_action(state, "add strength -0.01");
	}
	CHECK(state->undo_count == ACTION_UNDO_MAX);
	free(state);
}

TEST(action_redo_makes_again_what_was_undone)
{
	struct action_state *state = make_actions();
	rv_error error;
	CHECK(action_run(state, "redo", &error) == RV_NOT_FOUND);
	run_action(state, "add strength 0.1");
	run_action(state, "set size 320x");
	run_action(state, "set layer high");
	run_action(state, "undo");
	run_action(state, "undo");
	run_action(state, "undo");
	CHECK(!strcmp(option_now(state, "strength"), "1") && !option_now(state, "size")[0]);
	run_action(state, "redo");
	run_action(state, "redo");
	CHECK(!strcmp(option_now(state, "strength"), "1.1") && !option_now(state, "layer")[0]);
	CHECK(!strcmp(option_now(state, "size"), "320x"));
	run_action(state, "undo");
	run_action(state, "redo");
	run_action(state, "redo");
	CHECK(!strcmp(option_now(state, "layer"), "high"));
	run_action(state, "undo");
	run_action(state, "add octaves 1"); /* another way: what was undone is gone */
	CHECK(action_run(state, "redo", &error) == RV_NOT_FOUND);
	free(state);
}

TEST(action_goes_through_presets)
{
	struct action_state *state = make_actions();
	rv_error error;
	CHECK(action_run(state, "preset-next", &error) == RV_NOT_FOUND);
	action_find_presets(state);
	REQUIRE(state->preset_count > 1);
	state->layer_count = 0; /* theirs are not here */
	run_action(state, "add strength 1");
	run_action(state, "preset-next");
	CHECK(state->options.dream.layers.count == 1 && !strncmp(state->message, "preset ", 7));
	CHECK(!strcmp(option_now(state, "strength"), "1"));
	char first[ACTION_MESSAGE_LENGTH];
	strcpy(first, state->message);
	for (int i = 0; i < state->preset_count; i++)
		run_action(state, "preset-next");
	CHECK(!strcmp(state->message, first));
	run_action(state, "preset-next");
	run_action(state, "preset-previous");
	CHECK(!strcmp(state->message, first));
	free(state);
}

TEST(action_offers_the_presets_of_the_open_network_alone)
{
	struct action_state *state = make_actions();
	rv_error error;
	action_find_presets(state);
	int count = state->preset_count;
	for (int i = 0; i < count; i++)
		CHECK_MESSAGE(!strstr(state->presets[i], "pagodas"), "%s", state->presets[i]);
	strcpy(state->options.dream.network.name, "googlenet");
	action_find_presets(state);
	bool found = false;
	for (int i = 0; i < state->preset_count; i++)
		found = found || strstr(state->presets[i], "pagodas");
	CHECK(found && count >= 6 && state->preset_count >= 6);
	state->layer_count = 0;
	CHECK(action_run(state, "preset eyes", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(!strcmp(error.message, "preset eyes is for the network inception-v3: "
	                                     "`--model inception-v3` opens it; where it is not "
	                                     "there, `make models` fetches it"),
	              "%s", error.message);
	CHECK(!state->options.dream.layers.count && state->undo_count == 0);
	run_action(state, "preset pagodas");
	CHECK(!strcmp(state->options.dream.network.name, "googlenet"));
	free(state);
}

TEST(action_leaves_to_the_network_what_nobody_gave)
{
	struct action_state *state = make_actions();
	strcpy(state->options.dream.network.name, "googlenet");
	state->layer_count = 0;
	run_action(state, "set octaves 7");
	run_action(state, "preset pagodas"); /* which says nothing of octaves */
	CHECK(state->options.dream.params.octaves == 5);
	run_action(state, "set octaves 7");
	run_action(state, "add octaves -1");
	CHECK(state->options.dream.params.octaves == 6);
	run_action(state, "set octaves default");
	CHECK(state->options.dream.params.octaves == 5);
	free(state);
}

TEST(action_takes_a_preset_by_its_name)
{
	struct action_state *state = make_actions();
	rv_error error;
	CHECK(action_run(state, "preset eyes", &error) == RV_NOT_FOUND); /* its layer is not here */
	CHECK(!state->options.dream.layers.count);
	run_action(state, "set fade 4");
	CHECK(action_run(state, "preset eyes", &error) == RV_NOT_FOUND && !state->fade.on);
	run_action(state, "set fade 0");
	state->layer_count = 0;
	run_action(state, "preset eyes");
	CHECK(state->options.dream.layers.count == 1 && !strcmp(state->message, "preset eyes"));
	CHECK(action_run(state, "preset none-such", &error) == RV_NOT_FOUND);
	CHECK(action_run(state, "preset /etc/passwd", &error) == RV_INVALID);
	CHECK(action_run(state, "preset ../x.preset", &error) == RV_INVALID);
	run_action(state, "undo");
	CHECK(!state->options.dream.layers.count);
	free(state);
}

TEST(action_asks_others_for_the_rest)
{
	struct action_state *state = make_actions();
	run_action(state, "screenshot");
	run_action(state, "reset");
	CHECK(state->requests == (ACTION_SCREENSHOT | ACTION_RESET));
	run_action(state, "save-preset");
	run_action(state, "quit");
	CHECK(state->requests & ACTION_QUIT && state->requests & ACTION_SAVE_PRESET);
	run_action(state, "tempo 128.5");
	CHECK(state->requests & ACTION_TEMPO && fabs(state->tempo - 128.5) < 1e-9);
	CHECK(action_run(state, "tempo 301", NULL) == RV_INVALID);
	CHECK(action_run(state, "tempo -1", NULL) == RV_INVALID);
	CHECK(action_run(state, "tempo fast", NULL) == RV_INVALID);
	CHECK(action_run(state, "tempo nan", NULL) == RV_INVALID);
	CHECK(fabs(state->tempo - 128.5) < 1e-9);
	free(state);
}

TEST(action_leave_ends_only_what_fills_no_display)
{
	struct action_state *state = make_actions();
	run_action(state, "set fullscreen on");
	run_action(state, "leave");
	CHECK(!state->options.display.fullscreen && !(state->requests & ACTION_QUIT));
	run_action(state, "leave");
	CHECK(state->requests & ACTION_QUIT);
	CHECK(action_is_guarded("leave"));
	free(state);
}

TEST(action_refuses_what_makes_no_sense)
{
	static const char *const wrong[] = {
		"",
		"fly",
		"add",
		"add strength",
		"add strength much",
		"add strength 0.1 0.2",
		"add layer 1",
		"add nothing 1",
		"add winner-window 1",
		"set strength 5",
		"set strength",
		"set objective l3",
		"set output x",
		"set model x",
		"set device 2",
		"set cache x",
		"cycle strength",
		"cycle",
		"cycle view split",
		"layer-up 2",
		"quit now",
		"add strength 1e300",
		"add strength nan",
	};
	struct action_state *state = make_actions();
	struct options before = state->options;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		rv_error error = {0};
		CHECK_MESSAGE(action_run(state, wrong[i], &error) == RV_INVALID, "%s", wrong[i]);
		CHECK_MESSAGE(error.message[0] && !strchr(error.message, '\n'), "%s", wrong[i]);
	}
	CHECK(options_equal(&before, &state->options));
	CHECK(state->undo_count == 0 && !state->requests);
	free(state);
}

/* Ten thousand actions by chance leave options that the engine takes. */
TEST(action_by_chance_leaves_options_in_range)
{
	struct action_state *state = make_actions();
	struct keys keys;
	unsigned random = 1;
	action_find_presets(state);
	REQUIRE(keys_load_all(&keys, "", NULL) == RV_OK);
	for (int i = 0; i < 10000; i++) {
		random = random * 1664525u + 1013904223u;
		action_run(state, keys.list[(random >> 8) % (unsigned)keys.count].action, NULL);
	}
	for (const struct option *option = option_table; option->name; option++) {
		char text[OPTION_VALUE_LENGTH];
		struct options copy = state->options;
		option_format(&state->options, option, text);
		if (text[0] && option_in_dream(option))
			CHECK_MESSAGE(option_set(&copy, option, text, "", NULL) == RV_OK, "%s = %s",
			              option->name, text);
	}
	free(state);
}

TEST(action_goes_round_the_inputs_and_no_further)
{
	struct action_state *state = make_actions();
	rv_error error = {0};
	state->input_count = 1;
	CHECK(action_run(state, "input-next", &error) == RV_NOT_FOUND);
	state->input_count = 3;
	run_action(state, "input-previous");
	CHECK(!strcmp(option_now(state, "input"), "3"));
	run_action(state, "input-next");
	run_action(state, "input-next");
	CHECK(!strcmp(option_now(state, "input"), "2"));
	CHECK(!strcmp(state->message, "input 2"));
	CHECK(action_run(state, "set input 4", &error) == RV_NOT_FOUND);
	CHECK(!strcmp(error.message, "there are 3 inputs"));
	CHECK(action_run(state, "add input 9", &error) == RV_NOT_FOUND);
	CHECK(!strcmp(option_now(state, "input"), "2"));
	/* Which one is shown is no part of the dream. */
	CHECK(action_run(state, "undo", &error) != RV_OK);
	CHECK(!strcmp(option_now(state, "input"), "2"));
	free(state);
}
