/* What a frame's dream starts from, and how it goes on: what engine/time tells engine/dream. */
#ifndef ENGINE_TIME_TEMPORAL_PLAN_H
#define ENGINE_TIME_TEMPORAL_PLAN_H

#include "engine/picture/raster.h"
#include "engine/time/effort.h"

/* Twins of those in shaders/time/temporal.cl. */
#define MATURITY_ALIVE 0.5
#define MATURITY_AT_REST 1.0

/* Twin of what the kernel sum_needs of shaders/time/temporal.cl writes: means over the pixels. */
struct temporal_wants {
	float fresh_fresh, fresh_living, living_living; /* products; the second twice */
	float fresh;                                    /* how fresh a place is, 0..1 */
	float nothing[4];
};

/* Rasters of one size, the caller's; they must outlive the object. */
struct temporal_rasters {
	const struct raster *frame;     /* the picture as given */
	const struct raster *detail;    /* what is shown of dream minus frame */
	const struct raster *inherited; /* the part of the last dream that a frame starts from */
	int margin;  /* of a sphere: columns on either side that repeat the other; else 0 */
	int octaves; /* that frames are dreamed in */
};

/* How a frame is to be dreamed. */
struct temporal_plan {
	bool warm;    /* starts from inherited; false: from the frame alone */
	bool cut;     /* cold because a new scene was seen */
	bool onset;   /* within the scene's beginning */
	bool dreamed; /* warm and not at rest */
	bool alone;   /* its coarse octaves are to be dreamed by themselves first */
	struct effort effort;
	uint64_t seed;                         /* to be added to that of the jitter */
	double steady_shift_x, steady_shift_y; /* of the octaves: struct schedule_plan */
	uint64_t scene;            /* cuts before it: its channels wander their own way */
	double wandered;           /* drift, over the seconds of the scene */
	float likeness, uncovered; /* as in rv_frame_report */
};

#endif
