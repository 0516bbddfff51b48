/* Convolutions by the direct kernels and through the library, against double precision. */
#include "engine/convolution/convolution.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/convolution_fixture.h"
#include "tests/support/test.h"

/* A sum of K products of random values, added up one after the other in single precision, is off by
 * about 0.3 * 2^-23 * sqrt(K / 2) of its size. K is below 1000 here. */
static const double direct_tolerance = 1e-6;

static const int lane_counts[] = {16, 8, 4};

static void check_cases(rv_convolution method, const struct convolution_case *cases, int count)
{
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, method))
		return;
	fixture.tolerance = direct_tolerance;
	for (int l = 0; l < 3; l++) {
		fixture.device->lanes = lane_counts[l];
		for (int i = 0; i < count; i++)
			fixture_check(&fixture, &cases[i]);
	}
	printf("# worst error %.1e\n", fixture.worst);
	fixture_close(&fixture);
}

#define CHECK_CASES(cases)                                                                         \
	check_cases(RV_CONVOLUTION_DIRECT, cases, sizeof(cases) / sizeof((cases)[0]))

TEST(convolution_of_any_window_and_size)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{1, 1, 1, {1}, {.height = 1, .width = 1}, .groups = 1},
		{2, 3, 5, {7}, {.height = 1, .width = 1}, .groups = 1},
		{7, 5, 16, {48}, {.height = 3, .width = 3}, .groups = 1},
		{1, 9, 17, {33}, {.height = 3, .width = 3, .pad_top = 1, .pad_bottom = 1},
		 .groups = 1},
		{9, 11, 20, {80}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
		 .pad_bottom = 2, .pad_right = 2}, .groups = 1},
		{6, 8, 24, {40}, {.height = 1, .width = 7, .pad_left = 3, .pad_right = 3},
		 .groups = 1},
		{8, 3, 24, {40}, {.height = 7, .width = 1, .pad_top = 3, .pad_bottom = 3},
		 .groups = 1},
		{5, 6, 3, {2}, {.height = 2, .width = 4, .pad_top = 1, .pad_right = 3},
		 .groups = 1},
		/* Wider than the picture: most taps lie outside. */
		{2, 2, 16, {16}, {.height = 5, .width = 5, .pad_top = 4, .pad_left = 4,
		 .pad_bottom = 4, .pad_right = 4}, .groups = 1},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(convolution_of_any_stride_and_dilation)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{9, 8, 16, {32}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
		 .groups = 1},
		{8, 9, 18, {20}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2,
		 .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1}, .groups = 1},
		{10, 13, 16, {16}, {.height = 3, .width = 2, .stride_y = 3, .stride_x = 1},
		 .groups = 1},
		{10, 13, 8, {16}, {.height = 2, .width = 3, .stride_y = 1, .stride_x = 3},
		 .groups = 1},
		/* Larger stride than window: some input pixels meet no tap. */
		{7, 8, 16, {24}, {.height = 1, .width = 1, .stride_y = 3, .stride_x = 2},
		 .groups = 1},
		{3, 2, 16, {16}, {.height = 1, .width = 1, .stride_y = 5, .stride_x = 5},
		 .groups = 1},
		{11, 12, 16, {16}, {.height = 3, .width = 3, .dilation_y = 2, .dilation_x = 3,
		 .pad_top = 2, .pad_left = 1, .pad_bottom = 1, .pad_right = 3}, .groups = 1},
		{12, 11, 10, {12}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2,
		 .dilation_y = 2, .dilation_x = 2, .pad_top = 2, .pad_left = 2,
		 .pad_bottom = 2, .pad_right = 2}, .groups = 1},
		{13, 9, 10, {12}, {.height = 4, .width = 5, .stride_y = 3, .stride_x = 2,
		 .dilation_y = 2, .pad_top = 3, .pad_left = 2}, .groups = 1},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(convolution_fuses_accumulation_and_mask)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{5, 7, 20, {32}, {.height = 3, .width = 3, .pad_left = 1}, .accumulate = true},
		{5, 7, 20, {32}, {.height = 3, .width = 3, .pad_left = 1}, .masked = true},
		{7, 8, 16, {24}, {.height = 1, .width = 1, .stride_y = 3, .stride_x = 2},
		 .accumulate = true, .masked = true, .no_bias = true},
		{6, 5, 96, {48}, {.height = 1, .width = 1}, .accumulate = true, .masked = true},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(convolution_joins_parts)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{5, 6, 40, {16, 48, 32}, {.height = 1, .width = 1}, .groups = 1},
		{5, 6, 24, {5, 17, 3}, {.height = 1, .width = 1}, .accumulate = true,
		 .masked = true},
		{5, 6, 24, {20, 9}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2,
		 .pad_top = 1}, .masked = true},
		{5, 6, 3, {20, 9}, {.height = 3, .width = 3}, .picture = true},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(convolution_of_the_picture)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{15, 17, 3, {32}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
		 .picture = true},
		{16, 15, 3, {64}, {.height = 7, .width = 7, .stride_y = 2, .stride_x = 2,
		 .pad_top = 3, .pad_left = 3, .pad_bottom = 3, .pad_right = 3},
		 .picture = true, .accumulate = true},
		{6, 5, 3, {10}, {.height = 1, .width = 1}, .picture = true},
		/* More pixels in a row than a tile has, and more columns in the window. */
		{7, 49, 3, {20}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
		 .picture = true},
		{12, 57, 3, {18, 30}, {.height = 11, .width = 33, .stride_y = 4, .stride_x = 1,
		 .pad_top = 2, .pad_left = 5, .pad_right = 7}, .picture = true},
		{5, 90, 2, {20}, {.height = 2, .width = 9, .stride_x = 2, .dilation_x = 3,
		 .pad_left = 30, .pad_bottom = 3}, .picture = true, .accumulate = true},
		{6, 5, 1, {10}, {.height = 3, .width = 2, .stride_y = 3, .dilation_x = 2},
		 .picture = true},
		{2, 3, 4, {10}, {.height = 1, .width = 1, .stride_y = 2, .stride_x = 2},
		 .picture = true, .accumulate = true},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(convolution_in_groups)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		/* A filter for every channel. */
		{9, 8, 20, {20}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 1,
		 .pad_bottom = 1, .pad_right = 1}, .groups = 20},
		{9, 8, 40, {40}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2,
		 .pad_bottom = 1, .pad_right = 1}, .groups = 40, .accumulate = true,
		 .masked = true},
		{5, 4, 5, {5}, {.height = 2, .width = 2, .dilation_y = 2, .stride_x = 3},
		 .groups = 5, .no_bias = true},
		/* Whole runs of channels. */
		{6, 5, 32, {64}, {.height = 3, .width = 3, .pad_top = 1}, .groups = 2,
		 .masked = true},
		{6, 5, 96, {48}, {.height = 1, .width = 1, .stride_y = 2, .stride_x = 2},
		 .groups = 3, .accumulate = true},
		/* Neither. */
		{6, 5, 12, {6}, {.height = 3, .width = 3}, .groups = 3},
		{4, 5, 6, {12}, {.height = 2, .width = 1}, .groups = 6, .accumulate = true},
		{4, 5, 8, {12, 4}, {.height = 2, .width = 1}, .groups = 4, .masked = true},
		{4, 5, 3, {6}, {.height = 2, .width = 2}, .groups = 3, .picture = true},
	};
	/* clang-format on */
	CHECK_CASES(cases);
}

