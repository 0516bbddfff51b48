#include "engine/api/dream.h"

#include <stdlib.h>
#include <string.h>

#include "engine/api/wanted.h"
#include "engine/base/minmax.h"
#include "engine/dream/memory.h"
#include "engine/opencl/program.h"

/* Bytes: less than this is never what a dream lacks. */
enum { MEMORY_LEAST = 8 << 20 };

/* Keeps of the engine's ascent what the next one needs to go on from its dream. Where memory is
 * limited nothing is kept, as no ascent plans for what it would take. */
static void retire_ascent(rv_engine *engine)
{
	if (!engine->ascent)
		return;
	ascent_destroy(&engine->last);
	if (engine->config.memory_limit)
		ascent_destroy(&engine->ascent);
	else
		ascent_retire(engine->ascent);
	engine->last = engine->ascent;
	engine->ascent = NULL;
}

rv_status rv_set_params(rv_engine *engine, const rv_params *params, rv_error *error)
{
	rv_params resolved;
	rv_status status;

	if (!engine || !params)
		return rv_fail(error, RV_INVALID, "rv_set_params needs an engine and params");
	status = params_check(params, error);
	if (status != RV_OK)
		return status;
	resolved = engine_resolve(engine, params);
	status = wanted_check(engine, &resolved, error);
	if (status != RV_OK)
		return status;
	if (!params_same_recording(&engine->params, &resolved))
		dream_begin_other(engine, !params_same_objective(&engine->params, &resolved));
	/* A sphere's dream lies between margins, where none goes on from that of a flat picture. */
	if (engine->params.sphere != resolved.sphere)
		ascent_destroy(&engine->last);
	engine->params = resolved;
	return RV_OK;
}

void dream_begin_other(rv_engine *engine, bool melts)
{
	engine->melts |= melts;
	retire_ascent(engine);
	engine_drop_recording(engine);
}

static rv_status build(rv_engine *engine, rv_error *error)
{
	const char *layers[RV_TARGETS_MAX];
	unsigned heads = 0;
	rv_status status;

	if (engine->recorded)
		return RV_OK;
	engine->params = engine_resolve(engine, &engine->params);
	/* Slots may have been set anew, or freed, since the params that speak of them. */
	status = wanted_check(engine, &engine->params, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < engine->params.target_count; i++) {
		layers[i] = engine->params.targets[i].layer;
		heads |= (engine->params.targets[i].kind == RV_TARGET_CLASS) * (1U << i);
	}
	status = engine_build(engine, layers, engine->params.target_count, heads, &engine->graph,
	                      &engine->convolutions, error);
	engine->recorded = status == RV_OK;
	return status;
}

/* What an ascent may take: what should be there, and where a device had less than that, what is
 * left to be tried. */
static size_t plan_memory(rv_engine *engine)
{
	size_t bytes;

	/* What is enqueued yet takes memory only once it runs. */
	clFinish(engine->device->queue);
	bytes = memory_for_ascent(engine->device, &engine->config, engine->graph,
	                          engine->convolutions, wanted_bytes(engine));

	if (engine->memory_given)
		bytes = engine->memory_given;
	if (engine->memory_most && bytes > engine->memory_most)
		bytes = engine->memory_most;
	engine->memory_planned = bytes;
	return bytes;
}

static rv_status create_ascent(rv_engine *engine, const struct dream_pictures *pictures,
                               rv_error *error)
{
	struct wanted wanted;
	struct dream_recipe recipe = {.pictures = *pictures,
	                              .graph = engine->graph,
	                              .format = rv_model_input_format(engine->model),
	                              .params = &engine->params,
	                              .targets = wanted.targets};
	rv_status status;

	engine->memory_planned = 0;
	status = wanted_describe(&wanted, engine, pictures->width, pictures->height, error);

	if (status != RV_OK)
		return status;
	recipe.mask = wanted.mask;
	recipe.lends_detail = engine->config.memory_limit > 0;
	recipe.memory = plan_memory(engine);
	status = ascent_create(&engine->ascent, engine->device, engine->convolutions, &recipe,
	                       error);
	wanted_release(&wanted);
	return status;
}

/* Lets the next ascent take half of what this one was to take, or takes; false where that is too
 * little to be worth a try. */
static bool halve_memory(rv_engine *engine)
{
	rv_memory taken = {0};
	uint64_t all;
	size_t bytes = engine->memory_planned;

	if (engine->ascent) {
		ascent_measure(engine->ascent, &taken);
		all = taken.tensors + taken.saved + taken.rasters + taken.kept;
		if (bytes > all)
			bytes = (size_t)all;
	}
	if (bytes / 2 < MEMORY_LEAST)
		return false;
	engine->memory_most = bytes / 2;
	return true;
}

/* Ends tries with less and less memory, of which the last one ended with status and `later`, and
 * the first one with what error says: that is told where even the last lacked memory, and then what
 * was given up is free again for what comes next. */
static rv_status end_tries(rv_engine *engine, size_t memory_most, rv_status status,
                           const rv_error *later, rv_error *error)
{
	if (status != RV_OK)
		engine->memory_most = memory_most;
	if (status != RV_OK && status != RV_MEMORY && error)
		*error = *later;
	return status;
}

/* A device may have less memory than it says, or share it: then more and smaller tiles are tried.
 */
static rv_status create_ascent_that_fits(rv_engine *engine, const struct dream_pictures *pictures,
                                         rv_error *error)
{
	const size_t memory_most = engine->memory_most;
	rv_error later = {0};
	rv_status status = create_ascent(engine, pictures, error);

	if (status != RV_MEMORY)
		return status;
	while (status == RV_MEMORY && halve_memory(engine))
		status = create_ascent(engine, pictures, &later);
	return end_tries(engine, memory_most, status, &later, error);
}

