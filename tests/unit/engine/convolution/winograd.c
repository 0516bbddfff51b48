/* Winograd's matrices, and convolutions by them, against double precision. */
#include <math.h>
#include <stdio.h>

#include "engine/convolution/winograd_plan.h"
#include "tests/support/convolution_fixture.h"
#include "tests/support/test.h"

/* What is asked of any kernel the library may choose. Transforms lose a digit against the direct
 * sum: their matrices have entries up to 8 whose effects cancel. */
static const double winograd_tolerance = 5e-6;

static const int lane_counts[] = {16, 8, 4};

/* y[i] of the identity's right side for unit vectors d = e_a, g = e_b: 1 where a = i + b. */
static double response(const struct winograd_transform *transform, int i, int a, int b)
{
	double sum = 0;
	for (int point = 0; point < transform->points; point++)
		sum += transform->output[i][point] * transform->filter[point][b] *
		       transform->input[point][a];
	return sum;
}

static void check_transform(int outputs, int taps)
{
	struct winograd_transform transform;

	REQUIRE(winograd_transform(&transform, outputs, taps));
	for (int i = 0; i < outputs; i++)
		for (int a = 0; a < transform.points; a++)
			for (int b = 0; b < taps; b++)
				CHECK_MESSAGE(
					fabs(response(&transform, i, a, b) - (a == i + b)) < 1e-12,
					"F(%d, %d): y[%d], d[%d], g[%d]", outputs, taps, i, a, b);
}

TEST(winograd_matrices_are_an_identity)
{
	check_transform(2, 3);
	check_transform(4, 3);
	check_transform(6, 3);
	check_transform(2, 5);
	check_transform(4, 5);
	check_transform(4, 7);
	check_transform(1, 2);
	check_transform(5, 2);
	check_transform(5, 4);
}

TEST(winograd_pairs_of_points_differ_in_sign_alone)
{
	struct winograd_transform transform;

	REQUIRE(winograd_transform(&transform, 4, 7));
	for (int point = 1; point < transform.points - 1; point += 2)
		for (int i = 0; i < transform.points; i++)
			CHECK(transform.input[point + 1][i] ==
			      (i % 2 ? -1 : 1) * transform.input[point][i]);
}

TEST(winograd_refuses_what_it_cannot_transform)
{
	struct winograd_transform transform;

	CHECK(!winograd_transform(&transform, 3, 3));
	CHECK(!winograd_transform(&transform, 0, 3));
	CHECK(!winograd_transform(&transform, 6, 7));
}

/* On registers of every width. Closes the fixture. */
static void check_on_lanes(struct convolution_fixture *fixture,
                           const struct convolution_case *cases, int count)
{
	fixture->tolerance = winograd_tolerance;
	for (int l = 0; l < 3; l++) {
		fixture->device->lanes = lane_counts[l];
		fixture->tile = register_tiles(lane_counts[l])[0];
		for (int i = 0; i < count; i++)
			fixture_check(fixture, &cases[i]);
	}
	printf("# worst error %.1e\n", fixture->worst);
	fixture_close(fixture);
}

static void check_cases(const struct convolution_case *cases, int count)
{
	struct convolution_fixture fixture;

	if (fixture_open(&fixture, RV_CONVOLUTION_WINOGRAD))
		check_on_lanes(&fixture, cases, count);
}

#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))

TEST(winograd_of_square_windows)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{9, 10, 40, {48}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1,
		 .pad_bottom = 1, .pad_right = 1}, .groups = 1},
		{3, 3, 5, {7}, {.height = 3, .width = 3}, .groups = 1},
		{8, 13, 17, {33}, {.height = 3, .width = 3, .pad_top = 2, .pad_right = 1},
		 .accumulate = true, .masked = true},
		/* Pads beyond the window: whole tiles of zeros. */
		{2, 1, 16, {16}, {.height = 3, .width = 3, .pad_top = 4, .pad_left = 5,
		 .pad_bottom = 3, .pad_right = 4}, .masked = true},
		{7, 9, 20, {50}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
		 .pad_bottom = 2, .pad_right = 2}, .accumulate = true},
		{6, 5, 33, {16}, {.height = 5, .width = 5}, .no_bias = true, .masked = true},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