TEST(convolution_with_every_register_tile)
{
	static const struct convolution_case shape = {
		7,
		9,
		32,
		{80, 17},
		{.height = 3, .width = 2, .stride_y = 2, .pad_top = 1},
		.accumulate = true,
		.masked = true};
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_DIRECT))
		return;
	fixture.tolerance = direct_tolerance;
	fixture.record = fixture_record_tile;
	fixture.convolve = convolution_direct;
	for (int l = 0; l < 3; l++)
		for (const struct register_tile *tile = register_tiles(lane_counts[l]); tile->lanes;
		     tile++) {
			fixture.tile = *tile;
			fixture_check(&fixture, &shape);
		}
	fixture_close(&fixture);
}

/* The kernel of GPUs is correct on any device. More pixels and channels than one block has, joined
 * parts; phases without a tap; the picture, whose gradient convolution_tiled does not do. */
/* clang-format off */
static const struct convolution_case cases_of_groups[] = {
	{11, 13, 32, {80, 17}, {.height = 3, .width = 2, .stride_y = 2, .pad_top = 1},
	 .accumulate = true, .masked = true},
	{7, 8, 16, {24}, {.height = 1, .width = 1, .stride_y = 3, .stride_x = 2},
	 .accumulate = true, .masked = true},
	{12, 11, 10, {12}, {.height = 3, .width = 3, .dilation_y = 2, .dilation_x = 3,
	 .pad_top = 2, .pad_left = 1, .pad_right = 2}, .no_bias = true},
};
/* clang-format on */

