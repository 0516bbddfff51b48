/* Panoramas of all directions: no seam at their sides, no poles, whichever way they are turned. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/random.h"
#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

enum { ROUND = 256, ROWS = ROUND / 2, PIXELS = ROUND * ROWS, FLOATS = 3 * PIXELS };

static const double pi = 3.14159265358979;

/* Two directions of axes, to paint a sphere that knows no up and no front. */
struct pose {
	double x[3], y[3], z[3];
};

static const struct pose upright = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
static const struct pose yawed = {{0, 0, 1}, {0, 1, 0}, {-1, 0, 0}};
static const struct pose pitched = {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}};

static double dot(const double *a, const double *b)
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Waves through space of all directions, seen on the sphere: nowhere torn, and nowhere stretched.
 */
static void paint_sphere(float *pixels, const struct pose *pose, double moved)
{
	enum { WAVES = 24 };
	double waves[WAVES][3], shift[WAVES];
	uint64_t random = 7;

	for (int i = 0; i < WAVES; i++) {
		for (int k = 0; k < 3; k++)
			waves[i][k] = 24 * (2 * random_unit(&random) - 1);
		shift[i] = 2 * pi * random_unit(&random);
	}
	for (int i = 0; i < PIXELS; i++) {
		double east = ((i % ROUND + 0.5) / ROUND - 0.5) * 2 * pi - moved;
		double south = ((i / ROUND + 0.5) / ROWS - 0.5) * pi;
		double at[3] = {cos(south) * sin(east), sin(south), cos(south) * cos(east)};
		double posed[3] = {dot(pose->x, at), dot(pose->y, at), dot(pose->z, at)};
		double sums[3] = {0};
		for (int k = 0; k < WAVES; k++)
			sums[k % 3] += sin(dot(waves[k], posed) + shift[k]);
		for (int c = 0; c < 3; c++)
			pixels[3 * i + c] = (float)fmin(fmax(0.5 + 0.1 * sums[c], 0), 1);
	}
}

static rv_image sphere_image(float *pixels)
{
	return (rv_image){RV_RGBF32, ROUND, ROWS, 3 * ROUND * sizeof(float), pixels};
}

static rv_status dream_sphere(struct fixture *fixture, float *from, float *to, int64_t time)
{
	rv_image in = sphere_image(from), out = sphere_image(to);
	rv_status status = rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	if (status == RV_OK)
		status = rv_dream(fixture->engine, &in, time, &out, &fixture->error);
	for (int i = 0; i < FLOATS; i++)
		to[i] -= from[i];
	return status;
}

static double pixel(const float *detail, int x, int y, int colour)
{
	return (double)detail[3 * (y * ROUND + (x + ROUND) % ROUND) + colour];
}

/* How much more each column jumps to the next one than it rises before that and goes on afterwards,
 * RMS; the last is the jump from the last column to the first. Near the poles columns lie on each
 * other: rows count by their length. */
static void find_jumps(const float *detail, double jumps[ROUND])
{
	for (int x = 0; x < ROUND; x++) {
		double sum = 0, weights = 0;
		for (int i = 0; i < 3 * ROWS; i++) {
			int y = i / 3, c = i % 3;
			double weight = cos(((y + 0.5) / ROWS - 0.5) * pi);
			double before = pixel(detail, x, y, c) - pixel(detail, x - 1, y, c);
			double here = pixel(detail, x + 1, y, c) - pixel(detail, x, y, c);
			double after = pixel(detail, x + 2, y, c) - pixel(detail, x + 1, y, c);
			sum += weight * pow(here - (before + after) / 2, 2);
			weights += weight;
		}
		jumps[x] = sqrt(sum / weights);
	}
}

/* How much quicker the detail changes to the east than to the south, an angle for an angle, in the
 * rows between two latitudes (degrees north of the horizon, on both sides of it). */
static double stretch(const float *detail, double least, double most)
{
	double across = 0, along = 0;

	for (int y = 0; y + 1 < ROWS; y++) {
		double south = ((y + 0.5) / ROWS - 0.5) * 180;
		if (fabs(south) < least || fabs(south) > most)
			continue;
		for (int i = 3 * y * ROUND; i < 3 * (y * ROUND + ROUND - 1); i++) {
			double east = (double)detail[i + 3] - (double)detail[i];
			double down = (double)detail[i + 3 * ROUND] - (double)detail[i];
			across += pow(east / cos(south * pi / 180), 2);
			along += down * down;
		}
	}
	return sqrt(across / along);
}

static double rms_of_rows(const float *detail, double least, double most)
{
	double sum = 0;
	int count = 0;

	for (int i = 0; i < FLOATS; i++) {
		double south = fabs(((i / 3 / ROUND + 0.5) / ROWS - 0.5) * 180);
		if (south < least || south > most)
			continue;
		sum += (double)detail[i] * (double)detail[i];
		count++;
	}
	return sqrt(sum / count);
}

