/* One OpenCL device: context, queue and what the kernels need to know about it. */
#ifndef ENGINE_OPENCL_DEVICE_H
#define ENGINE_OPENCL_DEVICE_H

#include <CL/cl.h>

#include "engine/opencl/preparation.h"
#include "engine/opencl/stage_times.h"
#include "engine/reverie.h"

struct cache_entry;
struct program_cache;

/* What convolutions may round to in each pass of a network; never AUTO, and what the device can. */
struct pass_precision {
	rv_precision forward, backward;
};

/* Matrix units that kernels know (shaders/base/units.clh has the same numbers). */
enum unit_kind {
	UNITS_NVIDIA,          /* since Ampere, by inline PTX: TF32 */
	UNITS_INTEL_8,         /* Arc A: bfloat16, in sub-groups of 8 */
	UNITS_INTEL_16,        /* the same in sub-groups of 16 */
	UNITS_AMD,             /* RDNA 3: bfloat16, in waves of 32 */
	UNITS_NVIDIA_BFLOAT16, /* the same units: bfloat16, twice as fast */
	UNIT_KINDS
};

/* What a trial of matrix units found. */
enum unit_trial { UNITS_UNTRIED, UNITS_RIGHT, UNITS_WRONG };

struct device {
	cl_platform_id platform;
	cl_device_id id;
	cl_context context;
	cl_command_queue queue; /* in order */
	rv_device_info info;
	rv_kernels kernels; /* CPU or GPU, never AUTO: ask device_wants_groups */
	struct pass_precision precision;
	bool matrix_units;    /* there are some: ask units_work whether they are right */
	enum unit_kind units; /* of what stands in for them too, where there are none */
	enum unit_trial unit_trials[UNIT_KINDS];
	bool units_when_measured; /* to be the fastest: nobody has asked for precision by name */
	int lanes;          /* width of the float vectors kernels are built with: 4, 8 or 16 */
	size_t local_bytes; /* local memory of a work-group */
	size_t max_work_group;
	size_t most_rows;           /* of work-groups, in the second dimension of a launch */
	size_t tried_bytes;         /* by which the process grew while precisions were tried */
	char key[320];              /* names device, platform and driver in caches */
	char cache_directory[1024]; /* "" for none */
	struct program_cache *programs;
	struct stage_times times; /* of the frame under way; on if rv_config asks for it */
	struct preparation preparation;
};

/* Whether launches are to be made as GPUs want them, many small work-items to a work-group, rather
 * than as CPUs do. What kind of device it is does not matter: rv_config may say otherwise. */
bool device_wants_groups(const struct device *device);

/* The largest power of two, of those up to wanted, that is a work-group the device allows. */
size_t device_group_items(const struct device *device, size_t wanted);

/* A buffer of the device, filled with zeros (so that lanes nobody writes are finite), or with
 * bytes of data if that is not NULL. Released with clReleaseMemObject. */
rv_status device_buffer(struct device *device, size_t bytes, const void *data, cl_mem *buffer,
                        rv_error *error);

/* A buffer of the entry's data, only to be read, and never written by a kernel. Where the device
 * computes in the host's memory it is the mapped file itself, which the buffer takes over; else a
 * copy. To be released all the same: entry by cache_release, the buffer by clReleaseMemObject. */
rv_status device_buffer_adopt(struct device *device, struct cache_entry *entry, cl_mem *buffer,
                              rv_error *error);

/* For a failed OpenCL call: "what: CL_OUT_OF_RESOURCES", with the right rv_status. */
rv_status device_fail(rv_error *error, cl_int code, const char *what);

#endif
