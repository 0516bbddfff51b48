/* Packed weights on disk: found again, mended, and of the version they say they are. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/cache.h"
#include "tests/support/convolution_fixture.h"
#include "tests/support/test.h"

static char folder[64];

struct weight_case {
	const char *name;
	rv_convolution method;
	rv_kernels kernels;
	struct convolution_case shape;
	/* As fingerprint() says of the files of LAYOUTS_VERSION. */
	double fingerprint;
};

/* One for every layout. */
static const struct weight_case cases[] = {
	{"panels",
         RV_CONVOLUTION_DIRECT,
         RV_KERNELS_CPU,
         {6, 7, 20, {33}, {.height = 3, .width = 3, .pad_top = 1}, .no_bias = true},
         10.127434},
	{"winograd",
         RV_CONVOLUTION_WINOGRAD,
         RV_KERNELS_CPU,
         {6, 7, 20, {33}, {.height = 3, .width = 3, .pad_top = 1}, .no_bias = true},
         -15.808756},
	{"winograd of a line",
         RV_CONVOLUTION_WINOGRAD,
         RV_KERNELS_CPU,
         {6, 9, 20, {17}, {.height = 1, .width = 7, .pad_left = 3}, .no_bias = true},
         -116.145109},
	{"each channel",
         RV_CONVOLUTION_DIRECT,
         RV_KERNELS_CPU,
         {6, 7, 20, {20}, {.height = 3, .width = 3, .pad_top = 1}, .groups = 20, .no_bias = true},
         -1.913851},
	{"the picture",
         RV_CONVOLUTION_DIRECT,
         RV_KERNELS_CPU,
         {9,
          9,
          3,
          {20},
          {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2},
          .no_bias = true,
          .picture = true},
         -2.719639},
	{"quads",
         RV_CONVOLUTION_DIRECT,
         RV_KERNELS_GPU,
         {6, 7, 20, {33}, {.height = 3, .width = 3, .pad_top = 1}, .no_bias = true},
         17.536334},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]), FILES_MAX = 64 };

/* ---- files ---- */

struct files {
	char path[FILES_MAX][512];
	int count;
};

