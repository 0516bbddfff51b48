/* Which method does which convolution: what was measured on this device, or a rule of thumb. */
#ifndef CONVOLUTION_TUNE_H
#define CONVOLUTION_TUNE_H

#include "engine/convolution_methods.h"

struct convolution_choice {
	rv_convolution method;     /* never AUTO */
	struct register_tile tile; /* direct and winograd; direct with a group above 1 is tiled */
	int block_tiles;           /* winograd; 0: as the method thinks best */
};

/* True if the method can do problem, with that tile, on device. */
bool choice_fits(const struct convolution_choice *choice, const struct device *device,
                 const struct convolution_problem *problem);

/* The direct kernel that suits the device, with the tile that suits the problem. */
struct convolution_choice choice_direct(const struct device *device,
                                        const struct convolution_problem *problem);

/* Without a measurement. With groups of one item: Winograd where it saves products, else direct.
 * With groups of many: matrix products where the input as it lies is the matrix and the products
 * are many, since CLBlast knows by name what suits a good many GPUs; else tiled direct, which does
 * not write and read every input value once for each tap. */
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

/* Told of every choice once its race is over; seconds is its best run. context is the caller's. */
typedef void report_choice(void *context, const struct convolution_problem *problem,
                           const struct convolution_choice *choice, double seconds, bool fastest);

/* How a race is run and, unless report is NULL, reported. */
struct race_manner {
	record_choice *record;
	report_choice *report;
	void *record_context, *report_context;
};

/* Times every choice that fits and remembers the fastest. Overwrites problem's outputs. */
rv_status tuner_measure(struct tuner *tuner, const struct convolution_problem *problem,
                        cl_mem zeros, const struct race_manner *manner, rv_error *error);

/* True if tuner_measure has run for problem: what was found on disk does not count. */
bool tuner_raced(struct tuner *tuner, const struct convolution_problem *problem);

#endif
