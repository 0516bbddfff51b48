/* What can be dreamed of, through the public interface, on a small classifier made here. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/target_fixture.h"
#include "tests/support/test.h"

/* ---- equal strength ---- */

/* What a dream of one step added, of unit length. */
static bool find_step(struct target_fixture *fixture, double *step)
{
	double square = 0;

	if (!target_dream(fixture))
		return false;
	for (int i = 0; i < COUNT; i++) {
		step[i] = (double)fixture->dream[i] - (double)fixture->picture[i];
		square += step[i] * step[i];
	}
	for (int i = 0; i < COUNT; i++)
		step[i] /= sqrt(square);
	return square > 0;
}

static double product(const double *a, const double *b)
{
	double sum = 0;

	for (int i = 0; i < COUNT; i++)
		sum += a[i] * b[i];
	return sum;
}

/* The gradients of the two layers differ in strength by far; alone each makes a step of its own,
 * and together the sum of the two, by their weights. Nothing is clipped, so that a step is the
 * gradient but for its length: single floats, in a picture near 1, leave 1e-7 / 0.002 of a step's
 * 0.002. */
TEST(targets_of_different_layers_are_equally_strong)
{
	static double high[COUNT], low[COUNT], both[COUNT];
	static const float weights[] = {1, 3, -0.5f};
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.iterations = 1;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	REQUIRE(find_step(&fixture, high));
	target_make(&fixture, 0, "low", RV_TARGET_LAYER);
	REQUIRE(find_step(&fixture, low));
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	target_make(&fixture, 1, "low", RV_TARGET_LAYER);
	for (int i = 0; i < 3; i++) {
		double square = 0, sum[COUNT];
		fixture.params.targets[1].weight = weights[i];
		REQUIRE(find_step(&fixture, both));
		for (int k = 0; k < COUNT; k++) {
			sum[k] = high[k] + (double)weights[i] * low[k];
			square += sum[k] * sum[k];
		}
		CHECK_MESSAGE(product(both, sum) / sqrt(square) > 0.9999,
		              "weight %g: the step is off by a cosine of %g", (double)weights[i],
		              product(both, sum) / sqrt(square));
	}
	target_tear_down(&fixture);
}

/* ---- classes ---- */

static double part_of_class(struct target_fixture *fixture, float *pixels, int class)
{
	rv_array array = target_look(fixture, pixels, "classes");
	double part = array.data ? (double)array.data[class] : 0;

	rv_array_release(&array);
	return part;
}

TEST(a_class_rises_in_pictures_of_any_size)
{
	static const int sizes[][2] = {{WIDTH, HEIGHT}, {9, 7}, {20, 31}};
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.iterations = 20;
	target_make(&fixture, 0, "", RV_TARGET_CLASS);
	fixture.params.targets[0].channel_count = 1;
	for (int i = 0; i < 3; i++)
		for (int class = 0; class < CLASSES; class += 3) {
			double before;
			fixture.width = sizes[i][0];
			fixture.height = sizes[i][1];
			fixture.params.targets[0].channels[0] = class;
			before = part_of_class(&fixture, fixture.picture, class);
			REQUIRE(target_dream(&fixture));
			CHECK(part_of_class(&fixture, fixture.dream, class) > before + 0.02);
		}
	target_tear_down(&fixture);
}

/* ---- places and masks ---- */

/* The largest change of a value. */
static float largest_change(const struct target_fixture *fixture)
{
	size_t count = 3 * (size_t)fixture->width * (size_t)fixture->height;
	float largest = 0;

	for (size_t i = 0; i < count; i++)
		largest = fmaxf(largest, fabsf(fixture->dream[i] - fixture->picture[i]));
	return largest;
}

/* Whether the dream differs from the picture at a pixel by more than `rounding`. */
static bool is_changed(const struct target_fixture *fixture, int x, int y, float rounding)
{
	size_t at = 3 * ((size_t)y * (size_t)fixture->width + (size_t)x);

	for (size_t i = at; i < at + 3; i++)
		if (fabsf(fixture->dream[i] - fixture->picture[i]) > rounding)
			return true;
	return false;
}

