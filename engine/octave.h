/* One octave of an ascent: the picture at one size, and the launches of one gradient step there. */
#ifndef OCTAVE_H
#define OCTAVE_H

#include "engine/ascent.h"

struct octave {
	int width, height;
	struct network *network;
	struct raster base;     /* the frame at this size */
	struct raster picture;  /* the dream at this size */
	struct raster detail;   /* dream minus frame; at first what came from the octave below */
	struct raster past;     /* the last frame's detail at this size */
	struct raster gradient; /* scratch */
	struct launch_list buffers; /* owns the rasters */
	struct launch_list enter;   /* from frame and detail to the picture to start from */
	struct launch_list present; /* picture -> network input */
	struct launch_list step;    /* network's input gradient -> picture moved */
	struct launch_list leave;   /* from picture to detail */
	int blend_launch, present_launch, present_backward_launch, step_launch;
};

/* Everything an octave is recorded from. below is NULL for the smallest octave. */
struct octave_recipe {
	const struct ascent_recipe *ascent;
	const struct raster *frame;
	const struct raster *last_detail; /* of the last frame, at full size */
	const struct octave *below;
	const struct network_buffers *buffers;
	struct convolution_library *convolutions;
};

rv_status octave_record(struct octave *octave, struct device *device,
                        const struct octave_recipe *recipe, rv_error *error);
void octave_release(struct octave *octave);

/* Sets what may change between frames without recording anew. */
void octave_set(struct octave *octave, const rv_params *params, bool has_past);

rv_status octave_enter(struct octave *octave, cl_command_queue queue, rv_error *error);
/* One gradient step with the picture shifted by shift_y, shift_x (0 <= shift < size). */
rv_status octave_step(struct octave *octave, int shift_y, int shift_x, cl_command_queue queue,
                      rv_error *error);
rv_status octave_leave(struct octave *octave, cl_command_queue queue, rv_error *error);

#endif
