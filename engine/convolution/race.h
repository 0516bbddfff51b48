/* Every way to do one convolution, timed on the device. */
#ifndef ENGINE_CONVOLUTION_RACE_H
#define ENGINE_CONVOLUTION_RACE_H

#include "engine/convolution/choice.h"

/* Told of every choice once its race is over; seconds is its best run. context is the caller's. */
typedef void report_choice(void *context, const struct convolution_problem *problem,
                           const struct convolution_choice *choice, double seconds, bool fastest);

/* How a race is run and, unless report is NULL, reported. */
struct race_callbacks {
	record_choice *record;
	report_choice *report;
	void *record_context, *report_context;
};

enum { CANDIDATES_MAX = 64 };

struct candidate {
	struct convolution_choice choice;
	struct launch_list list;
	double best;   /* seconds; 0 before the first run that counts */
	bool hopeless; /* out of the race */
	bool wrong;    /* it cannot be run here, or computes something else */
};

struct race {
	struct candidate candidates[CANDIDATES_MAX];
	int count;
};

/* Times every choice that fits, and where Winograd wins, the winner with other blocks of tiles. On
 * devices that want groups, and where factors are rounded to bfloat16, the winner must agree with
 * the plain kernel (trial.h); choices that the driver cannot build or run lose. Overwrites
 * problem's outputs. race starts as zeros, and is to be released also after a failure. */
rv_status race_run(struct race *race, struct device *device,
                   const struct convolution_problem *problem, cl_mem zeros,
                   const struct race_callbacks *callbacks, rv_error *error);
void race_release(struct race *race);

/* The fastest; of a race that was run. */
const struct convolution_choice *race_winner(const struct race *race);

/* Tells callbacks->report of every choice, the fastest last. */
void race_report(const struct race *race, const struct convolution_problem *problem,
                 const struct race_callbacks *callbacks);

#endif
