/* Dreams that live on from frame to frame. */

#include <math.h>
#include <string.h>
#include <time.h>

#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

static double strength(const struct fixture *fixture, int from_column)
{
	double sum = 0;
	int count = 0;

	for (int i = 0; i < COUNT; i++)
		if (i / 3 % WIDTH >= from_column) {
			sum += pow((double)fixture->dream[i] - (double)fixture->frame[i], 2);
			count++;
		}
	return sqrt(sum / count);
}

/* Cosine between this frame's detail and that of past, both of which lie dx pixels apart. */
static double likeness(const struct fixture *fixture, const float *past_detail, int dx)
{
	static float a[COUNT], b[COUNT];
	size_t count = 0;

	for (int i = 0; i < COUNT; i++) {
		int x = i / 3 % WIDTH;
		if (x + dx < 8 || x + dx >= WIDTH - 8 || x < 8 || x >= WIDTH - 8)
			continue;
		a[count] = fixture->dream[i] - fixture->frame[i];
		b[count++] = past_detail[i + 3 * dx];
	}
	return test_cosine(a, b, count);
}

static void keep_detail(const struct fixture *fixture, float *detail)
{
	for (int i = 0; i < COUNT; i++)
		detail[i] = fixture->dream[i] - fixture->frame[i];
}

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
	CHECK_MESSAGE(stayed[0] > moved[0] + 0.01, "%g, %g", stayed[0], moved[0]);
	CHECK_MESSAGE(moved[1] > stayed[1] + 0.05, "carried: %g, %g", stayed[1], moved[1]);
	tear_down(&fixture);
}

/* Dreams a scene's first frames; returns the strength of the last one. */
static double begin_scene(struct fixture *fixture, uint64_t scene, int onset, int frames)
{
	double before = 0;

	fixture->params.time.onset = onset;
	for (int t = 0; t < frames; t++) {
		rv_frame_report report;

		paint(fixture, scene, 0.5 * t, 0);
		report = dream(fixture);
		CHECK(report.cold == (t == 0) && report.onset == (t < (onset ? onset : 1)));
		if (onset < 2 || t >= onset)
			continue;
		CHECK_MESSAGE(report.steps == 2, "frame %d took %d steps", t, report.steps);
		CHECK_MESSAGE(strength(fixture, 0) > before, "frame %d: %g after %g", t,
		              strength(fixture, 0), before);
		before = strength(fixture, 0);
	}
	return strength(fixture, 0);
}

TEST(the_beginning_of_a_scene_can_be_spread_over_frames)
{
	enum { FRAMES = 12 };
	struct fixture fixture;
	double at_once, spread, after_cut;

	REQUIRE(set_up(&fixture));
	at_once = begin_scene(&fixture, 1, 0, FRAMES);
	rv_reset(fixture.engine);
	spread = begin_scene(&fixture, 1, 5, FRAMES);
	CHECK_MESSAGE(fabs(spread / at_once - 1) < 0.15, "%g spread, %g at once", spread, at_once);
	after_cut = begin_scene(&fixture, 99, 5, FRAMES);
	CHECK_MESSAGE(fabs(after_cut / at_once - 1) < 0.3, "%g after a cut", after_cut);
	tear_down(&fixture);
}

TEST(warm_steps_can_be_fewer_and_longer)
{
	struct fixture fixture;
	double strengths[2]; /* with any number, with one at most */

	REQUIRE(set_up(&fixture));
	fixture.params.octaves = 1;
	for (int most = 0; most < 2; most++) {
		fixture.params.time.warm_most = most;
		rv_reset(fixture.engine);
		for (int t = 0; t < 25; t++) {
			rv_frame_report report;

			paint(&fixture, 1, 1.3 * t, 0.4 * t);
			report = dream(&fixture);
			CHECK(!most || !t || report.steps <= 1);
		}
		strengths[most] = strength(&fixture, 0);
	}
	CHECK_MESSAGE(fabs(strengths[1] / strengths[0] - 1) < 0.2, "%g, not %g", strengths[1],
	              strengths[0]);
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
	CHECK_MESSAGE(last > 0.9 * first && last < 1.4 * first, "%g became %g", first, last);
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
	CHECK_MESSAGE(fresh > 0.7 * whole, "%g of %g", fresh, whole);
	tear_down(&fixture);
}

TEST(a_cut_is_found_and_dreamed_anew)
{
	static float past[COUNT];
	struct fixture fixture;
	rv_frame_report report;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 4; t++) {
		paint(&fixture, 1, t, 0);
		report = dream(&fixture);
	}
	CHECK(!report.cold);
	keep_detail(&fixture, past);
	paint(&fixture, 2, 0, 0);
	report = dream(&fixture);
	CHECK_MESSAGE(report.cut && report.cold && report.steps == 10, "likeness %g",
	              (double)report.likeness);
	CHECK_MESSAGE(fabs(likeness(&fixture, past, 0)) < 0.1, "%g", likeness(&fixture, past, 0));
	paint(&fixture, 2, 1, 0);
	CHECK(!dream(&fixture).cold);
	tear_down(&fixture);
}

