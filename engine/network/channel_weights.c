#include "engine/network/channel_weights.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/random.h"
#include "engine/base/rounding.h"
#include "engine/operators/operator.h"

/* Cycles a second at a drift of 1: the slowest seem to stand still, the fastest can just be
 * watched. */
static const double pace_least = 0.02, pace_most = 0.08;

/* Below 1, so that a layer of which a single channel was chosen keeps an objective. */
static const double depth = 0.9;

float channel_weights_find(uint64_t seed, int channel, double wandered)
{
	uint64_t state = seed + (uint64_t)channel * 0x9e3779b97f4a7c15ull;
	double pace = pace_least + (pace_most - pace_least) * random_unit(&state);
	double side = random_unit(&state) < 0.5 ? -1 : 1;

	return (float)(1 + depth * side * sin(2 * acos(-1) * pace * wandered));
}

void channel_weights_create(struct channel_weights *weights, struct launch_recorder *recorder,
                            int channels)
{
	int padded = round_up(channels, TENSOR_ALIGNMENT);

	*weights = (struct channel_weights){.channels = channels,
	                                    .values = malloc((size_t)padded * sizeof(float))};
	if (!weights->values) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return;
	}
	for (int i = 0; i < padded; i++)
		weights->values[i] = 1;
	weights->table =
		record_own_buffer(recorder, (size_t)padded * sizeof(float), weights->values);
}

void channel_weights_release(struct channel_weights *weights)
{
	free(weights->values);
	*weights = (struct channel_weights){0};
}

rv_status channel_weights_wander(struct channel_weights *weights, cl_command_queue queue,
                                 uint64_t seed, double wandered, rv_error *error)
{
	cl_int code;

	if (wandered == weights->wandered)
		return RV_OK;
	for (int i = 0; i < weights->channels; i++)
		weights->values[i] = channel_weights_find(seed, i, wandered);
	code = clEnqueueWriteBuffer(queue, weights->table, CL_FALSE, 0,
	                            (size_t)weights->channels * sizeof(float), weights->values, 0,
	                            NULL, NULL);
	if (code)
		return device_fail(error, code, "writing the weights of channels");
	weights->wandered = wandered;
	return RV_OK;
}
