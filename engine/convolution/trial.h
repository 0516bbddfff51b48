/* Whether a way to do a convolution computes the right thing on this device: drivers have compiled
 * kernels wrong, and what is wrong may well be fast. */
#ifndef ENGINE_CONVOLUTION_TRIAL_H
#define ENGINE_CONVOLUTION_TRIAL_H

#include "engine/convolution/choice.h"

/* Runs problem as choice says, and by the plain kernel, on numbers made up, in buffers of its own,
 * and compares all that either has written. RV_MEMORY, RV_DEVICE: also where the choice cannot be
 * run.
 */
rv_status trial_run(struct device *device, const struct convolution_problem *problem, cl_mem zeros,
                    record_choice *record, void *context, const struct convolution_choice *choice,
                    bool *agrees, rv_error *error);

#endif
