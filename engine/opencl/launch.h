/* Lists of launches, made by a launch recorder once and run many times. */
#ifndef ENGINE_OPENCL_LAUNCH_H
#define ENGINE_OPENCL_LAUNCH_H

#include "engine/opencl/device.h"

struct launch {
	const char *label;     /* for messages; lives as long as the list */
	const char *operation; /* for profiles: the operator it is a part of, or NULL */
	double flop;           /* useful arithmetic, for profiles; 0 where nobody counts */
	cl_kernel kernel;      /* NULL where call is used */
	cl_uint dimensions;
	size_t offset[3]; /* of the global ids; those of groups begin with 0 all the same */
	size_t global[3], local[3]; /* local[0] == 0: the driver chooses */
	/* A launch made by a library (CLBlast) instead of a kernel. */
	cl_int (*call)(void *context, cl_command_queue queue);
	void *context;
	void (*release)(void *context);
	bool skipped;   /* the runs that are enqueued from now on leave it out */
	cl_int refused; /* what the driver said of an argument that was to change, or 0 */
};

struct launch_list {
	struct launch *launches;
	int count, capacity;
	cl_mem *buffers; /* owned: weights, tables and scratch that only this list uses */
	int buffer_count, buffer_capacity;
};

/* Releases the launches and the buffers that the list owns, and leaves it empty. Nothing of it may
 * be running. */
void launch_list_clear(struct launch_list *list);

/* Bytes of the buffers that the list owns, but for parts of a room (engine/opencl/record.h). */
size_t launch_list_bytes(const struct launch_list *list);

/* Enqueues a launch of a kernel. event: to be released; may be NULL. */
cl_int launch_enqueue(const struct launch *launch, cl_command_queue queue, cl_event *event);

/* Enqueues every launch in order; does not wait. RV_DEVICE or RV_MEMORY, with the launch's label.
 */
rv_status launch_list_run(const struct launch_list *list, cl_command_queue queue, rv_error *error);

/* The same for the first time: waits for each launch, as its kernel may only be built now, and
 * advances the preparation by so many units in all. */
rv_status launch_list_run_first(const struct launch_list *list, cl_command_queue queue,
                                struct preparation *preparation, double units, rv_error *error);

/* Changes one argument of a recorded launch for the runs that are enqueued from now on. Where the
 * driver refuses it, the next run fails. */
void launch_set_int(struct launch *launch, cl_uint argument, int value);
void launch_set_float(struct launch *launch, cl_uint argument, float value);

#endif
