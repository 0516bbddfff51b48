#include "engine/opencl/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/opencl/units.h"

enum { ENTRIES_MAX = 256 };

struct profile {
	struct device *device;
	cl_command_queue queue;
	rv_profile_entry entries[ENTRIES_MAX];
	int count;
};

rv_status profile_create(struct profile **out, struct device *device, rv_error *error)
{
	struct profile *profile = calloc(1, sizeof(*profile));
	cl_int code;

	*out = NULL;
	if (!profile)
		return rv_fail(error, RV_MEMORY, "out of memory");
	profile->device = device;
	profile->queue =
		clCreateCommandQueue(device->context, device->id, CL_QUEUE_PROFILING_ENABLE, &code);
	if (code) {
		profile_destroy(&profile);
		return device_fail(error, code, "a queue that measures");
	}
	*out = profile;
	return RV_OK;
}

void profile_destroy(struct profile **profile)
{
	if (!*profile)
		return;
	if ((*profile)->queue)
		clReleaseCommandQueue((*profile)->queue);
	free(*profile);
	*profile = NULL;
}

/* ---- one launch ---- */

/* The device's own clock. */
static cl_int time_kernel(const struct launch *launch, cl_command_queue queue, double *ms)
{
	cl_ulong start = 0, end = 0;
	cl_event event;
	cl_int code = launch_enqueue(launch, queue, &event);

	if (code)
		return code;
	code = clWaitForEvents(1, &event);
	if (!code)
		code = clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof(start),
		                               &start, NULL);
	if (!code)
		code = clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof(end), &end,
		                               NULL);
	clReleaseEvent(event);
	*ms = (double)(end - start) * 1e-6;
	return code;
}

/* A library gives no event: the host's clock. */
static cl_int time_call(const struct launch *launch, cl_command_queue queue, double *ms)
{
	double start = clock_now_ms();
	cl_int code = launch->call(launch->context, queue);

	if (!code)
		code = clFinish(queue);
	*ms = clock_now_ms() - start;
	return code;
}

static cl_int time_launch(const struct launch *launch, cl_command_queue queue, double *ms)
{
	return launch->call ? time_call(launch, queue, ms) : time_kernel(launch, queue, ms);
}

/* ---- sums ---- */

static void describe(const struct launch *launch, bool backward, rv_profile_entry *entry)
{
	memset(entry, 0, sizeof(*entry));
	snprintf(entry->operation, sizeof(entry->operation), "%s",
	         launch->operation ? launch->operation : "Picture");
	if (launch->call)
		snprintf(entry->kernel, sizeof(entry->kernel), "library");
	else
		clGetKernelInfo(launch->kernel, CL_KERNEL_FUNCTION_NAME, sizeof(entry->kernel) - 1,
		                entry->kernel, NULL);
	entry->backward = backward;
}

static bool alike(const rv_profile_entry *a, const rv_profile_entry *b)
{
	return a->backward == b->backward && strcmp(a->operation, b->operation) == 0 &&
	       strcmp(a->kernel, b->kernel) == 0;
}

/* The entry that a launch belongs to, which is made where there is none; NULL where there is no
 * room. */
static rv_profile_entry *entry_of(struct profile *profile, const struct launch *launch,
                                  bool backward)
{
	rv_profile_entry wanted;

	describe(launch, backward, &wanted);
	for (int i = 0; i < profile->count; i++)
		if (alike(&profile->entries[i], &wanted))
			return &profile->entries[i];
	if (profile->count == ENTRIES_MAX)
		return NULL;
	profile->entries[profile->count] = wanted;
	return &profile->entries[profile->count++];
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double profile_median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), by_value);
	return values[count / 2];
}

static rv_status time_list(struct profile *profile, const struct launch_list *list, int runs,
                           double *times, rv_error *error)
{
	for (int run = 0; run < runs; run++)
		for (int i = 0; i < list->count; i++) {
			const struct launch *launch = &list->launches[i];
			cl_int code = launch->skipped ? CL_SUCCESS
			                              : time_launch(launch, profile->queue,
			                                            &times[i * runs + run]);
			if (code)
				return device_fail(error, code, list->launches[i].label);
		}
	return RV_OK;
}

