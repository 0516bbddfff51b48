/* Convolutions by matrix units: where there are none by their stand-in, which knows as they do
 * which item holds which element. */
#include <stdio.h>

#include "engine/convolution/choice.h"
#include "engine/convolution/race.h"
#include "engine/convolution/trial.h"
#include "engine/opencl/precision.h"
#include "engine/opencl/units.h"
#include "tests/support/convolution_scene.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

/* More pixels and channels than a block, joined parts, phases, masks; sums of up to 288 products.
 */
/* clang-format off */
static const struct convolution_case cases[] = {
	{11, 13, 32, {80, 17}, {.height = 3, .width = 2, .stride_y = 2, .pad_top = 1},
	 .accumulate = true, .masked = true},
	{7, 8, 16, {24}, {.height = 1, .width = 1, .stride_y = 3, .stride_x = 2},
	 .accumulate = true, .masked = true},
	{12, 11, 10, {12}, {.height = 3, .width = 3, .dilation_y = 2, .dilation_x = 3,
	 .pad_top = 2, .pad_left = 1, .pad_right = 2}, .no_bias = true},
};
/* clang-format on */

static const struct pass_precision floats = {RV_PRECISION_FLOAT, RV_PRECISION_FLOAT},
				   rounded = {RV_PRECISION_TF32, RV_PRECISION_TF32},
				   eighths = {RV_PRECISION_BFLOAT16, RV_PRECISION_BFLOAT16};
static const char *const kinds[] = {[UNITS_NVIDIA] = "NVIDIA",
                                    [UNITS_INTEL_8] = "Intel in 8",
                                    [UNITS_INTEL_16] = "Intel in 16",
                                    [UNITS_AMD] = "AMD",
                                    [UNITS_NVIDIA_BFLOAT16] = "NVIDIA in bfloat16"};

/* False where the test has failed. */
static bool open_units(struct convolution_fixture *fixture, enum unit_kind kind,
                       struct pass_precision precision, double tolerance)
{
	if (!fixture_open(fixture, RV_CONVOLUTION_MATRIX))
		return false;
	fixture->device->precision = precision;
	fixture->device->kernels = RV_KERNELS_GPU;
	fixture->device->units = kind;
	fixture->device->lanes = 4;
	fixture->tolerance = tolerance;
	fixture->record = fixture_record_tile;
	fixture->convolve = convolution_matrix;
	return true;
}

/* What is tried: the first tiles of a kind of units, with values of 8 bits or any. */
struct attempt {
	enum unit_kind kind;
	struct pass_precision precision;
	int tiles;
	bool rounded;
};

/* The largest errors of all cases; 0 where the test has failed. */
struct errors {
	double forward, worst;
};

static struct errors errors_of(struct attempt attempt, double tolerance)
{
	struct convolution_fixture fixture;
	const struct register_tile *tile;

	if (!open_units(&fixture, attempt.kind, attempt.precision, tolerance))
		return (struct errors){0, 0};
	tile = matrix_tiles(fixture.device);
	for (int i = 0; i < attempt.tiles && tile->bfloat16 == units_shape(attempt.kind).pairs;
	     i++, tile++)
		for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
			struct convolution_case shape = cases[k];

			shape.rounded = attempt.rounded;
			fixture.tile = *tile;
			fixture_check(&fixture, &shape);
		}
	printf("# %s: worst error %.1e, forward %.1e\n", kinds[attempt.kind], fixture.worst,
	       fixture.worst_forward);
	fixture_close(&fixture);
	return (struct errors){fixture.worst_forward, fixture.worst};
}

enum { ALL_TILES = 99 };

/* As the plain kernel's: see direct_tolerance in convolution.c. */
TEST(matrix_units_are_as_exact_as_floats_in_more_terms)
{
	for (int kind = 0; kind < UNIT_KINDS; kind++)
		errors_of((struct attempt){kind, floats, ALL_TILES, false}, 1e-6);
}

/* Rounding to 11 bits is an error of 2^-12 at most, evenly spread: 2^-12 / sqrt(3) in each of two
 * factors, by the mean of their squares over one binade a little less. */
TEST(matrix_units_round_factors_in_one_term)
{
	const struct errors errors =
		errors_of((struct attempt){UNITS_NVIDIA, rounded, 1, false}, 4e-4);
	CHECK_MESSAGE(errors.forward > 5e-5, "%g: nothing was rounded", errors.forward);
}

