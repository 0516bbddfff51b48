/* What the network saw in a dream's steps, by which engine/time tells how deep the dream is. */
#ifndef ENGINE_DREAM_SIGHT_H
#define ENGINE_DREAM_SIGHT_H

#include "engine/dream/schedule.h"
#include "engine/time/temporal.h"

/* Tells time what a schedule's steps saw, those of this effort, which are the last that were run;
 * nothing where steps look for different things. Waits for the device. */
rv_status sight_learn(const struct schedule *schedule, const struct effort *effort,
                      const rv_params *params, struct temporal *temporal, rv_error *error);

/* Dreams the coarsest octaves of the schedule's frame by themselves, as `cold` says, and tells time
 * what their steps saw; nothing where there are no others, or where steps go through all octaves by
 * chance. What octaves keep between frames stays. */
rv_status sight_learn_alone(const struct schedule *schedule, const struct schedule_plan *cold,
                            int jitter, struct temporal *temporal, rv_error *error);

#endif
