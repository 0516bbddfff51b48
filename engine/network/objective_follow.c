/* The objectives that draw a layer towards features: of a guide, of the frame itself, of a
 * direction. */
#include "engine/base/rounding.h"
#include "engine/network/objective_kinds.h"

/* Which row a pixel follows: `rule` of objective_follow. */
enum rule { ITS_OWN, THE_ONLY, THE_BEST };

/* As in the shader: vectors of rows in a panel, and pixels that a work-item holds against one at
 * once. */
enum { PANEL = 2, MATCHED = 6 };

static int stride_of(const struct slice *activation)
{
	return round_up(activation->channels, TENSOR_ALIGNMENT);
}

size_t objective_rows_bytes(const struct slice *activation)
{
	return (size_t)slice_pixels(activation) * (size_t)stride_of(activation) * sizeof(float);
}

void objective_keep(struct launch_recorder *recorder, const struct objective_target *target)
{
	const struct slice *activation = &target->operand.activation;

	record_kernel(recorder, "network/objective_follow", NULL, "keep_features", "keep features");
	record_slice(recorder, activation);
	record_buffer(recorder, target->rows.buffer);
	record_int(recorder, stride_of(activation));
	record_int(recorder, activation->channels);
	record_int(recorder, slice_pixels(activation));
	operator_record_over_pixels(recorder, activation, recorder->device->lanes);
}

static int packed_rows(const struct device *device, int count)
{
	return round_up(count, PANEL * device->lanes);
}

size_t objective_panels_bytes(const struct device *device, const struct slice *activation,
                              int count)
{
	return (size_t)packed_rows(device, count) * (size_t)(activation->channels + 1) *
	       sizeof(float);
}

void objective_pack(struct launch_recorder *recorder, const struct objective_target *target)
{
	const struct objective_rows *rows = &target->rows;
	int packed = packed_rows(recorder->device, rows->count);

	record_kernel(recorder, "network/objective_follow", NULL, "pack_features", "pack features");
	record_buffer(recorder, rows->buffer);
	record_int(recorder, stride_of(&target->operand.activation));
	record_buffer(recorder, rows->panels);
	record_float(recorder, target->power);
	record_int(recorder, target->operand.activation.channels);
	record_int(recorder, rows->count);
	record_int(recorder, packed);
	operator_record_items(recorder, packed);
}

/* Writes to best[pixels] the row that fits each pixel best. */
static void record_match(struct launch_recorder *recorder, const struct objective_target *target,
                         cl_mem best)
{
	const struct slice *activation = &target->operand.activation;
	int pixels = slice_pixels(activation);

	record_kernel(recorder, "network/objective_follow", NULL, "objective_match",
	              "objective match");
	record_slice(recorder, activation);
	record_buffer(recorder, target->rows.panels);
	record_int(recorder, target->rows.count);
	record_buffer(recorder, best);
	record_int(recorder, activation->channels);
	record_int(recorder, pixels);
	record_flop(recorder, 2.0 * pixels * target->rows.count * activation->channels);
	operator_record_items(recorder, divide_up(pixels, MATCHED));
}

static void record_follow(struct launch_recorder *recorder, const struct objective_target *target,
                          enum rule rule, float power, cl_mem best, cl_mem places)
{
	const struct slice *activation = &target->operand.activation;
	int pixels = slice_pixels(activation);

	record_kernel(recorder, "network/objective_follow", NULL, "objective_follow",
	              "objective follow");
	record_slice(recorder, activation);
	record_buffer(recorder, target->rows.buffer);
	record_int(recorder, stride_of(activation));
	record_int(recorder, (int)rule);
	record_buffer(recorder, best);
	record_buffer(recorder, places);
	record_float(recorder, target->weight * target->scale / (float)pixels);
	record_float(recorder, power);
	record_int(recorder, activation->channels);
	record_int(recorder, pixels);
	operator_record_destination(recorder, &target->operand);
	operator_record_items(recorder, pixels);
}

void objective_record_guide(struct launch_recorder *recorder, const struct objective_target *target,
                            cl_mem places)
{
	size_t bytes = slice_map_bytes(&target->operand.activation);
	cl_mem best = record_own_buffer(recorder, bytes, NULL); /* int */

	record_match(recorder, target, best);
	record_follow(recorder, target, THE_BEST, target->power, best, places);
}

void objective_record_caricature(struct launch_recorder *recorder,
                                 const struct objective_target *target, cl_mem places)
{
	record_follow(recorder, target, ITS_OWN, target->power, places, places);
}

void objective_record_direction(struct launch_recorder *recorder,
                                const struct objective_target *target, cl_mem places)
{
	record_follow(recorder, target, THE_ONLY, target->power, places, places);
}
