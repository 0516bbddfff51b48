#include "engine/opencl/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the trial: output channels, and the most of the others that any kind has. SUMS products hide
 * the latency of each. */
enum { CHANNELS = 16, PIXELS_MOST = 16, INPUTS_MOST = 16, SUMS = 4, TRIAL_ROUNDS = 2 };
enum { WARPS_OF_A_UNIT = 64, OPTIONS_LENGTH = 128 };

static const struct unit_shape shapes[] = {
	[UNITS_NVIDIA] = {32, 16, 8, false, 4 + 2, 2},
	[UNITS_INTEL_8] = {8, 8, 16, true, 8 + 8, 1},
	[UNITS_INTEL_16] = {16, 16, 16, true, 8 + 8, 1},
	[UNITS_AMD] = {32, 16, 16, true, 8 + 8, 1},
	[UNITS_NVIDIA_BFLOAT16] = {32, 16, 16, true, 4 + 2, 1},
};

struct unit_shape units_shape(enum unit_kind kind)
{
	return shapes[kind];
}

enum unit_kind units_of(const struct device *device, bool bfloat16)
{
	return bfloat16 && device->units == UNITS_NVIDIA ? UNITS_NVIDIA_BFLOAT16 : device->units;
}

/* Half as many items may run at once on Intel's, each with twice the registers: what their units
 * take and give lies in few of them. */
void units_write_options(char options[UNIT_OPTIONS_LENGTH], const struct device *device,
                         enum unit_kind kind)
{
	const bool intel = kind == UNITS_INTEL_8 || kind == UNITS_INTEL_16;

	snprintf(options, UNIT_OPTIONS_LENGTH, "-DUNITS=%d%s%s", (int)kind,
	         device->matrix_units ? " -DMATRIX_UNITS" : "",
	         device->matrix_units && intel ? " -cl-intel-256-GRF-per-thread" : "");
}

/* ---- which there are ---- */

/* Queries that a loader's headers need not have: of cl_nv_device_attribute_query,
 * cl_intel_required_subgroup_size and cl_amd_device_attribute_query. */
enum { COMPUTE_CAPABILITY_MAJOR = 0x4000, SUB_GROUP_SIZES = 0x4108, WAVEFRONT_WIDTH = 0x4043 };
enum { CAPABILITY_OF_AMPERE = 8, SIZES_MOST = 16 };

