/* Plans a film: one quick pass finds its cuts, by the very engine that dreams. */
#ifndef APP_OFFLINE_FILM_LOOK_H
#define APP_OFFLINE_FILM_LOOK_H

#include <stdatomic.h>

#include "app/base/progress.h"
#include "app/offline/film_plan.h"
#include "app/offline/job.h"

/* Looks at a frame of the film, in order; begins is set where it begins a shot, of which the dream
 * remembers nothing older. For the frame see job_dream (app/offline/job.h). */
typedef rv_status film_look_at(void *context, const rv_image *frame, int64_t time, bool *begins,
                               rv_error *error);

struct film_look {
	film_look_at *look;
	job_shape *shape; /* whether the film is a sphere; NULL: nobody is told */
	void *context;    /* of both */
	double seconds;   /* a chunk is at least so long, but for the last */
	/* A chunk ends within a shot once it is as long, or has so many pixels; 0: shots stay
	 * whole. */
	double pixels;
	struct progress *progress;
	const atomic_int *stop;
};

/* Fills in the time base, what its fields are, the size where the plan leaves it open (0), and the
 * chunks of the film plan->input. For errors see job_run; RV_UNSUPPORTED: a picture. */
rv_status film_look(struct film_plan *plan, const struct film_look *look, rv_error *error);

#endif
