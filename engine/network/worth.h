/* What an activation is worth to its objective: how much of what is looked for a network sees. */
#ifndef ENGINE_NETWORK_WORTH_H
#define ENGINE_NETWORK_WORTH_H

#include "engine/network/objective.h"

/* Of one target. Zeroed: of none. */
struct worth {
	cl_mem sums; /* float [pixels], the recorder's list's */
	int pixels;
	int launch; /* in that list */
};

/* Records what takes the sum of activation * gradient over the channels of each pixel, to be run
 * once the objective has written the gradient. The first kinds of objectives are powers of the
 * activation, and those of features grow as it does: of them all that sum is a fixed multiple. */
void worth_record(struct launch_recorder *recorder, const struct objective_target *target,
                  struct worth *worth);

/* What the runs that are enqueued from now on do with the sums. */
enum worth_watch {
	WORTH_KEPT,  /* leave them as they are */
	WORTH_ANEW,  /* begin them */
	WORTH_ADDED, /* add to them, as those do that see further parts of a picture */
};
void worth_watch(const struct worth *worth, struct launch_list *list, enum worth_watch watch);

/* Adds the sum over all pixels. Waits for the queue. */
rv_status worth_add(const struct worth *worth, cl_command_queue queue, double *sum,
                    rv_error *error);

#endif
