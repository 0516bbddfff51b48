#include "engine/api/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "engine/api/channel_rms.h"
#include "engine/api/guide.h"
#include "engine/api/model.h"
#include "engine/base/rounding.h"

/* ---- checks ---- */

static rv_status check_channels(const rv_target *target, const rv_layer_info *layer,
                                rv_error *error)
{
	const char *what = target->kind == RV_TARGET_CLASS ? "class" : "channel";

	for (int i = 0; i < target->channel_count; i++)
		if (target->channels[i] < 0 ||
		    (layer->channels && target->channels[i] >= layer->channels))
			return rv_fail(error, RV_INVALID,
			               "layer %s has no %s %d; its %d channels are numbered 0..%d",
			               target->layer, what, target->channels[i], layer->channels,
			               layer->channels - 1);
	return RV_OK;
}

/* NULL where the target's kind reads none: then its number may be any. */
static const struct slot *slot_of(const rv_engine *engine, const rv_target *target)
{
	return target_reads_slot(target->kind) ? &engine->slots[target->slot] : NULL;
}

static rv_status check_slots(const rv_engine *engine, const rv_target *target,
                             const rv_layer_info *layer, rv_error *error)
{
	const struct slot *slot = slot_of(engine, target);

	if (target->kind == RV_TARGET_GUIDE && !slot->picture.pixels)
		return rv_fail(error, RV_INVALID, "the guide has no picture");
	if (target->kind == RV_TARGET_DIRECTION && !slot->numbers)
		return rv_fail(error, RV_INVALID, "the direction has no numbers");
	if (target->kind == RV_TARGET_DIRECTION && slot->count != layer->channels)
		return rv_fail(error, RV_INVALID,
		               "the direction has %d numbers, but layer %s has %d channels",
		               slot->count, target->layer, layer->channels);
	if (target->where == RV_IN_MASK && !engine->slots[target->mask].picture.pixels)
		return rv_fail(error, RV_INVALID, "the mask has no picture");
	return RV_OK;
}