rv_status dream_prepare(rv_engine *engine, const struct dream_pictures *pictures, rv_error *error)
{
	rv_status status = build(engine, error);

	if (status != RV_OK)
		return status;
	if (engine->ascent && !ascent_fits(engine->ascent, pictures))
		retire_ascent(engine);
	if (!engine->ascent)
		status = create_ascent_that_fits(engine, pictures, error);
	if (status == RV_OK && engine->last && pictures->past == DREAM_PAST_IN_TIME)
		status = ascent_go_on(engine->ascent, engine->last, &engine->params.time,
		                      engine->melts, error);
	/* Where it was broken off, the next call goes on from there. */
	if (status == RV_CANCELLED)
		return status;
	ascent_destroy(&engine->last);
	engine->melts = false;
	return status;
}

static rv_status run(rv_engine *engine, const rv_image *input, int64_t time, const rv_image *output,
                     rv_error *error)
{
	rv_status status = ascent_run(engine->ascent, &engine->params, input, time, output,
	                              engine->progress, engine->progress_context, error);

	program_cache_keep(engine->device, status == RV_OK);
	return status;
}

static rv_status look(rv_engine *engine, const rv_image *input, int64_t time, rv_error *error)
{
	rv_status status = ascent_look(engine->ascent, &engine->params, input, time, error);

	program_cache_keep(engine->device, status == RV_OK);
	return status;
}

enum dream_past dream_past_of(const rv_engine *engine, int64_t time)
{
	if (time == RV_TIME_NONE)
		return DREAM_PAST_NONE;
	return engine->params.time.on ? DREAM_PAST_IN_TIME : DREAM_PAST_DETAIL;
}

/* Without output it is a look. */
static rv_status dream_once(rv_engine *engine, const rv_image *input, int64_t time,
                            const rv_image *output, rv_error *error)
{
	const struct dream_pictures pictures = {
		.width = input->width,
		.height = input->height,
		.past = dream_past_of(engine, time),
		.sample_bytes = max_size(raster_sample_bytes(input->format),
	                                 output ? raster_sample_bytes(output->format) : 0),
	};
	rv_status status = dream_prepare(engine, &pictures, error);

	if (status != RV_OK)
		return status;
	return output ? run(engine, input, time, output, error) : look(engine, input, time, error);
}

/* Drivers may find out that memory is short when kernels run. What was dreamed before is lost then.
 */
static rv_status dream_that_fits(rv_engine *engine, const rv_image *input, int64_t time,
                                 const rv_image *output, rv_error *error)
{
	const size_t memory_most = engine->memory_most;
	rv_error later = {0};
	rv_status status = dream_once(engine, input, time, output, error);

	if (status != RV_MEMORY)
		return status;
	while (status == RV_MEMORY && engine->ascent && halve_memory(engine)) {
		ascent_destroy(&engine->ascent);
		status = dream_once(engine, input, time, output, &later);
	}
	return end_tries(engine, memory_most, status, &later, error);
}

rv_status rv_dream(rv_engine *engine, const rv_image *input, int64_t time, const rv_image *output,
                   rv_error *error)
{
	rv_status status;

	if (!engine)
		return rv_fail(error, RV_INVALID, "rv_dream needs an engine");
	status = engine_check_image(input, error);
	if (status == RV_OK)
		status = engine_check_image(output, error);
	if (status == RV_OK && (input->width != output->width || input->height != output->height))
		status = rv_fail(error, RV_INVALID, "input is %dx%d but output %dx%d", input->width,
		                 input->height, output->width, output->height);
	return status != RV_OK ? status : dream_that_fits(engine, input, time, output, error);
}

rv_status rv_look(rv_engine *engine, const rv_image *input, int64_t time, rv_error *error)
{
	if (!engine)
		return rv_fail(error, RV_INVALID, "rv_look needs an engine");
	rv_status status = engine_check_image(input, error);
	if (status == RV_OK && (time == RV_TIME_NONE || !engine->params.time.on))
		status = rv_fail(error, RV_INVALID,
		                 "a look needs time: params.time.on is false, or the time is "
		                 "RV_TIME_NONE");
	return status != RV_OK ? status : dream_that_fits(engine, input, time, NULL, error);
}

rv_status rv_journey(rv_engine *engine, int64_t time, const rv_image *output, rv_error *error)
{
	rv_status status;

	if (!engine)
		return rv_fail(error, RV_INVALID, "rv_journey needs an engine");
	status = engine_check_image(output, error);
	if (status != RV_OK)
		return status;
	if (time == RV_TIME_NONE || !engine->params.time.on)
		return rv_fail(error, RV_INVALID,
		               "a journey needs time: params.time.on is false, "
		               "or the time is RV_TIME_NONE");
	if (!engine->ascent && !engine->last)
		return rv_fail(
			error, RV_INVALID,
			"there is no dream yet to begin a journey with; dream a picture first");
	status = dream_prepare(engine,
	                       &(struct dream_pictures){output->width, output->height,
	                                                DREAM_PAST_IN_TIME,
	                                                raster_sample_bytes(output->format)},
	                       error);
	return status != RV_OK ? status : run(engine, NULL, time, output, error);
}

rv_frame_report rv_last_frame(const rv_engine *engine)
{
	return engine->ascent ? ascent_report(engine->ascent) : (rv_frame_report){0};
}