/* Two terms of 8 bits are 16, and a bit more by their signs: 2^-5 of that error, and less. */
TEST(matrix_units_of_8_bits_round_to_more_than_11_in_two_terms)
{
	for (int kind = UNITS_INTEL_8; kind < UNIT_KINDS; kind++) {
		const struct errors errors =
			errors_of((struct attempt){kind, rounded, 1, false}, 4e-4 / 32);
		CHECK_MESSAGE(errors.forward > 1e-6, "%g: nothing was rounded", errors.forward);
	}
}

/* 8 times what 11 bits cost, and nothing where there are no more bits. */
TEST(matrix_units_of_8_bits_round_to_them_in_one_term)
{
	for (int kind = UNITS_INTEL_8; kind < UNIT_KINDS; kind++) {
		const struct errors errors =
			errors_of((struct attempt){kind, eighths, 1, false}, 8 * 4e-4);
		CHECK_MESSAGE(errors.forward > 5e-4, "%g: nothing was rounded", errors.forward);
		errors_of((struct attempt){kind, eighths, 1, true}, 1e-6);
	}
}

TEST(matrix_units_round_in_the_pass_alone_that_may)
{
	const struct pass_precision tf32 = {RV_PRECISION_FLOAT, RV_PRECISION_TF32},
				    bfloat16 = {RV_PRECISION_FLOAT, RV_PRECISION_BFLOAT16};

	for (int kind = 0; kind < UNIT_KINDS; kind++) {
		const bool pairs = kind != UNITS_NVIDIA;
		const struct errors errors =
			errors_of((struct attempt){kind, pairs ? bfloat16 : tf32, 1, false},
		                  pairs ? 8 * 4e-4 : 4e-4);
		CHECK_MESSAGE(errors.forward <= 1e-6, "%g: rounded forward too", errors.forward);
		CHECK_MESSAGE(errors.worst > 5e-5, "%g: nothing was rounded", errors.worst);
	}
}

/* Little enough for a judge of every access: a block that is mostly past the end. */
TEST(matrix_units_stay_within_a_small_picture)
{
	static const struct convolution_case shape = {
		3, 2, 10, {12}, {.height = 1, .width = 2, .pad_left = 1}, .masked = true};

	for (int kind = 0; kind < UNIT_KINDS; kind++) {
		struct convolution_fixture fixture;

		if (!open_units(&fixture, kind, rounded, 1e-3))
			return;
		for (const struct register_tile *tile = matrix_tiles(fixture.device);
		     tile->bfloat16 == units_shape(kind).pairs && tile->lanes; tile++)
			fixture.tile = *tile; /* the smallest is the last */
		fixture_check(&fixture, &shape);
		fixture_close(&fixture);
	}
}

/* What a device chooses that has the units is told without them. */
static struct convolution_choice chosen(struct convolution_fixture *fixture, int width,
                                        bool has_units, struct pass_precision precision)
{
	struct convolution_case shape = {
		24, width, 64, {192}, {.height = 3, .width = 3, .pad_top = 1}, .no_bias = true};
	struct convolution_choice choice = {.method = RV_CONVOLUTION_AUTO};
	struct convolution_scene scene;
	struct convolution_problem problem = {0};
	struct device device = *fixture->device;

	device.matrix_units = has_units;
	device.precision = precision;
	device.info.compute_units = 132;
	if (convolution_scene_create(&scene, fixture, &shape) &&
	    problem_forward(&problem, &scene.operation))
		choice = choice_default(&device, &problem);
	problem_release(&problem);
	convolution_scene_release(&scene);
	return choice;
}

/* 24 x 32 pixels in blocks of 128 by 64 channels would be 18 groups for 132 compute units. */
TEST(matrix_units_are_taken_unmeasured_where_factors_may_be_rounded)
{
	struct convolution_fixture fixture;
	struct convolution_choice small, large;

	if (!open_units(&fixture, UNITS_NVIDIA, rounded, 1e-3))
		return;
	small = chosen(&fixture, 32, true, rounded);
	large = chosen(&fixture, 512, true, rounded);
	CHECK(small.method == RV_CONVOLUTION_MATRIX && large.method == RV_CONVOLUTION_MATRIX);
	CHECK(small.tile.pixels * small.tile.vectors == 2);
	CHECK(large.tile.pixels * large.tile.vectors == 8);
	CHECK(!small.tile.bfloat16 && !large.tile.bfloat16);
	CHECK(chosen(&fixture, 512, true, eighths).tile.bfloat16);
	fixture.device->unit_trials[UNITS_NVIDIA] = UNITS_WRONG;
	CHECK(chosen(&fixture, 512, true, rounded).tile.bfloat16);
	fixture.device->unit_trials[UNITS_NVIDIA] = UNITS_UNTRIED;
	CHECK(chosen(&fixture, 32, true, floats).method != RV_CONVOLUTION_MATRIX);
	fixture.device->units = UNITS_INTEL_8;
	CHECK(chosen(&fixture, 32, true, eighths).method == RV_CONVOLUTION_MATRIX);
	fixture.device->units_when_measured = true;
	CHECK(chosen(&fixture, 32, true, eighths).method != RV_CONVOLUTION_MATRIX);
	fixture.device->units_when_measured = false;
	fixture_close(&fixture);
}

