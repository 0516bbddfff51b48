#include "app/options/slots.h"

#include <stdlib.h>
#include <string.h>

#include "app/media/npy_read.h"
#include "app/media/reel.h"

/* Of a guide: a place of GoogLeNet's middle layers sees about as much of it as of the pictures that
 * such networks learned from, and there are a few hundred places to compare with. */
static const double guide_side = 256, mask_side = 1024;

static rv_status read_numbers(rv_engine *engine, int number, const char *name, rv_error *error)
{
	float *numbers;
	int count;
	rv_status status = npy_read(name, &numbers, &count, error);
	if (status != RV_OK)
		return status;
	status = rv_set_numbers(engine, number, numbers, count, error);
	free(numbers);
	return status;
}

/* Which of the slots hold what targets speak of. */
static void mark_used(const struct slots *slots, const struct option_targets *targets,
                      const char *mask, bool used[SLOTS_MAX])
{
	for (int s = 0; s < SLOTS_MAX; s++) {
		const char *name = slots->list[s].name;
		used[s] = name[0] && !strcmp(name, mask);
		for (int t = 0; t < targets->count && name[0] && !used[s]; t++)
			used[s] = !strcmp(name, targets->list[t].file) ||
			          !strcmp(name, targets->list[t].mask);
	}
}

/* What is taken, and where it may go. */
struct taking {
	struct slots *slots;
	rv_engine *engine;
	bool used[SLOTS_MAX];
};

static rv_status read_slot(struct taking *taking, int number, const char *name, int use,
                           rv_error *error)
{
	struct reel **reel = &taking->slots->list[number].reel;
	reel_close(reel);
	if (use == SLOT_DIRECTION)
		return read_numbers(taking->engine, number, name, error);
	rv_status status = reel_open(reel, name, use == SLOT_GUIDE ? guide_side : mask_side, error);
	if (status == RV_OK)
		status = rv_set_picture(taking->engine, number, reel_image(*reel), error);
	return status;
}

/* What a slot holds is known by its name and by what it is used for. There is room: as many targets
 * as there may be speak of fewer files than there are slots. */
static rv_status take(struct taking *taking, const char *name, int use, int *number,
                      rv_error *error)
{
	struct slots *slots = taking->slots;
	*number = 0;
	if (!name[0])
		return RV_OK;
	if (strlen(name) >= sizeof(slots->list[0].name))
		return rv_fail(error, RV_INVALID, "%.64s...: longer than %d bytes", name,
		               OPTION_FILE_LENGTH - 1);
	for (int i = SLOTS_MAX - 1; i >= 0; i--)
		if (!taking->used[i])
			*number = i;
	for (int i = 0; i < SLOTS_MAX; i++)
		if (!strcmp(slots->list[i].name, name) && (int)slots->list[i].use == use) {
			*number = i;
			return RV_OK;
		}
	slots->list[*number].name[0] = '\0';
	rv_status status = read_slot(taking, *number, name, use, error);
	if (status != RV_OK)
		return status;
	strcpy(slots->list[*number].name, name);
	slots->list[*number].use = use;
	taking->used[*number] = true;
	return RV_OK;
}

rv_status slots_take(struct slots *slots, rv_engine *engine, const struct option_dream *dream,
                     const char *default_layer, rv_params *params, rv_error *error)
{
	struct option_targets targets = option_dream_targets(dream, default_layer);
	int count = targets.count < RV_TARGETS_MAX ? targets.count : RV_TARGETS_MAX;
	struct taking taking = {.slots = slots, .engine = engine};
	rv_status status = RV_OK;
	*params = option_dream_params(dream, default_layer);
	targets.count = count;
	mark_used(slots, &targets, dream->mask, taking.used);
	if (dream->mask[0]) {
		status = take(&taking, dream->mask, SLOT_MASK, &params->mask, error);
		params->mask++; /* 0 is none */
	}
	for (int i = 0; i < count && status == RV_OK; i++) {
		struct option_target *from = &targets.list[i];
		int use = from->target.kind == RV_TARGET_GUIDE ? SLOT_GUIDE : SLOT_DIRECTION;
		status = take(&taking, from->file, use, &params->targets[i].slot, error);
		if (status == RV_OK)
			status = take(&taking, from->mask, SLOT_MASK, &params->targets[i].mask,
			              error);
	}
	return status;
}

void slots_begin(struct slots *slots, int64_t origin)
{
	slots->begun = true;
	slots->origin = origin;
}

rv_status slots_go_to(struct slots *slots, rv_engine *engine, int64_t time, rv_error *error)
{
	rv_status status = RV_OK;
	if (time == RV_TIME_NONE)
		return RV_OK;
	if (!slots->begun)
		slots_begin(slots, time);
	for (int i = 0; i < SLOTS_MAX && status == RV_OK; i++) {
		struct reel *reel = slots->list[i].reel;
		bool changed = false;
		if (!reel || !reel_moves(reel))
			continue;
		status = reel_go_to(reel, (double)(time - slots->origin) / 1e9, &changed, error);
		if (status == RV_OK && changed)
			status = rv_set_picture(engine, i, reel_image(reel), error);
	}
	return status;
}

void slots_close(struct slots *slots)
{
	for (int i = 0; i < SLOTS_MAX; i++)
		reel_close(&slots->list[i].reel);
	*slots = (struct slots){0};
}
