/* What the files of a temporal object share: engine/time/temporal*.c. */
#ifndef ENGINE_TIME_TEMPORAL_STATE_H
#define ENGINE_TIME_TEMPORAL_STATE_H

#include "engine/flow/flow.h"
#include "engine/time/camera_path.h"
#include "engine/time/effort.h"
#include "engine/time/scene.h"
#include "engine/time/temporal_record.h"

/* How long a dream takes to melt into another one. */
#define MELT_SECONDS 1.0

/* What a frame knows of those before it, besides the rasters. An object that takes over another's
 * past copies it, and forgets what another size makes untrue. */
struct history {
	double melting; /* seconds for which another dream still fades into this one */
	bool has_past;
	int64_t nanoseconds; /* presentation time */
	struct scene scene;
	uint64_t cuts;   /* since the beginning */
	double wandered; /* drift, summed over the seconds */
	/* It goes on at this rate from what it was at a time; a drift that never changes began at
	 * time 0, wherever the first frame lies. */
	double drift, wandered_before;
	int64_t drifts_since; /* nanoseconds */
	double strength;      /* RMS of the detail after the scene's beginning; 0: not known yet */
	struct turns turns;   /* of the octaves */
	struct depth depth;
	double looked;           /* seconds since a frame was dreamed by itself */
	double news;             /* what was uncovered since, in whole pictures */
	double begun;            /* part of the scene's beginning that was dreamed; 1: all of it */
	double share;            /* of a cold dream that a frame of the beginning does */
	bool was_fresh;          /* the last frame lay within the beginning */
	struct dream_view first; /* the dream that a journey began with */
	bool on_journey;
};

struct temporal {
	struct device *device;
	struct temporal_buffers buffers;
	struct flow *flow;
	rv_time made_for;
	struct scene_block *view; /* the table, read back */
	struct launch_list allocation, trace, compare, settle, inherit, want, move;
	struct launch_list keep;
	cl_mem keep_from; /* what keep was recorded for */

	/* The frame under way. */
	struct temporal_plan plan;
	enum scene_verdict verdict;
	double seconds; /* since the last one */

	struct history history;
	struct history before; /* the frame under way: what it began with */
};

/* Seconds since the last frame, 0..1. */
double temporal_seconds(const struct temporal *temporal, int64_t nanoseconds);

/* Sets the arguments of a launch that say where each pixel comes from. */
void temporal_set_move(struct launch *launch, cl_uint argument, const struct camera_move *move);

/* What zoom, rotation and pan make of the frame in `seconds`. */
struct camera_move temporal_find_move(const struct temporal *temporal, const rv_time *time,
                                      double seconds);

/* Lets the dream wander on to a time, before history->nanoseconds is set to that. */
void temporal_wander(struct history *history, double drift, int64_t nanoseconds);

/* Reads back what the device found out about the last frame. Waits for it. */
rv_status temporal_read_table(struct temporal *temporal, rv_error *error);

/* Still within the beginning of a scene. */
bool temporal_is_beginning(const struct temporal *temporal);

/* The beginning of a scene, as params spread it. */
struct effort_beginning temporal_beginning(const struct temporal *temporal, const rv_params *params,
                                           bool moves);

#endif
