/* Octaves that are larger than the picture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/device_fixture.h"
#include "tests/support/target_fixture.h"
#include "tests/support/test.h"

enum { TWICE = 4 * COUNT };

/* Values from -1 to 1, brought from one size to another as the engine does. */
static bool resize(const float *from, int width, int height, float *to, int to_width, int to_height)
{
	struct recording recording;
	bool done = recording_start(&recording);

	if (!done)
		return false;
	struct raster source = recording_raster(&recording, from, width, height);
	struct raster target = raster_record_own(&recording.recorder, to_width, to_height);
	recording.recorder.scratch_bytes = raster_bytes(width + to_width, height + to_height);
	recording.recorder.scratch =
		record_own_buffer(&recording.recorder, recording.recorder.scratch_bytes, NULL);
	raster_record_resize(&recording.recorder, &source, &target);
	done = recording_run(&recording) && recording_read_raster(&recording, &target, to);
	recording_end(&recording);
	return done;
}

/* What dreaming adds to the fixture's picture where that is enlarged by hand before and what was
 * added is shrunk afterwards; to be freed. */
static float *add_by_hand(struct target_fixture *fixture)
{
	float *signs = calloc(COUNT, sizeof(*signs)), *twice = calloc(TWICE, sizeof(*twice));
	float *dream = calloc(TWICE, sizeof(*dream)), *added = calloc(COUNT, sizeof(*added));
	const size_t stride = 6 * WIDTH * sizeof(float);
	const rv_image in = {RV_RGBF32, 2 * WIDTH, 2 * HEIGHT, stride, twice};
	const rv_image out = {RV_RGBF32, 2 * WIDTH, 2 * HEIGHT, stride, dream};
	bool done = signs && twice && dream && added;

	for (int i = 0; i < COUNT && done; i++)
		signs[i] = 2 * fixture->picture[i] - 1;
	done = done && resize(signs, WIDTH, HEIGHT, twice, 2 * WIDTH, 2 * HEIGHT);
	for (int i = 0; i < TWICE && done; i++)
		twice[i] = (twice[i] + 1) / 2;
	done = done && rv_set_params(fixture->engine, &fixture->params, &fixture->error) == RV_OK &&
	       rv_dream(fixture->engine, &in, RV_TIME_NONE, &out, &fixture->error) == RV_OK;
	for (int i = 0; i < TWICE && done; i++)
		dream[i] -= twice[i];
	done = done && resize(dream, 2 * WIDTH, 2 * HEIGHT, added, WIDTH, HEIGHT);
	CHECK_MESSAGE(done, "%s", fixture->error.message);
	free(signs);
	free(twice);
	free(dream);
	return added;
}

/* The picture is far from black and white, where values would be cut off. Floats of a few steps. */
TEST(a_larger_octave_is_that_of_the_enlarged_picture)
{
	struct target_fixture fixture;
	double worst = 0, most = 0;
	float *added;

	REQUIRE(target_set_up(&fixture, false));
	for (int i = 0; i < COUNT; i++)
		fixture.picture[i] = 0.3f + 0.4f * fixture.picture[i];
	fixture.params.octave_scale = 2;
	added = add_by_hand(&fixture);
	fixture.params.octaves_above = 1;
	REQUIRE(added && target_dream(&fixture));
	for (int i = 0; i < COUNT; i++) {
		double own = (double)fixture.dream[i] - (double)fixture.picture[i];
		worst = fmax(worst, fabs(own - (double)added[i]));
		most = fmax(most, fabs(own));
	}
	CHECK(most > 0.01);
	CHECK_MESSAGE(worst < 1e-4 * most, "%g of %g", worst, most);
	free(added);
	target_tear_down(&fixture);
}

/* All that was not dreamed is as it was but for rounding: in no step, and outside a mask. */
static bool is_same(const float *a, const float *b, int count)
{
	for (int i = 0; i < count; i++)
		if (!(fabs((double)a[i] - (double)b[i]) < 1e-6))
			return false;
	return true;
}

