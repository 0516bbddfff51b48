#include "engine/opencl/device.h"

#include <stdlib.h>

#include "engine/base/cache.h"

static const struct {
	cl_int code;
	const char *name;
	rv_status status;
} cl_errors[] = {
	{CL_DEVICE_NOT_FOUND, "no device found", RV_NOT_FOUND},
	{CL_DEVICE_NOT_AVAILABLE, "device not available", RV_DEVICE},
	{CL_MEM_OBJECT_ALLOCATION_FAILURE, "out of device memory", RV_MEMORY},
	{CL_OUT_OF_RESOURCES, "out of device resources", RV_MEMORY},
	{CL_OUT_OF_HOST_MEMORY, "out of host memory", RV_MEMORY},
	{CL_INVALID_BUFFER_SIZE, "buffer larger than the device allows", RV_MEMORY},
	{CL_BUILD_PROGRAM_FAILURE, "kernel build failed", RV_DEVICE},
	{CL_INVALID_KERNEL_NAME, "no kernel of that name", RV_DEVICE},
	{CL_INVALID_WORK_GROUP_SIZE, "work-group too large", RV_DEVICE},
};

rv_status device_fail(rv_error *error, cl_int code, const char *what)
{
	for (size_t i = 0; i < sizeof(cl_errors) / sizeof(cl_errors[0]); i++)
		if (cl_errors[i].code == code)
			return rv_fail(error, cl_errors[i].status, "%s: %s (OpenCL error %d)", what,
			               cl_errors[i].name, code);
	return rv_fail(error, RV_DEVICE, "%s: OpenCL error %d", what, code);
}

bool device_wants_groups(const struct device *device)
{
	return device->kernels == RV_KERNELS_GPU;
}

size_t device_group_items(const struct device *device, size_t wanted)
{
	size_t items = 1;

	while (2 * items <= wanted && 2 * items <= device->max_work_group)
		items *= 2;
	return items;
}

rv_status device_buffer(struct device *device, size_t bytes, const void *data, cl_mem *buffer,
                        rv_error *error)
{
	static const cl_uchar zero;
	cl_int code;

	if (bytes == 0)
		bytes = 64;
	if (bytes > device->info.max_buffer_bytes)
		return rv_fail(error, RV_MEMORY,
		               "a buffer of %zu MB is more than %s allows (%llu MB); use a smaller "
		               "--size",
		               bytes >> 20, device->info.name,
		               (unsigned long long)device->info.max_buffer_bytes >> 20);
	*buffer = clCreateBuffer(device->context,
	                         CL_MEM_READ_WRITE | (data ? CL_MEM_COPY_HOST_PTR : 0), bytes,
	                         (void *)data, &code);
	if (code)
		return device_fail(error, code, "device buffer");
	if (!data) {
		code = clEnqueueFillBuffer(device->queue, *buffer, &zero, sizeof(zero), 0, bytes, 0,
		                           NULL, NULL);
		if (code) {
			clReleaseMemObject(*buffer);
			*buffer = NULL;
			return device_fail(error, code, "clearing a device buffer");
		}
	}
	return RV_OK;
}

/* A destructor callback of buffers: only now is the memory free. */
static void CL_CALLBACK release_entry(cl_mem buffer, void *context)
{
	struct cache_entry *entry = context;

	(void)buffer;
	cache_release(entry);
	free(entry);
}

rv_status device_buffer_adopt(struct device *device, struct cache_entry *entry, cl_mem *buffer,
                              rv_error *error)
{
	struct cache_entry *adopted;
	cl_int code;

	if (device->info.kind != RV_DEVICE_CPU)
		return device_buffer(device, entry->size, entry->data, buffer, error);
	adopted = malloc(sizeof(*adopted));
	if (!adopted)
		return rv_fail(error, RV_MEMORY, "out of memory");
	*buffer = clCreateBuffer(device->context, CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR,
	                         entry->size, entry->data, &code);
	if (!code) {
		*adopted = *entry;
		code = clSetMemObjectDestructorCallback(*buffer, release_entry, adopted);
	}
	if (code) {
		if (*buffer)
			clReleaseMemObject(*buffer);
		*buffer = NULL;
		free(adopted);
		return device_fail(error, code, "device buffer");
	}
	*entry = (struct cache_entry){0};
	return RV_OK;
}
