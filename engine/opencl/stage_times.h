/* How long the parts of a frame take on the device, by its own clock: events of markers around what
 * is enqueued for a part, read when the frame is done. Belongs to the thread of the device's queue,
 * which must be one that profiles. What cannot be measured is left out, and fails nothing. */
#ifndef ENGINE_OPENCL_STAGE_TIMES_H
#define ENGINE_OPENCL_STAGE_TIMES_H

#include <CL/cl.h>
#include <stdbool.h>

enum timed_stage {
	TIMED_FLOW,  /* the optical flow, both ways */
	TIMED_STEPS, /* gradient steps: gradient, normalisation and move */
	TIMED_STAGES
};

/* Times of one stage in a frame that are kept apart; those beyond are not counted. */
enum { STAGE_SPANS_MAX = 64 };

struct stage_spans {
	cl_event begin[STAGE_SPANS_MAX], end[STAGE_SPANS_MAX];
	int count;
};

/* Zeroed: measures nothing. */
struct stage_times {
	bool on;
	struct stage_spans spans[TIMED_STAGES];
};

/* Called before and after what a stage enqueues, each time that it does. */
void stage_times_begin(struct stage_times *times, cl_command_queue queue, enum timed_stage stage);
void stage_times_end(struct stage_times *times, cl_command_queue queue, enum timed_stage stage);

/* Waits for all spans of a stage, forgets them, and returns their sum in milliseconds. */
double stage_times_take(struct stage_times *times, enum timed_stage stage);

#endif
