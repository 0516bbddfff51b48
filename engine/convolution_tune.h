/* Which method does which convolution: what was measured on this device, or a rule of thumb. */
#ifndef CONVOLUTION_TUNE_H
#define CONVOLUTION_TUNE_H

#include "engine/convolution_methods.h"

struct convolution_choice {
	rv_convolution method;     /* never AUTO */
	struct register_tile tile; /* direct and winograd */
};

/* True if the method can do problem, with that tile, on device. */
bool choice_fits(const struct convolution_choice *choice, const struct device *device,
                 const struct convolution_problem *problem);

/* Without a measurement: on a processor Winograd where it saves products, else direct; on a GPU
 * matrix products where there are many, else direct. */
struct convolution_choice choice_default(const struct device *device,
                                         const struct convolution_problem *problem);

/* Remembers choices, in memory and under device->cache_directory. */
struct tuner;

rv_status tuner_create(struct tuner **tuner, struct device *device, rv_error *error);
void tuner_destroy(struct tuner **tuner);

/* What was measured for problem, by this process or by one before; false if nothing was. A damaged
 * entry on disk counts as none. */
bool tuner_find(struct tuner *tuner, const struct convolution_problem *problem,
                struct convolution_choice *choice);

/* Records problem as choice says; context is the caller's. */
typedef void record_choice(void *context, struct recorder *recorder,
                           const struct convolution_problem *problem,
                           const struct convolution_choice *choice);

/* Times every choice that fits and remembers the fastest. Overwrites problem's outputs. */
rv_status tuner_measure(struct tuner *tuner, const struct convolution_problem *problem,
                        cl_mem zeros, record_choice *record, void *context, rv_error *error);

#endif
