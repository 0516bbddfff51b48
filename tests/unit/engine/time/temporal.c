/* Dreams that live on from frame to frame. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

TEST(a_dream_moves_with_the_scene)
{
	static float past[COUNT];
	struct fixture fixture;
	rv_frame_report report;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	report = dream(&fixture);
	CHECK(report.cold && !report.cut && report.steps == 10);
	for (int t = 1; t < 8; t++) {
		keep_detail(&fixture, past);
		paint(&fixture, 1, 2 * t, 0);
		report = dream(&fixture);
		CHECK_MESSAGE(!report.cold && report.steps < 10, "frame %d took %d steps", t,
		              report.steps);
		CHECK_MESSAGE(likeness(&fixture, past, 2) > 0.9, "frame %d: %g", t,
		              likeness(&fixture, past, 2));
		CHECK(likeness(&fixture, past, 0) < likeness(&fixture, past, 2) - 0.1);
	}
	tear_down(&fixture);
}

TEST(a_dream_that_is_not_carried_stays_in_its_place)
{
	static float past[COUNT];
	struct fixture fixture;
	double stayed[2], moved[2]; /* by whether it is carried */

	REQUIRE(set_up(&fixture));
	for (int carry = 0; carry < 2; carry++) {
		fixture.params.time.carry = carry;
		rv_reset(fixture.engine);
		for (int t = 0; t < 6; t++) {
			keep_detail(&fixture, past);
			paint(&fixture, 1, t, 0);
			CHECK(dream(&fixture).cold == (t == 0)); /* motion is no cut */
		}
		stayed[carry] = likeness(&fixture, past, 0);
		moved[carry] = likeness(&fixture, past, 1);
	}
	CHECK_MESSAGE(stayed[0] > moved[0] + 0.03, "%g, %g", stayed[0], moved[0]);
	CHECK_MESSAGE(moved[1] > 0.99 && moved[1] > stayed[1] + 0.05, "carried: %g, %g", stayed[1],
	              moved[1]);
	tear_down(&fixture);
}

/* Dreams a scene's first frames; returns the strength of the last one. */
static double begin_scene(struct fixture *fixture, uint64_t scene, int onset, int frames)
{
	double before = 0;
	int steps = 0;

	fixture->params.time.onset = onset;
	for (int t = 0; t < frames; t++) {
		rv_frame_report report;

		paint(fixture, scene, 0.5 * t, 0);
		report = dream(fixture);
		CHECK(report.cold == (t == 0) && report.onset == (t < (onset ? onset : 1)));
		steps += report.onset ? report.steps : 0;
		if (onset < 2 || t >= onset)
			continue;
		CHECK_MESSAGE(report.steps > 0 && report.steps < 5, "frame %d took %d steps", t,
		              report.steps);
		CHECK_MESSAGE(strength(fixture, 0) > before, "frame %d: %g after %g", t,
		              strength(fixture, 0), before);
		before = strength(fixture, 0);
	}
	CHECK_MESSAGE(steps == 10, "%d steps in all", steps);
	return strength(fixture, 0);
}

TEST(the_beginning_of_a_scene_can_be_spread_over_frames)
{
	enum { FRAMES = 24 };
	struct fixture fixture;
	double at_once, spread, after_cut;

	REQUIRE(set_up(&fixture));
	at_once = begin_scene(&fixture, 1, 0, FRAMES);
	rv_reset(fixture.engine);
	spread = begin_scene(&fixture, 1, 5, FRAMES);
	/* What such a beginning loses from frame to frame is made up for by a guess. */
	CHECK_MESSAGE(fabs(spread / at_once - 1) < 0.15, "%g spread, %g at once", spread, at_once);
	after_cut = begin_scene(&fixture, 99, 5, FRAMES);
	CHECK_MESSAGE(fabs(after_cut / at_once - 1) < 0.3, "%g after a cut", after_cut);
	tear_down(&fixture);
}

TEST(a_share_of_the_warm_steps_costs_that_share)
{
	struct fixture fixture;
	double strengths[2];
	int steps[2] = {0}; /* with all, with half */

	REQUIRE(set_up(&fixture));
	for (int part = 0; part < 2; part++) {
		fixture.params.time.warm_share = part ? 0.5f : 1;
		rv_reset(fixture.engine);
		for (int t = 0; t < 40; t++) {
			rv_frame_report report;

			paint(&fixture, 1, 1.3 * t, 0.4 * t);
			report = dream(&fixture);
			steps[part] += t ? report.steps : 0;
		}
		strengths[part] = strength(&fixture, 0);
	}
	CHECK_MESSAGE(abs(2 * steps[1] - steps[0]) < 0.15 * steps[0], "%d of %d", steps[1],
	              steps[0]);
	CHECK_MESSAGE(strengths[1] > 0.4 * strengths[0] && strengths[1] < strengths[0],
	              "%g, not %g", strengths[1], strengths[0]);
	tear_down(&fixture);
}

