/* Convolutions by pairs of bfloat16, on processors that multiply them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/convolution/race.h"
#include "engine/convolution/winograd_transform.h"
#include "engine/opencl/precision.h"
#include "tests/support/convolution_fixture.h"
#include "tests/support/convolution_scene.h"
#include "tests/support/test.h"

/* Sizes that are no multiple of a tile, channels that are none of a vector, joined parts, phases,
 * strides, dilations, groups written out, masks, a window wider than the picture; sums of up to 800
 * products. */
/* clang-format off */
static const struct convolution_case cases[] = {
	{1, 1, 1, {1}, {.height = 1, .width = 1}, .groups = 1},
	{2, 3, 5, {7}, {.height = 1, .width = 1}, .groups = 1, .accumulate = true, .masked = true},
	{7, 5, 48, {48, 17, 80}, {.height = 1, .width = 1}, .groups = 1, .masked = true},
	{11, 13, 32, {80, 17}, {.height = 3, .width = 2, .stride_y = 2, .pad_top = 1}, .groups = 1,
	 .accumulate = true, .masked = true},
	{9, 11, 32, {96}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
	 .pad_bottom = 2, .pad_right = 2}, .groups = 1},
	{7, 8, 16, {24}, {.height = 1, .width = 1, .stride_y = 3, .stride_x = 2}, .groups = 1,
	 .accumulate = true, .masked = true},
	{12, 11, 10, {12}, {.height = 3, .width = 3, .dilation_y = 2, .dilation_x = 3,
	 .pad_top = 2, .pad_left = 1, .pad_right = 2}, .groups = 1, .no_bias = true},
	{8, 9, 12, {6}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2}, .groups = 3},
	{2, 2, 16, {16}, {.height = 5, .width = 5, .pad_top = 4, .pad_left = 4,
	 .pad_bottom = 4, .pad_right = 4}, .groups = 1},
};
static const struct convolution_case windows[] = {
	{13, 10, 33, {50}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1}, .groups = 1},
	{10, 11, 16, {20, 30}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
	 .pad_bottom = 2, .pad_right = 2}, .groups = 1},
	{6, 19, 64, {24}, {.height = 1, .width = 7, .pad_left = 3, .pad_right = 3}, .groups = 1},
	{15, 5, 20, {40}, {.height = 7, .width = 1, .pad_top = 3, .pad_bottom = 3}, .groups = 1},
	{11, 4, 24, {16}, {.height = 3, .width = 1, .pad_top = 1, .pad_bottom = 1}, .groups = 1},
};
/* clang-format on */

enum { CASES = sizeof(cases) / sizeof(cases[0]), WINDOWS = sizeof(windows) / sizeof(windows[0]) };

static void convolve_winograd(struct launch_recorder *recorder, struct weights_cache *weights,
                              const struct convolution_problem *problem, struct register_tile tile)
{
	if (problem->backward) {
		convolution_winograd(recorder, weights, problem, tile, 0);
		return;
	}
	CHECK(!convolution_winograd_outputs(recorder->device, problem, tile, 0));
	convolution_direct(recorder, weights, problem, tile);
}

/* False where the test has failed, or this machine cannot. */
static bool open_rounding(struct convolution_fixture *fixture, rv_precision wanted)
{
	if (!fixture_open(fixture, RV_CONVOLUTION_DIRECT))
		return false;
	fixture->device->precision = precision_of(fixture->device, wanted);
	if (fixture->device->precision.backward == RV_PRECISION_BFLOAT16 &&
	    !device_wants_groups(fixture->device))
		return true;
	test_skipped("this device does not multiply pairs of bfloat16");
	fixture_close(fixture);
	return false;
}

/* The same for kernels by a tile. */
static bool open_pairs(struct convolution_fixture *fixture, convolve_with_tile *convolve)
{
	if (!open_rounding(fixture, RV_PRECISION_BFLOAT16))
		return false;
	fixture->record = fixture_record_tile;
	fixture->convolve = convolve;
	return true;
}

