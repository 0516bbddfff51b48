/* Which steps keep a dream alive, and how a dream moves: arithmetic. */
#include "engine/time/effort.h"

#include <math.h>
#include <stdlib.h>

#include "engine/time/camera_path.h"
#include "tests/support/test.h"

/* ---- strength ---- */

TEST(only_what_is_too_strong_fades_within_a_second)
{
	CHECK(effort_fade(90, 0, 1) == 1); /* nothing known yet */
	CHECK(effort_fade(10, 20, 1) == 1);
	CHECK(effort_fade(21.9, 20, 1) == 1);
	for (double strength = 24; strength < 90; strength++) {
		double now = strength;

		for (int frame = 0; frame < 30; frame++)
			now *= effort_fade(now, 20, 1 / 30.0);
		CHECK_MESSAGE(now >= 22 - 1e-9 && now < 22.2, "%g became %g", strength, now);
		CHECK(effort_fade(strength, 20, 0) == 1);
	}
}

/* ---- steps ---- */

enum { FRAMES = 1000, ITERATIONS = 10 };

static const struct depth nothing_known;

static rv_params warm(double share, int iterations, int octaves)
{
	rv_params params = rv_params_default();

	params.iterations = iterations;
	params.time.warm_share = (float)share;
	params.time.warm_octaves = octaves;
	return params;
}

/* Steps of each octave over many frames, of which a part is fresh. */
static void count_steps(double fresh, int octaves, int counts[RV_OCTAVES_MAX])
{
	struct turns turns = {0};
	const rv_params params = warm(1, ITERATIONS, octaves);

	for (int i = 0; i < RV_OCTAVES_MAX; i++)
		counts[i] = 0;
	for (int frame = 0; frame < FRAMES; frame++) {
		struct effort effort = effort_next(&turns, &nothing_known, fresh, &params);

		for (int i = 0; i < RV_OCTAVES_MAX; i++) {
			CHECK(effort.steps[i] >= 0 && effort.steps[i] <= ITERATIONS);
			CHECK(i < octaves || effort.steps[i] == 0);
			CHECK(i >= octaves ||
			      (effort.length[i] >= 1.5f && effort.length[i] < 3.3f));
			CHECK(i >= octaves || (effort.living[i] > 0 && effort.living[i] < 0.7f));
			counts[i] += effort.steps[i];
		}
	}
}

TEST(a_share_of_the_steps_is_taken_on_average)
{
	struct turns all = {0}, half = {0};
	const rv_params whole = warm(1, ITERATIONS, 4), part = warm(0.5, ITERATIONS, 4);
	int steps[2] = {0};

	for (int frame = 0; frame < FRAMES; frame++) {
		steps[0] += effort_next(&all, &nothing_known, 0.1, &whole).steps[1];
		steps[1] += effort_next(&half, &nothing_known, 0.1, &part).steps[1];
	}
	CHECK_MESSAGE(abs(steps[0] - 2 * steps[1]) <= 4, "%d, %d", steps[0], steps[1]);
}

TEST(octaves_take_turns_the_coarse_ones_less_often)
{
	int counts[RV_OCTAVES_MAX];

	count_steps(0, 4, counts);
	CHECK_MESSAGE(counts[0] >= FRAMES && counts[0] <= 2 * FRAMES, "%d", counts[0]);
	for (int i = 1; i < 4; i++)
		CHECK_MESSAGE(counts[i] > 0 && counts[i] < counts[i - 1], "octave %d: %d", i,
		              counts[i]);
	/* By the size of a step all together: what a tenth of a cold frame may cost. */
	CHECK(counts[0] + counts[1] / 1.96 + counts[2] / 3.84 + counts[3] / 7.53 < 2 * FRAMES);
	count_steps(0, RV_OCTAVES_MAX, counts);
	for (int i = 1; i < RV_OCTAVES_MAX; i++)
		CHECK(counts[i] > 0 && counts[i] <= counts[i - 1]);
}

/* What is told of the steps is what is taken: over all frames, to one step. */
TEST(turns_come_as_often_as_is_told)
{
	int counts[RV_OCTAVES_MAX];

	count_steps(0, RV_OCTAVES_MAX, counts);
	for (int i = 0; i < RV_OCTAVES_MAX; i++)
		CHECK_MESSAGE(fabs(counts[i] - FRAMES * effort_turn_steps(i, 1, ITERATIONS)) <= 1,
		              "octave %d: %d", i, counts[i]);
}

TEST(turns_come_evenly)
{
	struct turns turns = {0};
	const rv_params params = warm(1, ITERATIONS, 4);
	int since[4] = {0};

	for (int frame = 0; frame < FRAMES; frame++) {
		struct effort effort = effort_next(&turns, &nothing_known, 0, &params);

		for (int i = 0; i < 4; i++) {
			since[i] = effort.steps[i] ? 0 : since[i] + 1;
			CHECK(effort.steps[i] <= 2 && since[i] <= 3);
		}
	}
}

