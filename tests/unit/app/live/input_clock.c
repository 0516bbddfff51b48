/* When the frames of an input are shown, by clocks that are made up. */
#include "app/live/input_clock.h"

#include "tests/support/test.h"

static const int64_t ms = 1000000, second = 1000000000, began = 7000000000;

/* A frame that arrives is shown as long after `began` as this says, in milliseconds. */
static int shown(struct input_clock *clock, int at, int now)
{
	int64_t due = input_clock_due(clock, at * ms, began + now * ms);
	input_clock_take(clock, due, at * ms, began + now * ms);
	input_clock_count(clock);
	return (int)((due - began) / ms);
}

TEST(frames_of_a_file_are_shown_as_far_apart_as_their_times)
{
	struct input_clock clock = {0};
	input_clock_begin(&clock, false);
	CHECK(shown(&clock, 5000, 0) == 0);
	CHECK(shown(&clock, 5040, 3) == 40); /* whenever they are read */
	CHECK(shown(&clock, 5080, 190) == 80);
}

TEST(a_file_that_starts_over_waits_for_the_end_of_its_last_frame)
{
	struct input_clock clock = {0};
	input_clock_begin(&clock, false);
	shown(&clock, 0, 0);
	shown(&clock, 40, 10);
	input_clock_end(&clock, 80 * ms, 80 * ms, true);
	input_clock_begin(&clock, false);
	CHECK(shown(&clock, 0, 50) == 80);
	CHECK(shown(&clock, 40, 60) == 120);
	CHECK(input_clock_take(&clock, began, 40 * ms, began) == 120 * ms);
}

TEST(times_that_jump_are_not_waited_for_nor_caught_up_with)
{
	struct input_clock clock = {0};
	input_clock_begin(&clock, false);
	shown(&clock, 0, 0);
	CHECK(shown(&clock, 9000, 100) == 9000);
	CHECK(shown(&clock, 3600000, 9000) == 9000);
	CHECK(shown(&clock, 3600040, 9010) == 9040);
	CHECK(shown(&clock, 3600080, 20000) == 20000); /* held up for long */
	CHECK(shown(&clock, 3600120, 20500) == 20040);
}

/* What comes sooner after it was taken than all before tells more of the other clock. */
TEST(frames_of_a_stream_are_shown_by_the_least_delay)
{
	struct input_clock clock = {0};
	input_clock_begin(&clock, true);
	CHECK(shown(&clock, 1000, 300) == 300);
	CHECK(shown(&clock, 1040, 310) == 310);
	CHECK(shown(&clock, 1080, 400) == 350);
	CHECK(shown(&clock, 0, 420) == 420); /* its clock begins anew */
}

TEST(a_stream_has_its_position_from_our_clock)
{
	struct input_clock clock = {0};
	input_clock_begin(&clock, true);
	CHECK(input_clock_take(&clock, began, 99 * second, began) == 0);
	input_clock_end(&clock, 0, 99 * second, false);
	input_clock_begin(&clock, true);
	CHECK(input_clock_take(&clock, began + 3 * second, 0, began) == 3 * second);
}

TEST(frames_that_nobody_could_see_are_left_out)
{
	struct input_clock clock = {0};
	input_clock_begin(&clock, false);
	CHECK(!input_clock_is_superfluous(&clock, began, began + second)); /* the first never */
	shown(&clock, 0, 0);
	CHECK(input_clock_is_superfluous(&clock, began + 11 * ms, began));
	CHECK(!input_clock_is_superfluous(&clock, began + 12 * ms, began));
	CHECK(!input_clock_is_superfluous(&clock, began - 20 * ms, began)); /* out of order */
	CHECK(input_clock_is_superfluous(&clock, began + 40 * ms, began + 141 * ms));
	CHECK(!input_clock_is_superfluous(&clock, began + 40 * ms, began + 140 * ms));
	/* Where all are late, one is shown from time to time. */
	CHECK(!input_clock_is_superfluous(&clock, began + 40 * ms, began + 200 * ms));
}
