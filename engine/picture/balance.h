/* Balance: by what each of several gradients is to be multiplied so that, before their
 * weights count, all are equally strong. */
#ifndef ENGINE_PICTURE_BALANCE_H
#define ENGINE_PICTURE_BALANCE_H

#include "engine/picture/raster.h"

/* What was measured of each gradient, and what follows. */
struct balance {
	int count;       /* of gradients */
	cl_mem partials; /* of sums of squares */
	cl_mem factors;  /* float [count], all 1 at first */
};

/* The buffers belong to the recorder's list. */
struct balance balance_create(struct launch_recorder *recorder, int count);

/* Records the measuring of one gradient, whose number is to be set before each run with
 * launch_set_int(launch, BALANCE_NUMBER, i). Returns the index of the launch. */
enum { BALANCE_NUMBER = 4 };
int balance_record_measure(struct launch_recorder *recorder, const struct balance *balance,
                           const struct raster *gradient);

/* Records factors[i] = s / (RMS of gradient i / |weights[i]|), with s the largest of what it is
 * divided by: the gradients were measured multiplied by their weights, which are not 0. That of a
 * gradient of zeros is 1. */
void balance_record_find(struct launch_recorder *recorder, const struct balance *balance,
                         const float *weights);

#endif
