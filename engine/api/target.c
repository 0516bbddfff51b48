#include "engine/api/target.h"

#include <math.h>
#include <string.h>

/* What there is of each kind. */
static const struct {
	bool channels, power, slot;
} kinds[] = {
	[RV_TARGET_LAYER] = {.channels = true},
	[RV_TARGET_WINNERS] = {.channels = true},
	[RV_TARGET_NEURON] = {.channels = true},
	[RV_TARGET_CLASS] = {.channels = true},
	[RV_TARGET_GUIDE] = {.power = true, .slot = true},
	[RV_TARGET_CARICATURE] = {.power = true},
	[RV_TARGET_DIRECTION] = {.power = true, .slot = true},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

bool target_reads_channels(rv_target_kind kind)
{
	return kinds[kind].channels;
}

bool target_reads_power(rv_target_kind kind)
{
	return kinds[kind].power;
}

bool target_reads_slot(rv_target_kind kind)
{
	return kinds[kind].slot;
}

/* ---- checks ---- */

static rv_status check_channels(const rv_target *target, rv_error *error)
{
	const rv_range *range = &rv_channel_range;
	if (target->channel_count < 0 || target->channel_count > RV_CHANNELS_MAX)
		return rv_fail(error, RV_INVALID, "at most %d channels of a layer can be chosen",
		               RV_CHANNELS_MAX);
	for (int i = 0; i < target->channel_count; i++)
		if (target->channels[i] < range->minimum || target->channels[i] > range->maximum)
			return rv_fail(
				error, RV_INVALID, "channel %d of layer %s must lie in %g..%g",
				target->channels[i], target->layer, range->minimum, range->maximum);
	if (target->kind == RV_TARGET_CLASS && !target->channel_count)
		return rv_fail(error, RV_INVALID, "a class is wanted, but not which");
	return RV_OK;
}

static bool is_part(float value)
{
	return value >= 0 && value <= 1;
}

static bool is_slot(int slot)
{
	return slot >= 0 && slot < RV_SLOTS_MAX;
}

static rv_status check_where(const rv_target *target, rv_error *error)
{
	if ((int)target->where < RV_EVERYWHERE || target->where > RV_IN_MASK)
		return rv_fail(error, RV_INVALID, "there is no where %d", (int)target->where);
	if (target->where == RV_AT_PLACE && (!is_part(target->x) || !is_part(target->y)))
		return rv_fail(error, RV_INVALID,
		               "the place %g,%g must lie in 0..1, parts of width and height",
		               (double)target->x, (double)target->y);
	if (target->where == RV_IN_MASK && !is_slot(target->mask))
		return rv_fail(error, RV_INVALID, "the mask is slot %d of 0..%d", target->mask,
		               RV_SLOTS_MAX - 1);
	return RV_OK;
}

static rv_status check_kind(const rv_target *target, rv_error *error)
{
	const rv_range *range = &rv_power_range;
	if ((int)target->kind < 0 || (int)target->kind >= KINDS)
		return rv_fail(error, RV_INVALID, "there is no kind %d of target",
		               (int)target->kind);
	if (target->winners < 0 || target->winners > RV_CHANNELS_MAX)
		return rv_fail(error, RV_INVALID, "%d winners, but there may be 0..%d",
		               target->winners, RV_CHANNELS_MAX);
	if (kinds[target->kind].power &&
	    !(target->power >= (float)range->minimum && target->power <= (float)range->maximum))
		return rv_fail(error, RV_INVALID, "the power is %g, but must lie in %g..%g",
		               (double)target->power, range->minimum, range->maximum);
	if (kinds[target->kind].slot && !is_slot(target->slot))
		return rv_fail(error, RV_INVALID, "the target reads slot %d of 0..%d", target->slot,
		               RV_SLOTS_MAX - 1);
	return kinds[target->kind].channels ? check_channels(target, error) : RV_OK;
}

rv_status target_check(const rv_target *target, rv_error *error)
{
	const rv_range *range = &rv_weight_range;
	float weight = fabsf(target->weight);
	if (!memchr(target->layer, '\0', sizeof(target->layer)))
		return rv_fail(error, RV_INVALID, "the name of a layer is not ended");
	if (!(weight >= (float)range->minimum && weight <= (float)range->maximum))
		return rv_fail(error, RV_INVALID,
		               "the weight of layer %s is %g, but must lie in %g..%g or "
		               "-%g..-%g",
		               target->layer, (double)target->weight, range->minimum,
		               range->maximum, range->maximum, range->minimum);
	rv_status status = check_kind(target, error);
	return status == RV_OK ? check_where(target, error) : status;
}

/* ---- comparisons ---- */

static bool same_channels(const rv_target *a, const rv_target *b)
{
	return a->channel_count == b->channel_count &&
	       memcmp(a->channels, b->channels, (size_t)a->channel_count * sizeof(int)) == 0;
}

static bool same_place(const rv_target *a, const rv_target *b)
{
	if (a->where == RV_AT_PLACE)
		return a->x == b->x && a->y == b->y;
	return a->where != RV_IN_MASK || a->mask == b->mask;
}

bool target_equal(const rv_target *a, const rv_target *b)
{
	return strcmp(a->layer, b->layer) == 0 && a->weight == b->weight && a->kind == b->kind &&
	       a->where == b->where && same_place(a, b) &&
	       (!kinds[a->kind].channels || same_channels(a, b)) &&
	       (!kinds[a->kind].power || a->power == b->power) &&
	       (!kinds[a->kind].slot || a->slot == b->slot) &&
	       (a->kind != RV_TARGET_WINNERS || a->winners == b->winners);
}
