#include "app/control/fade.h"

#include "tests/support/test.h"

enum { SECOND = 1000000000 };

TEST(fade_goes_evenly_and_arrives)
{
	static struct fade fade;
	struct options from = options_default(), options = from;
	from.dream.params.strength = 1;
	options.dream.params.strength = 3;
	options.dream.params.time.zoom = 1.5f;
	options.dream.params.octaves = 7;
	fade_begin(&fade, &from.dream, &options.dream, 4);
	CHECK(options.dream.params.strength == 1 && options.dream.params.time.zoom == 1);
	CHECK(options.dream.params.octaves == 7); /* no number that a dream can follow */
	fade_step(&fade, &options.dream, 10 * (int64_t)SECOND);
	CHECK(options.dream.params.strength == 1);
	fade_step(&fade, &options.dream, 11 * (int64_t)SECOND);
	CHECK(options.dream.params.strength == 1.5f && options.dream.params.time.zoom == 1.125f);
	fade_step(&fade, &options.dream, 13 * (int64_t)SECOND);
	CHECK(options.dream.params.strength == 2.5f && fade.on);
	fade_step(&fade, &options.dream, 60 * (int64_t)SECOND);
	CHECK(options.dream.params.strength == 3 && options.dream.params.time.zoom == 1.5f &&
	      !fade.on);
}

TEST(fade_leaves_to_others_what_they_change)
{
	static struct fade fade;
	struct options from = options_default(), options = from;
	options.dream.params.strength = 3;
	options.dream.params.time.zoom = 2;
	fade_begin(&fade, &from.dream, &options.dream, 2);
	fade_step(&fade, &options.dream, SECOND);
	options.dream.params.strength = 0.25f; /* a hand on the knob */
	fade_step(&fade, &options.dream, 2 * (int64_t)SECOND);
	CHECK(options.dream.params.strength == 0.25f && options.dream.params.time.zoom == 1.5f);
	fade_step(&fade, &options.dream, 3 * (int64_t)SECOND);
	CHECK(options.dream.params.strength == 0.25f && options.dream.params.time.zoom == 2);
}

TEST(fade_of_no_time_is_a_jump)
{
	static struct fade fade;
	struct options from = options_default(), options = from;
	options.dream.params.strength = 3;
	fade_begin(&fade, &from.dream, &options.dream, 0);
	CHECK(options.dream.params.strength == 3 && !fade.on);
}