/* A dream of which little is inherited is soon less deep than the scene's first. Otherwise both
 * have the same frames and take the same steps. */
TEST(a_dream_that_loses_its_depth_takes_more_steps)
{
	enum { FIRST = 20, LAST = 100 };
	struct fixture fixture;
	int steps[2] = {0}; /* of one that keeps its depth, and of one that loses it */

	REQUIRE(set_up(&fixture));
	fixture.params.octaves = 4;
	fixture.params.iterations = 10;
	for (int loses = 0; loses < 2; loses++) {
		fixture.params.time.inherit = loses ? 0.2f : 0.97f;
		rv_reset(fixture.engine);
		for (int t = 0; t < LAST; t++) {
			rv_frame_report report;

			paint(&fixture, 1, 0.8 * t, 0.4 * t);
			report = dream(&fixture);
			steps[loses] += t < FIRST ? 0 : report.steps;
		}
	}
	CHECK_MESSAGE(steps[1] > 1.08 * steps[0], "%d steps, otherwise %d", steps[1], steps[0]);
	tear_down(&fixture);
}

/* The network sees more and more in the scene itself. A dream that were held to what it began with
 * would take ever fewer steps. */
TEST(what_is_wanted_follows_the_scene)
{
	enum { FIRST = 60, LAST = 100 };
	struct fixture fixture;
	double usual = 0;
	int steps = 0;

	REQUIRE(set_up(&fixture));
	fixture.params.octaves = 4;
	fixture.params.iterations = 10;
	for (int t = 0; t < LAST; t++) {
		float contrast = 0.1f + 0.9f * (float)t / LAST;
		rv_frame_report report;

		paint(&fixture, 1, 0.8 * t, 0.4 * t);
		for (int i = 0; i < COUNT; i++)
			fixture.frame[i] = 0.5f + (fixture.frame[i] - 0.5f) * contrast;
		report = dream(&fixture);
		steps += t < FIRST ? 0 : report.steps;
	}
	for (int octave = 0; octave < fixture.params.octaves; octave++)
		usual += (LAST - FIRST) *
		         rv_warm_steps(&fixture.params.time, fixture.params.iterations, octave);
	CHECK_MESSAGE(steps > 1.23 * usual, "%d steps, usually %g", steps, usual);
	tear_down(&fixture);
}

TEST(a_moving_dream_keeps_its_strength)
{
	struct fixture fixture;
	double first, last;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	first = strength(&fixture, 0);
	for (int t = 1; t < 50; t++) {
		paint(&fixture, 1, 1.3 * t, 0.4 * t);
		dream(&fixture);
	}
	last = strength(&fixture, 0);
	/* What goes on from frame to frame grows richer than a cold frame, within limits. */
	CHECK_MESSAGE(last > first && last < 1.35 * first, "%g became %g", first, last);
	tear_down(&fixture);
}

TEST(what_is_uncovered_is_dreamed_like_the_rest)
{
	struct fixture fixture;
	double fresh, whole;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 12; t++) {
		paint(&fixture, 1, t < 4 ? 0 : 3 * (t - 3), 0);
		dream(&fixture);
	}
	for (int t = 0; t < 5; t++)
		dream(&fixture);
	/* The last 24 columns came into sight within the quarter of a second before the last
	 * one sixth. */
	fresh = strength(&fixture, WIDTH - 24);
	whole = strength(&fixture, 0);
	CHECK_MESSAGE(fresh > 0.8 * whole, "%g of %g", fresh, whole);
	tear_down(&fixture);
}

/* How unevenly the columns of each phase changed: by the RMS of all. */
static double unevenness(const float *now, const float *before, int stride)
{
	double sum[16] = {0}, all = 0, uneven = 0;

	for (int i = 0; i < COUNT; i++) {
		double change = (double)now[i] - (double)before[i];

		sum[i / 3 % WIDTH % stride] += change * change;
		all += change * change / stride;
	}
	for (int phase = 0; phase < stride; phase++)
		uneven += (sum[phase] / all - 1) * (sum[phase] / all - 1) / stride;
	return sqrt(uneven);
}

/* Where a network looks at a pixel in sixteen, what is dreamed by the same shifts in all frames
 * grows in the same columns only. */
TEST(each_frame_draws_shifts_of_its_own)
{
	enum { STRIDE = 16, FRAMES = 24 };
	static float first[COUNT];
	struct fixture fixture;
	double uneven;

	REQUIRE(set_up_strided(&fixture, STRIDE));
	fixture.params.octaves = 1;
	fixture.params.jitter = STRIDE / 2;
	for (int t = 0; t < FRAMES; t++) {
		paint(&fixture, 1, 0, 0);
		dream(&fixture);
		if (t == 0)
			memcpy(first, fixture.dream, sizeof(first));
	}
	uneven = unevenness(fixture.dream, first, STRIDE);
	CHECK_MESSAGE(uneven < 0.55, "%g", uneven);
	tear_down(&fixture);
}

