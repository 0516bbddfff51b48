#include "engine/api/params.h"

#include <math.h>
#include <string.h>

rv_params rv_params_default(void)
{
	return (rv_params){
		.objective = RV_OBJECTIVE_L2,
		.normalisation = RV_NORMALISE_BANDS,
		.octaves = 4,
		.octave_scale = 1.4f,
		.iterations = 10,
		.step = 0.02f,
		.jitter = 16,
		.strength = 1,
		.blend = 0,
		.seed = 1,
		.winners = 3,
		.winner_window = 3,
		.time = {.on = true,
	                 .inherit = 1,
	                 .decay = 0.8f,
	                 .warm_octaves = 1,
	                 .carry = true,
	                 .flow_quality = RV_FLOW_MEDIUM,
	                 .zoom = 1},
	};
}

/* The comparison is false for NaN. */
static rv_status in_range(const char *name, double value, double low, double high, rv_error *error)
{
	if (value >= low && value <= high)
		return RV_OK;
	return rv_fail(error, RV_INVALID, "%s is %g, but must lie in %g..%g", name, value, low,
	               high);
}

static rv_status check_target(const rv_target *target, rv_error *error)
{
	if (!memchr(target->layer, '\0', sizeof(target->layer)))
		return rv_fail(error, RV_INVALID, "the name of a layer is not ended");
	if (!isfinite(target->weight) || target->weight == 0)
		return rv_fail(error, RV_INVALID, "the weight of layer %s must be a number, not 0",
		               target->layer);
	if (target->channel_count < 0 || target->channel_count > RV_CHANNELS_MAX)
		return rv_fail(error, RV_INVALID, "at most %d channels of a layer can be chosen",
		               RV_CHANNELS_MAX);
	return RV_OK;
}

rv_status params_check(const rv_params *params, rv_error *error)
{
	const struct {
		const char *name;
		double value, low, high;
	} ranges[] = {
		{"number of target layers", params->target_count, 0, RV_TARGETS_MAX},
		{"objective", params->objective, RV_OBJECTIVE_L2, RV_OBJECTIVE_WINNERS},
		{"normalisation", params->normalisation, RV_NORMALISE_BANDS, RV_NORMALISE_MEAN_ABS},
		{"octaves", params->octaves, 1, RV_OCTAVES_MAX},
		{"octave scale", params->octave_scale, 1.05f, 4},
		{"iterations", params->iterations, 1, 1000},
		{"step", params->step, 0, 1},
		{"jitter", params->jitter, 0, 512},
		{"strength", params->strength, 0, 4},
		{"blend", params->blend, 0, 1},
		{"winners", params->winners, 1, 16},
		{"winner window", params->winner_window, 1, 9},
		{"inheritance", params->time.inherit, 0, 1},
		{"polarity", params->time.polarity, -1, 1},
		{"decay", params->time.decay, 0, 1},
		{"warm steps", params->time.warm_steps, 0, 1000},
		{"most warm steps", params->time.warm_most, 0, 1000},
		{"warm octaves", params->time.warm_octaves, 1, RV_OCTAVES_MAX},
		{"flow quality", params->time.flow_quality, RV_FLOW_FAST, RV_FLOW_FINE},
		{"flow skip", params->time.flow_skip, 0, 8},
		{"cut", params->time.cut, RV_CUT_OFF, 1 << 30},
		{"onset", params->time.onset, 0, 1000},
		{"drift", params->time.drift, 0, 10},
		{"zoom", params->time.zoom, 0.1f, 10},
		{"rotation", params->time.rotation, -360, 360},
		{"horizontal pan", params->time.pan_x, -10, 10},
		{"vertical pan", params->time.pan_y, -10, 10},
	};
	rv_status status = RV_OK;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]) && !status; i++)
		status = in_range(ranges[i].name, ranges[i].value, ranges[i].low, ranges[i].high,
		                  error);
	if (!status && params->winner_window % 2 == 0)
		status = rv_fail(error, RV_INVALID, "winner window is %d, but must be odd",
		                 params->winner_window);
	for (int i = 0; i < params->target_count && !status; i++)
		status = check_target(&params->targets[i], error);
	return status;
}

static bool same_target(const rv_target *a, const rv_target *b)
{
	return strcmp(a->layer, b->layer) == 0 && a->weight == b->weight &&
	       a->channel_count == b->channel_count &&
	       memcmp(a->channels, b->channels, (size_t)a->channel_count * sizeof(int)) == 0;
}

bool params_same_recording(const rv_params *a, const rv_params *b)
{
	return params_same_wish(a, b) && a->normalisation == b->normalisation &&
	       a->octaves == b->octaves && a->octave_scale == b->octave_scale;
}

bool params_same_wish(const rv_params *a, const rv_params *b)
{
	if (a->target_count != b->target_count || a->objective != b->objective ||
	    a->time.on != b->time.on || a->winners != b->winners ||
	    a->winner_window != b->winner_window)
		return false;
	for (int i = 0; i < a->target_count; i++)
		if (!same_target(&a->targets[i], &b->targets[i]))
			return false;
	return true;
}
