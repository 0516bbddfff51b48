#include "engine/opencl/precision.h"

#include <string.h>

#include "engine/base/bfloat16.h"
#include "engine/opencl/record.h"
#include "engine/opencl/units.h"

/* What RV_PRECISION_AUTO may take, the fastest first: the ways of which tests/bench/precision.py
 * has found that they keep the dream with every network. PRECISION.md has the figures and the
 * command. That was on processors; matrix units that round as they do lose no more, but nobody has
 * seen them be faster, so they have to show it. */
static const rv_precision judged[] = {RV_PRECISION_BFLOAT16_BACKWARD, RV_PRECISION_FLOAT};

enum { LANES = 16 };

/* The processor and its system, asked here: PoCL's device is the processor this runs on. */
static bool host_has_bfloat16(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx512bf16");
#else
	return false;
#endif
}

/* PoCL's devices that are this processor are named after how they run its threads. */
static bool is_host(const struct device *device)
{
	static const char *const names[] = {"cpu", "pthread", "basic"};

	if (device->info.kind != RV_DEVICE_CPU ||
	    !strstr(device->info.platform, "Portable Computing"))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(device->info.name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* ---- a trial ---- */

/* 1 and two products in each lane, which floats hold exactly: the values as they are, and rounded.
 */
struct trial {
	cl_uint weights[LANES];
	float values[LANES], sums[LANES], wanted[LANES];
};

static void fill(struct trial *trial)
{
	for (int i = 0; i < LANES; i++) {
		const float first = 1 + (float)i / 64, second = (float)(i - 8);

		trial->weights[i] = bfloat16_of(first) | (cl_uint)bfloat16_of(second) << 16;
		trial->values[i] = 3 + (float)i / 256;
		trial->sums[i] = 1;
	}
	for (int i = 0; i < LANES; i++) {
		const float *pair = trial->values + 2 * i % LANES;

		trial->wanted[i] = 1 +
		                   bfloat16_value(trial->weights[i] & 0xffff) *
		                           bfloat16_value(bfloat16_of(pair[0])) +
		                   bfloat16_value(trial->weights[i] >> 16) *
		                           bfloat16_value(bfloat16_of(pair[1]));
	}
}

static void record_trial(struct launch_recorder *recorder, const struct trial *trial, cl_mem *sums)
{
	cl_mem weights = record_own_buffer(recorder, sizeof(trial->weights), trial->weights);
	cl_mem values = record_own_buffer(recorder, sizeof(trial->values), trial->values);

	*sums = record_own_buffer(recorder, sizeof(trial->sums), trial->sums);
	record_kernel(recorder, "opencl/bfloat16", "-DLANES=16 -DBFLOAT16", "try_pairs",
	              "bfloat16");
	record_buffer(recorder, weights);
	record_buffer(recorder, values);
	record_buffer(recorder, *sums);
	record_launch(recorder, 1, 1, 1, 1, 1, 1);
}

/* Whether the driver's compiler knows the instructions and they give the sums they should. */
static bool multiplies_pairs(struct device *device)
{
	struct launch_list list = {0};
	struct trial trial;
	rv_error unused;
	struct launch_recorder recorder = {.device = device, .list = &list, .error = &unused};
	cl_mem sums;

	fill(&trial);
	record_trial(&recorder, &trial, &sums);
	return record_run_once(&recorder, sums, sizeof(trial.sums), trial.sums) == RV_OK &&
	       memcmp(trial.sums, trial.wanted, sizeof(trial.sums)) == 0;
}

/* ---- the choice ---- */

static bool has_bfloat16(struct device *device)
{
	const enum unit_kind kind = units_of(device, true);

	return (units_shape(kind).pairs && units_work(device, kind)) ||
	       (device->lanes == LANES && is_host(device) && host_has_bfloat16() &&
	        multiplies_pairs(device));
}

/* RV_PRECISION_AUTO is none of them. */
static const struct pass_precision passes[] = {
	[RV_PRECISION_FLOAT] = {RV_PRECISION_FLOAT, RV_PRECISION_FLOAT},
	[RV_PRECISION_TF32] = {RV_PRECISION_TF32, RV_PRECISION_TF32},
	[RV_PRECISION_BFLOAT16_BACKWARD] = {RV_PRECISION_FLOAT, RV_PRECISION_BFLOAT16},
	[RV_PRECISION_BFLOAT16] = {RV_PRECISION_BFLOAT16, RV_PRECISION_BFLOAT16},
};

/* The pass that rounds the most is the backward one. */
static bool has(struct device *device, rv_precision wanted)
{
	const rv_precision precision = passes[wanted].backward;

	return precision == RV_PRECISION_BFLOAT16 ? has_bfloat16(device)
	       : precision == RV_PRECISION_TF32   ? units_work(device, units_of(device, false)) ||
	                                                  units_work(device, units_of(device, true))
	                                        : true;
}

/* Kernels of processors round to TF32 too, which gains nothing there but shows what it costs a
 * dream. */
static bool can(struct device *device, rv_precision wanted)
{
	return has(device, wanted) || (wanted == RV_PRECISION_TF32 && !device_wants_groups(device));
}

struct pass_precision precision_of(struct device *device, rv_precision wanted)
{
	if ((unsigned)wanted > RV_PRECISION_AUTO)
		wanted = RV_PRECISION_FLOAT;
	if (wanted != RV_PRECISION_AUTO)
		return passes[can(device, wanted) ? wanted : RV_PRECISION_FLOAT];
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++)
		if (has(device, judged[i]))
			return passes[judged[i]];
	return passes[RV_PRECISION_FLOAT];
}
