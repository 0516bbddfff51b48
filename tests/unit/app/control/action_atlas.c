/* The atlas as actions see it: what is chosen of what is offered. */
#include "app/control/action_atlas.h"

#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "app/control/keys.h"
#include "tests/support/action_fixture.h"
#include "tests/support/test.h"

static const struct action_layer layers[] = {{"low", 64, true}, {"high", 2048, true}};

/* Ten tiles of the layer low, four across. */
static struct action_state *make(enum option_atlas view)
{
	struct action_state *state = calloc(1, sizeof(*state));
	if (!state)
		abort();
	state->options = options_default();
	state->layers = layers;
	state->layer_count = 2;
	state->options.display.atlas = view;
	state->atlas = (struct action_atlas){.layer = "low", .count = 10, .columns = 4};
	if (view != OPTION_ATLAS_PLACE)
		return state;
	state->atlas.is_list = true;
	state->atlas.count = 3;
	state->atlas.list[1] = 43;
	return state;
}

static bool refuses(struct action_state *state, const char *text, const char *reason)
{
	rv_error error = {0};
	bool refused = action_run(state, text, &error) != RV_OK;
	return refused && strstr(error.message, reason);
}

static const char *value(const struct action_state *state, const char *name)
{
	static char text[OPTION_VALUE_LENGTH];
	option_format(&state->options, option_find(name, COMMAND_LIVE), text);
	return text;
}

TEST(action_atlas_moves_from_tile_to_tile_and_stays_inside)
{
	struct action_state *state = make(OPTION_ATLAS_LAYER);
	run_action(state, "atlas-move 1,0");
	run_action(state, "atlas-move 0,1");
	CHECK(state->atlas.chosen == 5);
	run_action(state, "atlas-move 0,1");
	CHECK(state->atlas.chosen == 9);
	run_action(state, "atlas-move 1,0");
	run_action(state, "atlas-move 0,1");
	CHECK(state->atlas.chosen == 9);
	run_action(state, "atlas-move -1,-2");
	CHECK(state->atlas.chosen == 0);
	run_action(state, "atlas-move -1,0");
	CHECK(state->atlas.chosen == 0);
	CHECK(refuses(state, "atlas-move 1", "is not how far to go"));
	CHECK(refuses(state, "atlas-move 1,2000000000", "is not how far to go"));
	/* The least of all numbers has no opposite. */
	CHECK(refuses(state, "atlas-move -2147483648,0", "is not how far to go"));
	CHECK(refuses(state, "atlas-move 0,-2147483648", "is not how far to go"));
	free(state);
}

TEST(action_atlas_choice_is_dreamed_alone)
{
	struct action_state *state = make(OPTION_ATLAS_LAYER);
	run_action(state, "set layer high");
	run_action(state, "set target class tabby");
	state->options.display.atlas = OPTION_ATLAS_LAYER;
	state->atlas.chosen = 7;
	run_action(state, "atlas-choose");
	CHECK(!strcmp(value(state, "layer"), "low") && !strcmp(value(state, "channels"), "7"));
	CHECK(!value(state, "target")[0]);
	CHECK(!strcmp(value(state, "atlas"), "off"));
	CHECK_MESSAGE(!strcmp(state->message, "channel 7 of low"), "%s", state->message);
	CHECK(!state->requests);
	run_action(state, "undo");
	CHECK(!strcmp(value(state, "layer"), "high") &&
	      !strcmp(value(state, "target"), "class tabby"));
	free(state);
}

TEST(action_atlas_of_classes_chooses_a_class)
{
	struct action_state *state = make(OPTION_ATLAS_LAYER);
	state->atlas.classes = true;
	state->atlas.chosen = 1;
	run_action(state, "atlas-choose");
	CHECK_MESSAGE(!strcmp(value(state, "class"), "goldfish"), "%s", value(state, "class"));
	CHECK(!value(state, "channels")[0] && !value(state, "layer")[0]);
	free(state);
}

TEST(action_atlas_pipette_points_and_what_answers_grows_there)
{
	struct action_state *state = make(OPTION_ATLAS_OFF);
	CHECK(refuses(state, "probe 0.5,1.5", "is not a place"));
	run_action(state, "probe 0.25,0.75");
	CHECK(state->requests == ACTION_PROBE && !strcmp(value(state, "atlas"), "place"));
	CHECK(state->atlas.x == 0.25f && state->atlas.y == 0.75f);
	free(state);
	state = make(OPTION_ATLAS_PLACE);
	run_action(state, "atlas-move 1,0");
	run_action(state, "atlas-place");
	CHECK(!strcmp(value(state, "layer"), "low") && !strcmp(value(state, "channels"), "43"));
	CHECK(state->requests == ACTION_PAINT_PLACE && !strcmp(value(state, "atlas"), "off"));
	free(state);
}

TEST(action_atlas_refuses_where_there_is_nothing)
{
	struct action_state *state = make(OPTION_ATLAS_OFF);
	CHECK(refuses(state, "atlas-choose", "nothing to choose from"));
	CHECK(refuses(state, "atlas-place", "nothing to choose from"));
	CHECK(refuses(state, "atlas-move 1,0", "nothing to choose from"));
	state->options.display.atlas = OPTION_ATLAS_LAYER;
	CHECK(refuses(state, "atlas-place", "no place was pointed to"));
	state->atlas.count = 0;
	CHECK(refuses(state, "atlas-choose", "nothing to choose from"));
	CHECK(!state->requests && !value(state, "channels")[0]);
	free(state);
}

TEST(action_atlas_has_keys_of_its_own)
{
	struct keys keys = {0};
	REQUIRE(keys_parse(&keys, "keys.conf", keys_default_text, NULL) == RV_OK);
	CHECK(!strcmp(keys_find(&keys, "Return"), "set atlas layer"));
	CHECK(!strcmp(keys_find_in(&keys, keys_atlas_mode, "Return"), "atlas-choose"));
	CHECK(!strcmp(keys_find_in(&keys, keys_atlas_mode, "Escape"), "set atlas off"));
	CHECK(!strcmp(keys_find_in(&keys, keys_atlas_mode, "Left"), "atlas-move -1,0"));
	CHECK(!strcmp(keys_find_in(&keys, keys_atlas_mode, "P"), "screenshot"));
}
