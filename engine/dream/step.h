/* The step of an octave: its gradient moves its picture, which priors then hold back. */
#ifndef ENGINE_DREAM_STEP_H
#define ENGINE_DREAM_STEP_H

#include "engine/picture/raster.h"

struct step {
	struct launch_list list; /* gradient -> picture moved */
	int move_launch;
	int prior_launch, hold_launch; /* where there are priors */
	bool has_priors;
	int blur_launch; /* where what is dreamed is blurred after each step */
	bool blurs;
};

/* What a step works on. */
struct step_rasters {
	const struct raster *gradient, *picture, *base;
	cl_mem weights; /* float: where it is dreamed; NULL: everywhere */
	cl_mem length;  /* see struct gradient_settings */
	cl_mem factor;  /* what a gradient that is normalised already wants to be multiplied with;
	                   NULL: it is yet to be */
};

/* Records the list by recorder, whose own list is that one afterwards. */
void step_record(struct step *step, struct launch_recorder *recorder, const rv_params *params,
                 const struct step_rasters *rasters);

/* How far it goes, and what holds it back (engine/picture/prior.h). */
struct step_strength {
	float length, smoothness, fidelity, grey;
};
void step_set(struct step *step, const struct step_strength *strength);

/* Says how much of a blur the next step ends with, where it does. */
void step_blur(struct step *step, float share);

#endif