/* Of factors that are alike in no two rows, in every place of a product. */
TEST(matrix_units_give_the_products_that_their_trial_wants)
{
	struct device *device = fixture_device();

	REQUIRE(device);
	for (int kind = 0; kind < UNIT_KINDS; kind++)
		CHECK_MESSAGE(units_multiply(device, kind), "%s: wrong products", kinds[kind]);
}

/* The plain kernel, whatever is asked for. */
static void record_plain(void *context, struct launch_recorder *recorder,
                         const struct convolution_problem *problem,
                         const struct convolution_choice *choice)
{
	struct convolution_fixture *fixture = context;

	(void)choice;
	convolution_direct(recorder, fixture->weights, problem,
	                   choice_plain(fixture->device, problem).tile);
}

/* How many of a race are by matrix units, of floats and of bfloat16; -1 where the test has failed.
 */
struct racing {
	int floats, pairs;
};

static struct racing racing_units(struct convolution_fixture *fixture)
{
	struct race_callbacks callbacks = {.record = record_plain, .record_context = fixture};
	struct convolution_problem problem = {0};
	struct convolution_scene scene;
	struct race race = {.count = 0};
	rv_error error = {0};
	struct racing count = {-1, -1};

	if (convolution_scene_create(&scene, fixture, &cases[0]) &&
	    problem_forward(&problem, &scene.operation)) {
		if (race_run(&race, fixture->device, &problem, fixture->zeros, &callbacks, &error))
			test_failed(__FILE__, __LINE__, "%s", error.message);
		else
			count = (struct racing){0, 0};
	}
	for (int i = 0; i < race.count; i++)
		if (race.candidates[i].choice.method == RV_CONVOLUTION_MATRIX)
			*(race.candidates[i].choice.tile.bfloat16 ? &count.pairs : &count.floats) +=
				1;
	race_release(&race);
	problem_release(&problem);
	convolution_scene_release(&scene);
	return count;
}

/* The device is that of all tests. */
static void forget_units(struct device *device)
{
	device->matrix_units = false;
	device->units = UNITS_NVIDIA;
	for (int kind = 0; kind < UNIT_KINDS; kind++)
		device->unit_trials[kind] = UNITS_UNTRIED;
}

/* A driver whose compiler does not know the instructions that it announces, as the one here. */
TEST(matrix_units_do_not_race_before_they_gave_the_right_products)
{
	struct convolution_fixture fixture;
	struct device *device;

	if (!open_units(&fixture, UNITS_INTEL_8, floats, 1e-6))
		return;
	device = fixture.device;
	device->matrix_units = true;
	CHECK(racing_units(&fixture).pairs == 0);
	CHECK(device->unit_trials[UNITS_INTEL_8] == UNITS_WRONG);
	CHECK(precision_of(device, RV_PRECISION_TF32).forward == RV_PRECISION_FLOAT);
	device->unit_trials[UNITS_INTEL_8] = UNITS_RIGHT;
	CHECK(racing_units(&fixture).pairs > 0);
	CHECK(precision_of(device, RV_PRECISION_TF32).forward == RV_PRECISION_TF32);
	CHECK(precision_of(device, RV_PRECISION_AUTO).backward == RV_PRECISION_BFLOAT16);
	forget_units(device);
	fixture_close(&fixture);
}

/* Those that race where both kinds of NVIDIA's are there, of which trials found that. */
static struct racing racing_of_both(struct convolution_fixture *fixture,
                                    struct pass_precision precision, enum unit_trial floats_are,
                                    enum unit_trial pairs_are)
{
	fixture->device->precision = precision;
	fixture->device->unit_trials[UNITS_NVIDIA] = floats_are;
	fixture->device->unit_trials[UNITS_NVIDIA_BFLOAT16] = pairs_are;
	return racing_units(fixture);
}

