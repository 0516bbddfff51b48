/* What levels and beats do, without any sound. */
#include "app/control/sound_map.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static struct keys keys;

static rv_status open_map(struct sound_map *map, const char *bindings, rv_error *error)
{
	struct options options = options_default();
	keys.count = 0;
	CHECK_MESSAGE(keys_parse(&keys, "test", bindings, error) == RV_OK, "%s", error->message);
	return sound_map_open(map, &keys, &options, error);
}

/* The action of a level; empty: none. Valid until the next call. */
static const char *turn(struct sound_map *map, int index, float level)
{
	static char action[KEY_ACTION_LENGTH];
	if (!sound_map_level(map, index, level, action))
		action[0] = '\0';
	return action;
}

TEST(sound_levels_turn_numbers)
{
	struct sound_map map;
	rv_error error = {0};
	REQUIRE(open_map(&map,
	                 "Sound Bass = dial strength $ 0.5 1.5\nsound treble = dial zoom $\n"
	                 "Sound All = dial master $",
	                 &error) == RV_OK);
	CHECK(!strcmp(turn(&map, 0, 0.25F), "dial strength 0.2500 0.5 1.5"));
	CHECK(!strcmp(turn(&map, 2, 1), "dial zoom 1.0000"));
	CHECK(!strcmp(turn(&map, 3, 0.5F), "dial master 0.5000"));
	CHECK(!turn(&map, 1, 0.5F)[0]);
}

/* What is not seen is not asked for, but a level comes to its end. */
TEST(sound_levels_that_hardly_change_ask_for_nothing)
{
	struct sound_map map;
	rv_error error = {0};
	REQUIRE(open_map(&map, "Sound Bass = dial strength $", &error) == RV_OK);
	CHECK(!turn(&map, 0, 0)[0]); /* silence moves nothing */
	CHECK(turn(&map, 0, 0.5F)[0]);
	CHECK(!turn(&map, 0, 0.505F)[0] && !turn(&map, 0, 0.495F)[0]);
	CHECK(turn(&map, 0, 0.52F)[0]);
	CHECK(turn(&map, 0, 0.006F)[0]);
	CHECK(!strcmp(turn(&map, 0, 0), "dial strength 0.0000"));
	CHECK(!turn(&map, 0, 0)[0]);
	CHECK(turn(&map, 0, 0.995F)[0] && turn(&map, 0, 1)[0] && !turn(&map, 0, 1)[0]);
}

TEST(sound_beats_run_actions_each_at_its_own_count)
{
	struct sound_map map;
	rv_error error = {0};
	int random = 0, next = 0, dialled = 0;
	REQUIRE(open_map(&map,
	                 "Beat = random\nBeat 4 = preset-next\nBeat 3 = set octaves 2\nB = reset\n"
	                 "Beaten = undo",
	                 &error) == RV_OK);
	CHECK(!sound_map_next_action(&map));
	for (unsigned beat = 1; beat <= 12; beat++) {
		const char *action;
		sound_map_beat(&map, beat, 1);
		while ((action = sound_map_next_action(&map))) {
			random += !strcmp(action, "random");
			next += !strcmp(action, "preset-next") && beat % 4 == 0;
			dialled += !strcmp(action, "set octaves 2") && beat % 3 == 0;
		}
	}
	CHECK_MESSAGE(random == 12 && next == 3 && dialled == 4, "%d %d %d", random, next, dialled);
}

/* Of a clock's beats that fell together, none is missed that something is bound to. */
TEST(sound_beats_that_fall_together_do_each_thing_once)
{
	struct sound_map map;
	rv_error error = {0};
	REQUIRE(open_map(&map, "Beat 4 = preset-next", &error) == RV_OK);
	static const struct {
		unsigned beat, steps;
		bool is_due;
	} beats[] = {{0, 1, true},   {3, 3, false}, {5, 2, true}, {7, 2, false},
	             {20, 13, true}, {0, 2, true},  {1, 2, true}, {2, 1, false}};
	for (size_t i = 0; i < sizeof(beats) / sizeof(beats[0]); i++) {
		sound_map_beat(&map, beats[i].beat, beats[i].steps);
		const char *action = sound_map_next_action(&map);
		CHECK_MESSAGE((action != NULL) == beats[i].is_due, "beat %u", beats[i].beat);
		CHECK(!sound_map_next_action(&map));
	}
}

static void refused(const char *binding, const char *why)
{
	struct sound_map map;
	rv_error error = {0};
	rv_status status = open_map(&map, binding, &error);
	CHECK_MESSAGE(status == RV_INVALID && strstr(error.message, binding) &&
	                      strstr(error.message, why),
	              "%s: %s", binding, error.message);
}

TEST(sound_refuses_what_it_cannot_move)
{
	refused("Sound Bass = dial octaves $", "a beat may change it");
	refused("Sound Bass = dial octave-scale $", "a beat may change it");
	refused("Sound Bass = dial iterations $", "a beat may change it");
	refused("Sound Bass = dial view $", "a beat may change it");
	refused("Sound Bass = set strength $", "by `dial OPTION $`");
	refused("Sound Bass = layer-up", "by `dial OPTION $`");
	refused("Sound Bass = dial strength 0.5", "by `dial OPTION $`");
	refused("Sound Bass = dial strength $ 0.5 5", "not to 5");
	refused("Sound Bas = dial strength $", "there are Sound Bass, Sound Middle");
	refused("Beat 0 = random", "Beat 2 to");
	refused("Beat four = random", "Beat 2 to");
	refused("Beat 2.5 = random", "Beat 2 to");
	refused("Beat 99999999999999999999 = random", "Beat 2 to");
}

TEST(sound_of_the_default_keys_can_be_moved_by)
{
	struct sound_map map;
	rv_error error = {0};
	CHECK_MESSAGE(open_map(&map, keys_default_text, &error) == RV_OK, "%s", error.message);
	CHECK(!strcmp(turn(&map, 0, 0.5F), "dial strength 0.5000 1 2"));
}
