/* What the files of a temporal object share: engine/temporal*.c. */
#ifndef ENGINE_TIME_TEMPORAL_INSIDE_H
#define ENGINE_TIME_TEMPORAL_INSIDE_H

#include "engine/time/camera_path.h"
#include "engine/time/effort.h"
#include "engine/time/scene.h"
#include "engine/time/temporal_record.h"

/* How long a dream takes to melt into another one. */
#define MELT_SECONDS 1.0

/* What a frame knows of those before it, beside the rasters: all that another object takes over. */
struct history {
	double melting; /* seconds for which another dream still fades into this one */
	bool has_past;
	int64_t nanoseconds; /* presentation time */
	struct scene scene;
	uint64_t cuts;           /* since the beginning */
	double wandered;         /* drift, over the seconds */
	double strength;         /* of the scene's beginning; 0: not measured yet */
	struct turns turns;      /* of the octaves */
	double begun;            /* part of the scene's beginning that was dreamed, 1: all */
	bool was_fresh;          /* still within it */
	struct dream_view first; /* of a journey */
	bool travelling;
};

struct temporal {
	struct device *device;
	struct temporal_stage stage;
	struct flow *flow;
	rv_time made_for;
	struct scene_block *view; /* the table, read back */
	struct launch_list buffers, trace, compare, inherit, want, travel;
	struct launch_list keep;
	cl_mem keep_from; /* what keep was recorded for */

	/* The frame under way. */
	struct temporal_plan plan;
	enum scene_verdict verdict;
	double seconds; /* since the last one */
	double share;   /* of a cold dream that a frame of the scene's beginning does */

	struct history history;
};

/* Seconds since the last frame, 0..1. */
double temporal_seconds(const struct temporal *temporal, int64_t nanoseconds);

/* Sets the arguments of a launch that say where each pixel comes from. */
void temporal_set_move(const struct launch *launch, cl_uint argument, const struct move *move);

/* Reads back what the device found out about the last frame. Waits for it. */
rv_status temporal_read_table(struct temporal *temporal, rv_error *error);

/* Still within the beginning of a scene. */
bool temporal_is_beginning(const struct temporal *temporal);

/* Finds out what a frame of a scene that goes on inherits and how it is dreamed. */
rv_status temporal_plan_warm(struct temporal *temporal, const rv_params *params,
                             const struct scene_view *view, rv_error *error);

#endif
