/* The launch recorder, which writes launches into a list that is run many times.
 *
 * Operators do not launch kernels: they record them, with all arguments set, into a list that is
 * then enqueued for every gradient step. A recorder keeps the first error it meets and makes the
 * calls after it do nothing, so that recording code reads straight down and is checked once. */
#ifndef ENGINE_OPENCL_RECORD_H
#define ENGINE_OPENCL_RECORD_H

#include "engine/opencl/launch.h"
#include "engine/opencl/room.h"
#include "engine/opencl/slice.h"

struct launch_recorder {
	struct device *device;
	struct launch_list *list;
	cl_mem zeros;   /* a pixel of zeros, at least as wide as the widest tensor */
	cl_mem scratch; /* memory that launches use one after the other; may be NULL */
	size_t scratch_bytes;
	struct room *room; /* may be NULL */
	/* Where this is not NULL no buffer is made, but the bytes that the list would own are added
	 * to it. */
	size_t *measured;
	rv_status status; /* the first failure */
	rv_error *error;
	cl_kernel kernel; /* being recorded */
	cl_uint argument;
	const char *label;
	const char *operation; /* of the launches that follow; a literal, or NULL */
	double flop;
};

/* Whether groups of so many items can run a kernel. What the device allows in general may be more
 * than it can do with this kernel's registers, and its compiler may not know how to build it at
 * all. False after a failure. */
bool record_can_run(struct launch_recorder *recorder, const char *shader, const char *options,
                    const char *kernel, size_t items);
/* Starts a launch: kernel of shaders/shader.cl built with options. label is copied nowhere: give a
 * string that outlives the list (a node's name, a literal). */
void record_kernel(struct launch_recorder *recorder, const char *shader, const char *options,
                   const char *kernel, const char *label);
/* The arguments, in the kernel's order. */
void record_buffer(struct launch_recorder *recorder, cl_mem buffer);
void record_int(struct launch_recorder *recorder, int value);
void record_float(struct launch_recorder *recorder, float value);
void record_local(struct launch_recorder *recorder, size_t bytes);
/* Buffer, offset and pixel stride of a slice: three arguments. */
void record_slice(struct launch_recorder *recorder, const struct slice *slice);
void record_flop(struct launch_recorder *recorder, double flop);
/* Ends the launch with its global size (1 in unused dimensions) and, unless local0 is 0, its
 * work-group. With more rows of groups than the device takes it becomes several launches: kernels
 * must tell them by get_global_id(1), as groups are numbered anew in each. */
void record_launch(struct launch_recorder *recorder, size_t global0, size_t global1, size_t global2,
                   size_t local0, size_t local1, size_t local2);
/* A launch made by a library. release releases context with the list; context is released at once
 * if the recorder has failed. */
void record_call(struct launch_recorder *recorder, const char *label, double flop,
                 cl_int (*call)(void *context, cl_command_queue queue), void *context,
                 void (*release)(void *context));
/* A buffer the list owns, with data or zeros. NULL after a failure, or where measured. */
cl_mem record_own_buffer(struct launch_recorder *recorder, size_t bytes, const void *data);
/* A part of the recorder's room, with whatever others left there. Where there is none, or too
 * little of it left, a buffer that the list owns. NULL after a failure, or where measured. */
cl_mem record_part(struct launch_recorder *recorder, size_t bytes);
/* A buffer for what one launch leaves to the next: the recorder's scratch if that is large enough,
 * else one that the list owns. Undefined at first. NULL after a failure. */
cl_mem record_scratch(struct launch_recorder *recorder, size_t bytes);
/* For a trial: runs what was recorded, reads a buffer, which may be the list's own, and clears the
 * list, after a failure too. */
rv_status record_run_once(struct launch_recorder *recorder, cl_mem buffer, size_t bytes,
                          void *values);
void record_fail(struct launch_recorder *recorder, rv_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
