#include "engine/opencl/device_list.h"

#include <pthread.h>
#include <string.h>

enum { PLATFORMS_MAX = 16, DEVICES_MAX = 64 };

/* Every device of every platform, in the platforms' order: the numbering users see. */
struct device_listing {
	cl_platform_id platforms[DEVICES_MAX];
	cl_device_id ids[DEVICES_MAX];
	int count;
};

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

/* The first call makes the drivers start. PoCL would tell another thread, which asks meanwhile, of
 * devices that it has not filled in yet; so threads take turns. */
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

rv_status device_list_choose(struct device *device, int asked, rv_error *error)
{
	struct device_listing listing;
	int index;

	list_devices(&listing);
	if (listing.count == 0)
		return rv_fail(error, RV_NOT_FOUND,
		               "no OpenCL device found; install a driver for yours, or "
		               "pocl-opencl-icd to run on the processor, which needs a $HOME or "
		               "$POCL_CACHE_DIR that can be written");
	if (asked < 0 || asked > listing.count)
		return rv_fail(error, RV_INVALID,
		               "there is no device %d; `reverie devices` lists those there are",
		               asked);
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
