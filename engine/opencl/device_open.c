#include "engine/opencl/device_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/cache.h"
#include "engine/base/resident.h"
#include "engine/opencl/device_list.h"
#include "engine/opencl/precision.h"
#include "engine/opencl/program.h"
#include "engine/opencl/units.h"

/* CUDA's grids end there, and so may what NVIDIA's driver makes of them. */
enum { MOST_ROWS = 65535 };

static void read_limits(struct device *device, rv_kernels wanted)
{
	cl_ulong local = 0;
	clGetDeviceInfo(device->id, CL_DEVICE_LOCAL_MEM_SIZE, sizeof(local), &local, NULL);
	clGetDeviceInfo(device->id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(device->max_work_group),
	                &device->max_work_group, NULL);
	device->local_bytes = local;
	device->most_rows = MOST_ROWS;
	device->kernels = wanted != RV_KERNELS_AUTO            ? wanted
	                  : device->info.kind == RV_DEVICE_GPU ? RV_KERNELS_GPU
	                                                       : RV_KERNELS_CPU;
	/* A GPU's lanes are its work-items; 4 floats are one load of an item. */
	device->lanes = device_wants_groups(device)       ? 4
	                : device->info.vector_width >= 16 ? 16
	                : device->info.vector_width >= 8  ? 8
	                                                  : 4;
	units_find(device);
	snprintf(device->key, sizeof(device->key), "%s|%s|%s", device->info.platform,
	         device->info.name, device->info.driver);
}

/* May build a kernel to try it. */
static void choose_precision(struct device *device, rv_precision wanted)
{
	size_t before = resident_bytes(), after;

	device->precision = precision_of(device, wanted);
	device->units_when_measured = wanted == RV_PRECISION_AUTO;
	after = resident_bytes();
	device->tried_bytes = after > before ? after - before : 0;
}

rv_status device_open(struct device **out, const rv_config *config, rv_error *error)
{
	static const rv_config defaults;
	struct device *device = calloc(1, sizeof(*device));
	rv_status status;
	cl_int code;

	*out = NULL;
	if (!device)
		return rv_fail(error, RV_MEMORY, "out of memory");
	if (!config)
		config = &defaults;
	status = device_list_choose(device, config->device, error);
	if (status != RV_OK)
		goto failed;
	read_limits(device, config->kernels);
	cache_directory(config->cache_directory, device->cache_directory);
	device->context = clCreateContext(NULL, 1, &device->id, NULL, NULL, &code);
	if (code) {
		status = device_fail(error, code, device->info.name);
		goto failed;
	}
	device->times.on = config->time_stages;
	device->queue =
		clCreateCommandQueue(device->context, device->id,
	                             config->time_stages ? CL_QUEUE_PROFILING_ENABLE : 0, &code);
	if (code) {
		status = device_fail(error, code, "command queue");
		goto failed;
	}
	status = program_cache_create(&device->programs, device, error);
	if (status != RV_OK)
		goto failed;
	choose_precision(device, config->precision);
	*out = device;
	return RV_OK;
failed:
	device_close(&device);
	return status;
}

void device_close(struct device **pointer)
{
	struct device *device = *pointer;

	if (!device)
		return;
	program_cache_destroy(&device->programs);
	if (device->queue)
		clReleaseCommandQueue(device->queue);
	if (device->context)
		clReleaseContext(device->context);
	free(device);
	*pointer = NULL;
}