/* The largest error of all shapes by all tiles, in values of 8 bits or any; 0 where it was not
 * found. */
static double error_of(convolve_with_tile *convolve, const struct convolution_case *shapes,
                       int count, bool rounded, double tolerance)
{
	struct convolution_fixture fixture;

	if (!open_pairs(&fixture, convolve))
		return 0;
	fixture.tolerance = tolerance;
	for (const struct register_tile *tile = register_tiles(16); tile->lanes; tile++)
		for (int i = 0; i < count; i++) {
			struct convolution_case shape = shapes[i];
			shape.rounded = rounded;
			fixture.tile = *tile;
			fixture.tile.bfloat16 = true;
			fixture_check(&fixture, &shape);
		}
	printf("# worst error %.1e\n", fixture.worst);
	fixture_close(&fixture);
	return fixture.worst;
}

/* As the plain kernel's: see direct_tolerance in convolution.c. */
TEST(pairs_of_values_of_8_bits_are_summed_as_floats)
{
	error_of(convolution_direct, cases, CASES, true, 1e-6);
}

/* Rounding to 8 bits is an error of 2^-8 at most, evenly spread: 2^-8 / sqrt(3) in each of two
 * factors, by the mean of their squares over one binade a little less. Where there is one product
 * only it may be both. */
TEST(pairs_round_their_factors)
{
	double worst = error_of(convolution_direct, cases, CASES, false, 0x1p-7);
	if (worst > 0)
		CHECK_MESSAGE(worst > 5e-4, "%g: nothing was rounded", worst);
}

/* Forward as the plain kernel, backward as above. */
TEST(backward_alone_leaves_what_is_seen_as_it_is)
{
	struct convolution_fixture fixture;

	if (!open_rounding(&fixture, RV_PRECISION_BFLOAT16_BACKWARD))
		return;
	fixture.tolerance = 0x1p-7;
	for (int i = 0; i < CASES; i++)
		fixture_check(&fixture, &cases[i]);
	printf("# worst error forward %.1e, backward %.1e\n", fixture.worst_forward, fixture.worst);
	CHECK(fixture.worst_forward <= 1e-6);
	CHECK(fixture.worst > 5e-4);
	fixture_close(&fixture);
}

/* ---- Winograd ---- */

static double square_sum(const double *values, int count)
{
	double sum = 0;

	for (int i = 0; i < count; i++)
		sum += values[i] * values[i];
	return sum;
}

/* By what factor rounding the factors of one transform, instead of those of the plain sum, raises
 * the mean square of the error, of inputs and weights by chance. */
static double amplification(int outputs, int taps)
{
	struct winograd_transform transform;
	double sum = 0;

	CHECK(winograd_transform(&transform, outputs, taps));
	for (int point = 0; point < transform.points; point++) {
		double products = square_sum(transform.input[point], transform.points) *
		                  square_sum(transform.filter[point], taps);
		for (int i = 0; i < outputs; i++)
			sum += transform.output[i][point] * transform.output[i][point] * products;
	}
	return sum / (outputs * taps);
}

/* Values that are spread evenly are off by 2^-8 / sqrt(7) of their size, products by sqrt(2) times
 * that. */
static double expected_error(const struct window *window)
{
	const int outputs = convolution_winograd_outputs_least(window);
	double error = 0x1p-8 / sqrt(7) * sqrt(2);

	if (window->height > 1)
		error *= sqrt(amplification(outputs, window->height));
	if (window->width > 1)
		error *= sqrt(amplification(outputs, window->width));
	return error;
}

/* Transformed values are not spread as evenly: by a fourth more. */
TEST(winograd_rounds_transformed_factors_alone_and_only_backward)
{
	for (int i = 0; i < WINDOWS; i++) {
		const double expected = expected_error(&windows[i].window);
		double worst = error_of(convolve_winograd, &windows[i], 1, false, 1.25 * expected);
		if (worst > 0)
			CHECK_MESSAGE(worst > 0.75 * expected, "%g of %g", worst, expected);
	}
}

