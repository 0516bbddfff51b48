/* OpenCL that fails, for the tests: a library to be loaded before the others (LD_PRELOAD), which
 * passes every call on that Reverie makes, but for those that are to fail. What to fail is said by
 *
 *     FAIL_CL          the call's name ("clFinish"), or "all"; without it nothing fails
 *     FAIL_CL_FROM     the first call of that name that fails, counted from 1 (1)
 *     FAIL_CL_COUNT    how many fail from there on (0: for good)
 *     FAIL_CL_AFTER    seconds from the start of the program before which nothing fails (0)
 *     FAIL_CL_FOR      seconds that it goes on from there (0: for good)
 *     FAIL_CL_DEVICE   a part of a device's name: calls on others do not fail
 *     FAIL_CL_CODE     the error, as a number (-5, out of resources); "numbers": the call succeeds,
 *                      and what it read from the device is no number; "hangs": it never returns
 *     FAIL_CL_FLAG     a file: nothing fails while it is not there
 *     FAIL_CL_SAYS     a file, to which "NAME NUMBER" is added for the first call that failed
 *     FAIL_CL_COUNTS   a file, to which "NAME CALLS" is written at the end, for each name
 *     FAIL_CL_HELD     a file that holds, as 8 bytes of this machine, how many bytes of buffers are
 *                      there at any time
 *     FAIL_CL_ROOM     with FAIL_CL_HELD: bytes of buffers that there is room for
 */
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { NAMES_MAX = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static struct {
	const char *name;
	long calls;
} counts[NAMES_MAX];
static long failed;
static double started;
static _Atomic uint64_t *held; /* NULL: nobody wants to know */

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A file that was there is left: a helper that the driver starts must not begin anew. */
static void share_held(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return;
	if (!ftruncate(file, sizeof(*held)))
		held = mmap(NULL, sizeof(*held), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (held == MAP_FAILED)
		held = NULL;
	close(file);
}

__attribute__((constructor)) static void start(void)
{
	started = now();
	if (getenv("FAIL_CL_HELD"))
		share_held(getenv("FAIL_CL_HELD"));
	/* What the driver starts in turn, such as a linker, must not be given it; `timeout` must.
	 */
	if (!strncmp(program_invocation_short_name, "reverie", 7))
		unsetenv("LD_PRELOAD");
}

static double number(const char *name, double otherwise)
{
	const char *text = getenv(name);
	return text && *text ? atof(text) : otherwise;
}

__attribute__((destructor)) static void write_counts(void)
{
	const char *path = getenv("FAIL_CL_COUNTS");
	FILE *file = path ? fopen(path, "a") : NULL;
	for (int i = 0; file && i < NAMES_MAX && counts[i].name; i++)
		fprintf(file, "%s %ld\n", counts[i].name, counts[i].calls);
	if (file)
		fclose(file);
}

static long count(const char *name)
{
	for (int i = 0; i < NAMES_MAX; i++) {
		if (!counts[i].name)
			counts[i].name = name;
		if (!strcmp(counts[i].name, name))
			return ++counts[i].calls;
	}
	return 0;
}

static void say(const char *name, long call)
{
	const char *path = getenv("FAIL_CL_SAYS");
	FILE *file = path ? fopen(path, "a") : NULL;
	if (file) {
		fprintf(file, "%s %ld\n", name, call);
		fclose(file);
	}
}

static int is_time(void)
{
	const char *flag = getenv("FAIL_CL_FLAG");
	double after = number("FAIL_CL_AFTER", 0), lasts = number("FAIL_CL_FOR", 0);
	double seconds = now() - started;
	if (flag && access(flag, F_OK))
		return 0;
	return seconds >= after && (lasts <= 0 || seconds < after + lasts);
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int is_device(cl_device_id device)
{
	cl_int (*ask)(cl_device_id, cl_device_info, size_t, void *, size_t *) = (cl_int(*)(
		cl_device_id, cl_device_info, size_t, void *, size_t *))next("clGetDeviceInfo");
	const char *part = getenv("FAIL_CL_DEVICE");
	char name[256] = "";
	if (!part)
		return 1;
	if (device)
		ask(device, CL_DEVICE_NAME, sizeof(name), name, NULL);
	return strstr(name, part) != NULL;
}

static cl_device_id device_of(cl_command_queue queue)
{
	cl_int (*ask)(cl_command_queue, cl_command_queue_info, size_t, void *, size_t *) =
		(cl_int(*)(cl_command_queue, cl_command_queue_info, size_t, void *, size_t *))next(
			"clGetCommandQueueInfo");
	cl_device_id device = NULL;
	ask(queue, CL_QUEUE_DEVICE, sizeof(device), &device, NULL);
	return device;
}

static int may_fail(const char *name, long call)
{
	const char *wanted = getenv("FAIL_CL");
	long from = (long)number("FAIL_CL_FROM", 1), most = (long)number("FAIL_CL_COUNT", 0);
	if (!wanted || (strcmp(wanted, "all") && strcmp(wanted, name)) || !is_time())
		return 0;
	return call >= from && (!most || failed < most);
}

static int hangs(void)
{
	const char *code = getenv("FAIL_CL_CODE");
	return code && !strcmp(code, "hangs");
}

/* Whether this call is to fail. */
static int fails(const char *name, cl_device_id device)
{
	pthread_mutex_lock(&lock);
	long call = count(name);
	int result = may_fail(name, call) && is_device(device);
	if (result && !failed++)
		say(name, call);
	pthread_mutex_unlock(&lock);
	while (result && hangs())
		pause();
	return result;
}

static int gives_numbers(void)
{
	const char *code = getenv("FAIL_CL_CODE");
	return code && !strcmp(code, "numbers");
}

static cl_int error_code(void)
{
	return gives_numbers() ? CL_SUCCESS : (cl_int)number("FAIL_CL_CODE", CL_OUT_OF_RESOURCES);
}

/* A call that returns its error; DEVICE is that of the call, or NULL. */
#define STATUS(name, device, parameters, arguments)                                                \
	cl_int name parameters                                                                     \
	{                                                                                          \
		if (fails(#name, device) && !gives_numbers())                                      \
			return error_code();                                                       \
		return ((cl_int(*) parameters)next(#name))arguments;                               \
	}

/* A call that makes something and writes its error to `code`. */
#define MAKER(type, name, device, parameters, arguments)                                           \
	type name parameters                                                                       \
	{                                                                                          \
		if (fails(#name, device) && !gives_numbers()) {                                    \
			if (code)                                                                  \
				*code = error_code();                                              \
			return NULL;                                                               \
		}                                                                                  \
		return ((type(*) parameters)next(#name))arguments;                                 \
	}

STATUS(clGetPlatformIDs, NULL, (cl_uint room, cl_platform_id *list, cl_uint *found),
       (room, list, found))
STATUS(clGetDeviceIDs, NULL,
       (cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *list,
        cl_uint *found),
       (platform, type, room, list, found))
STATUS(clGetDeviceInfo, device,
       (cl_device_id device, cl_device_info what, size_t bytes, void *value, size_t *size),
       (device, what, bytes, value, size))
STATUS(clBuildProgram, list ? list[0] : NULL,
       (cl_program program, cl_uint count, const cl_device_id *list, const char *options,
        void(CL_CALLBACK *notify)(cl_program, void *), void *context),
       (program, count, list, options, notify, context))
STATUS(clGetProgramInfo, NULL,
       (cl_program program, cl_program_info what, size_t bytes, void *value, size_t *size),
       (program, what, bytes, value, size))
STATUS(clGetProgramBuildInfo, device,
       (cl_program program, cl_device_id device, cl_program_build_info what, size_t bytes,
        void *value, size_t *size),
       (program, device, what, bytes, value, size))
STATUS(clGetKernelInfo, NULL,
       (cl_kernel kernel, cl_kernel_info what, size_t bytes, void *value, size_t *size),
       (kernel, what, bytes, value, size))
STATUS(clGetKernelWorkGroupInfo, device,
       (cl_kernel kernel, cl_device_id device, cl_kernel_work_group_info what, size_t bytes,
        void *value, size_t *size),
       (kernel, device, what, bytes, value, size))
STATUS(clGetMemObjectInfo, NULL,
       (cl_mem buffer, cl_mem_info what, size_t bytes, void *value, size_t *size),
       (buffer, what, bytes, value, size))
STATUS(clGetEventProfilingInfo, NULL,
       (cl_event event, cl_profiling_info what, size_t bytes, void *value, size_t *size),
       (event, what, bytes, value, size))
STATUS(clSetKernelArg, NULL, (cl_kernel kernel, cl_uint index, size_t bytes, const void *value),
       (kernel, index, bytes, value))
STATUS(clSetMemObjectDestructorCallback, NULL,
       (cl_mem buffer, void(CL_CALLBACK *notify)(cl_mem, void *), void *context),
       (buffer, notify, context))
STATUS(clWaitForEvents, NULL, (cl_uint count, const cl_event *list), (count, list))
STATUS(clFinish, device_of(queue), (cl_command_queue queue), (queue))
STATUS(clFlush, device_of(queue), (cl_command_queue queue), (queue))
STATUS(clEnqueueNDRangeKernel, device_of(queue),
       (cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
        const size_t *global, const size_t *local, cl_uint waits, const cl_event *list,
        cl_event *event),
       (queue, kernel, dimensions, offset, global, local, waits, list, event))
STATUS(clEnqueueCopyBuffer, device_of(queue),
       (cl_command_queue queue, cl_mem from, cl_mem to, size_t at, size_t place, size_t bytes,
        cl_uint waits, const cl_event *list, cl_event *event),
       (queue, from, to, at, place, bytes, waits, list, event))
STATUS(clEnqueueFillBuffer, device_of(queue),
       (cl_command_queue queue, cl_mem buffer, const void *pattern, size_t length, size_t at,
        size_t bytes, cl_uint waits, const cl_event *list, cl_event *event),
       (queue, buffer, pattern, length, at, bytes, waits, list, event))
STATUS(clEnqueueMarkerWithWaitList, device_of(queue),
       (cl_command_queue queue, cl_uint waits, const cl_event *list, cl_event *event),
       (queue, waits, list, event))
STATUS(clEnqueueWriteBuffer, device_of(queue),
       (cl_command_queue queue, cl_mem buffer, cl_bool blocks, size_t at, size_t bytes,
        const void *host, cl_uint waits, const cl_event *list, cl_event *event),
       (queue, buffer, blocks, at, bytes, host, waits, list, event))
STATUS(clEnqueueWriteBufferRect, device_of(queue),
       (cl_command_queue queue, cl_mem buffer, cl_bool blocks, const size_t *at,
        const size_t *host_at, const size_t *region, size_t row, size_t slice, size_t host_row,
        size_t host_slice, const void *host, cl_uint waits, const cl_event *list, cl_event *event),
       (queue, buffer, blocks, at, host_at, region, row, slice, host_row, host_slice, host, waits,
        list, event))
STATUS(clEnqueueReadBufferRect, device_of(queue),
       (cl_command_queue queue, cl_mem buffer, cl_bool blocks, const size_t *at,
        const size_t *host_at, const size_t *region, size_t row, size_t slice, size_t host_row,
        size_t host_slice, void *host, cl_uint waits, const cl_event *list, cl_event *event),
       (queue, buffer, blocks, at, host_at, region, row, slice, host_row, host_slice, host, waits,
        list, event))

cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocks, size_t at,
                           size_t bytes, void *host, cl_uint waits, const cl_event *list,
                           cl_event *event)
{
	cl_int (*read)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, void *, cl_uint,
	               const cl_event *, cl_event *) = next("clEnqueueReadBuffer");
	int bad = fails("clEnqueueReadBuffer", device_of(queue));
	if (bad && !gives_numbers())
		return error_code();
	cl_int code =
		read(queue, buffer, bad ? CL_TRUE : blocks, at, bytes, host, waits, list, event);
	if (bad)
		memset(host, 0xff, bytes); /* as floats: no numbers */
	return code;
}

MAKER(cl_context, clCreateContext, count ? list[0] : NULL,
      (const cl_context_properties *properties, cl_uint count, const cl_device_id *list,
       void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *context,
       cl_int *code),
      (properties, count, list, notify, context, code))
MAKER(cl_command_queue, clCreateCommandQueue, device,
      (cl_context context, cl_device_id device, cl_command_queue_properties properties,
       cl_int *code),
      (context, device, properties, code))

static void CL_CALLBACK give_back(cl_mem buffer, void *bytes)
{
	(void)buffer;
	atomic_fetch_sub(held, (uint64_t)(uintptr_t)bytes);
}

cl_mem clCreateBuffer(cl_context context, cl_mem_flags flags, size_t bytes, void *host,
                      cl_int *code)
{
	cl_mem (*make)(cl_context, cl_mem_flags, size_t, void *, cl_int *) = next("clCreateBuffer");
	cl_int (*watch)(cl_mem, void(CL_CALLBACK *)(cl_mem, void *), void *) =
		next("clSetMemObjectDestructorCallback");
	int is_full = held && atomic_load(held) + bytes > number("FAIL_CL_ROOM", INFINITY);
	if (is_full || (fails("clCreateBuffer", NULL) && !gives_numbers())) {
		if (code)
			*code = is_full ? CL_MEM_OBJECT_ALLOCATION_FAILURE : error_code();
		return NULL;
	}
	cl_mem buffer = make(context, flags, bytes, host, code);
	if (buffer && held && watch(buffer, give_back, (void *)(uintptr_t)bytes) == CL_SUCCESS)
		atomic_fetch_add(held, bytes);
	return buffer;
}

MAKER(cl_mem, clCreateSubBuffer, NULL,
      (cl_mem buffer, cl_mem_flags flags, cl_buffer_create_type type, const void *region,
       cl_int *code),
      (buffer, flags, type, region, code))
MAKER(cl_kernel, clCreateKernel, NULL, (cl_program program, const char *name, cl_int *code),
      (program, name, code))
MAKER(cl_program, clCreateProgramWithSource, NULL,
      (cl_context context, cl_uint count, const char **texts, const size_t *lengths, cl_int *code),
      (context, count, texts, lengths, code))
MAKER(cl_program, clCreateProgramWithBinary, count ? list[0] : NULL,
      (cl_context context, cl_uint count, const cl_device_id *list, const size_t *lengths,
       const unsigned char **binaries, cl_int *results, cl_int *code),
      (context, count, list, lengths, binaries, results, code))
