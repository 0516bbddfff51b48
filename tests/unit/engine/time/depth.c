/* How deep a dream is, and what is asked for where it is not: arithmetic. */
#include "engine/time/depth.h"

#include <math.h>

#include "tests/support/test.h"

enum { OCTAVES = 4, WIDEST = 320 };

/* What all octaves of a picture see alike, each 1.4 times as small as the one before. */
static struct depth_sight sight_of(double worth, int width)
{
	struct depth_sight sight = {.count = OCTAVES};

	for (int i = 0; i < OCTAVES; i++) {
		sight.octaves[i].width = (int)lround(width / pow(1.4, i));
		sight.octaves[i].worth = worth;
	}
	return sight;
}

static void learn(struct depth *depth, double worth)
{
	struct depth_sight sight = sight_of(worth, WIDEST);

	depth_learn(depth, &sight);
}

TEST(nothing_is_asked_for_before_anything_was_seen)
{
	struct depth depth = {0};
	struct depth_sight none = sight_of(0, WIDEST);

	depth_learn(&depth, &none);
	for (int i = 0; i < RV_OCTAVES_MAX; i++)
		CHECK(depth_demand(&depth, i) == 1);
}

TEST(the_octave_that_falls_short_asks_for_more_and_one_too_deep_for_less)
{
	struct depth depth = {0};
	struct depth_sight sight = sight_of(10, WIDEST);

	depth_learn(&depth, &sight);
	sight.octaves[1].worth = 6;
	sight.octaves[2].worth = 11;
	sight.octaves[3].worth = 20;
	depth_learn(&depth, &sight);
	CHECK(depth_demand(&depth, 1) > 1.8 && depth_demand(&depth, 1) < 2.1);
	CHECK(fabs(depth_demand(&depth, 2) - 1) < 0.02); /* 1.1 times as deep is deep enough */
	CHECK(depth_demand(&depth, 3) > 0.53 && depth_demand(&depth, 3) < 0.62);
}

TEST(what_is_lacking_for_long_is_asked_for_more_and_more_within_limits)
{
	struct depth depth = {0};
	double last;

	learn(&depth, 10);
	learn(&depth, 7);
	last = depth_demand(&depth, 0);
	for (int frame = 0; frame < 60; frame++)
		learn(&depth, 7);
	CHECK(depth_demand(&depth, 0) > 2 * last && depth_demand(&depth, 0) <= 4);
	learn(&depth, 1e-6);
	CHECK(fabs(depth_demand(&depth, 0) - 4) < 1e-9);
	learn(&depth, 1e6);
	CHECK(fabs(depth_demand(&depth, 0) - 0.1) < 1e-9);
}

/* Two dreams that lose a part in each frame: of one too little is kept by the usual steps, of the
 * other too much. */
TEST(depth_is_held)
{
	for (int too_much = 0; too_much < 2; too_much++) {
		struct depth depth = {0};
		double usual = too_much ? 1.5 : 0.4, now = 10;

		for (int frame = 0; frame < 400; frame++) {
			learn(&depth, now);
			now += 0.06 * (usual * 10 * depth_demand(&depth, 0) - now);
		}
		CHECK_MESSAGE(fabs(now / 11 - 1) < 0.02, "%g, not 11", now);
	}
}

TEST(a_scene_is_held_against_its_own_beginning)
{
	struct depth depth = {0};

	learn(&depth, 10);
	depth_begin(&depth);
	learn(&depth, 50);
	learn(&depth, 55);
	CHECK(fabs(depth_demand(&depth, 0) - 1) < 0.02);
}

/* As where a beginning was spread over frames that lost some of it again. */
TEST(more_is_wanted_where_the_beginning_did_not_reach_all)
{
	struct depth depth = {.reached = {0.5}};

	learn(&depth, 10);
	CHECK(depth_demand(&depth, 0) > 2);
	learn(&depth, 22);
	CHECK_MESSAGE(fabs(depth_demand(&depth, 0) - 1) < 0.05, "%g", depth_demand(&depth, 0));
}

/* As where so much is lost from frame to frame that what was dreamed first is gone in the end. */
TEST(what_a_beginning_saw_and_lost_is_wanted)
{
	struct depth depth = {.reached = {1, 0.5, 1, 1}};
	struct depth_sight most = sight_of(20, WIDEST), less = sight_of(15, WIDEST);

	most.octaves[2].worth = most.octaves[3].worth = 5;
	depth_learn_begun(&depth, &most);
	depth_learn_begun(&depth, &less);
	most.octaves[2].worth = 0; /* which had no step */
	depth_learn_begun(&depth, &most);
	learn(&depth, 10);
	CHECK(depth.wanted.octaves[0].worth == 20 && depth.wanted.octaves[1].worth == 40);
	CHECK(depth.wanted.octaves[2].worth == 15 && depth.wanted.octaves[3].worth == 15);
	learn(&depth, 30);
	CHECK(depth.wanted.octaves[0].worth == 20 && depth.wanted.octaves[3].worth == 15);
}

