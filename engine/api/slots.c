/* Setting what targets speak of. */
#include <stdlib.h>
#include <string.h>

#include "engine/api/dream.h"
#include "engine/api/guide.h"

/* Bits of what a slot is used for. */
enum { AS_FEATURES = 1, AS_MASK = 2 };

static int find_use(const rv_params *params, int slot)
{
	int use = params->mask == slot + 1 ? AS_MASK : 0;

	for (int i = 0; i < params->target_count; i++) {
		const rv_target *target = &params->targets[i];
		if (target_reads_slot(target->kind) && target->slot == slot)
			use |= AS_FEATURES;
		if (target->where == RV_IN_MASK && target->mask == slot)
			use |= AS_MASK;
	}
	return use;
}

/* Whether the slot is on the device as a mask alone, of the size that it still has. */
static bool is_mask_of_its_size(const rv_engine *engine, int number)
{
	const struct dream_mask *mask = &engine->masks[number];
	const rv_image *picture = &engine->slots[number].picture;

	return find_use(&engine->params, number) == AS_MASK && mask->buffer && picture->pixels &&
	       picture->width == mask->width && picture->height == mask->height;
}

/* Whether it is the picture of guides alone, which have looked at one of its size. */
static bool is_guide_of_its_size(const rv_engine *engine, int number)
{
	const rv_image *picture = &engine->slots[number].picture;

	for (int i = 0; i < engine->params.target_count; i++) {
		const rv_target *target = &engine->params.targets[i];
		if (target_reads_slot(target->kind) && target->slot == number &&
		    (!engine->guides[i] || !guide_fits(engine->guides[i], picture)))
			return false;
	}
	return find_use(&engine->params, number) == AS_FEATURES && picture->pixels;
}

static rv_status renew_guides(rv_engine *engine, int number, rv_error *error)
{
	const rv_image *picture = &engine->slots[number].picture;
	rv_status status = RV_OK;

	for (int i = 0; i < engine->params.target_count && status == RV_OK; i++)
		if (engine->guides[i] && engine->params.targets[i].slot == number)
			status = guide_look(engine->guides[i], picture, error);
	return status;
}

static rv_status write_mask(rv_engine *engine, int number, rv_error *error)
{
	const struct slot *slot = &engine->slots[number];
	float *values = slot_mask(slot);
	cl_int code;

	if (!values)
		return rv_fail(error, RV_MEMORY, "out of memory for a mask");
	code = clEnqueueWriteBuffer(engine->device->queue, engine->masks[number].buffer, CL_TRUE, 0,
	                            slot_mask_bytes(slot), values, 0, NULL, NULL);
	free(values);
	if (code)
		return device_fail(error, code, "writing a mask");
	if (engine->ascent)
		ascent_take_mask(engine->ascent);
	return RV_OK;
}

/* Puts made, which is taken over, in the slot of that number. */
static rv_status replace(rv_engine *engine, int number, struct slot *made, rv_status status,
                         rv_error *error)
{
	if (status != RV_OK) {
		slot_release(made);
		return status;
	}
	slot_release(&engine->slots[number]);
	engine->slots[number] = *made;
	if (is_mask_of_its_size(engine, number))
		return write_mask(engine, number, error);
	if (is_guide_of_its_size(engine, number))
		return renew_guides(engine, number, error);
	if (find_use(&engine->params, number))
		dream_begin_other(engine, true);
	return RV_OK;
}

static rv_status check_number(const rv_engine *engine, int slot, rv_error *error)
{
	if (!engine)
		return rv_fail(error, RV_INVALID, "a slot needs an engine");
	if (slot < 0 || slot >= RV_SLOTS_MAX)
		return rv_fail(error, RV_INVALID, "slot %d of 0..%d", slot, RV_SLOTS_MAX - 1);
	return RV_OK;
}

rv_status rv_set_picture(rv_engine *engine, int slot, const rv_image *picture, rv_error *error)
{
	struct slot made = {0};
	rv_status status = check_number(engine, slot, error);

	if (status == RV_OK && picture)
		status = engine_check_image(picture, error);
	if (status != RV_OK)
		return status;
	if (picture)
		status = slot_copy_picture(&made, picture, error);
	return replace(engine, slot, &made, status, error);
}

/* Kernels take the length of the direction as a float, whose square larger numbers would exceed. */
static rv_status check_direction(const float *numbers, int count, rv_error *error)
{
	static const float most = 1e9f;

	if (count < 1)
		return rv_fail(error, RV_INVALID, "a direction of %d numbers", count);
	for (int i = 0; i < count; i++)
		if (!(numbers[i] >= -most && numbers[i] <= most))
			return rv_fail(error, RV_INVALID,
			               "number %d of the direction is %g, but must lie in %g..%g",
			               i, (double)numbers[i], -(double)most, (double)most);
	return RV_OK;
}

rv_status rv_set_numbers(rv_engine *engine, int slot, const float *numbers, int count,
                         rv_error *error)
{
	struct slot made = {0};
	rv_status status = check_number(engine, slot, error);

	if (status != RV_OK)
		return status;
	if (numbers)
		status = check_direction(numbers, count, error);
	if (status != RV_OK)
		return status;
	if (numbers) {
		made.count = count;
		made.numbers = malloc((size_t)count * sizeof(*numbers));
		if (!made.numbers)
			return rv_fail(error, RV_MEMORY, "out of memory for a direction");
		memcpy(made.numbers, numbers, (size_t)count * sizeof(*numbers));
	}
	return replace(engine, slot, &made, RV_OK, error);
}