/* Steps of a frame by their pixels, in steps of the largest octave. */
static double cost_of(const struct effort *effort, double scale)
{
	double cost = 0;

	for (int i = 0; i < RV_OCTAVES_MAX; i++)
		cost += effort->steps[i] * pow(scale, -2.0 * i);
	return cost;
}

/* Where each octave took its steps as soon as it has earned them, their costs would deviate by half
 * a step of the largest one, as several come at once and then none. */
TEST(frames_take_about_as_much_as_each_other)
{
	for (double share = 0.45; share < 0.99; share += 0.05) {
		const rv_params params = warm(share, ITERATIONS, 3);
		struct turns turns = {0};
		double sum = 0, squares = 0;

		for (int frame = 0; frame < FRAMES; frame++) {
			struct effort effort = effort_next(&turns, &nothing_known, 0, &params);
			double cost = cost_of(&effort, (double)params.octave_scale);

			sum += cost;
			squares += cost * cost;
		}
		double deviation = sqrt(squares / FRAMES - sum * sum / FRAMES / FRAMES);
		CHECK_MESSAGE(deviation < 0.3, "%g: %g", share, deviation);
	}
}

/* Steps that all octaves take besides where a part of the frame is fresh, from fine to coarse. */
TEST(what_is_fresh_earns_its_steps)
{
	static const double shares[] = {0.1, 0.15, 0.4, 1.0}, most[] = {1, 0.07, 0.1, 0.2};
	int none[RV_OCTAVES_MAX], counts[RV_OCTAVES_MAX];

	count_steps(0, 4, none);
	for (double fresh = 0.1; fresh < 0.95; fresh += 0.1) {
		count_steps(fresh, 4, counts);
		for (int i = 0; i < 4; i++)
			CHECK_MESSAGE(
				fabs(counts[i] - none[i] -
			             fmin(fresh * shares[i], most[i]) * ITERATIONS * FRAMES) <= 2,
				"%g, octave %d: %d", fresh, i, counts[i] - none[i]);
	}
}

/* A step that a fresh part asks for is none for the rest. */
TEST(what_goes_on_is_dreamed_alike_whatever_is_fresh)
{
	double alone[4] = {0};

	for (double fresh = 0; fresh < 0.95; fresh += 0.1) {
		struct turns turns = {0};
		const rv_params params = warm(1, ITERATIONS, 4);
		double lengths[4] = {0};

		for (int frame = 0; frame < FRAMES; frame++) {
			struct effort effort = effort_next(&turns, &nothing_known, fresh, &params);

			for (int i = 0; i < 4; i++)
				lengths[i] += effort.steps[i] * (double)effort.length[i] *
				              (double)effort.living[i];
		}
		for (int i = 0; i < 4; i++) {
			alone[i] = fresh > 0 ? alone[i] : lengths[i];
			CHECK_MESSAGE(fabs(lengths[i] / alone[i] - 1) < 0.01, "%g, octave %d: %g",
			              fresh, i, lengths[i] / alone[i]);
		}
	}
}

TEST(fresh_places_take_longer_steps)
{
	struct effort effort = effort_even(3, 2);

	effort_favour_fresh(&effort);
	for (int i = 0; i < 2; i++) {
		CHECK(effort.steps[i] == 3 && effort.length[i] > 1);
		CHECK(fabsf(effort.length[i] * effort.living[i] - 1) < 1e-6f);
	}
}

/* Steps of each octave and how far they move what goes on, where the octaves ask for so much. */
static void count_demanded(double share, int onset, double demand, double steps[4],
                           double lengths[4])
{
	struct depth depth = {0};
	struct turns turns = {0};
	rv_params params = warm((float)share, ITERATIONS, 4);

	params.time.onset = onset;
	for (int i = 0; i < 4; i++)
		depth.demand[i] = demand;
	for (int frame = 0; frame < FRAMES; frame++) {
		struct effort effort = effort_next(&turns, &depth, 0, &params);

		for (int i = 0; i < 4; i++) {
			steps[i] += effort.steps[i];
			lengths[i] += effort.steps[i] * (double)effort.length[i] *
			              (double)effort.living[i];
		}
	}
}

/* The largest takes no more steps: where it gets a part of them, they are longer than fresh
 * places'. */
TEST(the_largest_octave_takes_longer_steps_where_it_gets_too_few)
{
	double usual[4] = {0}, usual_lengths[4] = {0};

	count_demanded(0.5, 1, 1, usual, usual_lengths);
	for (double demand = 1.6; demand < 2.2; demand += 0.1) {
		double steps[4] = {0}, lengths[4] = {0}, all[4] = {0}, all_lengths[4] = {0};

		count_demanded(0.5, 1, demand, steps, lengths);
		CHECK_MESSAGE(fabs(lengths[0] / usual_lengths[0] / demand - 1) < 0.02, "%g: %g",
		              demand, lengths[0] / usual_lengths[0]);
		CHECK(lengths[0] / steps[0] <= STEP_LENGTH_MOST);
		count_demanded(1, 1, demand, all, all_lengths);
		CHECK(all_lengths[0] / all[0] < 0.95 * lengths[0] / steps[0]);
	}
}

