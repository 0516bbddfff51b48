/* Which way of doing a convolution is the fastest on this device: measured once, and remembered. */
#ifndef ENGINE_CONVOLUTION_TUNER_H
#define ENGINE_CONVOLUTION_TUNER_H

#include "engine/convolution/race.h"

/* Remembers choices, in memory and under device->cache_directory. */
struct tuner;

rv_status tuner_create(struct tuner **tuner, struct device *device, rv_error *error);
void tuner_destroy(struct tuner **tuner);

/* What was measured for problem, by this process or by one before; false if nothing was. A damaged
 * entry on disk counts as none. */
bool tuner_find(struct tuner *tuner, const struct convolution_problem *problem,
                struct convolution_choice *choice);

/* Times every choice that fits and remembers the fastest. Overwrites problem's outputs. */
rv_status tuner_measure(struct tuner *tuner, const struct convolution_problem *problem,
                        cl_mem zeros, const struct race_callbacks *callbacks, rv_error *error);

/* True if tuner_measure has run for problem: what was found on disk does not count. */
bool tuner_raced(struct tuner *tuner, const struct convolution_problem *problem);

#endif