/* ---- the choice ---- */

/* A record_choice: directly, by whatever method. */
static void record_direct(void *context, struct launch_recorder *recorder,
                          const struct convolution_problem *problem,
                          const struct convolution_choice *choice)
{
	struct convolution_fixture *fixture = context;

	if (choice->method == RV_CONVOLUTION_GEMM)
		record_fail(recorder, RV_DEVICE, "not here");
	else if (choice->method == RV_CONVOLUTION_WINOGRAD)
		convolution_winograd(recorder, fixture->weights, problem, choice->tile,
		                     choice->block_tiles);
	else
		convolution_direct(recorder, fixture->weights, problem, choice->tile);
}

/* How many candidates of a race round, and whether the default does. */
static void count_rounding(struct convolution_fixture *fixture, bool backward, int *candidates,
                           bool *by_default)
{
	struct race_callbacks callbacks = {.record = record_direct, .record_context = fixture};
	struct convolution_problem problem = {0};
	struct convolution_scene scene;
	struct race race = {.count = 0};
	rv_error error = {0};

	*candidates = 0;
	if (convolution_scene_create(&scene, fixture, &cases[2]) &&
	    (backward ? problem_backward(&problem, &scene.operation)
	              : problem_forward(&problem, &scene.operation))) {
		*by_default = choice_default(fixture->device, &problem).tile.bfloat16;
		if (race_run(&race, fixture->device, &problem, fixture->zeros, &callbacks, &error))
			test_failed(__FILE__, __LINE__, "%s", error.message);
	}
	for (int i = 0; i < race.count; i++)
		*candidates += race.candidates[i].choice.tile.bfloat16;
	race_release(&race);
	problem_release(&problem);
	convolution_scene_release(&scene);
}

/* In one pass: whether any candidate rounds, and whether the default does. */
static void check_rounding(struct convolution_fixture *fixture, bool backward, bool wanted)
{
	int candidates;
	bool by_default = !wanted;

	count_rounding(fixture, backward, &candidates, &by_default);
	CHECK((candidates > 0) == wanted && by_default == wanted);
}

TEST(nothing_is_rounded_where_floats_are_asked_for)
{
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_AUTO))
		return;
	CHECK(fixture.device->precision.forward == RV_PRECISION_FLOAT);
	CHECK(fixture.device->precision.backward == RV_PRECISION_FLOAT);
	check_rounding(&fixture, false, false);
	check_rounding(&fixture, true, false);
	fixture_close(&fixture);
}

TEST(pairs_race_where_they_may)
{
	struct convolution_fixture fixture;

	if (!open_rounding(&fixture, RV_PRECISION_BFLOAT16))
		return;
	check_rounding(&fixture, false, true);
	check_rounding(&fixture, true, true);
	fixture_close(&fixture);
}

TEST(pairs_race_backward_alone_where_that_is_asked_for)
{
	struct convolution_fixture fixture;

	if (!open_rounding(&fixture, RV_PRECISION_BFLOAT16_BACKWARD))
		return;
	check_rounding(&fixture, false, false);
	check_rounding(&fixture, true, true);
	fixture_close(&fixture);
}

/* That way was judged to keep the dream (tests/bench/precision.py). */
TEST(auto_takes_pairs_backward_alone)
{
	struct convolution_fixture fixture;
	struct pass_precision automatic;

	if (!open_rounding(&fixture, RV_PRECISION_BFLOAT16))
		return;
	automatic = precision_of(fixture.device, RV_PRECISION_AUTO);
	CHECK(automatic.forward == RV_PRECISION_FLOAT);
	CHECK(automatic.backward == RV_PRECISION_BFLOAT16);
	fixture_close(&fixture);
}
