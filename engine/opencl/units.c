#include "engine/opencl/units.h"

#include <stdio.h>
#include <string.h>

/* Of one product, and of a warp. SUMS products hide the latency of each. */
enum { ROWS = 16, INNER = 8, COLUMNS = 8, WARP = 32, SUMS = 8, TRIAL_ROUNDS = 2 };
enum { WARPS_OF_A_UNIT = 64 };

/* Whole numbers, whose sums floats hold exactly; no two rows or columns are alike. */
struct factors {
	float left[ROWS][INNER], right[INNER][COLUMNS];
};

static struct factors make_factors(void)
{
	struct factors factors;

	for (int i = 0; i < INNER; i++) {
		for (int row = 0; row < ROWS; row++)
			factors.left[row][i] = (float)(row * 3 + i * i - 20);
		for (int column = 0; column < COLUMNS; column++)
			factors.right[i][column] = (float)(column * 5 - i * column + 7 * i - 11);
	}
	return factors;
}

static cl_mem record_products(struct launch_recorder *recorder, int warps, int rounds)
{
	const struct factors factors = make_factors();
	const size_t bytes = (size_t)warps * ROWS * COLUMNS * sizeof(float);
	cl_mem left = record_own_buffer(recorder, sizeof(factors.left), factors.left);
	cl_mem right = record_own_buffer(recorder, sizeof(factors.right), factors.right);
	cl_mem sums = record_own_buffer(recorder, bytes, NULL);
	char options[64];

	snprintf(options, sizeof(options), "-DLANES=4 -DSUMS=%d%s", SUMS,
	         recorder->device->matrix_units ? " -DMATRIX_UNITS" : "");
	record_kernel(recorder, "opencl/units", options, "multiply_by_units", "matrix units");
	record_buffer(recorder, left);
	record_buffer(recorder, right);
	record_buffer(recorder, sums);
	record_int(recorder, rounds);
	record_flop(recorder, 2.0 * ROWS * INNER * COLUMNS * SUMS * rounds * warps);
	record_launch(recorder, (size_t)warps * WARP, 1, 1, WARP, 1, 1);
	return sums;
}

void units_record_rounds(struct launch_recorder *recorder, int rounds)
{
	record_products(recorder, (int)recorder->device->info.compute_units * WARPS_OF_A_UNIT,
	                rounds);
}

/* ---- a trial ---- */

static bool is_right(float sums[ROWS][COLUMNS])
{
	const struct factors factors = make_factors();
	bool right = true;

	for (int row = 0; row < ROWS; row++)
		for (int column = 0; column < COLUMNS; column++) {
			float product = 0;

			for (int i = 0; i < INNER; i++)
				product += factors.left[row][i] * factors.right[i][column];
			right &= sums[row][column] == SUMS * TRIAL_ROUNDS * product;
		}
	return right;
}

bool units_multiply(struct device *device)
{
	struct launch_list list = {0};
	float sums[ROWS][COLUMNS];
	rv_error unused;
	struct launch_recorder recorder = {.device = device, .list = &list, .error = &unused};
	cl_mem found = record_products(&recorder, 1, TRIAL_ROUNDS);

	return record_run_once(&recorder, found, sizeof(sums), sums) == RV_OK && is_right(sums);
}
