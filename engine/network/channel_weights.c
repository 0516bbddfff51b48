#include "engine/network/channel_weights.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/random.h"
#include "engine/base/rounding.h"
#include "engine/operators/operator.h"

/* Of a drift of 1, in cycles a second: from as good as still to a change that can just be watched.
 */
static const double pace_least = 0.02, pace_most = 0.08;

/* No channel is left out: where it is the only one, something must remain. */
static const double depth = 0.9;

float channel_weights_share(uint64_t seed, int channel, double wandered)
{
	uint64_t state = seed + (uint64_t)channel * 0x9e3779b97f4a7c15ull;
	double pace = pace_least + (pace_most - pace_least) * random_unit(&state);
	double side = random_unit(&state) < 0.5 ? -1 : 1;

	return (float)(1 + depth * side * sin(2 * acos(-1) * pace * wandered));
}

void channel_weights_create(struct channel_weights *favour, struct launch_recorder *recorder,
                            int channels)
{
	int room = round_up(channels, TENSOR_ALIGNMENT);

	*favour = (struct channel_weights){.channels = channels,
	                                   .shares = malloc((size_t)room * sizeof(float))};
	if (!favour->shares) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return;
	}
	for (int i = 0; i < room; i++)
		favour->shares[i] = 1;
	favour->table = record_own_buffer(recorder, (size_t)room * sizeof(float), favour->shares);
}

void channel_weights_release(struct channel_weights *favour)
{
	free(favour->shares);
	*favour = (struct channel_weights){0};
}

rv_status channel_weights_wander(struct channel_weights *favour, cl_command_queue queue,
                                 uint64_t seed, double wandered, rv_error *error)
{
	cl_int code;

	if (wandered == favour->wandered)
		return RV_OK;
	for (int i = 0; i < favour->channels; i++)
		favour->shares[i] = channel_weights_share(seed, i, wandered);
	code = clEnqueueWriteBuffer(queue, favour->table, CL_FALSE, 0,
	                            (size_t)favour->channels * sizeof(float), favour->shares, 0,
	                            NULL, NULL);
	if (code)
		return device_fail(error, code, "favouring channels");
	favour->wandered = wandered;
	return RV_OK;
}
