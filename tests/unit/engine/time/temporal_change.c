/* Dreams that go on where size, octaves, flow or more change between two frames. */

#include <math.h>
#include <string.h>

#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

/* A picture of part of the size that shows all of what a frame shows. */
enum { PART_WIDTH = WIDTH * 2 / 3, PART_HEIGHT = HEIGHT * 2 / 3 };

static int full_size(int part)
{
	int x = part / 3 % PART_WIDTH, y = part / 3 / PART_WIDTH;

	return 3 * (y * 3 / 2 * WIDTH + x * 3 / 2) + part % 3;
}

static double norm(const float *values, int count)
{
	double sum = 0;

	for (int i = 0; i < count; i++)
		sum += (double)values[i] * (double)values[i];
	return sqrt(sum);
}

/* Dreams the frame in that size, and keeps the detail. */
static rv_frame_report dream_part(struct fixture *fixture, float *detail)
{
	enum { COUNT_OF_PART = 3 * PART_WIDTH * PART_HEIGHT };
	static float part[COUNT_OF_PART], result[COUNT_OF_PART];
	rv_image input = {RV_RGBF32, PART_WIDTH, PART_HEIGHT, 3 * PART_WIDTH * sizeof(float), part};
	rv_image output = input;

	output.pixels = result;
	for (int i = 0; i < COUNT_OF_PART; i++)
		part[i] = fixture->frame[full_size(i)];
	CHECK_MESSAGE(
		!rv_set_params(fixture->engine, &fixture->params, &fixture->error) &&
			!rv_dream(fixture->engine, &input, fixture->time, &output, &fixture->error),
		"%s", fixture->error.message);
	fixture->time += frame_time;
	for (int i = 0; i < COUNT_OF_PART; i++)
		detail[i] = result[i] - part[i];
	return rv_last_frame(fixture->engine);
}

TEST(a_dream_goes_on_in_another_size)
{
	static float part[COUNT], full[COUNT];
	struct fixture fixture;
	double alike, before, after;
	const int count = 3 * PART_WIDTH * PART_HEIGHT;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	CHECK(dream_part(&fixture, part).cold);
	for (int t = 0; t < 4; t++)
		CHECK(!dream_part(&fixture, part).cold);
	CHECK(!dream(&fixture).cold);
	for (int i = 0; i < count; i++)
		full[i] = fixture.dream[full_size(i)] - fixture.frame[full_size(i)];
	alike = test_cosine(part, full, (size_t)count);
	before = norm(part, count);
	after = norm(full, count);
	CHECK_MESSAGE(alike > 0.7, "likeness %g", alike);
	CHECK_MESSAGE(after > 0.7 * before && after < 1.4 * before, "%g, then %g", before, after);
	CHECK(!dream_part(&fixture, part).cold);
	alike = test_cosine(part, full, (size_t)count);
	CHECK_MESSAGE(alike > 0.7, "likeness %g", alike);
	rv_reset(fixture.engine);
	CHECK(dream(&fixture).cold);
	tear_down(&fixture);
}

TEST(a_dream_begins_anew_in_another_size_than_that_of_a_look)
{
	static float part[COUNT];
	struct fixture fixture;
	rv_image frame;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	frame = image_of(fixture.frame);
	for (int t = 0; t < 2; t++, fixture.time += frame_time)
		CHECK(rv_look(fixture.engine, &frame, fixture.time, &fixture.error) == RV_OK);
	CHECK(dream_part(&fixture, part).cold);
	tear_down(&fixture);
}

/* A dream that was small lacks what is fine in a larger one; not the other way about. */
TEST(an_enlarged_dream_is_begun_where_beginnings_are_spread)
{
	static float part[COUNT];
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.time.onset = 5;
	paint(&fixture, 1, 0, 0);
	for (int t = 0; t < 8; t++)
		CHECK(dream_part(&fixture, part).onset == (t < 5));
	for (int t = 0; t < 6; t++) {
		rv_frame_report report = dream(&fixture);
		CHECK(!report.cold && report.onset == (t < 2));
	}
	for (int t = 0; t < 3; t++)
		CHECK(!dream_part(&fixture, part).onset);
	tear_down(&fixture);
}

/* Were it taken for deeper in a larger picture, it would hardly be dreamed on there. */
TEST(a_dream_is_as_deep_in_another_size)
{
	enum { FIRST = 20, LAST = 60 };
	static float part[COUNT];
	struct fixture fixture;
	double usual = 0;
	int steps = 0;

	REQUIRE(set_up(&fixture));
	fixture.params.iterations = 10;
	for (int t = 0; t < LAST; t++) {
		paint(&fixture, 1, 1.3 * t, 0.4 * t);
		if (t < FIRST)
			dream_part(&fixture, part);
		else
			steps += dream(&fixture).steps;
	}
	for (int octave = 0; octave < fixture.params.octaves; octave++)
		usual += (LAST - FIRST) *
		         rv_warm_steps(&fixture.params.time, fixture.params.iterations, octave);
	CHECK_MESSAGE(steps > usual, "%d steps, usually %g", steps, usual);
	tear_down(&fixture);
}

TEST(a_dream_goes_on_with_other_octaves_and_another_flow)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	CHECK(dream(&fixture).cold);
	fixture.params.octaves = 1;
	CHECK(!dream(&fixture).cold);
	fixture.params.time.flow_quality = RV_FLOW_FAST;
	CHECK(!dream(&fixture).cold);
	fixture.params.objective = RV_OBJECTIVE_MEAN;
	CHECK(!dream(&fixture).cold);
	tear_down(&fixture);
}

/* Even where it had come to rest: the first frame is nearly as before, later ones less and less so,
 * and in the end it is a dream of the other. */
