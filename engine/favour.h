/* How a drifting dream favours now some channels of a layer, now others: each one's share of the
 * objective swells and shrinks at a pace of its own, as slowly as the drift says. */
#ifndef FAVOUR_H
#define FAVOUR_H

#include "engine/record.h"

/* Of one channel, 0.1..1.9, after a drift of 1 has gone on for `wandered` seconds. All are 1 in the
 * beginning, and whether one grows or shrinks first, and how fast, follows from seed. */
float favour_share(uint64_t seed, int channel, double wandered);

/* The shares of a layer's channels, on the device and as they were written there. */
struct favour {
	cl_mem table; /* float [channels, rounded up to TENSOR_ALIGNMENT]; all 1 at first */
	float *shares;
	int channels;
	double wandered; /* which the table is of */
};

/* The table belongs to the recorder's list, whose failures it keeps. */
void favour_create(struct favour *favour, struct recorder *recorder, int channels);
void favour_release(struct favour *favour);

/* Enqueues what changes the table, if anything does. The last call's must have been done. */
rv_status favour_wander(struct favour *favour, cl_command_queue queue, uint64_t seed,
                        double wandered, rv_error *error);

#endif
