/* From the targets of an engine's params to what is recorded of them. */
#ifndef ENGINE_API_WANTED_H
#define ENGINE_API_WANTED_H

#include "engine/api/engine.h"

/* RV_NOT_FOUND, RV_INVALID or RV_UNSUPPORTED unless the model has what resolved params name:
 * layers, channels, classes, and the engine the slots. */
rv_status wanted_check(const rv_engine *engine, const rv_params *params, rv_error *error);

/* What a recording needs of the engine's targets. */
struct wanted {
	struct objective_target targets[RV_TARGETS_MAX];
	float *channel_rms[RV_TARGETS_MAX];
	struct dream_mask mask; /* of the whole */
};

/* Describes the engine's targets to an ascent on pictures of that size. Buffers on the device are
 * the engine's, until it drops its recording. On an error there is nothing to release. */
rv_status wanted_describe(struct wanted *wanted, rv_engine *engine, int width, int height,
                          rv_error *error);
/* Bytes that what was described takes there. */
size_t wanted_bytes(const rv_engine *engine);
void wanted_release(struct wanted *wanted);

#endif
