/* How a drifting dream favours now some channels of a layer, now others: each one's share of the
 * objective swells and shrinks at a pace of its own, as slowly as the drift says. */
#ifndef ENGINE_NETWORK_CHANNEL_WEIGHTS_H
#define ENGINE_NETWORK_CHANNEL_WEIGHTS_H

#include "engine/opencl/record.h"

/* Of one channel, 0.1..1.9, after a drift of 1 has gone on for `wandered` seconds. All are 1 in the
 * beginning, and whether one grows or shrinks first, and how fast, follows from seed. */
float channel_weights_share(uint64_t seed, int channel, double wandered);

/* The shares of a layer's channels, on the device and as they were written there. */
struct channel_weights {
	cl_mem table; /* float [channels, rounded up to TENSOR_ALIGNMENT]; all 1 at first */
	float *shares;
	int channels;
	double wandered; /* which the table is of */
};

/* The table belongs to the recorder's list, whose failures it keeps. */
void channel_weights_create(struct channel_weights *favour, struct launch_recorder *recorder,
                            int channels);
void channel_weights_release(struct channel_weights *favour);

/* Enqueues what changes the table, if anything does. The last call's must have been done. */
rv_status channel_weights_wander(struct channel_weights *favour, cl_command_queue queue,
                                 uint64_t seed, double wandered, rv_error *error);

#endif
