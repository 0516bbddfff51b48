/* The settings of a dream: their ranges, checked in one place. */
#ifndef ENGINE_API_PARAMS_H
#define ENGINE_API_PARAMS_H

#include "engine/reverie.h"

/* RV_INVALID names the first field that is out of its range. Layers and channels are not looked
 * up. */
rv_status params_check(const rv_params *params, rv_error *error);

/* True where going from one to the other leaves graph, sizes and recorded launches as they are. */
bool params_same_recording(const rv_params *a, const rv_params *b);

/* True where both raise the same layers and channels by the same objective, so that a dream of one
 * may go on as a dream of the other. */
bool params_same_objective(const rv_params *a, const rv_params *b);

#endif