TEST(a_dream_melts_into_another_one)
{
	static float old[COUNT], now[COUNT];
	struct fixture fixture;
	double likeness[4] = {0}, strength;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	for (int t = 0; t < 120; t++)
		dream(&fixture);
	keep_detail(&fixture, old);
	CHECK(rv_last_frame(fixture.engine).steps == 0);
	fixture.params.target_count = 1;
	fixture.params.targets[0] = (rv_target){.weight = -1};
	for (int t = 0; t < 61; t++) {
		CHECK(!dream(&fixture).cold);
		keep_detail(&fixture, now);
		if (t % 20 == 0)
			likeness[t / 20] = test_cosine(old, now, COUNT);
	}
	strength = norm(now, COUNT) / norm(old, COUNT);
	CHECK_MESSAGE(likeness[0] > 0.8, "likeness %g at once", likeness[0]);
	CHECK_MESSAGE(likeness[1] < likeness[0] && likeness[2] < likeness[1], "%g, %g, %g",
	              likeness[0], likeness[1], likeness[2]);
	CHECK_MESSAGE(likeness[3] < 0.4, "likeness %g after two seconds", likeness[3]);
	CHECK_MESSAGE(strength > 0.5 && strength < 1.6, "strength %g", strength);
	tear_down(&fixture);
}

TEST(a_journey_goes_on_with_other_params)
{
	static float before[COUNT];
	struct fixture fixture;
	rv_image output = image_of(fixture.dream);

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	for (int turn = 0; turn < 3; turn++) {
		for (int t = 0; t < 4; t++, fixture.time += frame_time)
			REQUIRE(!rv_journey(fixture.engine, fixture.time, &output, &fixture.error));
		memcpy(before, fixture.dream, sizeof(before));
		fixture.params.octaves = turn == 0 ? 3 : 2;
		fixture.params.objective = turn == 1 ? RV_OBJECTIVE_MEAN : RV_OBJECTIVE_L2;
		REQUIRE(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
		REQUIRE(!rv_journey(fixture.engine, fixture.time, &output, &fixture.error));
		CHECK(!rv_last_frame(fixture.engine).cold);
		double change = test_relative_error(fixture.dream, before, COUNT);
		CHECK_MESSAGE(change > 0 && change < 0.3, "turn %d: changed by %g", turn, change);
	}
	tear_down(&fixture);
}

TEST(a_dream_of_another_size_begins_anew_where_memory_is_limited)
{
	const rv_config config = {.memory_limit = (size_t)1 << 30};
	static float part[COUNT];
	struct fixture fixture;

	REQUIRE(set_up_configured(&fixture, 1, &config));
	paint(&fixture, 1, 0, 0);
	dream_part(&fixture, part);
	CHECK(dream(&fixture).cold);
	tear_down(&fixture);
}

static bool stop_at_once(void *context, double part)
{
	(void)context;
	(void)part;
	return false;
}

TEST(a_frame_that_is_given_up_leaves_a_dream_but_where_memory_is_limited)
{
	for (int limited = 0; limited <= 1; limited++) {
		const rv_config config = {.memory_limit = (size_t)limited << 30};
		struct fixture fixture;
		rv_image image, output;

		REQUIRE(set_up_configured(&fixture, 1, &config));
		paint(&fixture, 1, 0, 0);
		dream(&fixture);
		CHECK(!dream(&fixture).cold);
		paint(&fixture, 2, 1, 0);
		image = image_of(fixture.frame);
		output = image_of(fixture.dream);
		rv_set_progress(fixture.engine, stop_at_once, NULL);
		CHECK(rv_dream(fixture.engine, &image, fixture.time, &output, &fixture.error) ==
		      RV_CANCELLED);
		rv_set_progress(fixture.engine, NULL, NULL);
		paint(&fixture, 1, 0, 0);
		CHECK(dream(&fixture).cold == (limited == 1));
		tear_down(&fixture);
	}
}

struct preparing {
	int told;
	double last;
	bool falls;
	int most; /* calls until it says stop; 0: any */
};

static bool note_preparation(void *context, double part)
{
	struct preparing *preparing = context;

	preparing->told++;
	preparing->falls |= part < preparing->last;
	preparing->last = part;
	return !preparing->most || preparing->told < preparing->most;
}

TEST(what_a_picture_needs_is_prepared_once_and_told)
{
	struct preparing preparing = {0};
	struct fixture fixture;
	int told;

	REQUIRE(set_up(&fixture));
	rv_set_preparation(fixture.engine, note_preparation, &preparing);
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	CHECK(preparing.told > 10 && preparing.last == 1 && !preparing.falls);
	told = preparing.told;
	dream(&fixture);
	CHECK(preparing.told == told);
	fixture.params.octaves = 1;
	preparing.last = 0;
	dream(&fixture);
	CHECK(preparing.told > told && preparing.last == 1 && !preparing.falls);
	tear_down(&fixture);
}

TEST(preparing_can_be_broken_off_and_goes_on)
{
	struct preparing preparing = {.most = 3};
	struct fixture fixture;
	rv_image image, output;

	REQUIRE(set_up(&fixture));
	paint(&fixture, 1, 0, 0);
	dream(&fixture);
	rv_set_preparation(fixture.engine, note_preparation, &preparing);
	fixture.params.octaves = 1;
	REQUIRE(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
	image = image_of(fixture.frame);
	output = image_of(fixture.dream);
	CHECK(rv_dream(fixture.engine, &image, fixture.time, &output, &fixture.error) ==
	      RV_CANCELLED);
	CHECK(preparing.told == 3);
	preparing.most = 0;
	CHECK(!dream(&fixture).cold);
	tear_down(&fixture);
}
