#include "engine/opencl/launch.h"

#include <stdlib.h>
#include <string.h>

void launch_list_clear(struct launch_list *list)
{
	for (int i = 0; i < list->count; i++) {
		struct launch *launch = &list->launches[i];
		if (launch->kernel)
			clReleaseKernel(launch->kernel);
		if (launch->release)
			launch->release(launch->context);
	}
	for (int i = 0; i < list->buffer_count; i++)
		clReleaseMemObject(list->buffers[i]);
	free(list->launches);
	free(list->buffers);
	memset(list, 0, sizeof(*list));
}

size_t launch_list_bytes(const struct launch_list *list)
{
	size_t bytes = 0;

	for (int i = 0; i < list->buffer_count; i++) {
		size_t size = 0;
		cl_mem whole = NULL;
		clGetMemObjectInfo(list->buffers[i], CL_MEM_SIZE, sizeof(size), &size, NULL);
		clGetMemObjectInfo(list->buffers[i], CL_MEM_ASSOCIATED_MEMOBJECT, sizeof(whole),
		                   &whole, NULL);
		bytes += whole ? 0 : size;
	}
	return bytes;
}

cl_int launch_enqueue(const struct launch *launch, cl_command_queue queue, cl_event *event)
{
	return clEnqueueNDRangeKernel(queue, launch->kernel, launch->dimensions, launch->offset,
	                              launch->global, launch->local[0] ? launch->local : NULL, 0,
	                              NULL, event);
}

static cl_int run(struct launch *launch, cl_command_queue queue)
{
	cl_int refused = launch->refused;

	launch->refused = CL_SUCCESS;
	if (refused || launch->skipped)
		return refused;
	if (launch->call)
		return launch->call(launch->context, queue);
	return launch_enqueue(launch, queue, NULL);
}

rv_status launch_list_run(const struct launch_list *list, cl_command_queue queue, rv_error *error)
{
	for (int i = 0; i < list->count; i++) {
		cl_int code = run(&list->launches[i], queue);
		if (code)
			return device_fail(error, code, list->launches[i].label);
	}
	return RV_OK;
}

rv_status launch_list_run_first(const struct launch_list *list, cl_command_queue queue,
                                struct preparation *preparation, double units, rv_error *error)
{
	rv_status status = RV_OK;

	for (int i = 0; i < list->count && status == RV_OK; i++) {
		cl_int code = run(&list->launches[i], queue);
		if (!code)
			code = clFinish(queue);
		if (code)
			return device_fail(error, code, list->launches[i].label);
		status = preparation_advance(preparation, units / list->count, error);
	}
	return status;
}

static void set(struct launch *launch, cl_uint argument, size_t size, const void *value)
{
	cl_int code = clSetKernelArg(launch->kernel, argument, size, value);

	if (code)
		launch->refused = code;
}

void launch_set_int(struct launch *launch, cl_uint argument, int value)
{
	set(launch, argument, sizeof(value), &value);
}

void launch_set_float(struct launch *launch, cl_uint argument, float value)
{
	set(launch, argument, sizeof(value), &value);
}