TEST(convolution_by_groups_with_every_tile)
{
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_DIRECT))
		return;
	fixture.tolerance = direct_tolerance;
	fixture.record = fixture_record_tile;
	fixture.convolve = convolution_tiled;
	for (const struct register_tile *tile = tiled_tiles(); tile->lanes; tile++) {
		fixture.tile = *tile;
		for (size_t i = 0; i < sizeof(cases_of_groups) / sizeof(cases_of_groups[0]); i++)
			fixture_check(&fixture, &cases_of_groups[i]);
	}
	printf("# worst error %.1e\n", fixture.worst);
	fixture_close(&fixture);
}

/* Where a group of many items, or its local memory, is too large, there is a smaller one, or the
 * kernel of one item. */
TEST(convolution_by_groups_on_small_devices)
{
	static const struct {
		size_t items, local_bytes;
	} devices[] = {{128, 32 << 10}, {256, 8 << 10}, {16, 16 << 10},
	               {4, 1 << 10},    {1, 32 << 10},  {256, 0}};
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_DIRECT))
		return;
	fixture.tolerance = direct_tolerance;
	fixture.device->kernels = RV_KERNELS_GPU;
	fixture.device->lanes = 4;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		fixture.device->max_work_group = devices[i].items;
		fixture.device->local_bytes = devices[i].local_bytes;
		fixture_check(&fixture, &cases_of_groups[0]);
	}
	fixture_close(&fixture);
}

typedef void record_operation(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                              const struct operation *operation, bool backward);

/* Launches that a way to record takes. */
static struct {
	record_operation *record;
	int calls, launches;
} counted;

static void record_and_count(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                             const struct operation *operation, bool backward)
{
	int before = recorder->list->count;

	counted.record(fixture, recorder, operation, backward);
	counted.launches += recorder->list->count - before;
	counted.calls++;
}

/* A large picture has more rows of groups than some devices take in one launch. */
TEST(convolution_by_groups_of_more_rows_than_a_launch_has)
{
	/* clang-format off */
	static const struct convolution_case of_all = {23, 29, 16, {24}, {.height = 3, .width = 3,
		.pad_bottom = 1, .pad_right = 1}, .accumulate = true, .masked = true};
	static const struct convolution_case of_each = {9, 28, 40, {40}, {.height = 3, .width = 3,
		.pad_bottom = 1, .pad_right = 1}, .groups = 40, .accumulate = true, .masked = true};
	/* clang-format on */
	struct convolution_fixture fixture;
	record_operation *by_library;

	if (!fixture_open(&fixture, RV_CONVOLUTION_DIRECT))
		return;
	const struct {
		convolve_with_tile *convolve; /* NULL: the library's way, each channel by itself */
		struct register_tile tile;
		const struct convolution_case *shape;
	} ways[] = {{convolution_tiled, tiled_tiles()[0], &of_all},
	            {convolution_matrix, matrix_tiles(fixture.device)[0], &of_all},
	            {NULL, {0}, &of_each}};

	fixture.tolerance = direct_tolerance;
	fixture.device->kernels = RV_KERNELS_GPU;
	fixture.device->lanes = 4;
	fixture.device->most_rows = 1;
	by_library = fixture.record;
	fixture.record = record_and_count;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		counted.calls = counted.launches = 0;
		counted.record = ways[i].convolve ? fixture_record_tile : by_library;
		fixture.convolve = ways[i].convolve;
		fixture.tile = ways[i].tile;
		fixture_check(&fixture, ways[i].shape);
		CHECK_MESSAGE(counted.launches > counted.calls, "way %zu: %d launches in %d calls",
		              i, counted.launches, counted.calls);
	}
	fixture_close(&fixture);
}

/* What is left to kernels of their own, with groups of many items. */
TEST(convolution_by_groups_of_each_channel_and_of_the_picture)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{9, 8, 40, {40}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2,
		 .pad_bottom = 1, .pad_right = 1}, .groups = 40, .accumulate = true,
		 .masked = true},
		{15, 17, 3, {32}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
		 .picture = true, .accumulate = true},
		{6, 5, 1, {10}, {.height = 3, .width = 2, .stride_y = 3, .dilation_x = 2},
		 .picture = true},
		{7, 49, 3, {20, 9}, {.height = 7, .width = 7, .stride_x = 2, .pad_left = 3},
		 .picture = true},
	};
	/* clang-format on */
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, RV_CONVOLUTION_DIRECT))
		return;
	fixture.tolerance = direct_tolerance;
	fixture.device->kernels = RV_KERNELS_GPU;
	fixture.device->lanes = 4;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		fixture_check(&fixture, &cases[i]);
	fixture_close(&fixture);
}