rv_status profile_list(struct profile *profile, const struct launch_list *list, bool backward,
                       int runs, int times, rv_error *error)
{
	double *taken = calloc((size_t)list->count * (size_t)runs + 1, sizeof(*taken));
	rv_status status;

	if (!taken)
		return rv_fail(error, RV_MEMORY, "out of memory");
	clFinish(profile->device->queue);
	status = time_list(profile, list, runs, taken, error);
	for (int i = 0; i < list->count && status == RV_OK; i++) {
		const struct launch *launch = &list->launches[i];
		if (launch->skipped)
			continue;
		rv_profile_entry *entry = entry_of(profile, launch, backward);
		if (!entry)
			break;
		entry->milliseconds += times * profile_median(taken + i * runs, runs);
		entry->gflop += times * launch->flop * 1e-9;
		entry->launches += times;
	}
	free(taken);
	return status;
}

static int longest_first(const void *a, const void *b)
{
	const rv_profile_entry *left = a, *right = b;

	return by_value(&right->milliseconds, &left->milliseconds);
}

void profile_read(const struct profile *profile, rv_profile_entry *entries, int capacity,
                  int *count)
{
	rv_profile_entry sorted[ENTRIES_MAX];

	memcpy(sorted, profile->entries, (size_t)profile->count * sizeof(*sorted));
	qsort(sorted, (size_t)profile->count, sizeof(*sorted), longest_first);
	for (int i = 0; i < profile->count && i < capacity; i++)
		entries[i] = sorted[i];
	*count = profile->count;
}

/* ---- the peak ---- */

/* The sums must hide a unit's latency (4 or 5 cycles, 2 units) and leave room for the factor where
 * there are 16 registers: 16 of them spilled, and showed a third of what an AVX2 machine can do.
 * Runs are repeated for a while, so that the best of them had the machine to itself. */
enum { PEAK_RUNS = 7, PEAK_MILLISECONDS = 200, PEAK_SUMS = 12 };
enum { PEAK_ROUNDS_CPU = 1 << 19, PEAK_ROUNDS_GPU = 1 << 13 };
/* A product of matrices by units takes as long as dozens of multiply-adds, and by the stand-in
 * thousands of times as long. */
enum { PEAK_ROUNDS_UNITS = 1 << 11, PEAK_ROUNDS_STAND_IN = 1 };

static void record_floats(struct launch_recorder *recorder)
{
	const rv_device_info *info = &recorder->device->info;
	bool gpu = info->kind == RV_DEVICE_GPU;
	size_t items = (size_t)info->compute_units * (gpu ? 4096 : 4), group = gpu ? 64 : 1;
	int rounds = gpu ? PEAK_ROUNDS_GPU : PEAK_ROUNDS_CPU;
	char options[64];

	snprintf(options, sizeof(options), "-DSUMS=%d", PEAK_SUMS);
	record_kernel(recorder, "opencl/peak", options, "multiply_and_add", "peak");
	record_buffer(recorder, record_own_buffer(recorder, items * sizeof(float), NULL));
	record_float(recorder, 0.5f);
	record_int(recorder, rounds);
	record_flop(recorder, 2.0 * PEAK_SUMS * recorder->device->lanes * rounds * (double)items);
	record_launch(recorder, items, 1, 1, group, 1, 1);
}

/* Of what was recorded, one launch; clears it. */
static rv_status time_peak(const struct launch_recorder *recorder, double *gflops)
{
	struct launch_list *list = recorder->list;
	rv_error *error = recorder->error;
	rv_status status = recorder->status;
	double end = clock_now_ms() + PEAK_MILLISECONDS;

	*gflops = 0;
	for (int i = 0; (i < PEAK_RUNS || clock_now_ms() < end) && status == RV_OK; i++) {
		double start = clock_now_ms(), reached;
		cl_int code;
		status = launch_list_run(list, recorder->device->queue, error);
		code = clFinish(recorder->device->queue);
		if (status == RV_OK && code)
			status = device_fail(error, code, "measuring the peak");
		reached = list->launches[0].flop * 1e-6 / (clock_now_ms() - start);
		if (reached > *gflops)
			*gflops = reached;
	}
	launch_list_clear(list);
	return status;
}

rv_status profile_peak(struct device *device, double *gflops, rv_error *error)
{
	struct launch_list list = {0};
	struct launch_recorder recorder = {.device = device, .list = &list, .error = error};

	record_floats(&recorder);
	return time_peak(&recorder, gflops);
}

rv_status profile_units_peak(struct device *device, double *gflops, rv_error *error)
{
	struct launch_list list = {0};
	struct launch_recorder recorder = {.device = device, .list = &list, .error = error};
	/* The pass that rounds the most is the backward one. */
	const bool bfloat16 = device->precision.backward == RV_PRECISION_BFLOAT16;

	units_record_rounds(&recorder, units_of(device, bfloat16),
	                    device->matrix_units ? PEAK_ROUNDS_UNITS : PEAK_ROUNDS_STAND_IN);
	return time_peak(&recorder, gflops);
}
