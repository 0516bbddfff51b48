/* Setting what targets speak of. */
#include <stdlib.h>
#include <string.h>

#include "engine/api/dream.h"

static bool is_used(const rv_params *params, int source)
{
	for (int i = 0; i < params->target_count; i++) {
		const rv_target *target = &params->targets[i];
		if ((target_reads_source(target->kind) && target->source == source) ||
		    (target->where == RV_IN_MASK && target->mask == source))
			return true;
	}
	return false;
}

/* Puts made, which is taken over, in place of the source of that number. */
static rv_status replace(rv_engine *engine, int number, struct source *made, rv_status status)
{
	if (status != RV_OK) {
		source_release(made);
		return status;
	}
	source_release(&engine->sources[number]);
	engine->sources[number] = *made;
	if (is_used(&engine->params, number))
		dream_begin_other(engine, true);
	return RV_OK;
}

static rv_status check_number(const rv_engine *engine, int source, rv_error *error)
{
	if (!engine)
		return rv_fail(error, RV_INVALID, "a source needs an engine");
	if (source < 0 || source >= RV_SOURCES_MAX)
		return rv_fail(error, RV_INVALID, "source %d, but there are 0..%d", source,
		               RV_SOURCES_MAX - 1);
	return RV_OK;
}

rv_status rv_set_picture(rv_engine *engine, int source, const rv_image *picture, rv_error *error)
{
	struct source made = {0};
	rv_status status = check_number(engine, source, error);

	if (status == RV_OK && picture)
		status = engine_check_image(picture, error);
	if (status != RV_OK)
		return status;
	if (picture)
		status = source_copy_picture(&made, picture, error);
	return replace(engine, source, &made, status);
}

rv_status rv_set_numbers(rv_engine *engine, int source, const float *numbers, int count,
                         rv_error *error)
{
	struct source made = {0};
	rv_status status = check_number(engine, source, error);

	if (status != RV_OK)
		return status;
	if (numbers && count < 1)
		return rv_fail(error, RV_INVALID, "a direction of %d numbers", count);
	if (numbers) {
		made.count = count;
		made.numbers = malloc((size_t)count * sizeof(*numbers));
		if (!made.numbers)
			return rv_fail(error, RV_MEMORY, "out of memory for a direction");
		memcpy(made.numbers, numbers, (size_t)count * sizeof(*numbers));
	}
	return replace(engine, source, &made, RV_OK);
}
