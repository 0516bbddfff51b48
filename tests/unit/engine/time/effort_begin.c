/* Which steps begin a scene: arithmetic. */
#include <math.h>

#include "engine/time/effort.h"
#include "tests/support/test.h"

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

static struct effort_beginning beginning_of(int iterations, int frames, bool moves)
{
	return (struct effort_beginning){.octaves = 4,
	                                 .octave_scale = 1.4,
	                                 .iterations = iterations,
	                                 .frames = frames,
	                                 .moves = moves};
}

/* The efforts of a beginning's frames; returns how many they are. */
static int begin_all(const struct effort_beginning *beginning, struct effort efforts[])
{
	double share = effort_share(beginning->iterations, beginning->frames);
	int frames = 0;

	for (double begun = 0; begun < 1 - 1e-6; begun += share)
		efforts[frames++] = effort_begin(beginning, begun);
	return frames;
}

/* What is left of a dream in the end, where each frame keeps a part of the last one and adds its
 * steps; and how many these are. */
static double sum_of(const struct effort efforts[], int frames, int octave, double kept, int *steps)
{
	double sum = 0;

	*steps = 0;
	for (int i = 0; i < frames; i++) {
		*steps += efforts[i].steps[octave];
		sum = kept * sum + efforts[i].steps[octave] * (double)efforts[i].length[octave];
	}
	return sum;
}

TEST(a_beginning_that_is_spread_ends_as_deep_as_one_that_is_not)
{
	static const double kept[] = {0.8, 0.87, 0.93, 0.96};
	struct effort efforts[40];

	for (int frames = 0; frames <= 10; frames++) {
		struct effort_beginning beginning = beginning_of(30, frames, true);
		int count = begin_all(&beginning, efforts);

		CHECK(count == (30 - 1) / effort_onset(30, frames) + 1);
		for (int i = 0, steps; i < 4; i++) {
			double sum = sum_of(efforts, count, i, kept[i], &steps);

			CHECK(steps == 30);
			CHECK_MESSAGE(fabs(sum - 30) < 0.01, "%d frames, octave %d: %g", frames, i,
			              sum);
		}
		CHECK(efforts[0].steps[4] == 0);
	}
}

TEST(a_beginning_takes_each_step_once_whatever_the_numbers)
{
	struct effort efforts[40];

	for (int iterations = 1; iterations < 30; iterations++)
		for (int frames = 1; frames < 40; frames++) {
			struct effort_beginning beginning = beginning_of(iterations, frames, true);
			int count = begin_all(&beginning, efforts);

			for (int i = 0, steps; i < 4; i++) {
				sum_of(efforts, count, i, 1, &steps);
				CHECK(steps == iterations);
				CHECK(efforts[0].length[i] >= 1 &&
				      efforts[0].length[i] <= STEP_LENGTH_MOST);
			}
		}
}

TEST(steps_are_as_long_as_ever_where_nothing_moves)
{
	struct effort_beginning beginning = beginning_of(10, 10, false);

	for (int i = 0; i < 4; i++)
		CHECK(effort_begin(&beginning, 0.5).length[i] == 1);
}

/* The frame within which half of an octave's steps are taken. */
static int half_of(const struct effort efforts[], int octave, int iterations)
{
	int frame = 0;

	for (int steps = efforts[0].steps[octave]; 2 * steps < iterations;)
		steps += efforts[++frame].steps[octave];
	return frame;
}

TEST(a_beginning_goes_from_the_smallest_octave_to_the_largest)
{
	struct effort_beginning beginning = beginning_of(10, 10, true);
	struct effort efforts[10];
	double dearest = 0, all = 0;

	REQUIRE(begin_all(&beginning, efforts) == 10);
	for (int i = 1; i < 4; i++)
		CHECK(half_of(efforts, i, 10) <= half_of(efforts, i - 1, 10));
	CHECK(half_of(efforts, 3, 10) == 0 && half_of(efforts, 0, 10) > 4);
	CHECK(efforts[0].steps[0] == 0 && efforts[9].steps[0] > 1);
	/* No frame costs much more than others. */
	for (int i = 0; i < 10; i++) {
		double cost = 0;

		for (int o = 0; o < 4; o++)
			cost += efforts[i].steps[o] * pow(1.4, -2 * o);
		all += cost;
		dearest = fmax(dearest, cost);
	}
	CHECK_MESSAGE(dearest < 1.3 * all / 10, "%g of %g", dearest, all);
}

TEST(a_beginning_that_is_spread_reaches_less_the_farther_its_frames_lie_apart)
{
	for (int i = 0; i < 6; i++) {
		double last = 1;

		CHECK(effort_reached(i, 0) == 1);
		for (double seconds = 0.02; seconds < 1; seconds += 0.02) {
			double reached = effort_reached(i, seconds);

			CHECK(reached <= last && reached >= 0.5);
			CHECK(i == 0 || reached >= effort_reached(i - 1, seconds));
			last = reached;
		}
	}
	CHECK(effort_reached(0, 0.1) < 0.8);
}