/* Small enough for a judge that interprets every instruction (tests/system/platform.sh). */
TEST(winograd_of_little)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{5, 4, 16, {16}, {.height = 3, .width = 3, .pad_top = 1}, .accumulate = true,
		 .masked = true},
		{3, 4, 16, {7}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 3}, .groups = 1},
		{3, 4, 16, {16}, {.height = 1, .width = 7, .pad_left = 3}, .masked = true},
		{5, 6, 3, {16}, {.height = 7, .width = 7, .stride_y = 2, .stride_x = 2,
		 .pad_top = 3, .pad_left = 2, .pad_bottom = 2, .pad_right = 1}, .picture = true,
		 .accumulate = true},
	};
	/* clang-format on */
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_WINOGRAD))
		return;
	fixture.tolerance = winograd_tolerance;
	fixture.device->lanes = 4;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		fixture_check(&fixture, &cases[i]);
	fixture_close(&fixture);
}

TEST(winograd_of_lines)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{5, 9, 40, {48}, {.height = 1, .width = 7, .pad_left = 3, .pad_right = 3},
		 .groups = 1},
		{9, 5, 20, {33}, {.height = 7, .width = 1, .pad_top = 3, .pad_bottom = 3},
		 .accumulate = true, .masked = true},
		{7, 8, 17, {20}, {.height = 7, .width = 1, .pad_top = 1, .pad_left = 1},
		 .masked = true},
		{4, 11, 17, {20}, {.height = 1, .width = 5, .pad_left = 2}, .no_bias = true},
		{11, 4, 17, {20}, {.height = 5, .width = 1, .pad_bottom = 2}, .groups = 1},
		{4, 6, 17, {20}, {.height = 1, .width = 3, .pad_left = 1}, .accumulate = true},
		{6, 4, 17, {20}, {.height = 3, .width = 1, .pad_top = 1}, .groups = 1},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(winograd_of_joined_parts_and_groups)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{6, 7, 24, {20, 48, 5}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1},
		 .accumulate = true, .masked = true},
		{6, 7, 24, {20, 5}, {.height = 1, .width = 7, .pad_left = 3}, .groups = 1},
		{6, 5, 32, {64}, {.height = 3, .width = 3, .pad_top = 1}, .groups = 2,
		 .masked = true},
		{6, 5, 12, {6}, {.height = 3, .width = 3}, .groups = 3},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

/* As deep as the deepest of Inception V3: rounding errors grow with the sum's length. */
TEST(winograd_keeps_its_digits_in_deep_sums)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{8, 8, 448, {48}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1,
		 .pad_bottom = 1, .pad_right = 1}, .groups = 1},
		{8, 8, 192, {192}, {.height = 1, .width = 7, .pad_left = 3, .pad_right = 3},
		 .groups = 1},
		{8, 8, 48, {64}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
		 .pad_bottom = 2, .pad_right = 2}, .groups = 1},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

static void record_with_block(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                              const struct operation *operation, bool backward)
{
	struct convolution_problem problem;

	if (backward ? problem_backward(&problem, operation) : problem_forward(&problem, operation))
		convolution_winograd(recorder, fixture->weights, &problem, fixture->tile,
		                     fixture->block_tiles);
	else
		record_fail(recorder, RV_MEMORY, "out of memory");
	problem_release(&problem);
}

/* Of a pass, as the method chooses them. */
static void check_outputs(struct convolution_fixture *fixture, const struct operation *operation,
                          bool backward, int expected)
{
	struct convolution_problem problem;
	int outputs;

	REQUIRE(backward ? problem_backward(&problem, operation)
	                 : problem_forward(&problem, operation));
	outputs = convolution_winograd_outputs(fixture->device, &problem, fixture->tile, 0);
	CHECK_MESSAGE(outputs == expected, "%d outputs instead of %d", outputs, expected);
	problem_release(&problem);
}

static void record_larger(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                          const struct operation *operation, bool backward)
{
	check_outputs(fixture, operation, backward, operation->node->window.height == 3 ? 6 : 4);
	record_with_block(fixture, recorder, operation, backward);
}

static void record_smaller(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                           const struct operation *operation, bool backward)
{
	/* Backward, sums over many input channels are not deep. */
	if (!backward || operation->inputs[0].activation.channels <= 128)
		check_outputs(fixture, operation, backward,
		              operation->node->window.height == 3 ? 4 : 2);
	record_with_block(fixture, recorder, operation, backward);
}