static int compare_paths(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void list_files(struct files *files)
{
	DIR *directory = opendir(folder);

	files->count = 0;
	for (struct dirent *entry; directory && (entry = readdir(directory));)
		if (strstr(entry->d_name, ".weights") && files->count < FILES_MAX)
			snprintf(files->path[files->count++], sizeof(files->path[0]), "%s/%.200s",
			         folder, entry->d_name);
	if (directory)
		closedir(directory);
	qsort(files->path, (size_t)files->count, sizeof(files->path[0]), compare_paths);
}

/* Entries are never changed: a file written again is another file. */
static void list_numbers(const struct files *files, ino_t numbers[FILES_MAX])
{
	struct stat status = {0};

	for (int i = 0; i < files->count; i++) {
		CHECK(stat(files->path[i], &status) == 0);
		numbers[i] = status.st_ino;
	}
}

static void damage(const char *path)
{
	FILE *file = fopen(path, "r+b");
	REQUIRE(file);
	fseek(file, -3, SEEK_END);
	int byte = fgetc(file);
	fseek(file, -3, SEEK_END);
	fputc(byte ^ 1, file);
	fclose(file);
}

static void erase_folder(void)
{
	struct files files;

	list_files(&files);
	for (int i = 0; i < files.count; i++)
		unlink(files.path[i]);
	CHECK(rmdir(folder) == 0);
}

/* ---- tests ---- */

/* Convolves, both ways, with the weights in folder, and checks the results. */
static bool convolve(const struct weight_case *weight_case)
{
	struct convolution_fixture fixture;

	if (!fixture_open(&fixture, weight_case->method))
		return false;
	snprintf(fixture.device->cache_directory, sizeof(fixture.device->cache_directory), "%s",
	         folder);
	fixture.tolerance = 5e-6;
	/* The layouts depend on the lanes, and the fingerprints are to be every machine's. */
	fixture.device->lanes = 4;
	fixture.device->kernels = weight_case->kernels;
	fixture_check(&fixture, &weight_case->shape);
	fixture_close(&fixture);
	return true;
}

/* How many of the files are others than numbers says. */
static int count_changed(const struct files *files, const ino_t numbers[FILES_MAX])
{
	ino_t now[FILES_MAX];
	int changed = 0;

	list_numbers(files, now);
	for (int i = 0; i < files->count; i++)
		changed += now[i] != numbers[i];
	return changed;
}

TEST(weights_are_found_on_disk_and_mended)
{
	struct files files, again;
	ino_t numbers[FILES_MAX];

	for (int i = 0; i < CASES; i++) {
		strcpy(folder, "/tmp/reverie-weights-XXXXXX");
		REQUIRE(mkdtemp(folder));
		if (!convolve(&cases[i]))
			return;
		list_files(&files);
		list_numbers(&files, numbers);
		CHECK_MESSAGE(files.count >= 2, "%s: %d files", cases[i].name, files.count);
		convolve(&cases[i]);
		CHECK_MESSAGE(count_changed(&files, numbers) == 0, "%s: packed again",
		              cases[i].name);
		for (int k = 0; k < files.count; k++)
			damage(files.path[k]);
		convolve(&cases[i]);
		list_files(&again);
		CHECK(again.count == files.count);
		CHECK_MESSAGE(count_changed(&files, numbers) == files.count,
		              "%s: damaged files were kept", cases[i].name);
		erase_folder();
	}
}

/* The data of a file begins a whole number of CACHE_ALIGNMENT after its front. */
static double add_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	double sum = 0;
	float value;

	if (!file)
		return NAN;
	fseek(file, CACHE_ALIGNMENT, SEEK_SET);
	for (int i = 0; fread(&value, sizeof(value), 1, file) == 1; i++)
		sum += (double)value * cos(i);
	fclose(file);
	return sum;
}

/* A number that tells the order of the weights, and, to six digits, the weights; files in any
 * order. */
static double fingerprint(void)
{
	struct files files;
	double sum = 0;

	list_files(&files);
	for (int i = 0; i < files.count; i++)
		sum += add_file(files.path[i]);
	return sum;
}

/* A file of another program that has the same version must hold the same layout. */
TEST(weights_on_disk_are_of_their_version)
{
	for (int i = 0; i < CASES; i++) {
		double found;
		strcpy(folder, "/tmp/reverie-weights-XXXXXX");
		REQUIRE(mkdtemp(folder));
		if (!convolve(&cases[i]))
			return;
		found = fingerprint();
		CHECK_MESSAGE(fabs(found - cases[i].fingerprint) < 1e-4,
		              "%s: the layout has changed: raise LAYOUTS_VERSION, and say %.6f "
		              "here",
		              cases[i].name, found);
		erase_folder();
	}
}

/* With a stride the outputs of a gradient that are one row have other taps first than those that
 * are one column. */
TEST(weights_of_a_row_are_not_taken_for_those_of_a_column)
{
	const struct window window = {.height = 3,
	                              .width = 3,
	                              .stride_y = 2,
	                              .stride_x = 2,
	                              .pad_bottom = 2,
	                              .pad_right = 2};
	const struct convolution_case row = {1, 5, 20, {33}, window, .no_bias = true};
	const struct convolution_case column = {5, 1, 20, {33}, window, .no_bias = true};
	static const rv_convolution methods[] = {RV_CONVOLUTION_DIRECT, RV_CONVOLUTION_GEMM};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct convolution_fixture fixture;
		if (!fixture_open(&fixture, methods[i]))
			return;
		fixture.device->cache_directory[0] = '\0';
		fixture.device->kernels = RV_KERNELS_GPU;
		fixture.device->lanes = 4;
		fixture.tolerance = 5e-6;
		fixture_check(&fixture, &row);
		fixture_check(&fixture, &column);
		fixture_close(&fixture);
	}
}