/* Of the largest change, what convolutions in tiles may leave where there is none: each of the few
 * on the way may be wrong by 5e-6 of its largest value. */
static const float rounded = 5e-5f;

/* A pixel of "high" lies on 2x2 of the picture and sees two more of "pooled", and four of "low",
 * and so five of the picture, to each side. */
TEST(a_neuron_is_raised_where_it_is_whatever_the_jitter)
{
	struct target_fixture fixture;
	int changed = 0, beside = 0;
	float rounding;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.jitter = 7;
	fixture.params.mirror = true;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	target_make(&fixture, 0, "high", RV_TARGET_NEURON);
	fixture.params.targets[0].where = RV_AT_PLACE;
	fixture.params.targets[0].x = 30.5f / WIDTH;
	fixture.params.targets[0].y = 12.5f / HEIGHT;
	REQUIRE(target_dream(&fixture));
	rounding = rounded * largest_change(&fixture);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			changed += is_changed(&fixture, x, y, rounding);
			beside += is_changed(&fixture, x, y, rounding) &&
			          (abs(x - 30) > 6 || abs(y - 12) > 6);
		}
	CHECK_MESSAGE(changed >= 16 && !beside, "%d changed, %d beside it", changed, beside);
	target_tear_down(&fixture);
}

TEST(a_target_in_a_mask_leaves_the_rest)
{
	static float mask[COUNT];
	struct target_fixture fixture;
	rv_image image;
	int changed = 0, beside = 0;
	float rounding;

	REQUIRE(target_set_up(&fixture, true));
	for (int i = 0; i < COUNT; i++)
		mask[i] = i / 3 % WIDTH < WIDTH / 2;
	image = target_image(&fixture, mask);
	fixture.params.jitter = 7;
	fixture.params.mirror = true;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	target_make(&fixture, 0, "high", RV_TARGET_LAYER);
	fixture.params.targets[0].where = RV_IN_MASK;
	fixture.params.targets[0].mask = 3;
	REQUIRE(!rv_set_picture(fixture.engine, 3, &image, &fixture.error));
	REQUIRE(target_dream(&fixture));
	rounding = rounded * largest_change(&fixture);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			changed += is_changed(&fixture, x, y, rounding);
			beside += is_changed(&fixture, x, y, rounding) && x >= WIDTH / 2 + 7 &&
			          x <= WIDTH - 7;
		}
	CHECK_MESSAGE(changed > WIDTH * HEIGHT * 4 / 10 && !beside, "%d changed, %d beside it",
	              changed, beside);
	target_tear_down(&fixture);
}

