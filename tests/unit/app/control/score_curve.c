/* What an option is at a time: pure arithmetic. */
#include "app/control/score_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9; /* a few roundings of doubles of about 1 */
}

static void add(struct score_part *part, struct score_key key)
{
	CHECK(score_track_add(&part->tracks[0], &key, NULL) == RV_OK);
}

static void add_number(struct score_part *part, double time, double number,
                       enum score_easing easing)
{
	add(part, (struct score_key){.time = time, .number = number, .easing = easing});
}

static double at(const struct score_part *part, double seconds)
{
	struct score_value value = score_value_at(part, 0, seconds, 7);
	CHECK(!value.text);
	return value.number;
}

TEST(score_curve_easing_begins_at_nothing_and_ends_at_all)
{
	const enum score_easing all[] = {SCORE_HOLD, SCORE_LINEAR, SCORE_SMOOTH};
	for (int i = 0; i < 3; i++) {
		CHECK(score_ease(all[i], 0) == 0 && score_ease(all[i], -3) == 0);
		CHECK(score_ease(all[i], 1) == 1 && score_ease(all[i], 4) == 1);
	}
	CHECK(score_ease(SCORE_HOLD, 0.999) == 0);
	CHECK(score_ease(SCORE_LINEAR, 0.25) == 0.25);
	CHECK(near(score_ease(SCORE_SMOOTH, 0.25), 3 / 16.0 - 2 / 64.0));
	CHECK(score_ease(SCORE_SMOOTH, 0.5) == 0.5);
	/* It sets out and arrives slowly. */
	CHECK(score_ease(SCORE_SMOOTH, 0.01) < 0.001 && score_ease(SCORE_SMOOTH, 0.99) > 0.999);
}

TEST(score_curve_goes_from_key_to_key)
{
	struct score_part part = {.length = 0};
	add_number(&part, 20, 5, SCORE_SMOOTH);
	add_number(&part, 2, 1, SCORE_LINEAR);
	add_number(&part, 10, 3, SCORE_HOLD);
	CHECK(at(&part, 0) == 7); /* as it was */
	CHECK(at(&part, 1) == 4);
	CHECK(at(&part, 2) == 1);
	CHECK(at(&part, 9.99) == 1);
	CHECK(at(&part, 10) == 3);
	CHECK(near(at(&part, 12.5), 3 + 2 * (3 / 16.0 - 2 / 64.0)));
	CHECK(at(&part, 20) == 5 && at(&part, 1e6) == 5);
	score_track_release(&part.tracks[0]);
	CHECK(at(&part, 3) == 7);
}

/* Matroska rounds to milliseconds, so that a frame may come half of one before the key that is
 * meant for it. */
TEST(score_curve_takes_the_rounding_of_containers)
{
	struct score_part part = {.length = 0};
	add_number(&part, 1 / 3.0, 2, SCORE_HOLD);
	CHECK(at(&part, 0.333) == 2);
	CHECK(at(&part, 0.332) == 7);
	score_track_release(&part.tracks[0]);
}

TEST(score_curve_of_two_keys_at_one_time_the_lower_line_counts)
{
	struct score_part part = {.length = 0};
	add(&part, (struct score_key){.time = 1, .line = 9, .number = 9});
	add(&part, (struct score_key){.time = 1, .line = 4, .number = 4});
	CHECK(at(&part, 1) == 9);
	score_track_release(&part.tracks[0]);
}

TEST(score_curve_waves_go_from_low_to_high_and_back)
{
	struct score_part part = {.length = 0};
	struct score_key key = {.time = 1, .kind = SCORE_SINE, .low = 2, .high = 4, .period = 8};
	add(&part, key);
	CHECK(near(at(&part, 1), 2) && near(at(&part, 3), 3) && near(at(&part, 5), 4));
	CHECK(near(at(&part, 2), 3 - sqrt(0.5)) && near(at(&part, 9), 2));
	CHECK(near(at(&part, 1 + 8e5 + 4), 4));
	part.tracks[0].keys[0].kind = SCORE_TRIANGLE;
	CHECK(near(at(&part, 1), 2) && near(at(&part, 2), 2.5) && near(at(&part, 5), 4));
	CHECK(near(at(&part, 6), 3.5) && near(at(&part, 9), 2));
	/* On its way to a key it goes on under it, less and less. */
	add_number(&part, 9, 10, SCORE_LINEAR);
	CHECK(near(at(&part, 5), (4 + 10) / 2.0) && near(at(&part, 9), 10));
	score_track_release(&part.tracks[0]);
}

