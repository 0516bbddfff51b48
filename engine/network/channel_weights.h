/* The weights of a layer's channels in the objective of a dream that drifts: each rises and falls
 * at a pace of its own, as slowly as the drift says, so that now some channels lead and now others.
 */
#ifndef ENGINE_NETWORK_CHANNEL_WEIGHTS_H
#define ENGINE_NETWORK_CHANNEL_WEIGHTS_H

#include "engine/opencl/record.h"

/* The weight of one channel, 0.1..1.9, after a drift of 1 has gone on for `wandered` seconds. All
 * are 1 in the beginning; whether one rises or falls first, and how fast, follows from seed. */
float channel_weights_find(uint64_t seed, int channel, double wandered);

/* The weights of a layer's channels, on the device and as they were written there. */
struct channel_weights {
	cl_mem table; /* float [channels, rounded up to TENSOR_ALIGNMENT]; all 1 at first */
	float *values;
	int channels;
	double wandered; /* which the table is of */
};

/* The table belongs to the recorder's list; failures are the recorder's. */
void channel_weights_create(struct channel_weights *weights, struct launch_recorder *recorder,
                            int channels);
void channel_weights_release(struct channel_weights *weights);

/* Enqueues the writing of the table for `wandered`, unless it holds that already. What the last
 * call enqueued must have been done, as the host's copy is overwritten here. */
rv_status channel_weights_wander(struct channel_weights *weights, cl_command_queue queue,
                                 uint64_t seed, double wandered, rv_error *error);

#endif