/* 8 bits, so that what is not dreamed comes back exactly; soft in the middle third. */
TEST(outside_a_mask_of_the_whole_nothing_changes)
{
	static unsigned char picture[COUNT], output[COUNT], mask[COUNT];
	static const rv_normalisation ways[] = {RV_NORMALISE_BANDS, RV_NORMALISE_MEAN_ABS};
	struct target_fixture fixture;
	rv_image image = {RV_RGB8, WIDTH, HEIGHT, 3 * (size_t)WIDTH, picture};
	rv_image dreamed = image, white = image;

	REQUIRE(target_set_up(&fixture, true));
	for (int i = 0; i < COUNT; i++)
		picture[i] = (unsigned char)(255 * fixture.picture[i]);
	dreamed.pixels = output;
	white.pixels = mask;
	fixture.params.octaves = 3;
	fixture.params.jitter = 7;
	fixture.params.step = 0.1f;
	fixture.params.mask = 3;
	for (int turn = 0; turn < 4; turn++) {
		int inside = 0, outside = 0, soft = 0;
		bool left = turn % 2;
		for (int i = 0; i < COUNT; i++) {
			int x = i / 3 % WIDTH, from_edge = left ? 2 * WIDTH / 3 - x : x - WIDTH / 3;
			int value = from_edge * 255 / (WIDTH / 3);
			mask[i] = (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
		}
		fixture.params.normalisation = ways[turn / 2];
		REQUIRE(!rv_set_picture(fixture.engine, 2, &white, &fixture.error));
		REQUIRE(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
		REQUIRE(!rv_dream(fixture.engine, &image, RV_TIME_NONE, &dreamed, &fixture.error));
		for (int i = 0; i < COUNT; i++) {
			int change = abs(output[i] - picture[i]);
			*(mask[i] == 0 ? &outside : mask[i] == 255 ? &inside : &soft) += change;
		}
		CHECK_MESSAGE(!outside && inside > 5 * COUNT / 3 && soft > COUNT / 3,
		              "turn %d: %d outside, %d inside, %d between", turn, outside, inside,
		              soft);
	}
	target_tear_down(&fixture);
}

/* ---- features ---- */

static double product_of(const rv_array *a, const rv_array *b)
{
	double sum = 0;

	for (int i = 0; i < a->channels * a->height * a->width; i++)
		sum += (double)a->data[i] * (double)b->data[i];
	return sum;
}

TEST(a_caricature_has_more_of_what_is_there_whatever_the_jitter)
{
	static const int jitters[] = {0, 6};
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	target_make(&fixture, 0, "high", RV_TARGET_CARICATURE);
	fixture.params.targets[0].power = 2;
	fixture.params.iterations = 10;
	for (int i = 0; i < 2; i++) {
		rv_array before, after;
		fixture.params.jitter = jitters[i];
		REQUIRE(target_dream(&fixture));
		before = target_look(&fixture, fixture.picture, "high");
		after = target_look(&fixture, fixture.dream, "high");
		CHECK(product_of(&before, &after) > 1.15 * product_of(&before, &before));
		rv_array_release(&before);
		rv_array_release(&after);
	}
	target_tear_down(&fixture);
}

TEST(a_direction_is_followed_everywhere)
{
	float numbers[FEATURES];
	double sums[2];
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	for (int c = 0; c < FEATURES; c++)
		numbers[c] = c % 3 ? -0.4f : 1;
	target_make(&fixture, 0, "high", RV_TARGET_DIRECTION);
	REQUIRE(!rv_set_numbers(fixture.engine, 0, numbers, FEATURES, &fixture.error));
	REQUIRE(target_dream(&fixture));
	for (int i = 0; i < 2; i++) {
		rv_array array = target_look(&fixture, i ? fixture.dream : fixture.picture, "high");
		int places = array.width * array.height;
		sums[i] = 0;
		for (int k = 0; k < FEATURES * places; k++)
			sums[i] += (double)array.data[k] * (double)numbers[k / places];
		rv_array_release(&array);
	}
	CHECK_MESSAGE(sums[1] > sums[0] + 0.1 * fabs(sums[0]), "%g from %g", sums[1], sums[0]);
	target_tear_down(&fixture);
}

/* ---- steps that see the picture turned, and are held back ---- */

static double response(struct target_fixture *fixture, float *pixels)
{
	rv_array array = target_look(fixture, pixels, "high");
	double sum = product_of(&array, &array);

	rv_array_release(&array);
	return sum;
}

TEST(steps_that_see_the_picture_turned_raise_their_layer)
{
	static const rv_target_kind kinds[] = {RV_TARGET_LAYER, RV_TARGET_CARICATURE};
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.turn = 20;
	fixture.params.resize = 0.2f;
	fixture.params.jitter = 3;
	fixture.params.iterations = 10;
	for (int i = 0; i < 2; i++) {
		target_make(&fixture, 0, "high", kinds[i]);
		REQUIRE(target_dream(&fixture));
		CHECK(response(&fixture, fixture.dream) >
		      1.3 * response(&fixture, fixture.picture));
	}
	target_tear_down(&fixture);
}

/* What was dreamed: the mean of its differences from pixel to pixel, and of its size. */
static void measure_dream(const struct target_fixture *fixture, double *rough, double *size)
{
	*rough = *size = 0;
	for (int i = 0; i < COUNT - 3; i++) {
		double here = (double)fixture->dream[i] - (double)fixture->picture[i];
		double next = (double)fixture->dream[i + 3] - (double)fixture->picture[i + 3];
		*rough += fabs(next - here) / COUNT;
		*size += fabs(here) / COUNT;
	}
}

TEST(priors_hold_a_dream_back)
{
	struct target_fixture fixture;
	double rough[3], size[3];

	REQUIRE(target_set_up(&fixture, true));
	fixture.params.iterations = 15;
	for (int i = 0; i < 3; i++) {
		fixture.params.smoothness = i == 1 ? 1 : 0;
		fixture.params.fidelity = i == 2 ? 10 : 0;
		REQUIRE(target_dream(&fixture));
		measure_dream(&fixture, &rough[i], &size[i]);
	}
	CHECK_MESSAGE(rough[1] / size[1] < 0.8 * rough[0] / size[0], "%g of %g, and %g of %g",
	              rough[1], size[1], rough[0], size[0]);
	CHECK_MESSAGE(size[2] < 0.7 * size[0], "%g, and %g", size[2], size[0]);
	target_tear_down(&fixture);
}

/* ---- refusals ---- */

static bool refused(struct target_fixture *fixture, rv_status status, const char *words)
{
	rv_status found = rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	if (found == status && strstr(fixture->error.message, words))
		return true;
	printf("# %d: %s\n", (int)found, fixture->error.message);
	return false;
}

TEST(targets_that_cannot_be_dreamed_say_why)
{
	static const float numbers[3];
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, true));
	target_make(&fixture, 0, "", RV_TARGET_CLASS);
	CHECK(refused(&fixture, RV_INVALID, "a class is wanted, but not which"));
	fixture.params.targets[0].channel_count = 1;
	fixture.params.targets[0].channels[0] = CLASSES;
	CHECK(refused(&fixture, RV_INVALID, "no class 10"));
	target_make(&fixture, 0, "high", RV_TARGET_GUIDE);
	CHECK(refused(&fixture, RV_INVALID, "the guide has no picture"));
	fixture.params.targets[0].slot = RV_SLOTS_MAX;
	CHECK(refused(&fixture, RV_INVALID, "slot 20"));
	target_make(&fixture, 0, "high", RV_TARGET_DIRECTION);
	CHECK(refused(&fixture, RV_INVALID, "no numbers"));
	REQUIRE(!rv_set_numbers(fixture.engine, 0, numbers, 3, &fixture.error));
	CHECK(refused(&fixture, RV_INVALID, "3 numbers, but layer high has 24"));
	target_make(&fixture, 0, "high", RV_TARGET_CARICATURE);
	fixture.params.targets[0].power = NAN;
	CHECK(refused(&fixture, RV_INVALID, "power"));
	target_make(&fixture, 0, "high", RV_TARGET_NEURON);
	fixture.params.targets[0].where = RV_AT_PLACE;
	fixture.params.targets[0].x = 1.5f;
	CHECK(refused(&fixture, RV_INVALID, "the place 1.5,0"));
	fixture.params.targets[0].where = RV_IN_MASK;
	CHECK(refused(&fixture, RV_INVALID, "the mask has no picture"));
	target_tear_down(&fixture);
}

TEST(a_network_without_classes_says_so)
{
	struct target_fixture fixture;

	REQUIRE(target_set_up(&fixture, false));
	target_make(&fixture, 0, "", RV_TARGET_CLASS);
	fixture.params.targets[0].channel_count = 1;
	CHECK(refused(&fixture, RV_UNSUPPORTED, "tells no classes"));
	target_tear_down(&fixture);
}
