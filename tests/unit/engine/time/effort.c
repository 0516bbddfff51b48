/* How long and how many steps keep the strength of a dream, and how a dream moves: arithmetic. */
#include "engine/time/effort.h"

#include <math.h>

#include "engine/time/camera_path.h"
#include "tests/support/test.h"

/* ---- strength ---- */

TEST(the_end_of_a_beginning_sets_the_strength)
{
	struct strength_control control = {0};
	double length = strength_control_next(&control, 20, false); /* nothing known yet */

	CHECK(control.wanted == 20 && length > 0);
	for (int i = 0; i < 10; i++)
		strength_control_next(&control, 15, false);
	CHECK(control.wanted == 20 && control.length > length);
	CHECK(strength_control_next(&control, 12, true) == length && control.wanted == 12);
}

TEST(what_is_as_strong_as_wanted_keeps_its_steps)
{
	struct strength_control control = {0};
	double length = strength_control_next(&control, 20, true);

	for (int i = 0; i < 100; i++)
		CHECK(fabs(strength_control_next(&control, 20, false) - length) < 1e-12);
}

TEST(steps_are_longer_the_weaker_the_dream_within_limits)
{
	double last = INFINITY;

	for (double strength = 0; strength < 60; strength += 0.5) {
		struct strength_control control = {.wanted = 20, .length = 1.5};
		double length = strength_control_next(&control, strength, false);

		CHECK(length <= last && length > 0 && isfinite(length));
		last = length;
	}
	for (int weak = 0; weak < 2; weak++) {
		struct strength_control control = {.wanted = 20, .length = 1.5};
		double length = 0;

		for (int i = 0; i < 100; i++)
			length = strength_control_next(&control, weak ? 5 : 80, false);
		CHECK(weak ? length <= 3 && length > 2.5 : length >= 0.1 && length < 0.2);
	}
}

/* A dream that loses a part of its strength in each frame and gains by its steps. */
TEST(the_control_holds_a_dream_that_loses_strength)
{
	struct strength_control control = {0};
	double strength = 20;

	strength_control_next(&control, strength, true);
	for (int frame = 0; frame < 300; frame++) {
		double length = strength_control_next(&control, strength, false);

		strength = 0.93 * strength + 0.8 * length;
	}
	CHECK_MESSAGE(fabs(strength / 20 - 1) < 0.03, "%g of 20", strength);
}

TEST(only_what_is_too_strong_fades)
{
	const struct strength_control unknown = {0}, control = {.wanted = 20, .length = 1};

	CHECK(strength_control_fade(&unknown, 90, 1) == 1);
	CHECK(strength_control_fade(&control, 10, 1) == 1);
	CHECK(strength_control_fade(&control, 20.5, 1) == 1);
	CHECK(strength_control_fade(&control, 30, 1) < 0.5);
	CHECK(strength_control_fade(&control, 30, 0) == 1);
	CHECK(fabs(pow(strength_control_fade(&control, 30, 0.1), 10) -
	           strength_control_fade(&control, 30, 1)) < 1e-12);
}

TEST(only_what_is_too_weak_ripens_again)
{
	const struct strength_control unknown = {0}, control = {.wanted = 20, .length = 1};
	double last = 1;

	CHECK(strength_control_unripen(&unknown, 0, 1) == 1);
	CHECK(strength_control_unripen(&control, 30, 1) == 1);
	CHECK(strength_control_unripen(&control, 20, 1) == 1);
	for (double strength = 19; strength >= 0; strength--) {
		double left = strength_control_unripen(&control, strength, 1);

		CHECK(left < last && left > 0);
		CHECK(strength_control_unripen(&control, strength, 0) == 1);
		last = left;
	}
}

/* ---- steps ---- */

TEST(the_steps_of_a_frame_add_up_to_its_length)
{
	for (double length = 0.1; length <= STEP_LENGTH_MOST * WARM_STEPS_MOST; length += 0.1) {
		struct effort effort = effort_for(length, 0, 10);

		CHECK(effort.steps >= 1 && effort.steps <= WARM_STEPS_MOST);
		CHECK(effort.length <= STEP_LENGTH_MOST + 1e-5f);
		CHECK(fabs(effort.steps * (double)effort.length - length) < 1e-5);
	}
	CHECK(effort_for(0, 0, 10).steps == 1 && effort_for(100, 0, 10).steps == WARM_STEPS_MOST);
}

TEST(where_much_is_new_a_frame_is_dreamed_like_a_cold_one)
{
	struct effort all = effort_for(1.5, 1, 10), little = effort_for(1.5, 0.05, 10);

	CHECK(all.steps == 11 && all.length == 1);
	CHECK(little.steps == 1 && little.length == 1.5f);
}

TEST(steps_are_earned_bit_by_bit)
{
	double owed = 0;
	int steps = 0;

	for (int frame = 0; frame < 300; frame++) {
		int earned = effort_earn(&owed, 0.01, 10);

		CHECK(earned <= 1 && owed >= 0 && owed < 1);
		steps += earned;
	}
	CHECK(steps >= 29 && steps <= 30);
	owed = 0;
	CHECK(effort_earn(&owed, 0, 10) == 0);
	CHECK(effort_earn(&owed, 1, 10) == 10 && owed == 0);
	CHECK(effort_earn(&owed, 5, 10) == 10 && owed == 0); /* never more than a cold frame's */
}