static void check_tiles(void (*record)(struct convolution_fixture *, struct launch_recorder *,
                                       const struct operation *, bool),
                        const struct convolution_case *cases, int count)
{
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_WINOGRAD))
		return;
	fixture.record = record;
	fixture.device->info.compute_units = 2;
	check_on_lanes(&fixture, cases, count);
}

/* Of no size that tiles cover without a rest; and as deep as they may be. */
TEST(winograd_takes_larger_tiles_where_they_save)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{46, 58, 17, {20}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1},
		 .accumulate = true, .masked = true},
		{40, 52, 128, {16}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1,
		 .pad_bottom = 1, .pad_right = 1}, .groups = 1},
		{29, 34, 128, {17}, {.height = 5, .width = 5}, .groups = 1},
		{29, 34, 20, {17}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
		 .pad_bottom = 2, .pad_right = 2}, .accumulate = true, .masked = true},
	};
	/* clang-format on */
	check_tiles(record_larger, cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(winograd_takes_smaller_tiles_on_small_pictures_and_with_many_channels)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{8, 8, 16, {20}, {.height = 3, .width = 3, .pad_top = 2, .pad_left = 2},
		 .groups = 1},
		{40, 52, 129, {16}, {.height = 3, .width = 3}, .groups = 1},
		{40, 52, 65, {65}, {.height = 3, .width = 3}, .groups = 1},
		{6, 6, 16, {20}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2},
		 .groups = 1},
	};
	/* clang-format on */
	check_tiles(record_smaller, cases, sizeof(cases) / sizeof(cases[0]));
}

static void record_cells(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                         const struct operation *operation, bool backward)
{
	check_outputs(fixture, operation, backward, 5);
	record_with_block(fixture, recorder, operation, backward);
}

/* In cells of 2x2 pixels: with padding that cuts cells and that does not, of odd sizes, smaller
 * than a tile, with rows that no window meets, with channels that are not there. By the library
 * too. */
TEST(winograd_of_the_picture)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{31, 34, 3, {64}, {.height = 7, .width = 7, .stride_y = 2, .stride_x = 2,
		 .pad_top = 3, .pad_left = 3, .pad_bottom = 3, .pad_right = 3},
		 .picture = true, .accumulate = true},
		{16, 15, 3, {20, 48}, {.height = 7, .width = 7, .stride_y = 2, .stride_x = 2,
		 .pad_top = 2, .pad_left = 1}, .picture = true},
		{27, 22, 1, {18}, {.height = 7, .width = 8, .stride_y = 2, .stride_x = 2,
		 .pad_top = 1, .pad_bottom = 4}, .picture = true, .no_bias = true},
		{8, 9, 4, {16}, {.height = 8, .width = 8, .stride_y = 2, .stride_x = 2,
		 .pad_top = 3, .pad_left = 4}, .picture = true, .accumulate = true},
	};
	/* clang-format on */
	CHECK_CASES(cases);
	check_tiles(record_cells, cases, sizeof(cases) / sizeof(cases[0]));
}

/* Large and small pictures each have weights of their own. */
TEST(winograd_weights_are_counted_for_all_sizes_of_tiles)
{
	const struct window square = {.height = 3, .width = 3}, line = {.height = 1, .width = 7},
			    large = {.height = 7, .width = 7},
			    picture = {.height = 7, .width = 8, .stride_y = 2, .stride_x = 2};

	CHECK(convolution_winograd_points_most(&square, 64 * 64) == 6 * 6 + 8 * 8);
	CHECK(convolution_winograd_points_most(&square, 64 * 64 + 1) == 6 * 6);
	CHECK(convolution_winograd_points_most(&line, 1) == 10);
	CHECK(convolution_winograd_points_most(&large, 1) == 7 * 7);
	CHECK(convolution_winograd_picture_floats(&large, 20) == 0);
	CHECK(convolution_winograd_picture_floats(&picture, 20) == 8 * 8 * 16 * 32);
}

