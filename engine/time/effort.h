/* How long and how many gradient steps a frame of a video takes, so that its dream keeps the
 * strength that the scene's beginning had. Plain arithmetic. */
#ifndef ENGINE_TIME_EFFORT_H
#define ENGINE_TIME_EFFORT_H

#include <stdbool.h>

/* What keeps the strength of a dream (RMS of dream minus frame): the length of all steps of a warm
 * frame together, in steps. Zeroed: no scene yet. */
struct strength_control {
	double wanted; /* strength of the scene's beginning; 0: not measured yet */
	double length;
};

/* strength is that of the last frame, which ended the scene's beginning if fresh. Returns the
 * length for this frame. */
double strength_control_next(struct strength_control *control, double strength, bool fresh);

/* What is to be left of a detail after so many seconds: 1 but where it is too strong. */
double strength_control_fade(const struct strength_control *control, double strength,
                             double seconds);

/* What is to be left after so many seconds of the ripeness of what moves (engine/time/temporal.h):
 * 1 but where the dream is too weak, and wants to be dreamed on more than its parts say. */
double strength_control_unripen(const struct strength_control *control, double strength,
                                double seconds);

/* Gradient steps in each octave, and their length relative to that of a cold frame's. */
struct effort {
	int steps;
	float length;
};

/* Gradient steps in each octave of a frame at the beginning of a scene that is spread over so many
 * frames (0 is 1). */
int effort_onset(int iterations, int frames);

/* Of the length of all steps together, in cold steps, how much one may take on: what was uncovered
 * is in full need, but most of what moves only in part. */
enum { STEP_LENGTH_MOST = 3 };

/* Steps a warm frame may take to make up for lost strength. */
enum { WARM_STEPS_MOST = 4 };

/* As many steps as the length needs, each about as long as a cold one; more where part of the frame
 * was uncovered (0..1). iterations are those of a cold frame. */
struct effort effort_for(double length, double uncovered, int iterations);

/* Coarse octaves cost little, but are not needed in every frame: they are earned. Adds a share
 * (0..1) of the steps that a cold frame takes in each of them to what is owed already, and returns
 * how many whole ones that makes. */
int effort_earn(double *owed, double share, int iterations);

#endif
