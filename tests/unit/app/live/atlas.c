/* Which tiles of the atlas are made, and in which order. */
#include "app/live/atlas.h"

#include <stdlib.h>

#include "tests/support/test.h"

/* A hundred tiles of a layer, four across, of which rows 2 to 4 lie in the picture. */
static struct action_state *make(struct live_atlas *atlas)
{
	struct action_state *actions = calloc(1, sizeof(*actions));
	if (!actions)
		abort();
	actions->options = options_default();
	actions->options.display.atlas = OPTION_ATLAS_LAYER;
	actions->atlas = (struct action_atlas){.count = 100, .columns = 4};
	*atlas = (struct live_atlas){
		.grid = {.count = 100, .columns = 4, .side = 64, .scale = 1, .lines = 1}};
	int row = tiles_top(&atlas->grid, 4) - tiles_top(&atlas->grid, 0);
	atlas->picture.width = 320;
	atlas->picture.height = 3 * row;
	atlas->grid.top = -2 * row;
	return actions;
}

TEST(atlas_makes_the_chosen_tile_and_then_those_in_sight)
{
	struct live_atlas atlas;
	struct action_state *actions = make(&atlas);
	int wanted[TILE_MAKER_WANTED];
	actions->atlas.chosen = 14;
	int count = live_atlas_wanted(&atlas, actions, wanted);
	CHECK_MESSAGE(count == 13, "%d", count);
	CHECK(wanted[0] == 14);
	for (int i = 1; i < count; i++)
		CHECK_MESSAGE(wanted[i] == 7 + i, "%d is %d", i, wanted[i]);
	free(actions);
}

TEST(atlas_beside_the_show_makes_the_chosen_tile_alone)
{
	struct live_atlas atlas;
	struct action_state *actions = make(&atlas);
	int wanted[TILE_MAKER_WANTED];
	actions->atlas.chosen = 14;
	actions->options.display.hud_number = 1;
	CHECK(live_atlas_wanted(&atlas, actions, wanted) == 1 && wanted[0] == 14);
	free(actions);
}

TEST(atlas_makes_all_answers_the_chosen_one_first)
{
	struct live_atlas atlas;
	struct action_state *actions = make(&atlas);
	int wanted[TILE_MAKER_WANTED];
	actions->options.display.hud_number = 1;
	actions->atlas =
		(struct action_atlas){.is_list = true, .count = 3, .chosen = 1, .list = {9, 43, 5}};
	int count = live_atlas_wanted(&atlas, actions, wanted);
	CHECK_MESSAGE(count == 4, "%d", count);
	CHECK(wanted[0] == 43 && wanted[1] == 9 && wanted[2] == 43 && wanted[3] == 5);
	free(actions);
}

TEST(atlas_asks_for_no_more_than_can_be_wanted)
{
	struct live_atlas atlas;
	struct action_state *actions = make(&atlas);
	int wanted[TILE_MAKER_WANTED];
	actions->atlas.count = atlas.grid.count = 10000;
	atlas.picture.height = 1000000;
	CHECK(live_atlas_wanted(&atlas, actions, wanted) == TILE_MAKER_WANTED);
	actions->atlas.count = 0;
	CHECK(live_atlas_wanted(&atlas, actions, wanted) == 0);
	free(actions);
}
