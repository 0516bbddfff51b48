/* What a flow is made of: the constants of the method, the levels of its pyramids, its buffers and
 * launches. */
#ifndef ENGINE_FLOW_PLAN_H
#define ENGINE_FLOW_PLAN_H

#include "engine/flow/settings.h"
#include "engine/opencl/launch.h"

/* FLOW_MARGIN is MARGIN of shaders/flow/planes.clh; rows are padded to whole pairs of the widest
 * vectors. */
enum { FLOW_MARGIN = 32, FLOW_ROW_UNIT = 32, FLOW_SYSTEM_PLANES = 11, FLOW_LEVELS_MAX = 24 };
enum { FLOW_QUALITIES = RV_FLOW_FINE + 1 };

/* What a quality means. */
struct flow_tuning {
	int finest; /* level the estimate ends at: each has half the width of the one before */
	int warps;  /* linearisations at every level but the finest, where they cost most */
	int finest_warps;
	int iterations; /* of successive over-relaxation, for each linearisation */
};

/* What all qualities have in common: see Brox et al. for the roles of alpha and gamma. */
struct flow_model {
	float smoothing;      /* blur [s, 1 - 2s, s] of a picture before derivatives are taken */
	float alpha;          /* weight of smoothness against constancy of brightness */
	float gamma;          /* weight of constancy of the gradient against that of brightness */
	float data_epsilon;   /* pixels; the penalty of a smaller mismatch is quadratic */
	float smooth_epsilon; /* pixels; the penalty of smaller differences of neighbours is */
	float noise;          /* grey levels a pixel; gradients below this say little */
	float relaxation;     /* factor of over-relaxation, 1..2 */
	float change_limit;   /* pixels; how far one linearisation is trusted */
};

extern const struct flow_model flow_model;
extern const struct flow_tuning flow_tunings[FLOW_QUALITIES];

struct flow_level {
	int width, height;
	int stride;   /* floats from row to row of a plane */
	int half_row; /* floats from even to odd columns in the linear system */
};

/* The flow of a level, in planes. */
struct flow_planes {
	cl_mem u, v;
};

/* The pyramid of one picture. Levels finer than any that is solved are only gone through, and both
 * pictures have them in the same place. */
struct flow_pyramid {
	cl_mem levels[FLOW_LEVELS_MAX];
	struct launch_list build; /* the first launch reads the picture: its argument 0 */
};

struct flow {
	struct device *device;
	struct flow_settings settings;
	const struct flow_tuning *tuning;
	struct flow_level levels[FLOW_LEVELS_MAX];
	int level_count;
	int finest[FLOW_DIRECTIONS]; /* level at which an estimate ends */
	int solved;                  /* the finest at which any does */

	struct launch_list buffers; /* owns what follows */
	struct flow_pyramid pyramids[2];
	cl_mem raw;                        /* luma before it is smoothed */
	struct flow_planes flow, enlarged; /* of any level that flow_record_estimate goes to */
	struct flow_planes relaxed;        /* of any that is solved, as are these: */
	cl_mem mean, difference, smoothness, system;
	cl_mem fields[FLOW_DIRECTIONS];

	/* [direction][number of the pyramid of the newest picture] */
	struct launch_list estimates[FLOW_DIRECTIONS][2];
	int newest; /* pyramid of the newest picture */
	int pushed; /* pictures since creation or flow_forget, at most 2 */
};

/* The level of which the planes hold the flow in the end, where it is solved down to level
 * `finest`: the picture's own, or twice as coarse, from which the result is enlarged. */
int flow_estimate_end(int finest);

/* The levels of a picture of this size; returns how many. */
int flow_plan_levels(int width, int height, struct flow_level *levels);

#endif
