/* What the commands share that measure the engine. Each prints lines of one form, whose first word
 * says what was measured and whose values are written NAME=VALUE, so that programs can read them.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "app/options/session.h"

/* A session with the layer and the size that are measured. */
struct bench {
	const struct options *options;
	struct session session;
	const char *layer;
	struct option_size size;
};

/* Both sides of --size, or those of a picture of usual size. RV_INVALID where one is left out:
 * there is no picture to take its shape from. */
rv_status bench_size(const struct options *options, struct option_size *size, rv_error *error);

/* Sorts times[count]. */
double bench_median(double *times, int count);

rv_status bench_step(const struct bench *bench, rv_error *error);
rv_status bench_dream(const struct bench *bench, rv_error *error);
rv_status bench_memory(const struct bench *bench, rv_error *error);
rv_status bench_profile(const struct bench *bench, rv_error *error);
rv_status bench_convolutions(const struct bench *bench, rv_error *error);

/* From nothing to the first finished step. first_step is what the program measured runs in a
 * process of its own: it prints a line when it is done. startup needs no session, and must be
 * called before any OpenCL. */
rv_status bench_first_step(const struct bench *bench, rv_error *error);
rv_status bench_startup(const struct options *options, rv_error *error);

#endif