TEST(cuts_come_as_they_are_asked_for)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.time.cut = RV_CUT_OFF;
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	paint(&fixture, 2, 0, 0);
	CHECK(!dream(&fixture).cold);
	rv_reset(fixture.engine);
	fixture.params.time.cut = 3;
	for (int t = 0; t < 7; t++) {
		paint(&fixture, 1, t, 0);
		CHECK(dream(&fixture).cold == (t % 3 == 0));
	}
	tear_down(&fixture);
}

TEST(a_fade_is_no_cut)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 16; t++) {
		paint(&fixture, 1, t, 0);
		for (int i = 0; i < COUNT; i++)
			fixture.frame[i] *= 1 - (float)t / 16;
		CHECK(dream(&fixture).cold == (t == 0));
	}
	tear_down(&fixture);
}

TEST(a_flash_is_no_cut_and_the_dream_comes_back)
{
	static float past[COUNT];
	struct fixture fixture;
	rv_frame_report report;

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 3; t++) {
		paint(&fixture, 1, t, 0);
		dream(&fixture);
	}
	keep_detail(&fixture, past);
	for (int i = 0; i < COUNT; i++)
		fixture.frame[i] = 1;
	report = dream(&fixture);
	CHECK(!report.cut && !report.cold && report.steps == 0);
	paint(&fixture, 1, 3, 0);
	report = dream(&fixture);
	CHECK(!report.cut && !report.cold);
	CHECK_MESSAGE(likeness(&fixture, past, 1) > 0.9, "%g", likeness(&fixture, past, 1));
	tear_down(&fixture);
}

TEST(a_still_scene_settles_unless_it_drifts)
{
	static float settled[COUNT];
	struct fixture fixture;
	rv_frame_report report = {0};

	REQUIRE(set_up(&fixture));
	for (int t = 0; t < 60; t++) { /* it goes on for a second after the last motion */
		paint(&fixture, 1, t < 6 ? t : 6, 0);
		report = dream(&fixture);
	}
	CHECK_MESSAGE(report.steps == 0, "%d steps", report.steps);
	memcpy(settled, fixture.dream, sizeof(settled));
	for (int t = 0; t < 3; t++)
		dream(&fixture);
	CHECK(memcmp(settled, fixture.dream, sizeof(settled)) == 0);
	fixture.params.time.drift = 1;
	for (int t = 0; t < 10; t++)
		report = dream(&fixture);
	CHECK(report.steps > 0 && !report.cold);
	CHECK(test_relative_error(fixture.dream, settled, COUNT) > 0.005);
	tear_down(&fixture);
}

/* What the network sees depends on where its strides fall: on the octaves' phase. */
TEST(a_drift_wanders_slowly_and_far)
{
	static float last[COUNT], first[COUNT];
	struct fixture fixture;
	double path = 0, total;

	REQUIRE(set_up_strided(&fixture, 8));
	fixture.params.time.drift = 0.5f;
	paint(&fixture, 1, 0, 0);
	for (int t = 0; t < 90; t++) {
		memcpy(last, fixture.dream, sizeof(last));
		dream(&fixture);
		if (t == 30)
			memcpy(first, fixture.dream, sizeof(first));
		if (t > 30)
			path += test_relative_error(fixture.dream, last, COUNT);
	}
	total = test_relative_error(fixture.dream, first, COUNT);
	CHECK_MESSAGE(path < 6 * total, "%g on the way, %g in all", path, total);
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

TEST(nothing_is_inherited_where_nothing_is_to_be)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.time.inherit = 0;
	fixture.params.time.warm_steps = 1;
	fixture.params.step = 0;
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	fixture.params.step = 0.02f;
	paint(&fixture, 1, 1, 0);
	dream(&fixture);
	CHECK(strength(&fixture, 0) > 0);
	fixture.params.step = 0;
	paint(&fixture, 1, 2, 0);
	dream(&fixture);
	CHECK_MESSAGE(strength(&fixture, 0) < 1e-5, "%g", strength(&fixture, 0));
	tear_down(&fixture);
}

