/* How deep a dream is, octave by octave: what the network sees in it, for what it saw in the one
 * that the scene began with; and so, where steps are missing and where there are too many. Plain
 * arithmetic. */
#ifndef ENGINE_TIME_DEPTH_H
#define ENGINE_TIME_DEPTH_H

#include "engine/reverie.h"

/* What the steps of a dream saw. */
struct depth_sight {
	int count; /* of octaves, the largest first */
	struct {
		int width;    /* of the picture there */
		double worth; /* of what was dreamed before the step; 0: none was taken */
	} octaves[RV_OCTAVES_MAX];
};

/* Zeroed: nothing is known. */
struct depth {
	struct depth_sight wanted; /* by the first steps of frames that inherit */
	double left; /* part of the first dream when it was inherited; 0: as yet unknown */
	struct depth_sight alone; /* by the last steps of the frame last dreamed by itself */
	/* The part of what a frame dreamed alone has that the scene's beginning reached; 0: all. */
	double reached[RV_OCTAVES_MAX];
	double begun[RV_OCTAVES_MAX];   /* the most that a step of that beginning saw */
	double lasting[RV_OCTAVES_MAX]; /* logarithms of what was asked for so far */
	double demand[RV_OCTAVES_MAX];  /* 0: as 1 */
};

/* Forgets what is wanted, and what a beginning saw: what is seen next is wanted. What was asked for
 * goes on. */
void depth_begin(struct depth *depth);

/* Takes what the last steps of a frame saw that was dreamed by itself, in its coarse octaves or in
 * all: as much more or less as that is than it was, so much is wanted. */
void depth_learn_alone(struct depth *depth, const struct depth_sight *sight);

/* Takes what steps saw of a frame within a beginning that is spread over frames. Where much is lost
 * from frame to frame, less is left of an octave in the end. */
void depth_learn_begun(struct depth *depth, const struct depth_sight *sight);

/* Takes what the first steps of a frame saw that inherited. */
void depth_learn(struct depth *depth, const struct depth_sight *sight);

/* Of the steps that an octave usually takes, by how many times as much it is to be moved. */
double depth_demand(const struct depth *depth, int octave);

#endif