static void dream_walk(float *result)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 6; t++) {
		paint(&fixture, 1 + (uint64_t)t / 4, 1.5 * t, 0.5 * t);
		dream(&fixture);
	}
	memcpy(result, fixture.dream, COUNT * sizeof(float));
	tear_down(&fixture);
}

TEST(two_runs_are_identical)
{
	static float first[COUNT], second[COUNT];

	dream_walk(first);
	dream_walk(second);
	CHECK(memcmp(first, second, sizeof(first)) == 0);
}

TEST(a_reset_forgets_the_past)
{
	static float first[COUNT];
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	memcpy(first, fixture.dream, sizeof(first));
	paint(&fixture, 1, 2, 0);
	dream(&fixture);
	rv_reset(fixture.engine);
	paint(&fixture, 1, 0, 0);
	CHECK(dream(&fixture).cold);
	CHECK(memcmp(first, fixture.dream, sizeof(first)) == 0);
	tear_down(&fixture);
}

TEST(a_picture_by_itself_is_dreamed_as_if_there_were_no_video)
{
	static float alone[COUNT];
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 3, 0, 0);
	fixture.time = RV_TIME_NONE;
	dream(&fixture);
	memcpy(alone, fixture.dream, sizeof(alone));
	fixture.time = 0;
	for (int t = 0; t < 6; t++) {
		paint(&fixture, 1, t, 0);
		dream(&fixture);
	}
	paint(&fixture, 3, 0, 0);
	fixture.time = RV_TIME_NONE;
	CHECK(dream(&fixture).cold);
	CHECK(test_relative_error(fixture.dream, alone, COUNT) < 1e-5);
	tear_down(&fixture);
}

/* So little that a judge of every access can follow it. */
TEST(a_small_dream_is_carried_on)
{
	enum { SMALL_WIDTH = 32, SMALL_HEIGHT = 24 };
	static float first[COUNT];
	struct fixture fixture;
	rv_image input = image_of(fixture.frame), output = image_of(fixture.dream);

	input.width = output.width = SMALL_WIDTH;
	input.height = output.height = SMALL_HEIGHT;
	REQUIRE(set_up(&fixture));
	fixture.params.octaves = 1;
	fixture.params.iterations = fixture.params.time.warm_steps = 1;
	fixture.params.time.inherit = 1;
	REQUIRE(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
	for (int t = 0; t < 3; t++) {
		paint(&fixture, 1, t, 0);
		REQUIRE(!rv_dream(fixture.engine, &input, fixture.time, &output, &fixture.error));
		fixture.time += frame_time;
		CHECK(rv_last_frame(fixture.engine).cold == (t == 0));
		if (t == 0)
			memcpy(first, fixture.dream, sizeof(first));
	}
	CHECK(test_relative_error(fixture.dream, first, SMALL_WIDTH * 3) > 0.01);
	tear_down(&fixture);
}

/* The device's clock is not the host's, but runs as fast. */
TEST(stages_are_timed_where_that_is_asked_for)
{
	const rv_config config = {.time_stages = true};
	struct fixture fixture;
	rv_frame_report first, second;
	double start, took;

	REQUIRE(set_up_configured(&fixture, 1, &config));
	paint(&fixture, 1, 0, 0);
	first = dream(&fixture);
	CHECK(first.flow_ms == 0 && first.steps_ms > 0);
	start = clock_now_ms();
	second = dream(&fixture);
	took = clock_now_ms() - start;
	CHECK_MESSAGE(second.flow_ms > 0 && (double)(second.flow_ms + second.steps_ms) <= took,
	              "flow %f ms and steps %f ms in %f ms", (double)second.flow_ms,
	              (double)second.steps_ms, took);
	CHECK((second.steps > 0) == (second.steps_ms > 0));
	tear_down(&fixture);
	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	second = dream(&fixture);
	CHECK(second.flow_ms == 0 && second.steps_ms == 0);
	tear_down(&fixture);
}

TEST(a_journey_moves_the_dream_itself)
{
	struct fixture fixture;
	rv_image output = image_of(fixture.dream);
	double brightness = 0;

	REQUIRE(set_up(&fixture));
	CHECK(rv_journey(fixture.engine, 0, &output, &fixture.error) == RV_INVALID);
	paint(&fixture, 1, 0, 0);
	fixture.params.time.zoom = 2;
	fixture.params.time.pan_x = 0.1f;
	dream(&fixture);
	for (int t = 0; t < 30; t++, fixture.time += frame_time)
		REQUIRE(!rv_journey(fixture.engine, fixture.time, &output, &fixture.error));
	CHECK(strength(&fixture, 0) > 0.05);
	for (int i = 0; i < COUNT; i++)
		brightness += (double)fixture.dream[i] / COUNT;
	CHECK_MESSAGE(fabs(brightness - 0.5) < 0.1, "brightness %g", brightness);
	tear_down(&fixture);
}