/* Dreams a sphere in a pose as one, and as a flat picture. */
static bool dream_both(const struct pose *pose, float *as_sphere, float *as_flat)
{
	struct fixture fixture;
	float *picture = malloc(FLOATS * sizeof(*picture));
	bool dreamed = picture && set_up(&fixture);

	if (dreamed) {
		paint_sphere(picture, pose, 0);
		fixture.params.octaves = 2;
		fixture.params.iterations = 10;
		fixture.params.sphere = true;
		dreamed = !dream_sphere(&fixture, picture, as_sphere, RV_TIME_NONE);
		fixture.params.sphere = false;
		dreamed = dreamed && !dream_sphere(&fixture, picture, as_flat, RV_TIME_NONE);
		CHECK_MESSAGE(dreamed, "%s", fixture.error.message);
		tear_down(&fixture);
	}
	free(picture);
	return dreamed;
}

static const struct pose *const poses[] = {&upright, &yawed, &pitched};
enum { POSES = sizeof(poses) / sizeof(poses[0]) };

static double largest_but_last(const double jumps[ROUND])
{
	double most = 0;
	for (int x = 0; x < ROUND - 1; x++)
		most = fmax(most, jumps[x]);
	return most;
}

/* Over the three poses; the flat dreams show what a seam is. */
TEST(sphere_has_no_seam_at_its_sides)
{
	float *round = malloc(2 * FLOATS * sizeof(*round)), *flat = round + FLOATS;
	double all[ROUND] = {0}, all_flat[ROUND] = {0};

	for (int i = 0; i < POSES; i++) {
		double jumps[ROUND], flat_jumps[ROUND];
		REQUIRE(round && dream_both(poses[i], round, flat));
		find_jumps(round, jumps);
		find_jumps(flat, flat_jumps);
		CHECK(jumps[ROUND - 1] <= largest_but_last(jumps));
		for (int x = 0; x < ROUND; x++) {
			all[x] = hypot(all[x], jumps[x]);
			all_flat[x] = hypot(all_flat[x], flat_jumps[x]);
		}
	}
	printf("# a jump over the sides %.4f, elsewhere up to %.4f; flat %.4f, %.4f\n",
	       all[ROUND - 1], largest_but_last(all), all_flat[ROUND - 1],
	       largest_but_last(all_flat));
	CHECK(all[ROUND - 1] <= largest_but_last(all));
	CHECK(all_flat[ROUND - 1] > largest_but_last(all_flat));
	free(round);
}

/* A dream that does not know where the poles are is nowhere stretched nor weaker, be they where up
 * and down are or at the front and the back. What is painted is nowhere stretched either;
 * what a flat dream adds is, near the poles, by 1.13 to 1.27. */
TEST(sphere_is_dreamed_alike_wherever_its_poles_lie)
{
	float *round = malloc(2 * FLOATS * sizeof(*round)), *flat = round + FLOATS;

	for (int i = 0; i < POSES; i++) {
		REQUIRE(round && dream_both(poses[i], round, flat));
		double poles = stretch(round, 60, 80) / stretch(round, 0, 30);
		double flat_poles = stretch(flat, 60, 80) / stretch(flat, 0, 30);
		double strength = rms_of_rows(round, 60, 90) / rms_of_rows(round, 0, 30);
		printf("# pose %d: near the poles stretched by %.2f of what it is at the horizon, "
		       "flat %.2f; strength %.2f\n",
		       i, poles, flat_poles, strength);
		CHECK(poles > 1 / 1.1 && poles < 1.1);
		CHECK(flat_poles > 1.1);
		CHECK(strength > 1 / 1.1 && strength < 1.1);
	}
	free(round);
}

/* The scene turns by 1.5 pixels a frame; what inherits goes over the sides with it. */
TEST(sphere_has_no_seam_in_time)
{
	struct fixture fixture;
	float *picture = malloc(2 * FLOATS * sizeof(*picture)), *detail = picture + FLOATS;
	double jumps[ROUND];

	REQUIRE(picture && set_up(&fixture));
	fixture.params.sphere = true;
	for (int i = 0; i < 12; i++) {
		paint_sphere(picture, &upright, 1.5 * i * 2 * pi / ROUND);
		REQUIRE(!dream_sphere(&fixture, picture, detail, i * frame_time));
		CHECK(rv_last_frame(fixture.engine).cold == (i == 0));
		find_jumps(detail, jumps);
		CHECK_MESSAGE(jumps[ROUND - 1] <= largest_but_last(jumps),
		              "frame %d: %.4f at the sides, elsewhere up to %.4f", i,
		              jumps[ROUND - 1], largest_but_last(jumps));
	}
	tear_down(&fixture);
	free(picture);
}