TEST(larger_octaves_leave_what_is_not_dreamed)
{
	static const float mask[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
	struct target_fixture fixture;
	const rv_image image = {RV_RGBF32, 4, 1, sizeof(mask), (void *)mask};

	REQUIRE(target_set_up(&fixture, false));
	for (int i = 0; i < COUNT; i++)
		fixture.picture[i] = 0.3f + 0.4f * fixture.picture[i];
	fixture.params.octaves = 3;
	fixture.params.octaves_above = 2;
	fixture.params.step = 0;
	REQUIRE(target_dream(&fixture));
	CHECK(is_same(fixture.dream, fixture.picture, COUNT));
	fixture.params.step = 0.02f;
	fixture.params.mask = 1;
	REQUIRE(rv_set_picture(fixture.engine, 0, &image, &fixture.error) == RV_OK);
	REQUIRE(target_dream(&fixture));
	for (int y = 0; y < HEIGHT; y++) {
		const float *was = fixture.picture + y * 3 * WIDTH;
		const float *is = fixture.dream + y * 3 * WIDTH;
		CHECK(is_same(is, was, 9));
		CHECK(!is_same(is + 3 * WIDTH - 9, was + 3 * WIDTH - 9, 9));
	}
	target_tear_down(&fixture);
}

/* Three frames in time, of which the last is left in fixture->dream. */
static bool dream_in_time(struct target_fixture *fixture)
{
	const rv_image in = target_image(fixture, fixture->picture);
	const rv_image out = target_image(fixture, fixture->dream);
	bool done = !rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	for (int i = 0; i < 3 && done; i++)
		done = !rv_dream(fixture->engine, &in, i * 40000000LL, &out, &fixture->error);
	CHECK_MESSAGE(done, "%s", fixture->error.message);
	return done;
}

/* Where memory is limited buffers serve several ends. */
TEST(larger_octaves_are_the_same_where_memory_is_limited)
{
	struct target_fixture fixture;
	static float unlimited[COUNT];
	rv_config config = test_config();

	REQUIRE(target_set_up(&fixture, false));
	fixture.params.octaves = 3;
	fixture.params.octaves_above = 1;
	fixture.params.time.on = true;
	fixture.params.time.warm_steps = 2;
	REQUIRE(dream_in_time(&fixture));
	memcpy(unlimited, fixture.dream, sizeof(unlimited));
	CHECK(!is_same(unlimited, fixture.picture, COUNT));
	rv_destroy(&fixture.engine);
	config.memory_limit = (uint64_t)1 << 31;
	REQUIRE(!rv_create(&fixture.engine, fixture.model, &config, &fixture.error));
	REQUIRE(dream_in_time(&fixture));
	CHECK(is_same(fixture.dream, unlimited, COUNT));
	target_tear_down(&fixture);
}

/* Where a journey of half a second without steps comes to that pans by half a width a second. */
static bool pan(struct target_fixture *fixture, int above, float *shown)
{
	const rv_image out = target_image(fixture, shown);
	bool done;

	fixture->params.octaves_above = above;
	done = dream_in_time(fixture) &&
	       !rv_journey(fixture->engine, 580000000LL, &out, &fixture->error);
	CHECK_MESSAGE(done, "%s", fixture->error.message);
	return done;
}

static double distance(const float *a, const float *b)
{
	double sum = 0;

	for (int i = 0; i < COUNT; i++)
		sum += fabs((double)a[i] - (double)b[i]);
	return sum / COUNT;
}

TEST(larger_octaves_move_with_a_journey)
{
	static float plain[COUNT], larger[COUNT];
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, false));
	for (int y = 0; y < HEIGHT; y++)
		for (int i = 0; i < 3 * WIDTH; i++)
			fixture.picture[y * 3 * WIDTH + i] =
				0.5f + 0.3f * sinf(0.4f * (float)(i / 3) + 0.2f * (float)y);
	fixture.params.step = 0;
	fixture.params.time.on = true;
	fixture.params.time.pan_x = 0.5f;
	REQUIRE(pan(&fixture, 0, plain) && pan(&fixture, 1, larger));
	double far = distance(plain, fixture.picture), near = distance(larger, plain);
	CHECK(far > 0.05);
	CHECK_MESSAGE(near < 0.1 * far, "%g of %g", near, far);
	target_tear_down(&fixture);
}

/* In time, of a sphere, and with another size from one frame to the next. */
TEST(larger_octaves_go_on_in_time)
{
	struct target_fixture fixture;
	rv_image in, out;

	REQUIRE(target_set_up(&fixture, false));
	fixture.params.octaves = 3;
	fixture.params.octaves_above = 1;
	fixture.params.time.on = true;
	in = target_image(&fixture, fixture.picture);
	out = target_image(&fixture, fixture.dream);
	for (int sphere = 0; sphere < 2; sphere++) {
		fixture.params.sphere = sphere;
		REQUIRE(rv_set_params(fixture.engine, &fixture.params, &fixture.error) == RV_OK);
		for (int i = 0; i < 4; i++) {
			in.width = out.width = i == 3 ? WIDTH - 8 : WIDTH;
			CHECK(rv_dream(fixture.engine, &in, i * 40000000LL, &out, &fixture.error) ==
			      RV_OK);
			CHECK(i == 0 || !rv_last_frame(fixture.engine).cold);
		}
	}
	target_tear_down(&fixture);
}
