#include "engine/dream/sight.h"

/* How many of the coarsest octaves are dreamed alone: with a scale of 1.4, two of four cost a fifth
 * of all. */
enum { COARSE = 2 };

/* What the steps saw in so many of the coarsest octaves. Objectives are multiplied by the pixels of
 * the picture (struct objective_target), what they are worth is not. */
static rv_status take(const struct schedule *schedule, const struct effort *effort, int octaves,
                      struct depth_sight *sight, rv_error *error)
{
	int count = schedule->octave_count;
	rv_status status = RV_OK;

	*sight = (struct depth_sight){.count = count};
	for (int i = 0; i < count && status == RV_OK; i++) {
		const struct octave *octave = &schedule->octaves[count - 1 - i];

		sight->octaves[i].width = octave->width;
		if (i >= count - octaves && effort->steps[i] > 0)
			status = network_worth(octave->network, schedule->queue,
			                       &sight->octaves[i].worth, error);
		sight->octaves[i].worth /= schedule->unit;
	}
	return status;
}

rv_status sight_learn(const struct schedule *schedule, const struct effort *effort,
                      const rv_params *params, struct temporal *temporal, rv_error *error)
{
	struct depth_sight sight;
	rv_status status;

	if (params->alternation != RV_ALTERNATE_OFF)
		return RV_OK;
	status = take(schedule, effort, schedule->octave_count, &sight, error);
	if (status == RV_OK)
		temporal_learn(temporal, &sight);
	return status;
}

rv_status sight_learn_alone(const struct schedule *schedule, const struct schedule_plan *cold,
                            int jitter, struct temporal *temporal, rv_error *error)
{
	struct schedule coarse = {.octaves = schedule->octaves,
	                          .octave_count = COARSE,
	                          .unit = schedule->unit,
	                          .queue = schedule->queue,
	                          .times = schedule->times};
	struct depth_sight sight;
	rv_status status;

	if (schedule->octave_count <= COARSE || cold->order == RV_OCTAVES_CHANCE ||
	    cold->alternation != RV_ALTERNATE_OFF)
		return RV_OK;
	status = schedule_run(&coarse, cold, jitter, error);
	if (status == RV_OK)
		status = take(schedule, &cold->effort, COARSE, &sight, error);
	if (status == RV_OK)
		temporal_learn_alone(temporal, &sight);
	return status;
}
