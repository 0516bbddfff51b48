/* Launches recorded once and run many times.
 *
 * Operators do not launch kernels: they record them, with all arguments set, into a list that is
 * then enqueued for every gradient step. A recorder keeps the first error it meets and makes the
 * calls after it do nothing, so that recording code reads straight down and is checked once. */
#ifndef ENGINE_OPENCL_RECORD_H
#define ENGINE_OPENCL_RECORD_H

#include "engine/opencl/device.h"

/* A tensor, or a run of channels of a wider one, in a buffer of float. Pixels are stored row by
 * row, the channels of a pixel together (NHWC): channel c of pixel (y, x) is element
 * offset + (y * width + x) * pixel_stride + c. offset and pixel_stride are multiples of
 * TENSOR_ALIGNMENT, but for the network's input, whose pixel_stride is INPUT_STRIDE. The channels
 * up to the next multiple of TENSOR_ALIGNMENT exist and hold finite values of no meaning: kernels
 * may overwrite them with finite values, and whoever sums over channels must leave them out. */
enum { TENSOR_ALIGNMENT = 16, INPUT_STRIDE = 4 };

struct slice {
	cl_mem buffer;
	int offset, pixel_stride; /* elements */
	int channels, height, width;
};

struct launch {
	const char *label;     /* for messages; lives as long as the list */
	const char *operation; /* for profiles: the operator it is a part of, or NULL */
	double flop;           /* useful arithmetic, for profiles; 0 where nobody counts */
	cl_kernel kernel;      /* NULL where call is used */
	cl_uint dimensions;
	size_t global[3], local[3]; /* local[0] == 0: the driver chooses */
	/* A launch made by a library (CLBlast) instead of a kernel. */
	cl_int (*call)(void *context, cl_command_queue queue);
	void *context;
	void (*release)(void *context);
};

struct launch_list {
	struct launch *launches;
	int count, capacity;
	cl_mem *buffers; /* owned: weights, tables and scratch that only this list uses */
	int buffer_count, buffer_capacity;
};

void launch_list_clear(struct launch_list *list);

/* Bytes of the buffers that the list owns. */
size_t launch_list_bytes(const struct launch_list *list);

/* Enqueues every launch; does not wait. */
rv_status launch_list_run(const struct launch_list *list, cl_command_queue queue, rv_error *error);

/* Changes one argument of a recorded launch for the runs that are enqueued from now on. */
void launch_set_int(const struct launch *launch, cl_uint argument, int value);
void launch_set_float(const struct launch *launch, cl_uint argument, float value);

struct launch_recorder {
	struct device *device;
	struct launch_list *list;
	cl_mem zeros;   /* a pixel of zeros, at least as wide as the widest tensor */
	cl_mem scratch; /* room that launches use one after the other; may be NULL */
	size_t scratch_bytes;
	rv_status status; /* the first failure */
	rv_error *error;
	cl_kernel kernel; /* being recorded */
	cl_uint argument;
	const char *label;
	const char *operation; /* of the launches that follow; a literal, or NULL */
	double flop;
};

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
 * work-group. */
void record_launch(struct launch_recorder *recorder, size_t global0, size_t global1, size_t global2,
                   size_t local0, size_t local1, size_t local2);
/* A launch made by a library. release releases context with the list; context is released at once
 * if the recorder has failed. */
void record_call(struct launch_recorder *recorder, const char *label, double flop,
                 cl_int (*call)(void *context, cl_command_queue queue), void *context,
                 void (*release)(void *context));
/* A buffer the list owns, with data or zeros. NULL after a failure. */
cl_mem record_own_buffer(struct launch_recorder *recorder, size_t bytes, const void *data);
/* A buffer for what one launch leaves to the next: the recorder's scratch if that is large enough,
 * else one that the list owns. Undefined at first. NULL after a failure. */
cl_mem record_scratch(struct launch_recorder *recorder, size_t bytes);
void record_fail(struct launch_recorder *recorder, rv_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