/* Where the tiles of a block do not fit, there are fewer of them; where none does, another way. */
TEST(winograd_fits_into_little_local_memory)
{
	static const struct convolution_case shape = {
		9, 10, 24, {48}, {.height = 3, .width = 3, .pad_top = 1}, .masked = true};
	static const size_t sizes[] = {64 << 10, 32 << 10, 16 << 10, 1};
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_WINOGRAD))
		return;
	fixture.tolerance = winograd_tolerance;
	for (int i = 0; i < 4; i++) {
		fixture.device->local_bytes = sizes[i];
		fixture.device->lanes = 4;
		fixture_check(&fixture, &shape);
	}
	fixture_close(&fixture);
}

/* Blocks of one register tile and of many, also larger than the picture has tiles. */
TEST(winograd_with_blocks_of_any_size)
{
	static const struct convolution_case shape = {
		21, 26, 24, {40}, {.height = 3, .width = 3, .pad_top = 1}, .masked = true};
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_WINOGRAD))
		return;
	fixture.tolerance = winograd_tolerance;
	fixture.record = record_with_block;
	fixture.tile = register_tiles(4)[0];
	for (int tiles = 1; tiles <= 8; tiles++) {
		fixture.block_tiles = tiles * fixture.tile.pixels;
		fixture_check(&fixture, &shape);
	}
	fixture_close(&fixture);
}

/* Its pixels times its channels and points are more than an int counts. One unit does them all. */
TEST(winograd_plans_pictures_of_any_size)
{
	struct channel_run run = {.pixel_stride = 64, .channels = 64};
	struct convolution_output output = {.run = run};
	struct graph_node node = {.window = {.height = 3,
	                                     .width = 3,
	                                     .stride_y = 1,
	                                     .stride_x = 1,
	                                     .dilation_y = 1,
	                                     .dilation_x = 1}};
	struct convolution_problem problem = {.node = &node,
	                                      .inputs = &run,
	                                      .outputs = &output,
	                                      .input_count = 1,
	                                      .output_count = 1,
	                                      .input_width = 64,
	                                      .output_width = 64};
	struct device device = {.info.compute_units = 1, .local_bytes = 1 << 20};
	struct winograd_plan plan;

	for (int side = 1024; side <= 1 << 14; side *= 2) {
		problem.input_size = problem.output_size = (struct extent){side, side};
		REQUIRE(winograd_plan(&plan, &device, &problem, register_tiles(4)[0], 0));
		CHECK_MESSAGE(plan.transform.outputs == 6 && plan.block_panels == plan.panels &&
		                      plan.block_tiles > 12,
		              "%d: %d outputs, %d of %d panels, %d tiles", side,
		              plan.transform.outputs, plan.block_panels, plan.panels,
		              plan.block_tiles);
	}
}

/* Work-groups that a pass makes of a block, which share its panels. */
static int shares_of(const struct convolution_fixture *fixture, const struct operation *operation,
                     bool backward)
{
	struct convolution_problem problem;
	struct winograd_plan plan;
	int shares = 0;

	if ((backward ? problem_backward(&problem, operation)
	              : problem_forward(&problem, operation)) &&
	    winograd_plan(&plan, fixture->device, &problem, fixture->tile, fixture->block_tiles))
		shares = divide_up(plan.panels, plan.block_panels);
	problem_release(&problem);
	return shares;
}

static void record_shared(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                          const struct operation *operation, bool backward)
{
	int units = (int)fixture->device->info.compute_units;
	int shares = shares_of(fixture, operation, backward);

	CHECK_MESSAGE((shares > 1) == (units > 1), "%d shares for %d units", shares, units);
	record_with_block(fixture, recorder, operation, backward);
}

/* Of a few tiles, whose panels units share, evenly or not; and of as many tiles as keep units busy.
 */
TEST(winograd_shares_panels_where_tiles_are_few)
{
	static const struct convolution_case few = {7,
	                                            6,
	                                            80,
	                                            {150},
	                                            {.height = 3, .width = 3, .pad_top = 1},
	                                            .accumulate = true,
	                                            .masked = true};
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_WINOGRAD))
		return;
	fixture.tolerance = winograd_tolerance;
	fixture.record = record_shared;
	fixture.device->lanes = 4;
	fixture.tile = register_tiles(4)[0];
	for (unsigned units = 1; units <= 5; units += 2) {
		fixture.device->info.compute_units = units;
		fixture_check(&fixture, &few);
	}
	fixture_close(&fixture);
}