rv_status wanted_check(const rv_engine *engine, const rv_params *params, rv_error *error)
{
	if (params->mask && !engine->slots[params->mask - 1].picture.pixels)
		return rv_fail(error, RV_INVALID, "the mask has no picture");
	for (int i = 0; i < params->target_count; i++) {
		const rv_target *target = &params->targets[i];
		const rv_layer_info *layer;
		int index;
		rv_status status;

		if (target->kind == RV_TARGET_CLASS && !target->layer[0])
			return model_fail_without_classes(engine->model, error);
		status = rv_model_find_layer(engine->model, target->layer, &index, error);
		if (status != RV_OK)
			return status;
		layer = rv_model_layer(engine->model, index);
		if (target_reads_channels(target->kind))
			status = check_channels(target, layer, error);
		if (status == RV_OK)
			status = check_slots(engine, target, layer, error);
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

/* ---- rows and masks ---- */

/* The one row of a direction, as struct objective_rows has it. */
static struct objective_rows record_direction(struct launch_recorder *recorder,
                                              const struct slot *slot)
{
	size_t bytes = (size_t)round_up(slot->count, TENSOR_ALIGNMENT) * sizeof(float);
	float *row = calloc(1, bytes);
	struct objective_rows rows = {.count = 1};

	if (!row) {
		record_fail(recorder, RV_MEMORY, "out of memory for a direction");
		return rows;
	}
	memcpy(row, slot->numbers, (size_t)slot->count * sizeof(*row));
	rows.buffer = record_own_buffer(recorder, bytes, row);
	free(row);
	return rows;
}

static void describe_rows(rv_engine *engine, struct launch_recorder *recorder, int index,
                          struct objective_rows *rows)
{
	const rv_target *wanted = &engine->params.targets[index];
	const struct slot *slot = slot_of(engine, wanted);
	struct guide *guide;

	if (wanted->kind == RV_TARGET_DIRECTION)
		*rows = record_direction(recorder, slot);
	if (wanted->kind != RV_TARGET_GUIDE)
		return;
	guide = guide_record(recorder, engine, wanted, &slot->picture);
	engine->guides[index] = guide;
	if (guide)
		*rows = guide_rows(guide);
}

/* The slot as a mask on the device; several may speak of it. */
static struct dream_mask find_mask(rv_engine *engine, struct launch_recorder *recorder, int number)
{
	const struct slot *slot = &engine->slots[number];
	struct dream_mask *mask = &engine->masks[number];
	float *values;

	if (mask->buffer)
		return *mask;
	values = slot_mask(slot);
	if (!values) {
		record_fail(recorder, RV_MEMORY, "out of memory for a mask");
		return *mask;
	}
	*mask = (struct dream_mask){record_own_buffer(recorder, slot_mask_bytes(slot), values),
	                            slot->picture.width, slot->picture.height};
	free(values);
	return *mask;
}

static void describe_where(rv_engine *engine, struct launch_recorder *recorder,
                           const rv_target *wanted, struct places_plan *places)
{
	struct dream_mask mask;

	if (wanted->where == RV_AT_PLACE)
		*places = (struct places_plan){.kind = PLACES_ONE, .x = wanted->x, .y = wanted->y};
	if (wanted->where != RV_IN_MASK)
		return;
	mask = find_mask(engine, recorder, wanted->mask);
	*places = (struct places_plan){.kind = PLACES_MASK,
	                               .mask = mask.buffer,
	                               .mask_width = mask.width,
	                               .mask_height = mask.height};
}

/* ---- targets ---- */

static enum objective_kind objective_of(const rv_engine *engine, const rv_target *target)
{
	static const enum objective_kind by_objective[] = {
		[RV_OBJECTIVE_L2] = OBJECTIVE_L2,
		[RV_OBJECTIVE_MEAN] = OBJECTIVE_MEAN,
		[RV_OBJECTIVE_WINNERS] = OBJECTIVE_WINNERS,
	};
	static const enum objective_kind by_kind[] = {
		[RV_TARGET_WINNERS] = OBJECTIVE_WINNERS,
		[RV_TARGET_NEURON] = OBJECTIVE_MEAN,
		[RV_TARGET_CLASS] = OBJECTIVE_CLASS,
		[RV_TARGET_GUIDE] = OBJECTIVE_GUIDE,
		[RV_TARGET_CARICATURE] = OBJECTIVE_CARICATURE,
		[RV_TARGET_DIRECTION] = OBJECTIVE_DIRECTION,
	};

	return target->kind == RV_TARGET_LAYER ? by_objective[engine->params.objective]
	                                       : by_kind[target->kind];
}

/* The weights of the targets relative to each other, and a common scale that keeps gradients far
 * from denormal numbers; the ascent normalises it away. */
static void describe_target(const rv_engine *engine, const rv_target *wanted, float scale,
                            struct objective_target *target)
{
	bool by_channels = target_reads_channels(wanted->kind);

	*target = (struct objective_target){
		.kind = objective_of(engine, wanted),
		.weight = wanted->weight,
		.scale = scale,
		.channels = wanted->channels,
		.channel_count = by_channels ? wanted->channel_count : 0,
		.winners = wanted->winners ? wanted->winners : engine->params.winners,
		.window = engine->params.winner_window,
		.power = wanted->power,
		.threshold = engine->params.threshold,
	};
}

rv_status wanted_describe(struct wanted *wanted, rv_engine *engine, int width, int height,
                          rv_error *error)
{
	const float scale = (float)width * (float)height;
	struct launch_recorder recorder = {
		.device = engine->device, .list = &engine->features, .error = error};
	rv_status status = RV_OK;

	memset(wanted, 0, sizeof(*wanted));
	engine_drop_features(engine);
	if (engine->params.mask)
		wanted->mask = find_mask(engine, &recorder, engine->params.mask - 1);
	for (int i = 0; i < engine->params.target_count && status == RV_OK; i++) {
		const rv_target *from = &engine->params.targets[i];
		struct objective_target *target = &wanted->targets[i];
		describe_target(engine, from, scale, target);
		if (target->kind == OBJECTIVE_WINNERS)
			status = channel_rms_of_layer(engine, from->layer, &wanted->channel_rms[i],
			                              error);
		target->channel_rms = wanted->channel_rms[i];
		if (recorder.status == RV_OK)
			describe_rows(engine, &recorder, i, &target->rows);
		describe_where(engine, &recorder, from, &target->places);
		target->places.border = engine->params.border;
		if (status == RV_OK)
			status = recorder.status;
	}
	if (status != RV_OK)
		wanted_release(wanted);
	return status;
}

size_t wanted_bytes(const rv_engine *engine)
{
	size_t bytes = launch_list_bytes(&engine->features);

	for (int i = 0; i < RV_TARGETS_MAX; i++)
		bytes += engine->guides[i] ? guide_bytes(engine->guides[i]) : 0;
	return bytes;
}

void wanted_release(struct wanted *wanted)
{
	for (int i = 0; i < RV_TARGETS_MAX; i++)
		free(wanted->channel_rms[i]);
	memset(wanted->channel_rms, 0, sizeof(wanted->channel_rms));
}
