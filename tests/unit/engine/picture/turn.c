/* Turned pictures: where pixels go, and that gradients go the same way back. */
#include "engine/picture/turn.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { WIDTH = 23, HEIGHT = 17, COUNT = 3 * WIDTH * HEIGHT };

static bool run(bool back, const float *in, float *out, const struct turn_view *view)
{
	struct recording recording;
	bool ok = false;

	if (recording_start(&recording)) {
		struct raster from = recording_raster(&recording, in, WIDTH, HEIGHT);
		struct raster to = raster_record_own(&recording.recorder, WIDTH, HEIGHT);
		int launch = back ? turn_record_back(&recording.recorder, &from, &to)
		                  : turn_record(&recording.recorder, &from, &to);
		if (recording.recorder.status == RV_OK)
			turn_set(&recording.list.launches[launch], view);
		ok = recording_run(&recording) && recording_read_raster(&recording, &to, out);
		recording_end(&recording);
	}
	return ok;
}

static const struct turn_view turns[] = {
	{0, 1, false},       {0.3f, 1, false}, {-0.2f, 0.7f, false}, {0.1f, 1.5f, false},
	{0.8f, 0.6f, false}, {0, 1, true},     {0.3f, 0.8f, true},
};
enum { TURNS = sizeof(turns) / sizeof(turns[0]) };

TEST(turn_of_nothing_changes_nothing)
{
	float *in = random_floats(COUNT, -1, 1, 3), out[COUNT];

	for (int back = 0; back < 2; back++) {
		REQUIRE(run(back, in, out, &turns[0]));
		for (int i = 0; i < COUNT; i++)
			CHECK(out[i] == in[i]);
	}
	free(in);
}

TEST(mirrored_left_is_right)
{
	const struct turn_view mirrored = {0, 1, true};
	float *in = random_floats(COUNT, -1, 1, 4), out[COUNT];

	for (int back = 0; back < 2; back++) {
		REQUIRE(run(back, in, out, &mirrored));
		for (int i = 0; i < COUNT; i++) {
			int x = i / 3 % WIDTH, other = i + 3 * (WIDTH - 1 - 2 * x);
			CHECK(out[i] == in[other]);
		}
	}
	free(in);
}

/* A quarter of a turn about the middle of a square part. */
TEST(turn_goes_about_the_middle)
{
	float in[COUNT] = {0}, out[COUNT];

	in[3 * (8 * WIDTH + 15)] = 1; /* four right of the middle, (11, 8) */
	REQUIRE(run(false, in, out, &(struct turn_view){acosf(0), 1, false}));
	CHECK(fabsf(out[3 * (4 * WIDTH + 11)] - 1) < 1e-5f);
}

/* A linear map and its transpose: <turn(a), b> == <a, back(b)>. Floats of 391 pixels. */
TEST(turn_back_is_the_transpose)
{
	float *a = random_floats(COUNT, -1, 1, 5), *b = random_floats(COUNT, -1, 1, 6);
	float turned[COUNT], back[COUNT];

	for (int i = 0; i < TURNS; i++) {
		double first = 0, second = 0;
		REQUIRE(run(false, a, turned, &turns[i]) && run(true, b, back, &turns[i]));
		for (int k = 0; k < COUNT; k++) {
			first += (double)turned[k] * (double)b[k];
			second += (double)a[k] * (double)back[k];
		}
		CHECK_MESSAGE(fabs(first - second) < 1e-4, "%g, %g: %g and %g",
		              (double)turns[i].angle, (double)turns[i].scale, first, second);
	}
	free(a);
	free(b);
}