/* As a whole word: there are extensions whose names begin with another's. */
static bool names(const char *extensions, const char *wanted)
{
	const size_t length = strlen(wanted);

	for (const char *at = extensions; (at = strstr(at, wanted)); at += length)
		if ((at == extensions || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

/* Arc A has sub-groups of 8 and more, what came after it of 16 and more. */
static bool is_intel(const struct unit_signs *signs, enum unit_kind *kind)
{
	*kind = signs->least_sub_group == 8 ? UNITS_INTEL_8 : UNITS_INTEL_16;
	return names(signs->extensions, "cl_intel_subgroup_matrix_multiply_accumulate") &&
	       names(signs->extensions, "cl_intel_required_subgroup_size") &&
	       (signs->least_sub_group == 8 || signs->least_sub_group == 16);
}

/* RDNA 3 and 3.5, by the driver of AMD's, whose compiler knows the instruction by name. */
static bool is_amd(const struct unit_signs *signs)
{
	return strstr(signs->platform, "AMD Accelerated") &&
	       strncmp(signs->name, "gfx11", 5) == 0 && signs->wavefront == 32;
}

bool units_known(const struct unit_signs *signs, enum unit_kind *kind)
{
	if (strstr(signs->platform, "Intel"))
		return is_intel(signs, kind);
	*kind = is_amd(signs) ? UNITS_AMD : UNITS_NVIDIA;
	return *kind == UNITS_AMD ||
	       (strstr(signs->platform, "NVIDIA") && signs->capability >= CAPABILITY_OF_AMPERE);
}

static size_t least_sub_group(cl_device_id id)
{
	size_t sizes[SIZES_MOST] = {0}, bytes = 0, least = 0;

	if (clGetDeviceInfo(id, SUB_GROUP_SIZES, sizeof(sizes), sizes, &bytes) != CL_SUCCESS)
		return 0;
	for (size_t i = 0; i < bytes / sizeof(sizes[0]); i++)
		if (!least || sizes[i] < least)
			least = sizes[i];
	return least;
}

static char *read_extensions(cl_device_id id)
{
	size_t bytes = 0;
	char *text;

	if (clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, 0, NULL, &bytes) != CL_SUCCESS ||
	    !(text = calloc(1, bytes + 1)))
		return NULL;
	clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, bytes, text, NULL);
	return text;
}

void units_find(struct device *device)
{
	char *extensions = read_extensions(device->id);
	struct unit_signs signs = {
		.platform = device->info.platform,
		.name = device->info.name,
		.extensions = extensions ? extensions : "",
		.least_sub_group = least_sub_group(device->id),
	};

	clGetDeviceInfo(device->id, COMPUTE_CAPABILITY_MAJOR, sizeof(signs.capability),
	                &signs.capability, NULL);
	clGetDeviceInfo(device->id, WAVEFRONT_WIDTH, sizeof(signs.wavefront), &signs.wavefront,
	                NULL);
	device->matrix_units = units_known(&signs, &device->units);
	free(extensions);
}

/* ---- products ---- */

/* Whole numbers of up to 8 bits, whose sums floats hold exactly; no two rows or columns are alike.
 */
struct factors {
	float pixels[PIXELS_MOST * INPUTS_MOST], weights[INPUTS_MOST * CHANNELS];
};

static struct factors make_factors(struct unit_shape shape)
{
	struct factors factors = {0};

	for (int i = 0; i < shape.inputs; i++) {
		for (int pixel = 0; pixel < shape.pixels; pixel++)
			factors.pixels[pixel * shape.inputs + i] = (float)(pixel * 3 + i * i - 20);
		for (int channel = 0; channel < CHANNELS; channel++)
			factors.weights[i * CHANNELS + channel] =
				(float)(channel * 5 - i * channel + 7 * i - 11);
	}
	return factors;
}

static cl_mem record_products(struct launch_recorder *recorder, enum unit_kind kind, int warps,
                              int rounds)
{
	const struct unit_shape shape = units_shape(kind);
	const struct factors factors = make_factors(shape);
	const size_t products = (size_t)warps * shape.pixels * CHANNELS;
	cl_mem pixels = record_own_buffer(recorder, sizeof(factors.pixels), factors.pixels);
	cl_mem weights = record_own_buffer(recorder, sizeof(factors.weights), factors.weights);
	cl_mem sums = record_own_buffer(recorder, products * sizeof(float), NULL);
	char units[UNIT_OPTIONS_LENGTH], options[OPTIONS_LENGTH];

	units_write_options(units, recorder->device, kind);
	snprintf(options, sizeof(options), "-DLANES=4 -DSUMS=%d %s", SUMS, units);
	record_kernel(recorder, "opencl/units", options, "multiply_by_units", "matrix units");
	record_buffer(recorder, pixels);
	record_buffer(recorder, weights);
	record_buffer(recorder, sums);
	record_int(recorder, rounds);
	record_flop(recorder, 2.0 * (double)products * shape.inputs * SUMS * rounds);
	record_launch(recorder, (size_t)warps * shape.warp, 1, 1, shape.warp, 1, 1);
	return sums;
}

void units_record_rounds(struct launch_recorder *recorder, enum unit_kind kind, int rounds)
{
	record_products(recorder, kind, (int)recorder->device->info.compute_units * WARPS_OF_A_UNIT,
	                rounds);
}

/* ---- a trial ---- */

static bool is_right(const float *sums, struct unit_shape shape)
{
	const struct factors factors = make_factors(shape);
	bool right = true;

	for (int pixel = 0; pixel < shape.pixels; pixel++)
		for (int channel = 0; channel < CHANNELS; channel++) {
			float product = 0;

			for (int i = 0; i < shape.inputs; i++)
				product += factors.pixels[pixel * shape.inputs + i] *
				           factors.weights[i * CHANNELS + channel];
			right &= sums[pixel * CHANNELS + channel] == SUMS * TRIAL_ROUNDS * product;
		}
	return right;
}

bool units_multiply(struct device *device, enum unit_kind kind)
{
	const struct unit_shape shape = units_shape(kind);
	struct launch_list list = {0};
	float sums[PIXELS_MOST * CHANNELS];
	rv_error unused;
	struct launch_recorder recorder = {.device = device, .list = &list, .error = &unused};
	cl_mem found = record_products(&recorder, kind, 1, TRIAL_ROUNDS);

	return record_run_once(&recorder, found, shape.pixels * CHANNELS * sizeof(float), sums) ==
	               RV_OK &&
	       is_right(sums, shape);
}

bool units_work(struct device *device, enum unit_kind kind)
{
	enum unit_trial *trial = &device->unit_trials[kind];

	if (*trial == UNITS_UNTRIED && device->matrix_units)
		*trial = units_multiply(device, kind) ? UNITS_RIGHT : UNITS_WRONG;
	return *trial == UNITS_RIGHT;
}
