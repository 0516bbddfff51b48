#include "engine/time/temporal_state.h"

#include <math.h>

double temporal_seconds(const struct temporal *temporal, int64_t nanoseconds)
{
	double seconds = ((double)nanoseconds - (double)temporal->history.nanoseconds) * 1e-9;

	return fmin(fmax(seconds, 0), 1);
}

void temporal_set_move(struct launch *launch, cl_uint argument, const struct camera_move *move)
{
	for (cl_uint i = 0; i < MOVE_COUNT; i++)
		launch_set_float(launch, argument + i, move->at[i]);
}

void temporal_wander(struct history *history, double drift, int64_t nanoseconds)
{
	bool turns_back = nanoseconds < history->nanoseconds;

	if (!history->has_past) {
		history->wandered_before = 0;
		history->drifts_since = 0;
	} else if (drift != history->drift || turns_back) {
		history->wandered_before = history->wandered;
		history->drifts_since = turns_back ? nanoseconds : history->nanoseconds;
	}
	history->drift = drift;
	history->wandered = history->wandered_before +
	                    drift * ((double)nanoseconds - (double)history->drifts_since) * 1e-9;
}

struct camera_move temporal_find_move(const struct temporal *temporal, const rv_time *time,
                                      double seconds)
{
	const struct temporal_rasters *rasters = &temporal->buffers.rasters;

	return camera_find_move(time, rasters->frame->width - 2 * rasters->margin,
	                        rasters->frame->height, seconds);
}

rv_status temporal_read_table(struct temporal *temporal, rv_error *error)
{
	cl_int code =
		clEnqueueReadBuffer(temporal->device->queue, temporal->buffers.table, CL_TRUE, 0,
	                            (size_t)temporal->buffers.blocks * sizeof(*temporal->view),
	                            temporal->view, 0, NULL, NULL);

	return code ? device_fail(error, code, "reading what became of the scene") : RV_OK;
}

bool temporal_is_beginning(const struct temporal *temporal)
{
	return temporal->history.begun < 1 - 1e-6;
}

struct effort_beginning temporal_beginning(const struct temporal *temporal, const rv_params *params,
                                           bool moves)
{
	return (struct effort_beginning){.octaves = temporal->buffers.rasters.octaves,
	                                 .octave_scale = (double)params->octave_scale,
	                                 .iterations = params->iterations,
	                                 .frames = params->time.onset,
	                                 .moves = moves};
}
