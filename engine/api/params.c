#include "engine/api/params.h"

#include <math.h>

#include "engine/api/target.h"
#include "engine/dream/view.h"
#include "engine/time/effort.h"

static double number_of(const rv_params *params, const rv_param *param)
{
	const void *place = (const char *)params + param->offset;
	switch (param->type) {
	case RV_PARAM_SWITCH:
		return *(const bool *)place;
	case RV_PARAM_WHOLE:
		return *(const int *)place;
	case RV_PARAM_NUMBER:
		return (double)*(const float *)place;
	case RV_PARAM_RANDOM:
		return (double)*(const uint64_t *)place;
	}
	return 0;
}

static void put_number(rv_params *params, const rv_param *param, double number)
{
	void *place = (char *)params + param->offset;
	switch (param->type) {
	case RV_PARAM_SWITCH:
		*(bool *)place = number != 0;
		break;
	case RV_PARAM_WHOLE:
		*(int *)place = (int)number;
		break;
	case RV_PARAM_NUMBER:
		*(float *)place = (float)number;
		break;
	case RV_PARAM_RANDOM:
		*(uint64_t *)place = (uint64_t)number;
		break;
	}
}

rv_params rv_params_default(void)
{
	rv_params params = {0};
	for (int i = 0; i < RV_PARAM_COUNT; i++)
		put_number(&params, &rv_param_table[i], rv_param_table[i].range.standard);
	return params;
}

double rv_warm_steps(const rv_time *time, int iterations, int octave)
{
	if (octave < 0 || octave >= time->warm_octaves)
		return 0;
	return time->warm_steps ? time->warm_steps
	                        : effort_turn_steps(octave, (double)time->warm_share, iterations);
}

/* ---- checks ---- */

/* The comparison is false for NaN. A float is compared with the float nearest to each end of the
 * range, or 1.05f would be below 1.05. */
static rv_status check_param(const rv_params *params, const rv_param *param, rv_error *error)
{
	const rv_range *range = &param->range;
	double value = number_of(params, param), low = range->minimum, high = range->maximum;
	if (param->type == RV_PARAM_NUMBER) {
		low = (double)(float)low;
		high = (double)(float)high;
	}
	if (!(value >= low && value <= high))
		return rv_fail(error, RV_INVALID, "%s is %g, but must lie in %g..%g", param->name,
		               value, range->minimum, range->maximum);
	if (range->odd && fmod(value, 2) == 0)
		return rv_fail(error, RV_INVALID, "%s is %g, but must be odd", param->name, value);
	return RV_OK;
}

/* What moves the picture in its own plane would tear a sphere. */
static rv_status check_sphere(const rv_params *params, rv_error *error)
{
	const rv_time *time = &params->time;
	const char *what = NULL;

	if (!params->sphere)
		return RV_OK;
	for (int i = 0; i < params->target_count; i++)
		if (params->targets[i].where != RV_EVERYWHERE)
			what = "a target at a place or in a mask of its own";
	if (params->resize > 0)
		what = "steps that resize";
	if (params->mirror)
		what = "steps that mirror";
	if (time->zoom != 1 || time->rotation != 0 || time->pan_y != 0)
		what = "zoom, rotation and vertical pan";
	return what ? rv_fail(error, RV_UNSUPPORTED, "a sphere is dreamed without %s", what)
	            : RV_OK;
}

rv_status params_check(const rv_params *params, rv_error *error)
{
	rv_status status = RV_OK;
	if (params->target_count < 0 || params->target_count > RV_TARGETS_MAX)
		return rv_fail(error, RV_INVALID,
		               "number of target layers is %d, but must lie in 0..%d",
		               params->target_count, RV_TARGETS_MAX);
	for (int i = 0; i < RV_PARAM_COUNT && status == RV_OK; i++)
		status = check_param(params, &rv_param_table[i], error);
	for (int i = 0; i < params->target_count && status == RV_OK; i++)
		status = target_check(&params->targets[i], error);
	return status != RV_OK ? status : check_sphere(params, error);
}

/* ---- comparisons ---- */

static bool same_targets(const rv_params *a, const rv_params *b)
{
	if (a->target_count != b->target_count)
		return false;
	for (int i = 0; i < a->target_count; i++)
		if (!target_equal(&a->targets[i], &b->targets[i]))
			return false;
	return true;
}

bool rv_params_equal(const rv_params *a, const rv_params *b)
{
	if (a->seed != b->seed || !same_targets(a, b))
		return false;
	for (int i = 0; i < RV_PARAM_COUNT; i++)
		if (number_of(a, &rv_param_table[i]) != number_of(b, &rv_param_table[i]))
			return false;
	return true;
}

static bool has_priors(const rv_params *params)
{
	return params->smoothness > 0 || params->fidelity > 0 || params->grey > 0;
}

bool params_same_recording(const rv_params *a, const rv_params *b)
{
	return params_same_objective(a, b) && a->normalisation == b->normalisation &&
	       a->octaves == b->octaves && a->octaves_above == b->octaves_above &&
	       view_kind_of(a) == view_kind_of(b) && (a->blur > 0) == (b->blur > 0) &&
	       (a->soften > 0) == (b->soften > 0) && has_priors(a) == has_priors(b) &&
	       a->mask == b->mask && a->octave_scale == b->octave_scale &&
	       a->octave_order == b->octave_order && a->balance == b->balance;
}

bool params_same_objective(const rv_params *a, const rv_params *b)
{
	return same_targets(a, b) && a->objective == b->objective && a->time.on == b->time.on &&
	       a->winners == b->winners && a->winner_window == b->winner_window &&
	       a->threshold == b->threshold && a->border == b->border;
}
