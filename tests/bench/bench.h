/* What reverie-bench measures. Each function prints lines of one form, whose first word says what
 * was measured and whose values are written NAME=VALUE, so that programs can read them. Errors are
 * those of options, of opening what is measured, and of the engine. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "app/options/dreamer.h"

rv_status bench_step(const struct options *options, rv_error *error);
rv_status bench_dream(const struct options *options, rv_error *error);
rv_status bench_warm(const struct options *options, rv_error *error);
rv_status bench_memory(const struct options *options, rv_error *error);
rv_status bench_profile(const struct options *options, rv_error *error);
rv_status bench_convolutions(const struct options *options, rv_error *error);
rv_status bench_time(const struct options *options, rv_error *error);
rv_status bench_depth(const struct options *options, rv_error *error);
rv_status bench_flow(const struct options *options, rv_error *error);

/* From nothing to the first finished step. first_step is what bench_startup runs in a process of
 * its own: it prints a line when it is done. */
rv_status bench_first_step(const struct options *options, rv_error *error);
/* Must be called before any OpenCL: it sets where the caches of drivers are. */
rv_status bench_startup(const struct options *options, rv_error *error);

/* ---- what they share ---- */

/* A dreamer, with the layer and the size that are measured. */
struct bench {
	const struct options *options;
	struct dreamer dreamer;
	const char *layer;
	struct option_size size;
};

typedef rv_status bench_measure(const struct bench *bench, rv_error *error);

/* Opens what the options name, measures it and closes it. RV_INVALID where there is a word besides
 * the options. */
rv_status bench_run(const struct options *options, bench_measure *measure, rv_error *error);

/* The same of what looks at one layer and no more. RV_INVALID where anything else is to be dreamed
 * of. */
rv_status bench_run_layer(const struct options *options, bench_measure *measure, rv_error *error);

/* Room for count times, released by free(); NULL: RV_MEMORY is in error. */
double *bench_create_times(int count, rv_error *error);

/* Sorts times[count]. */
double bench_median(double *times, int count);

/* Milliseconds, of a clock that is never set. */
double bench_now(void);

#endif