TEST(score_curve_chance_follows_from_seed_and_time)
{
	struct score_part part = {.length = 0}, other = {.length = 0};
	struct score_key key = {.time = 0,
	                        .kind = SCORE_RANDOM,
	                        .low = 2,
	                        .high = 4,
	                        .period = 0.5,
	                        .seed = 3,
	                        .easing = SCORE_HOLD};
	double least = 10, most = 0, sum = 0;
	add(&part, key);
	key.seed = 4;
	add(&other, key);
	int same = 0;
	for (int i = 0; i < 1000; i++) {
		double value = at(&part, 0.5 * i), forward = at(&part, 0.5 * i + 0.49);
		CHECK(value == forward && value >= 2 && value <= 4);
		same += value == at(&other, 0.5 * i);
		least = fmin(least, value);
		most = fmax(most, value);
		sum += value;
	}
	/* 1000 even draws: the mean's deviation is 2/sqrt(12*1000) = 0.018. */
	CHECK(fabs(sum / 1000 - 3) < 0.1 && least < 2.05 && most > 3.95 && !same);
	/* The way from number to number. */
	part.tracks[0].keys[0].easing = SCORE_LINEAR;
	CHECK(near(at(&part, 1.25), (at(&part, 1) + at(&part, 1.5)) / 2));
	score_track_release(&part.tracks[0]);
	score_track_release(&other.tracks[0]);
}

static void put_loop(struct score_part *part, const struct score_part *loop, double begin)
{
	add(part, (struct score_key){.time = begin, .kind = SCORE_LOOP, .loop = loop});
}

TEST(score_curve_loop_is_a_ring)
{
	struct score_part part = {.length = 0}, loop = {.length = 4, .rounds = INFINITY};
	add_number(&loop, 1, 10, SCORE_LINEAR);
	add_number(&loop, 3, 20, SCORE_HOLD);
	put_loop(&part, &loop, 100);
	CHECK(at(&part, 99.9) == 7);
	CHECK(near(at(&part, 100), 15)); /* half of the way from 20, at -1, to 10 at 1 */
	CHECK(near(at(&part, 101), 10) && near(at(&part, 102.9), 10));
	CHECK(near(at(&part, 103), 20) && near(at(&part, 103.5), 17.5));
	for (int i = 0; i < 8; i++)
		CHECK(near(at(&part, 100 + 0.5 * i), at(&part, 100 + 0.5 * i + 4e4)));
	/* A frame that comes half a millisecond early belongs to the new round. */
	CHECK(near(at(&part, 107.9999), at(&part, 108)) || at(&part, 107.9999) > 15);
	add_number(&part, 110, 1, SCORE_HOLD);
	CHECK(at(&part, 110) == 1);
	score_track_release(&part.tracks[0]);
	score_track_release(&loop.tracks[0]);
}

TEST(score_curve_loop_of_some_rounds_stays_as_it_ends)
{
	struct score_part part = {.length = 0}, loop = {.length = 2, .rounds = 3};
	add_number(&loop, 0, 1, SCORE_HOLD);
	add_number(&loop, 1, 2, SCORE_HOLD);
	add_number(&loop, 2, 5, SCORE_LINEAR);
	put_loop(&part, &loop, 0);
	CHECK(at(&part, 0) == 1 && near(at(&part, 1.5), 3.5) && at(&part, 2) == 1);
	CHECK(near(at(&part, 5.5), 3.5));
	CHECK(at(&part, 6) == 5 && at(&part, 1000) == 5);
	score_track_release(&part.tracks[0]);
	score_track_release(&loop.tracks[0]);
}

TEST(score_curve_texts_are_those_of_the_last_key)
{
	struct score_part part = {.length = 0};
	add(&part, (struct score_key){.time = 1, .text = strdup("a")});
	add(&part, (struct score_key){.time = 2, .text = strdup("b")});
	CHECK(!score_value_at(&part, 0, 0.5, 0).text);
	CHECK(!strcmp(score_value_at(&part, 0, 1.5, 0).text, "a"));
	CHECK(!strcmp(score_value_at(&part, 0, 2, 0).text, "b"));
	score_track_release(&part.tracks[0]);
}
