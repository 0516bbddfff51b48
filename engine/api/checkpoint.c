#include <string.h>

#include "engine/api/dream.h"
#include "engine/reverie_checkpoint.h"

/* To be raised where the same bytes mean something else. */
enum { FORMAT = 4 };

static const char magic[] = "reverie dream";

/* What is written first. */
struct header {
	char magic[sizeof(magic)];
	int versions[4]; /* of this format and of the library */
	struct dream_pictures pictures;
	/* What there was, and what the ascent was to take of it: where there is as much, the next
	 * one takes the same, as tiles of another size round otherwise. */
	uint64_t memory_limit, device_bytes, memory_planned;
	rv_params params;
};

static void describe(struct header *header, const rv_engine *engine)
{
	memset(header, 0, sizeof(*header));
	memcpy(header->magic, magic, sizeof(magic));
	header->versions[0] = FORMAT;
	header->versions[1] = RV_VERSION_MAJOR;
	header->versions[2] = RV_VERSION_MINOR;
	header->versions[3] = RV_VERSION_PATCH;
	header->memory_limit = engine->config.memory_limit;
	header->device_bytes = engine->device->info.memory_bytes;
	header->memory_planned = engine->memory_planned;
	header->params = engine->params;
}

/* ---- saving ---- */

rv_status rv_checkpoint_save(rv_engine *engine, rv_checkpoint_write *write, void *context,
                             rv_error *error)
{
	struct header header;

	if (!engine || !write)
		return rv_fail(error, RV_INVALID, "rv_checkpoint_save needs an engine and a way");
	if (!engine->ascent || !ascent_remembers(engine->ascent, &engine->params))
		return rv_fail(error, RV_INVALID, "there is no dream yet to go on from");
	struct checkpoint checkpoint = {engine->device, write, NULL, context, .error = error};
	describe(&header, engine);
	header.pictures = ascent_pictures(engine->ascent);
	header.pictures.past = dream_past_of(engine, 0);
	checkpoint_bytes(&checkpoint, &header, sizeof(header));
	checkpoint_sum(&checkpoint);
	ascent_checkpoint(engine->ascent, &engine->params, &checkpoint);
	checkpoint_sum(&checkpoint);
	return checkpoint_end(&checkpoint);
}

/* ---- loading ---- */

static bool is_sane(const struct dream_pictures *pictures, const rv_engine *engine)
{
	const rv_image like = {RV_RGB8, pictures->width, pictures->height,
	                       3 * (size_t)(unsigned)pictures->width, (void *)pictures};

	return engine_check_image(&like, NULL) == RV_OK &&
	       pictures->past == dream_past_of(engine, 0) &&
	       pictures->sample_bytes <= raster_sample_bytes(RV_RGBF32);
}

static rv_status check(const struct header *header, const rv_engine *engine, rv_error *error)
{
	struct header own;

	describe(&own, engine);
	own.params = engine_resolve(engine, &engine->params);
	if (memcmp(header->magic, own.magic, sizeof(magic)) ||
	    memcmp(header->versions, own.versions, sizeof(own.versions)))
		return rv_fail(error, RV_CORRUPT,
		               "what is read is no checkpoint of this version of Reverie");
	if (params_check(&header->params, NULL) != RV_OK ||
	    !rv_params_equal(&header->params, &own.params))
		return rv_fail(error, RV_INVALID,
		               "the checkpoint was saved with other settings than these");
	if (!is_sane(&header->pictures, engine))
		return rv_fail(error, RV_CORRUPT, "the checkpoint is none of such a video");
	return RV_OK;
}

/* An ascent as the checkpoint's was. */
static rv_status prepare(rv_engine *engine, const struct header *header, rv_error *error)
{
	rv_status status;

	if (header->memory_limit == engine->config.memory_limit &&
	    header->device_bytes == engine->device->info.memory_bytes)
		engine->memory_given = (size_t)header->memory_planned;
	if (engine->ascent && engine->memory_given &&
	    engine->memory_planned != engine->memory_given)
		ascent_destroy(&engine->ascent);
	status = dream_prepare(engine, &header->pictures, error);
	engine->memory_given = 0;
	return status;
}

static rv_status load(rv_engine *engine, struct checkpoint *checkpoint, rv_error *error)
{
	struct header header;

	checkpoint_bytes(checkpoint, &header, sizeof(header));
	checkpoint_sum(checkpoint);
	if (checkpoint->status == RV_OK)
		checkpoint->status = check(&header, engine, error);
	if (checkpoint->status == RV_OK)
		checkpoint->status = prepare(engine, &header, error);
	if (checkpoint->status == RV_OK)
		ascent_checkpoint(engine->ascent, &engine->params, checkpoint);
	checkpoint_sum(checkpoint);
	return checkpoint_end(checkpoint);
}

rv_status rv_checkpoint_load(rv_engine *engine, rv_checkpoint_read *read, void *context,
                             rv_error *error)
{
	rv_status status;

	if (!engine || !read)
		return rv_fail(error, RV_INVALID, "rv_checkpoint_load needs an engine and a way");
	struct checkpoint checkpoint = {engine->device, NULL, read, context, .error = error};
	rv_reset(engine);
	engine->melts = false;
	status = load(engine, &checkpoint, error);
	if (status != RV_OK)
		rv_reset(engine);
	return status;
}
