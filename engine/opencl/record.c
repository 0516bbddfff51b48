#include "engine/opencl/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"
#include "engine/opencl/program.h"

/* A launch that was begun and will not be ended. */
static void drop_kernel(struct launch_recorder *recorder)
{
	if (recorder->kernel)
		clReleaseKernel(recorder->kernel);
	recorder->kernel = NULL;
}

void record_fail(struct launch_recorder *recorder, rv_status status, const char *format, ...)
{
	char message[RV_ERROR_LENGTH];
	va_list arguments;

	if (recorder->status != RV_OK)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	recorder->status = rv_fail(recorder->error, status, "%s", message);
	drop_kernel(recorder);
}

bool record_can_run(struct launch_recorder *recorder, const char *shader, const char *options,
                    const char *kernel, size_t items)
{
	struct device *device = recorder->device;
	size_t most = 0;
	cl_kernel built;
	rv_status status;

	if (recorder->status != RV_OK)
		return false;
	status = program_kernel(device, shader, options, kernel, &built, recorder->error);
	if (status != RV_OK) {
		recorder->status = status == RV_DEVICE ? RV_OK : status;
		return false;
	}
	clGetKernelWorkGroupInfo(built, device->id, CL_KERNEL_WORK_GROUP_SIZE, sizeof(most), &most,
	                         NULL);
	clReleaseKernel(built);
	return most >= items;
}

void record_kernel(struct launch_recorder *recorder, const char *shader, const char *options,
                   const char *kernel, const char *label)
{
	if (recorder->status != RV_OK)
		return;
	recorder->argument = 0;
	recorder->label = label;
	recorder->flop = 0;
	recorder->status = program_kernel(recorder->device, shader, options, kernel,
	                                  &recorder->kernel, recorder->error);
}

static void record_argument(struct launch_recorder *recorder, size_t size, const void *value)
{
	cl_int code;

	if (recorder->status != RV_OK)
		return;
	code = clSetKernelArg(recorder->kernel, recorder->argument, size, value);
	if (code)
		record_fail(recorder, RV_DEVICE, "%s: argument %u refused (OpenCL error %d)",
		            recorder->label, recorder->argument, code);
	recorder->argument++;
}

void record_buffer(struct launch_recorder *recorder, cl_mem buffer)
{
	record_argument(recorder, sizeof(buffer), &buffer);
}

void record_int(struct launch_recorder *recorder, int value)
{
	record_argument(recorder, sizeof(value), &value);
}

void record_float(struct launch_recorder *recorder, float value)
{
	record_argument(recorder, sizeof(value), &value);
}

void record_local(struct launch_recorder *recorder, size_t bytes)
{
	record_argument(recorder, bytes, NULL);
}

void record_slice(struct launch_recorder *recorder, const struct slice *slice)
{
	record_buffer(recorder, slice->buffer);
	record_int(recorder, slice->offset);
	record_int(recorder, slice->pixel_stride);
}

void record_flop(struct launch_recorder *recorder, double flop)
{
	recorder->flop = flop;
}

/* Room for one more element of size bytes, growing by doubling; NULL without memory. */
static void *grow(void *elements, int count, int *capacity, size_t size)
{
	int wanted = *capacity ? 2 * *capacity : 64;
	void *grown;

	if (count < *capacity)
		return elements;
	grown = realloc(elements, (size_t)wanted * size);
	if (grown)
		*capacity = wanted;
	return grown;
}

static struct launch *append(struct launch_recorder *recorder)
{
	struct launch_list *list = recorder->list;
	struct launch *launches =
		grow(list->launches, list->count, &list->capacity, sizeof(*launches));
	if (!launches) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	list->launches = launches;
	memset(&launches[list->count], 0, sizeof(*launches));
	return &launches[list->count++];
}

/* A launch of the kernel that is being recorded, which has so many rows in its second dimension. */
static void append_rows(struct launch_recorder *recorder, size_t first, size_t rows, size_t all)
{
	struct launch *launch = append(recorder);

	if (!launch)
		return;
	clRetainKernel(recorder->kernel);
	launch->label = recorder->label;
	launch->operation = recorder->operation;
	launch->flop = recorder->flop * (double)rows / (double)max_size(all, 1);
	launch->kernel = recorder->kernel;
	launch->offset[1] = first;
	launch->global[1] = rows;
}

