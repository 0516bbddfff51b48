/* Joins the chunks of a film: their packets as they are, and all else of the film from itself. */
#ifndef APP_OFFLINE_FILM_JOIN_H
#define APP_OFFLINE_FILM_JOIN_H

#include <stdatomic.h>

#include "app/base/progress.h"
#include "app/offline/film_plan.h"

struct film_join {
	const char *folder;
	const char *output;
	const char *format; /* a muxer's name, or NULL */
	bool force;
	const char *settings;      /* what it carries along; NULL: nothing */
	struct progress *progress; /* may be NULL */
	const atomic_int *stop;    /* may be NULL */
};

/* Writes the whole film. RV_NOT_FOUND: chunks are missing; RV_CORRUPT: one is not what the plan
 * says, or was encoded otherwise than the first; both name it. RV_UNSUPPORTED: the container does
 * not hold it; RV_CANCELLED; RV_IO; RV_INVALID; RV_MEMORY. Nothing is left of a film that failed.
 * Of one that did not, the chunks are left, but nothing of those that were killed. */
rv_status film_join(const struct film_plan *plan, const struct film_join *join, rv_error *error);

#endif
