/* Frames of a scene that goes on: what they inherit, and how they are dreamed. */
#ifndef ENGINE_TIME_TEMPORAL_WARM_H
#define ENGINE_TIME_TEMPORAL_WARM_H

#include "engine/time/temporal_state.h"

/* Makes temporal->plan for a frame of which `view` is known, and enqueues what it inherits, into
 * rasters.inherited. Waits for the device once,
 * for how fresh that is. */
rv_status temporal_plan_warm(struct temporal *temporal, const rv_params *params,
                             const struct scene_view *view, rv_error *error);

#endif