void record_launch(struct launch_recorder *recorder, size_t global0, size_t global1, size_t global2,
                   size_t local0, size_t local1, size_t local2)
{
	size_t most = recorder->device->most_rows * max_size(local1, 1);
	struct launch_list *list = recorder->list;
	int first = list->count;

	/* One of no rows is a launch too, which the driver refuses. */
	for (size_t row = 0; recorder->status == RV_OK && (row == 0 || row < global1); row += most)
		append_rows(recorder, row, min_size(global1 - row, most), global1);
	if (recorder->status != RV_OK)
		return;
	for (struct launch *launch = list->launches + first; launch < list->launches + list->count;
	     launch++) {
		launch->dimensions = global2 > 1 ? 3 : global1 > 1 ? 2 : 1;
		launch->global[0] = global0;
		launch->global[2] = global2;
		memcpy(launch->local, (size_t[3]){local0, local1, local2}, sizeof(launch->local));
	}
	drop_kernel(recorder);
}

void record_call(struct launch_recorder *recorder, const char *label, double flop,
                 cl_int (*call)(void *context, cl_command_queue queue), void *context,
                 void (*release)(void *context))
{
	struct launch *launch = recorder->status != RV_OK ? NULL : append(recorder);

	if (!launch) {
		release(context);
		return;
	}
	launch->label = label;
	launch->operation = recorder->operation;
	launch->flop = flop;
	launch->call = call;
	launch->context = context;
	launch->release = release;
}

/* ---- buffers ---- */

/* Where parts of a room begin: no device asks for more. */
static const size_t PART_ALIGNMENT = 4096;

/* Room for one more buffer in the list; false after a failure. */
static bool can_own(struct launch_recorder *recorder)
{
	struct launch_list *list = recorder->list;
	cl_mem *buffers;

	if (recorder->status != RV_OK)
		return false;
	buffers = grow(list->buffers, list->buffer_count, &list->buffer_capacity, sizeof(*buffers));
	if (!buffers)
		record_fail(recorder, RV_MEMORY, "out of memory");
	else
		list->buffers = buffers;
	return buffers;
}

cl_mem record_own_buffer(struct launch_recorder *recorder, size_t bytes, const void *data)
{
	cl_mem buffer = NULL;

	if (recorder->measured) {
		*recorder->measured += bytes;
		return NULL;
	}
	if (!can_own(recorder))
		return NULL;
	recorder->status = device_buffer(recorder->device, bytes, data, &buffer, recorder->error);
	if (recorder->status != RV_OK) {
		drop_kernel(recorder);
		return NULL;
	}
	recorder->list->buffers[recorder->list->buffer_count++] = buffer;
	return buffer;
}

static cl_mem own_part(struct launch_recorder *recorder, size_t place, size_t bytes)
{
	const cl_buffer_region region = {place, bytes};
	cl_mem buffer;
	cl_int code;

	if (!can_own(recorder))
		return NULL;
	buffer = clCreateSubBuffer(recorder->room->buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region,
	                           &code);
	if (code) {
		record_fail(recorder, RV_DEVICE, "no part of a buffer (OpenCL error %d)", code);
		return NULL;
	}
	recorder->list->buffers[recorder->list->buffer_count++] = buffer;
	return buffer;
}

cl_mem record_part(struct launch_recorder *recorder, size_t bytes)
{
	struct room *room = recorder->room;
	size_t place = room ? round_up_size(room->taken, PART_ALIGNMENT) : 0;

	if (!room || (!recorder->measured && place + bytes > room->bytes))
		return record_own_buffer(recorder, bytes, NULL);
	room->taken = place + bytes;
	if (!recorder->measured)
		return own_part(recorder, place, bytes);
	room->bytes = max_size(room->bytes, room->taken);
	return NULL;
}

cl_mem record_scratch(struct launch_recorder *recorder, size_t bytes)
{
	if (recorder->scratch && bytes <= recorder->scratch_bytes)
		return recorder->scratch;
	return record_own_buffer(recorder, bytes, NULL);
}

rv_status record_run_once(struct launch_recorder *recorder, cl_mem buffer, size_t bytes,
                          void *values)
{
	cl_command_queue queue = recorder->device->queue;
	rv_status status = recorder->status;

	if (status == RV_OK)
		status = launch_list_run(recorder->list, queue, recorder->error);
	if (status == RV_OK) {
		cl_int code = clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, bytes, values, 0, NULL,
		                                  NULL);
		if (code)
			status = device_fail(recorder->error, code, "reading a trial's result");
	}
	launch_list_clear(recorder->list);
	return status;
}