TEST(a_beginning_is_spread_over_frames)
{
	CHECK(effort_onset(10, 0) == 10 && effort_onset(10, 1) == 10);
	for (int iterations = 1; iterations < 30; iterations++)
		for (int frames = 2; frames < 40; frames++) {
			int share = effort_onset(iterations, frames);

			CHECK(share >= 1 && share * frames >= iterations);
			CHECK(share == 1 || (share - 1) * frames < iterations);
		}
}

/* ---- travel ---- */

static void apply(const struct move *move, double x, double y, double at[2])
{
	at[0] = (double)move->at[0] * x + (double)move->at[1] * y + (double)move->at[2];
	at[1] = (double)move->at[3] * x + (double)move->at[4] * y + (double)move->at[5];
}

static void check_moved(const rv_time *time, double seconds, double x, double y, double from_x,
                        double from_y)
{
	struct move move = move_find(time, 101, 51, seconds);
	double at[2];

	apply(&move, x, y, at);
	CHECK_MESSAGE(fabs(at[0] - from_x) < 1e-3 && fabs(at[1] - from_y) < 1e-3,
	              "(%g, %g) comes from (%g, %g), not (%g, %g)", x, y, at[0], at[1], from_x,
	              from_y);
}

TEST(a_move_says_where_a_pixel_comes_from)
{
	const rv_time rest = {.zoom = 1}, zoom = {.zoom = 4}, turn = {.zoom = 1, .rotation = 90};
	const rv_time pan = {.zoom = 1, .pan_x = 0.5f, .pan_y = -1};

	check_moved(&rest, 1, 7, 9, 7, 9);
	check_moved(&zoom, 0, 7, 9, 7, 9);
	check_moved(&zoom, 1, 50, 25, 50, 25); /* the centre stays */
	check_moved(&zoom, 1, 90, 25, 60, 25);
	check_moved(&zoom, 0.5, 90, 25, 70, 25);
	check_moved(&turn, 1, 50, 45, 70, 25); /* what was right of the centre is below it */
	check_moved(&pan, 0.2, 50, 25, 50 - 0.1 * 101, 25 + 0.2 * 51);
}

TEST(many_short_moves_make_one_long_one)
{
	const rv_time time = {.zoom = 1.7f, .rotation = 25};
	struct move whole = move_find(&time, 101, 51, 1), part = move_find(&time, 101, 51, 0.1);
	double at[2] = {80, 40}, expected[2];

	apply(&whole, at[0], at[1], expected);
	for (int i = 0; i < 10; i++)
		apply(&part, at[0], at[1], at);
	CHECK(fabs(at[0] - expected[0]) < 1e-3 && fabs(at[1] - expected[1]) < 1e-3);
}

TEST(a_drift_breathes_about_the_zoom)
{
	const rv_time still = {.zoom = 1.2f}, time = {.zoom = 1.2f, .drift = 1};
	double sum = 0, largest = 0;

	for (int i = 0; i < 900; i++) {
		double zoom = (double)drift_breathe(&time, i / 100.0).zoom;

		sum += log(zoom / 1.2) / 900;
		largest = fmax(largest, zoom);
		CHECK(drift_breathe(&still, i / 100.0).zoom == still.zoom);
	}
	CHECK(fabs(sum) < 1e-4 && largest > 1.2 && largest < 1.3);
}

TEST(a_tone_leads_back_to_the_first_one)
{
	const struct dream_view first = {
		.colour = {0.1, 0, -0.2}, .contrast = 0.3, .colourfulness = 0.2};
	struct dream_view now = {.colour = {0.5, 0.4, 0.3}, .contrast = 0.45, .colourfulness = 0.1};
	struct tone tone = tone_find(&now, &now, 1);

	CHECK(tone.contrast == 1 && tone.colourfulness == 1);
	for (int c = 0; c < 3; c++)
		CHECK(fabs(tone.offset[c]) < 1e-12);
	for (int frame = 0; frame < 300; frame++) { /* ten seconds */
		double light =
			0.299 * now.colour[0] + 0.587 * now.colour[1] + 0.114 * now.colour[2];

		tone = tone_find(&first, &now, 1 / 30.0);
		for (int c = 0; c < 3; c++)
			now.colour[c] = tone.contrast * light +
			                tone.colourfulness * (now.colour[c] - light) +
			                tone.offset[c];
		now.contrast *= tone.contrast;
		now.colourfulness *= tone.colourfulness;
	}
	for (int c = 0; c < 3; c++)
		CHECK(fabs(now.colour[c] - first.colour[c]) < 1e-3);
	CHECK(fabs(now.contrast / first.contrast - 1) < 1e-3);
	CHECK(fabs(now.colourfulness / first.colourfulness - 1) < 1e-3);
}

TEST(a_tone_of_nothing_is_finite)
{
	const struct dream_view first = {.contrast = 0.3, .colourfulness = 0.2}, now = {0};
	struct tone tone = tone_find(&first, &now, 1);

	CHECK(tone.contrast == 1 && tone.colourfulness == 1);
	CHECK(tone_find(&first, &(struct dream_view){.contrast = 1e-9}, 100).contrast <= 2);
}