/* Up to where what goes on is moved as far as what is fresh. Where frames must not take long, the
 * largest octave takes longer steps instead of more. */
TEST(octaves_are_moved_as_far_as_they_ask_for)
{
	for (int onset = 1; onset <= 4; onset += 3) {
		double usual[4] = {0}, usual_lengths[4] = {0};

		count_demanded(1, onset, 1, usual, usual_lengths);
		for (double demand = 0.15; demand < 1.5; demand += 0.3) {
			double steps[4] = {0}, lengths[4] = {0};

			count_demanded(1, onset, demand, steps, lengths);
			for (int i = 0; i < 4; i++)
				CHECK_MESSAGE(fabs(lengths[i] / usual_lengths[i] / demand - 1) <
				                      0.02,
				              "%g, octave %d: %g", demand, i,
				              lengths[i] / usual_lengths[i]);
			CHECK(steps[0] >= 0.99 * fmin(demand, 1) * usual[0]);
			CHECK(demand > 1 && onset == 1 ? steps[0] > usual[0]
			                               : steps[0] <= usual[0]);
			CHECK(demand > 1 ? steps[3] > usual[3] : steps[3] < usual[3]);
		}
	}
}

TEST(no_frame_takes_more_steps_than_a_cold_one)
{
	struct turns turns = {0};
	const rv_params params = warm(1, 1, 4);

	for (int frame = 0; frame < FRAMES; frame++) {
		struct effort effort = effort_next(&turns, &nothing_known, 1, &params);

		for (int i = 0; i < 4; i++)
			CHECK(effort.steps[i] <= 1);
	}
}

TEST(an_even_effort_leaves_other_octaves_alone)
{
	struct effort effort = effort_even(3, 2);

	CHECK(effort.steps[0] == 3 && effort.steps[1] == 3 && effort.steps[2] == 0);
	CHECK(effort.length[0] == 1 && effort.length[1] == 1);
}

TEST(fewer_steps_are_longer_within_limits)
{
	struct effort effort = {.steps = {2, 1, 0, 9}, .length = {1, 1, 1, 1}};

	effort_limit(&effort, 1);
	CHECK(effort.steps[0] == 1 && effort.length[0] == 2);
	CHECK(effort.steps[1] == 1 && effort.length[1] == 1);
	CHECK(effort.steps[2] == 0 && effort.length[2] == 1);
	CHECK(effort.steps[3] == 1 && effort.length[3] == STEP_LENGTH_MOST);
}

/* ---- camera path ---- */

static void apply(const struct camera_move *move, double x, double y, double at[2])
{
	at[0] = (double)move->at[0] * x + (double)move->at[1] * y + (double)move->at[2];
	at[1] = (double)move->at[3] * x + (double)move->at[4] * y + (double)move->at[5];
}

static void check_moved(const rv_time *time, double seconds, double x, double y, double from_x,
                        double from_y)
{
	struct camera_move move = camera_find_move(time, 101, 51, seconds);
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
	struct camera_move whole = camera_find_move(&time, 101, 51, 1),
			   part = camera_find_move(&time, 101, 51, 0.1);
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
		double zoom = (double)camera_breathe(&time, i / 100.0).zoom;

		sum += log(zoom / 1.2) / 900;
		largest = fmax(largest, zoom);
		CHECK(camera_breathe(&still, i / 100.0).zoom == still.zoom);
	}
	CHECK(fabs(sum) < 1e-4 && largest > 1.2 && largest < 1.3);
}

TEST(a_tone_leads_back_to_the_first_one)
{
	const struct dream_view first = {
		.colour = {0.1, 0, -0.2}, .contrast = 0.3, .colourfulness = 0.2};
	struct dream_view now = {.colour = {0.5, 0.4, 0.3}, .contrast = 0.45, .colourfulness = 0.1};
	struct camera_tone tone = camera_find_tone(&now, &now, 1);

	CHECK(tone.contrast == 1 && tone.colourfulness == 1);
	for (int c = 0; c < 3; c++)
		CHECK(fabs(tone.offset[c]) < 1e-12);
	for (int frame = 0; frame < 300; frame++) { /* ten seconds */
		double light =
			0.299 * now.colour[0] + 0.587 * now.colour[1] + 0.114 * now.colour[2];

		tone = camera_find_tone(&first, &now, 1 / 30.0);
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
	struct camera_tone tone = camera_find_tone(&first, &now, 1);

	CHECK(tone.contrast == 1 && tone.colourfulness == 1);
	CHECK(camera_find_tone(&first, &(struct dream_view){.contrast = 1e-9}, 100).contrast <= 2);
}
