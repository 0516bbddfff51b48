/* Which gradient steps a frame of a video takes, so that its dream stays as deep as one dreamed
 * alone. Plain arithmetic. */
#ifndef ENGINE_TIME_EFFORT_H
#define ENGINE_TIME_EFFORT_H

#include "engine/time/depth.h"

/* Gradient steps of one frame in each octave, the largest first, their length relative to that of a
 * cold frame's, and which part of it (0..1) places take whose dream goes on: fresh ones take all.
 */
struct effort {
	int steps[RV_OCTAVES_MAX];
	float length[RV_OCTAVES_MAX];
	float living[RV_OCTAVES_MAX];
};

/* The octaves take turns: a coarse one is in need of steps less often than a fine one, whose lines
 * are lost first. Zeroed: at the beginning. */
struct turns {
	double owed[RV_OCTAVES_MAX]; /* parts of a step that each octave has earned */
};

/* The effort of a frame that inherits, of which the part `fresh` (0..1) is to become as deep as the
 * rest. What it takes for that is no more for the rest: a step of all the picture where only a part
 * needs one is what makes a dream flicker. depth says which octaves are to be moved more, and which
 * less. Of params it looks at the iterations of a cold frame, the octave scale, the warm octaves,
 * warm_share and onset. */
struct effort effort_next(struct turns *turns, const struct depth *depth, double fresh,
                          const rv_params *params);

/* The steps that such a frame takes in an octave on average where nothing is uncovered: what is
 * owed to it in each frame. */
double effort_turn_steps(int octave, double share, int iterations);

/* Lets fresh places take longer steps, the others as long ones as before. */
void effort_favour_fresh(struct effort *effort);

/* The same number of steps of a cold one's length in each octave. */
struct effort effort_even(int steps, int octaves);

/* At most so many steps in each octave, the longer as far as one is trusted. */
void effort_limit(struct effort *effort, int most);

/* Of the length of all steps together, in cold steps, how much one may take on. */
enum { STEP_LENGTH_MOST = 3 };

/* About how many gradient steps in each octave a frame takes at the beginning of a scene that is
 * spread over so many frames (0 is 1), and which part of the beginning it is. */
int effort_onset(int iterations, int frames);
double effort_share(int iterations, int frames);

/* The beginning of a scene, spread over frames. */
struct effort_beginning {
	int octaves;         /* that frames have */
	double octave_scale; /* of each to the next smaller one */
	int iterations;      /* in each octave, in all */
	int frames;          /* 0 is 1 */
	bool moves; /* some of a dream is lost from frame to frame, the most of fine lines */
};

/* The effort of the frame before which the part `begun` (0..1) of the beginning was dreamed. Of the
 * lengths of all steps in an octave about as much is left at the end as where one frame takes them
 * all. */
struct effort effort_begin(const struct effort_beginning *beginning, double begun);

/* The part of the depth of a frame dreamed alone that such a beginning reaches in an octave, where
 * its scene moves on for so long from frame to frame. 0: it does not move. */
double effort_reached(int octave, double seconds);

/* What is to be left after so many seconds of a detail of this strength, where a scene's beginning
 * had `wanted` (0: not known): 1 but where it is too strong. */
double effort_fade(double strength, double wanted, double seconds);

#endif
