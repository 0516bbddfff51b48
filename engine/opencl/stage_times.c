#include "engine/opencl/stage_times.h"

static cl_event mark(cl_command_queue queue)
{
	cl_event event = NULL;

	return clEnqueueMarkerWithWaitList(queue, 0, NULL, &event) ? NULL : event;
}

void stage_times_begin(struct stage_times *times, cl_command_queue queue, enum timed_stage stage)
{
	struct stage_spans *spans = &times->spans[stage];

	if (times->on && spans->count < STAGE_SPANS_MAX)
		spans->begin[spans->count] = mark(queue);
}

void stage_times_end(struct stage_times *times, cl_command_queue queue, enum timed_stage stage)
{
	struct stage_spans *spans = &times->spans[stage];

	if (times->on && spans->count < STAGE_SPANS_MAX)
		spans->end[spans->count++] = mark(queue);
}

/* When a marker was passed, in nanoseconds; false where that is not known. */
static bool passed(cl_event event, cl_ulong *nanoseconds)
{
	return event && !clWaitForEvents(1, &event) &&
	       !clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof(*nanoseconds),
	                                nanoseconds, NULL);
}

static void release(cl_event event)
{
	if (event)
		clReleaseEvent(event);
}

double stage_times_take(struct stage_times *times, enum timed_stage stage)
{
	struct stage_spans *spans = &times->spans[stage];
	double sum = 0;

	for (int i = 0; i < spans->count; i++) {
		cl_ulong begin, end;

		if (passed(spans->begin[i], &begin) && passed(spans->end[i], &end))
			sum += (double)(end - begin) * 1e-6;
		release(spans->begin[i]);
		release(spans->end[i]);
	}
	spans->count = 0;
	return sum;
}