static bool have_matrix_products(void)
{
#ifdef HAVE_CLBLAST
	return true;
#else
	test_skipped("built without CLBlast");
	return false;
#endif
}

TEST(convolution_by_matrix_products)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{5, 6, 20, {33}, {.height = 1, .width = 1}, .groups = 1},
		{5, 6, 24, {5, 17, 3}, {.height = 1, .width = 1}, .accumulate = true,
		 .masked = true},
		{7, 5, 20, {40}, {.height = 3, .width = 3, .pad_top = 1, .pad_left = 2,
		 .pad_right = 1}, .masked = true},
		{12, 11, 10, {12, 7}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2,
		 .dilation_y = 2, .pad_top = 2, .pad_left = 1, .pad_bottom = 2}, .groups = 1},
		{7, 8, 16, {24}, {.height = 1, .width = 1, .stride_y = 3, .stride_x = 2},
		 .accumulate = true, .masked = true},
		{9, 8, 3, {20}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
		 .picture = true},
		{13, 9, 96, {96}, {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
		 .groups = 1},
		{6, 5, 32, {64}, {.height = 3, .width = 3, .pad_top = 1}, .groups = 2},
		{6, 5, 12, {6}, {.height = 3, .width = 3}, .groups = 3},
	};
	/* clang-format on */
	if (have_matrix_products())
		check_cases(RV_CONVOLUTION_GEMM, cases, sizeof(cases) / sizeof(cases[0]));
}

/* More pixels than one block of columns holds. */
TEST(convolution_by_matrix_products_in_blocks)
{
	/* clang-format off */
	static const struct convolution_case cases[] = {
		{66, 64, 16, {528}, {.height = 1, .width = 1}, .groups = 1},
		{80, 81, 39, {2}, {.height = 5, .width = 5, .pad_top = 2, .pad_left = 2,
		 .pad_bottom = 2, .pad_right = 2}, .masked = true},
	};
	/* clang-format on */
	struct convolution_fixture fixture;

	if (!have_matrix_products() || !fixture_open(&fixture, RV_CONVOLUTION_GEMM))
		return;
	fixture.tolerance = direct_tolerance;
	fixture_check(&fixture, &cases[0]);
	fixture_check(&fixture, &cases[1]);
	fixture_close(&fixture);
}

/* ---- tuning ---- */

static bool was_measured;

static void record_tuned(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                         const struct operation *operation, bool backward)
{
	rv_error error = {0};
	bool measured = false;

	if (backward) {
		convolution_backward(recorder, operation);
		return;
	}
	CHECK_MESSAGE(convolution_tune(fixture->library, operation, fixture->zeros, &measured,
	                               &error) == RV_OK,
	              "%s", error.message);
	was_measured |= measured;
	convolution_forward(recorder, operation);
}

/* Opens a device with its cache in folder, tunes, and checks what was chosen. True if anything was
 * measured anew. */
static bool tuning_measures(const char *folder, const struct convolution_case *shape)
{
	struct convolution_fixture fixture;

	was_measured = false;
	if (!fixture_open(&fixture, RV_CONVOLUTION_AUTO))
		return false;
	snprintf(fixture.device->cache_directory, sizeof(fixture.device->cache_directory), "%s",
	         folder);
	fixture.tolerance = 5e-6;
	fixture.device->lanes = 4; /* the fewest tiles to build and time */
	fixture.record = record_tuned;
	fixture_check(&fixture, shape);
	fixture_close(&fixture);
	return was_measured;
}

/* Calls visit with the path of every entry of folder. */
static void for_each_file(const char *folder, void (*visit)(const char *path))
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char path[512];

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "%s/%.200s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			visit(path);
	}
	if (directory)
		closedir(directory);
}

static void damage(const char *path)
{
	FILE *file = fopen(path, "r+b");
	REQUIRE(file);
	fseek(file, -3, SEEK_END);
	fputs("\xff\xff", file);
	fclose(file);
}

static void erase(const char *path)
{
	remove(path);
}

TEST(convolution_tuning_is_remembered)
{
	static const struct convolution_case shape = {
		6, 7, 20, {33}, {.height = 3, .width = 3, .pad_top = 1}, .no_bias = true};
	char folder[] = "/tmp/reverie-tuning-XXXXXX";

	REQUIRE(mkdtemp(folder));
	CHECK(tuning_measures(folder, &shape));
	CHECK(!tuning_measures(folder, &shape));
	for_each_file(folder, damage);
	CHECK(tuning_measures(folder, &shape));
	CHECK(!tuning_measures(folder, &shape));
	for_each_file(folder, erase);
	rmdir(folder);
}