/* Without steps, what is left of the detail of a scene that moves is what decay says. */
TEST(moving_detail_shrinks_as_decay_says)
{
	enum { HALF_A_SECOND = 15 };
	struct fixture fixture;
	double left[2]; /* with all of it to stay, and a quarter a second */

	REQUIRE(set_up(&fixture));
	for (int decays = 0; decays < 2; decays++) {
		rv_reset(fixture.engine);
		fixture.params.step = 0.02f;
		fixture.params.time.inherit = 1;
		fixture.params.time.decay = decays ? 0.25f : 1;
		for (int t = 0; t <= HALF_A_SECOND; t++) {
			paint(&fixture, 1, 2 * t, 0);
			dream(&fixture);
			fixture.params.step = 0;
		}
		left[decays] = strength(&fixture, 0);
	}
	CHECK_MESSAGE(fabs(left[1] / left[0] - 0.5) < 0.02, "%g of %g", left[1], left[0]);
	tear_down(&fixture);
}

/* Strength that a frame leaves to the next, which moves or not, by its polarity. */
static double left_by(struct fixture *fixture, float polarity, bool moves)
{
	rv_reset(fixture->engine);
	fixture->params.time.polarity = polarity;
	fixture->params.step = 0.02f;
	paint(fixture, 1, 0, 0);
	dream(fixture);
	fixture->params.step = 0;
	paint(fixture, 1, moves ? 2 : 0, 0);
	dream(fixture);
	return strength(fixture, 0);
}

TEST(polarity_says_which_parts_inherit)
{
	struct fixture fixture;
	double still, moving;

	REQUIRE(set_up(&fixture));
	still = left_by(&fixture, 0, false);
	moving = left_by(&fixture, 0, true);
	CHECK_MESSAGE(moving > 0.7 * still, "%g, %g", moving, still);
	CHECK(left_by(&fixture, -1, true) < 0.1 * moving);
	CHECK(left_by(&fixture, -1, false) > 0.95 * still);
	CHECK(left_by(&fixture, 1, false) < 0.1 * still);
	CHECK(left_by(&fixture, 1, true) > 0.95 * moving);
	tear_down(&fixture);
}

enum { SQUARE = 24, SQUARE_TOP = 24, SQUARE_SPEED = 2 };

/* A square of another texture, left columns into a scene that stands still. */
static void paint_square(struct fixture *fixture, int left)
{
	static float square[COUNT];

	paint(fixture, 7, -left, 0);
	memcpy(square, fixture->frame, sizeof(square));
	paint(fixture, 1, 0, 0);
	for (int y = SQUARE_TOP; y < SQUARE_TOP + SQUARE; y++)
		memcpy(fixture->frame + 3 * (y * WIDTH + left), square + 3 * (y * WIDTH + left),
		       3 * SQUARE * sizeof(float));
}

/* RMS of the detail in a square of the picture. */
static double strength_in_square(const struct fixture *fixture, int left)
{
	double sum = 0;

	for (int y = SQUARE_TOP + 4; y < SQUARE_TOP + SQUARE - 4; y++)
		for (int i = 3 * left; i < 3 * (left + SQUARE); i++) {
			int at = 3 * y * WIDTH + i;
			sum += pow((double)fixture->dream[at] - (double)fixture->frame[at], 2);
		}
	return sqrt(sum / (3 * SQUARE * (SQUARE - 8)));
}

/* With nothing dreamed anew, what the square has left behind must be bare after a second. */
TEST(a_square_that_crosses_the_picture_leaves_no_trail)
{
	struct fixture fixture;
	double first;

	REQUIRE(set_up(&fixture));
	paint_square(&fixture, 8);
	dream(&fixture);
	first = strength_in_square(&fixture, 8);
	fixture.params.step = 0;
	for (int left = 8 + SQUARE_SPEED; left <= 8 + 2 * SQUARE; left += SQUARE_SPEED) {
		paint_square(&fixture, left);
		CHECK(!dream(&fixture).cold);
	}
	CHECK_MESSAGE(strength_in_square(&fixture, 8) < 0.3 * first, "%g of %g in its place",
	              strength_in_square(&fixture, 8), first);
	tear_down(&fixture);
}

static double seconds_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
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
	start = seconds_now();
	second = dream(&fixture);
	took = 1e3 * (seconds_now() - start);
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
	CHECK(rv_travel(fixture.engine, 0, &output, &fixture.error) == RV_INVALID);
	paint(&fixture, 1, 0, 0);
	fixture.params.time.zoom = 2;
	fixture.params.time.pan_x = 0.1f;
	dream(&fixture);
	for (int t = 0; t < 30; t++, fixture.time += frame_time)
		REQUIRE(!rv_travel(fixture.engine, fixture.time, &output, &fixture.error));
	CHECK(strength(&fixture, 0) > 0.05);
	for (int i = 0; i < COUNT; i++)
		brightness += (double)fixture.dream[i] / COUNT;
	CHECK_MESSAGE(fabs(brightness - 0.5) < 0.1, "brightness %g", brightness);
	tear_down(&fixture);
}