/* Of TF32 3, 1 and 1 products, of bfloat16 6, 3 and 1 in half the time of each. */
TEST(matrix_units_race_where_their_products_take_no_longer_than_others)
{
	struct convolution_fixture fixture;
	struct racing racing;
	struct device *device;

	if (!open_units(&fixture, UNITS_NVIDIA, floats, 1e-6))
		return;
	device = fixture.device;
	device->matrix_units = true;
	racing = racing_of_both(&fixture, floats, UNITS_RIGHT, UNITS_RIGHT);
	CHECK(racing.floats > 0 && racing.pairs == racing.floats);
	racing = racing_of_both(&fixture, rounded, UNITS_RIGHT, UNITS_RIGHT);
	CHECK(racing.floats > 0 && racing.pairs == 0);
	racing = racing_of_both(&fixture, eighths, UNITS_RIGHT, UNITS_RIGHT);
	CHECK(racing.floats == 0 && racing.pairs > 0);
	CHECK(precision_of(device, RV_PRECISION_BFLOAT16).forward == RV_PRECISION_BFLOAT16);
	racing = racing_of_both(&fixture, rounded, UNITS_WRONG, UNITS_RIGHT);
	CHECK(racing.floats == 0 && racing.pairs > 0);
	CHECK(precision_of(device, RV_PRECISION_TF32).forward == RV_PRECISION_TF32);
	racing = racing_of_both(&fixture, floats, UNITS_RIGHT, UNITS_WRONG);
	CHECK(racing.floats > 0 && racing.pairs == 0);
	CHECK(precision_of(device, RV_PRECISION_BFLOAT16).forward == RV_PRECISION_FLOAT);
	CHECK(precision_of(device, RV_PRECISION_AUTO).backward == RV_PRECISION_FLOAT);
	forget_units(device);
	fixture_close(&fixture);
}

/* By matrix units in one term, however many are asked for. */
static void record_rounded(void *context, struct launch_recorder *recorder,
                           const struct convolution_problem *problem,
                           const struct convolution_choice *choice)
{
	struct convolution_fixture *fixture = context;
	const struct pass_precision asked = fixture->device->precision;

	if (choice->method == RV_CONVOLUTION_MATRIX) {
		fixture->device->precision = eighths;
		convolution_matrix(recorder, fixture->weights, problem, choice->tile);
		fixture->device->precision = asked;
	} else {
		record_plain(context, recorder, problem, choice);
	}
}

/* Whether the trial against the plain kernel lets it pass. */
static bool passes_when_rounded(struct convolution_fixture *fixture,
                                struct pass_precision precision)
{
	struct convolution_choice choice = {RV_CONVOLUTION_MATRIX, {0, 0, 0, 0, false}, 0};
	struct convolution_problem problem = {0};
	struct convolution_scene scene;
	rv_error error = {0};
	bool agrees = false;

	fixture->device->precision = precision;
	choice.tile = *matrix_tiles(fixture->device);
	if (convolution_scene_create(&scene, fixture, &cases[0]) &&
	    problem_forward(&problem, &scene.operation) &&
	    trial_run(fixture->device, &problem, fixture->zeros, record_rounded, fixture, &choice,
	              &agrees, &error))
		test_failed(__FILE__, __LINE__, "%s", error.message);
	problem_release(&problem);
	convolution_scene_release(&scene);
	return agrees;
}

/* As after a driver's compiler that leaves small terms out. */
TEST(matrix_units_lose_that_round_more_than_they_may)
{
	struct convolution_fixture fixture;

	if (!open_units(&fixture, UNITS_NVIDIA_BFLOAT16, floats, 1e-6))
		return;
	CHECK(passes_when_rounded(&fixture, eighths));
	CHECK(!passes_when_rounded(&fixture, rounded));
	CHECK(!passes_when_rounded(&fixture, floats));
	forget_units(fixture.device);
	fixture_close(&fixture);
}

/* So that tests/bench/precision.py can judge what 11 bits cost a dream where there are no units. */
TEST(processors_round_as_matrix_units_would)
{
	const struct pass_precision precision = rounded;
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_AUTO))
		return;
	fixture.device->kernels = RV_KERNELS_CPU;
	CHECK(precision_of(fixture.device, RV_PRECISION_TF32).forward == RV_PRECISION_TF32);
	CHECK(precision_of(fixture.device, RV_PRECISION_AUTO).forward != RV_PRECISION_TF32);
	fixture.device->precision = precision;
	fixture.tolerance = 4e-4;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
		fixture_check(&fixture, &cases[k]);
	CHECK_MESSAGE(fixture.worst_forward > 5e-5 && fixture.worst > 5e-5,
	              "%g, %g: nothing was rounded", fixture.worst_forward, fixture.worst);
	fixture_close(&fixture);
}
