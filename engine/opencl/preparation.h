/* How far what is to be run for the first time is prepared: kernels are built when they are
 * recorded, and by some drivers only when they are run first. Belongs to the thread of the device's
 * queue. */
#ifndef ENGINE_OPENCL_PREPARATION_H
#define ENGINE_OPENCL_PREPARATION_H

#include "engine/reverie.h"

/* Zeroed: nothing is prepared, and nobody is told. */
struct preparation {
	rv_progress *progress; /* may be NULL */
	void *context;         /* for progress */
	double done, planned;  /* in units of the planner's; planned 0: nothing is prepared */
};

/* Begins, with so many units to come. */
void preparation_begin(struct preparation *preparation, double units);

/* Tells that so many more units are done. RV_CANCELLED where progress says so. */
rv_status preparation_advance(struct preparation *preparation, double units, rv_error *error);

/* Ends, and tells that all is prepared where anything was. */
void preparation_end(struct preparation *preparation);

#endif
