#include "engine/opencl/device.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/cache.h"
#include "engine/opencl/program.h"

enum { PLATFORMS_MAX = 16, DEVICES_MAX = 64 };

/* Every device of every platform, in the platforms' order: the numbering users see. */
struct device_listing {
	cl_platform_id platforms[DEVICES_MAX];
	cl_device_id ids[DEVICES_MAX];
	int count;
};

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

static void ask_for_devices(struct device_listing *listing)
{
	cl_platform_id platforms[PLATFORMS_MAX];
	cl_uint platform_count = 0;

	listing->count = 0;
	if (clGetPlatformIDs(PLATFORMS_MAX, platforms, &platform_count) != CL_SUCCESS)
		return;
	if (platform_count > PLATFORMS_MAX)
		platform_count = PLATFORMS_MAX;
	for (cl_uint i = 0; i < platform_count; i++) {
		cl_uint count = 0, room = (cl_uint)(DEVICES_MAX - listing->count);
		if (!room || clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, room,
		                            listing->ids + listing->count, &count) != CL_SUCCESS)
			continue;
		for (cl_uint k = 0; k < count && k < room; k++)
			listing->platforms[listing->count++] = platforms[i];
	}
}

/* The first who asks makes the drivers start, and PoCL tells a second one, who asks meanwhile, of
 * devices that it has not filled in yet. */
static void list_devices(struct device_listing *listing)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&one_at_a_time);
	ask_for_devices(listing);
	pthread_mutex_unlock(&one_at_a_time);
}

static rv_device_kind device_kind(cl_device_type type)
{
	if (type & CL_DEVICE_TYPE_GPU)
		return RV_DEVICE_GPU;
	return type & CL_DEVICE_TYPE_CPU ? RV_DEVICE_CPU : RV_DEVICE_OTHER;
}

static void describe(cl_platform_id platform, cl_device_id id, rv_device_info *info)
{
	cl_device_type type = 0;
	cl_uint units = 0, width = 0;
	cl_ulong memory = 0, largest = 0;
	cl_bool available = CL_FALSE, compiler = CL_FALSE, little = CL_FALSE;

	memset(info, 0, sizeof(*info));
	clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof(info->platform), info->platform, NULL);
	clGetDeviceInfo(id, CL_DEVICE_NAME, sizeof(info->name), info->name, NULL);
	clGetDeviceInfo(id, CL_DRIVER_VERSION, sizeof(info->driver), info->driver, NULL);
	clGetDeviceInfo(id, CL_DEVICE_TYPE, sizeof(type), &type, NULL);
	clGetDeviceInfo(id, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(units), &units, NULL);
	clGetDeviceInfo(id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, sizeof(width), &width, NULL);
	clGetDeviceInfo(id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(memory), &memory, NULL);
	clGetDeviceInfo(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(largest), &largest, NULL);
	clGetDeviceInfo(id, CL_DEVICE_AVAILABLE, sizeof(available), &available, NULL);
	clGetDeviceInfo(id, CL_DEVICE_COMPILER_AVAILABLE, sizeof(compiler), &compiler, NULL);
	clGetDeviceInfo(id, CL_DEVICE_ENDIAN_LITTLE, sizeof(little), &little, NULL);
	info->kind = device_kind(type);
	info->compute_units = units;
	info->vector_width = width;
	info->memory_bytes = memory;
	info->max_buffer_bytes = largest;
	info->usable = available && compiler && little;
}

rv_status rv_device_list(rv_device_info *list, int capacity, int *count, rv_error *error)
{
	struct device_listing listing;

	if (!count || (capacity > 0 && !list))
		return rv_fail(error, RV_INVALID, "rv_device_list needs a list and a count");
	list_devices(&listing);
	for (int i = 0; i < listing.count && i < capacity; i++)
		describe(listing.platforms[i], listing.ids[i], &list[i]);
	*count = listing.count;
	return RV_OK;
}

/* The first usable GPU, else the first usable device; -1 where there is none. */
static int default_device(const struct device_listing *listing)
{
	int first = -1;
	for (int i = 0; i < listing->count; i++) {
		rv_device_info info;
		describe(listing->platforms[i], listing->ids[i], &info);
		if (!info.usable)
			continue;
		if (info.kind == RV_DEVICE_GPU)
			return i;
		if (first < 0)
			first = i;
	}
	return first;
}

static rv_status choose(struct device *device, int asked, rv_error *error)
{
	struct device_listing listing;
	int index;

	list_devices(&listing);
	if (listing.count == 0)
		return rv_fail(error, RV_NOT_FOUND,
		               "no OpenCL device found; install a driver for yours, or "
		               "pocl-opencl-icd to run on the processor");
	if (asked < 0 || asked > listing.count)
		return rv_fail(error, RV_INVALID,
		               "no device %d; there are %d, listed by `reverie devices`", asked,
		               listing.count);
	index = asked ? asked - 1 : default_device(&listing);
	if (index < 0)
		return rv_fail(error, RV_NOT_FOUND,
		               "no usable OpenCL device; `reverie devices` lists what there is");
	device->platform = listing.platforms[index];
	device->id = listing.ids[index];
	describe(device->platform, device->id, &device->info);
	if (!device->info.usable)
		return rv_fail(error, RV_UNSUPPORTED,
		               "device %d (%s) cannot compile kernels; "
		               "choose another with --device",
		               index + 1, device->info.name);
	return RV_OK;
}

static void read_limits(struct device *device, rv_kernels wanted)
{
	cl_ulong local = 0;
	clGetDeviceInfo(device->id, CL_DEVICE_LOCAL_MEM_SIZE, sizeof(local), &local, NULL);
	clGetDeviceInfo(device->id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(device->max_work_group),
	                &device->max_work_group, NULL);
	device->local_bytes = local;
	device->kernels = wanted != RV_KERNELS_AUTO            ? wanted
	                  : device->info.kind == RV_DEVICE_GPU ? RV_KERNELS_GPU
	                                                       : RV_KERNELS_CPU;
	/* A GPU's lanes are its work-items; 4 floats are one load of an item. */
	device->lanes = device_wants_groups(device)       ? 4
	                : device->info.vector_width >= 16 ? 16
	                : device->info.vector_width >= 8  ? 8
	                                                  : 4;
	snprintf(device->key, sizeof(device->key), "%s|%s|%s", device->info.platform,
	         device->info.name, device->info.driver);
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
	status = choose(device, config->device, error);
	if (status)
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
	if (status)
		goto failed;
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