/* As where it melts into a dream of something else, of which the network sees less. */
TEST(what_a_beginning_saw_is_not_wanted_of_another_dream)
{
	struct depth depth = {0};
	struct depth_sight begun = sight_of(2000, WIDEST);

	depth_learn_begun(&depth, &begun);
	learn(&depth, 1000);
	depth_begin(&depth);
	learn(&depth, 10);
	CHECK(depth.wanted.octaves[0].worth == 10 && depth.wanted.octaves[3].worth == 10);
}

/* What each octave saw is what is wanted of a picture of that size. */
TEST(a_dream_that_is_resized_is_held_against_what_was_seen_at_its_size)
{
	struct depth depth = {0};
	struct depth_sight sight = sight_of(0, WIDEST), smaller;

	for (int i = 0; i < OCTAVES; i++)
		sight.octaves[i].worth = 10 * (i + 1);
	depth_learn(&depth, &sight);
	smaller = sight_of(0, (int)lround(WIDEST / sqrt(1.4)));
	for (int i = 0; i < OCTAVES; i++)
		smaller.octaves[i].worth = 1.1 * fmin(10 * (i + 1.5), 40);
	depth_learn(&depth, &smaller);
	for (int i = 0; i < OCTAVES; i++)
		CHECK_MESSAGE(fabs(depth_demand(&depth, i) - 1) < 0.05, "octave %d: %g", i,
		              depth_demand(&depth, i));
}

TEST(as_much_more_as_a_frame_alone_shows_is_wanted)
{
	struct depth depth = {0};
	struct depth_sight alone = sight_of(5, WIDEST), coarse = sight_of(0, WIDEST);

	depth_learn_alone(&depth, &alone);
	learn(&depth, 10);
	coarse.octaves[2].worth = coarse.octaves[3].worth = 8;
	depth_learn_alone(&depth, &coarse);
	CHECK(fabs(depth.wanted.octaves[3].worth - 16) < 1e-9);
	CHECK(fabs(depth.wanted.octaves[2].worth - 16) < 1e-9);
	/* Of those that were not seen half is believed, a half of a half... */
	CHECK(fabs(depth.wanted.octaves[1].worth - 10 * sqrt(1.6)) < 1e-9);
	CHECK(fabs(depth.wanted.octaves[0].worth - 10 * sqrt(sqrt(1.6))) < 1e-9);
	depth_learn_alone(&depth, &coarse);
	CHECK(fabs(depth.wanted.octaves[3].worth - 16) < 1e-9);
}

TEST(a_frame_alone_of_another_size_says_nothing_of_those_before)
{
	struct depth depth = {0};
	struct depth_sight alone = sight_of(5, WIDEST), other = sight_of(50, WIDEST / 2);

	depth_learn_alone(&depth, &alone);
	learn(&depth, 10);
	depth_learn_alone(&depth, &other);
	for (int i = 0; i < OCTAVES; i++)
		CHECK(depth.wanted.octaves[i].worth == 10);
}

/* What is inherited first has lost some: by the largest octave, in which the whole was seen too. */
TEST(what_was_lost_before_it_was_first_inherited_is_wanted)
{
	struct depth depth = {0};
	struct depth_sight alone = sight_of(5, WIDEST), first = sight_of(4, WIDEST);

	alone.octaves[0].worth = 10;
	depth_learn_alone(&depth, &alone);
	first.octaves[0].worth = 8;
	first.octaves[2].worth = 0; /* which had no step */
	depth_learn(&depth, &first);
	CHECK(fabs(depth.wanted.octaves[0].worth - 10) < 1e-9);
	CHECK(fabs(depth.wanted.octaves[1].worth - 5) < 1e-9);
	first.octaves[2].worth = 4;
	first.octaves[0].worth = 1;
	depth_learn(&depth, &first);
	CHECK(fabs(depth.wanted.octaves[2].worth - 5) < 1e-9);
	CHECK(fabs(depth.wanted.octaves[0].worth - 10) < 1e-9);
}

/* A beginning that is spread over frames leaves more than its first frame had. */
TEST(a_dream_that_grew_before_it_was_inherited_has_lost_nothing)
{
	struct depth depth = {0};
	struct depth_sight shallow = sight_of(5, WIDEST);

	depth_learn_alone(&depth, &shallow);
	learn(&depth, 10);
	for (int i = 0; i < OCTAVES; i++)
		CHECK(depth.wanted.octaves[i].worth == 10);
}