/* A quarter of a turn in 16 frames, each of which goes on from the last dream alone: what came in
 * over the side is as good as what was there. */
TEST(sphere_goes_on_a_journey_about_its_axis)
{
	struct fixture fixture;
	float *picture = malloc(2 * FLOATS * sizeof(*picture)), *dreamed = picture + FLOATS;
	rv_image image;
	double jumps[ROUND];

	REQUIRE(picture && set_up(&fixture));
	fixture.params.sphere = true;
	fixture.params.time.pan_x = (float)(1e9 / (double)frame_time / 64);
	paint_sphere(picture, &upright, 0);
	REQUIRE(!dream_sphere(&fixture, picture, dreamed, 0));
	image = sphere_image(dreamed);
	for (int i = 1; i <= 16; i++)
		REQUIRE(!rv_journey(fixture.engine, i * frame_time, &image, &fixture.error));
	find_jumps(dreamed, jumps);
	CHECK_MESSAGE(jumps[ROUND - 1] <= largest_but_last(jumps), "%.4f, elsewhere up to %.4f",
	              jumps[ROUND - 1], largest_but_last(jumps));
	/* The front has come to the right: what is a quarter further right is most like it. */
	double like = 0, unlike = 0;
	for (int i = 0; i < PIXELS; i++) {
		int x = i % ROUND, row = i / ROUND * ROUND;
		double was = pixel(picture, x - ROUND / 4, i / ROUND, 1) - 0.5;
		like += was * ((double)dreamed[3 * (row + x) + 1] - 0.5);
		unlike += fabs(pixel(picture, x + ROUND / 4, i / ROUND, 1) - 0.5) *
		          ((double)dreamed[3 * (row + x) + 1] - 0.5);
	}
	CHECK(like > 4 * fabs(unlike));
	tear_down(&fixture);
	free(picture);
}

TEST(sphere_is_dreamed_in_a_mask)
{
	struct fixture fixture;
	float *picture = malloc(3 * FLOATS * sizeof(*picture)), *detail = picture + FLOATS;
	float *mask = detail + FLOATS;

	REQUIRE(picture && set_up(&fixture));
	paint_sphere(picture, &upright, 0);
	for (int i = 0; i < FLOATS; i++)
		mask[i] = (float)(i / 3 % ROUND < ROUND / 4);
	rv_image image = sphere_image(mask);
	REQUIRE(!rv_set_picture(fixture.engine, 0, &image, &fixture.error));
	fixture.params.sphere = true;
	fixture.params.mask = 1;
	REQUIRE(!dream_sphere(&fixture, picture, detail, RV_TIME_NONE));
	for (int x = 0; x < ROUND; x++) {
		double most = 0;
		for (int y = 0; y < ROWS; y++)
			for (int c = 0; c < 3; c++)
				most = fmax(most, fabs((double)detail[3 * (y * ROUND + x) + c]));
		if (x > 1 && x < ROUND / 4 - 2)
			CHECK(most > 0.05);
		if (x > ROUND / 4 + 1 && x < ROUND - 2)
			CHECK(most < 1e-6);
	}
	tear_down(&fixture);
	free(picture);
}

TEST(sphere_of_a_few_pixels_is_dreamed_or_refused)
{
	struct fixture fixture;
	float pixels[3 * 4 * 4] = {0};

	REQUIRE(set_up(&fixture));
	fixture.params.sphere = true;
	fixture.params.time.on = false;
	REQUIRE(rv_set_params(fixture.engine, &fixture.params, &fixture.error) == RV_OK);
	for (int height = 1; height <= 4; height++)
		for (int width = 1; width <= 4; width++) {
			rv_image image = {RV_RGBF32, width, height,
			                  3 * (size_t)width * sizeof(float), pixels};
			rv_status status = rv_dream(fixture.engine, &image, RV_TIME_NONE, &image,
			                            &fixture.error);
			if (width < 4 || height < 2)
				CHECK_MESSAGE(status == RV_INVALID, "%dx%d", width, height);
			else
				CHECK_MESSAGE(status == RV_OK || status == RV_INVALID, "%dx%d: %s",
				              width, height, fixture.error.message);
		}
	tear_down(&fixture);
}

TEST(sphere_refuses_what_would_tear_it)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.sphere = true;
	fixture.params.time.zoom = 1.1f;
	CHECK(rv_set_params(fixture.engine, &fixture.params, &fixture.error) == RV_UNSUPPORTED);
	fixture.params.time.zoom = 1;
	fixture.params.resize = 0.1f;
	CHECK(rv_set_params(fixture.engine, &fixture.params, &fixture.error) == RV_UNSUPPORTED);
	fixture.params.resize = 0;
	CHECK(rv_set_params(fixture.engine, &fixture.params, &fixture.error) == RV_OK);
	tear_down(&fixture);
}
