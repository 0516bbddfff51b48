/* What channels dream of from noise: an engine with settings of its own, and the cache. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/atlas_tile.h"
#include "engine/api/model.h"
#include "engine/base/cache.h"

enum { KEY_LENGTH = RV_LAYER_NAME_LENGTH + 96, TILE_BYTES = RV_ATLAS_SIDE * RV_ATLAS_SIDE * 3 };

/* What a channel does not answer to gives it nothing to begin with, so that its dream stays what it
 * began with: then others are tried. One that stays like that in part has woken: it is dreamed once
 * more from what grew. */
enum { ATTEMPTS = 4 };
static const double asleep = 0.98, awake = 0.45;

/* About eight thousand tiles. */
static const size_t disk_bytes_most = (size_t)420 << 20;

struct rv_atlas {
	const rv_model *model;
	rv_config config;
	char directory[CACHE_PATH_LENGTH];
	char layer[RV_LAYER_NAME_LENGTH];
	int count;
	bool classes;
	bool wrote;
	rv_engine *engine;    /* NULL until a tile is made */
	float *start, *dream; /* [ATLAS_TILE_SAMPLES] */
};

/* ---- the layer ---- */

/* A layer with places has channels, the end of a classifier classes. */
static rv_status take_layer(rv_atlas *atlas, const char *name, rv_error *error)
{
	const char *scores = model_class_layer(atlas->model);
	int index, of_scores = -1;
	if (!name || !name[0])
		name = rv_model_default_layer(atlas->model);
	rv_status status = rv_model_find_layer(atlas->model, name, &index, error);
	if (status != RV_OK)
		return status;
	const rv_layer_info *layer = rv_model_layer(atlas->model, index);
	if (scores)
		status = rv_model_find_layer(atlas->model, scores, &of_scores, error);
	if (status != RV_OK)
		return status;
	atlas->classes = of_scores >= 0 && index >= of_scores;
	atlas->count = layer->channels;
	if (!layer->supported || layer->channels < 1 || (!layer->stride && !atlas->classes))
		return rv_fail(error, RV_UNSUPPORTED,
		               "%.128s has no channels that could be dreamed of one by one",
		               layer->name);
	snprintf(atlas->layer, sizeof(atlas->layer), "%s", layer->name);
	return RV_OK;
}

rv_status rv_atlas_open(rv_atlas **out, const rv_model *model, const rv_config *config,
                        const char *layer, rv_error *error)
{
	if (!out || !model)
		return rv_fail(error, RV_INVALID, "rv_atlas_open needs a model");
	rv_atlas *atlas = *out = calloc(1, sizeof(*atlas));
	if (!atlas)
		return rv_fail(error, RV_MEMORY, "out of memory");
	atlas->model = model;
	if (config)
		atlas->config = *config;
	cache_directory(atlas->config.cache_directory, atlas->directory);
	atlas->config.cache_directory = atlas->directory;
	rv_status status = take_layer(atlas, layer, error);
	atlas->start = malloc(sizeof(float) * ATLAS_TILE_SAMPLES);
	atlas->dream = malloc(sizeof(float) * ATLAS_TILE_SAMPLES);
	if (status == RV_OK && (!atlas->start || !atlas->dream))
		status = rv_fail(error, RV_MEMORY, "out of memory");
	if (status != RV_OK)
		rv_atlas_close(out);
	return status;
}

void rv_atlas_close(rv_atlas **atlas)
{
	if (!atlas || !*atlas)
		return;
	if ((*atlas)->wrote)
		cache_trim((*atlas)->directory, "atlas", disk_bytes_most);
	rv_destroy(&(*atlas)->engine);
	free((*atlas)->start);
	free((*atlas)->dream);
	free(*atlas);
	*atlas = NULL;
}

int rv_atlas_count(const rv_atlas *atlas)
{
	return atlas->count;
}

const char *rv_atlas_layer(const rv_atlas *atlas)
{
	return atlas->layer;
}

bool rv_atlas_of_classes(const rv_atlas *atlas)
{
	return atlas->classes;
}

/* ---- tiles that are there ---- */

static void write_key(const rv_atlas *atlas, int number, char key[KEY_LENGTH])
{
	const rv_input_format *format = rv_model_input_format(atlas->model);
	snprintf(key, KEY_LENGTH, "atlas-1|%016llx|%s|%s|%d",
	         (unsigned long long)onnx_hash(model_onnx(atlas->model)), format->name,
	         atlas->layer, number);
}

static bool is_tile(const rv_atlas *atlas, int number, const rv_image *tile)
{
	int least = atlas->classes ? 0 : RV_ATLAS_WHOLE;
	return number >= least && number < atlas->count && tile && tile->pixels &&
	       tile->format == RV_RGB8 && tile->width == RV_ATLAS_SIDE &&
	       tile->height == RV_ATLAS_SIDE && tile->stride >= 3 * RV_ATLAS_SIDE;
}

static void copy_out(const uint8_t *pixels, const rv_image *tile)
{
	for (int y = 0; y < RV_ATLAS_SIDE; y++)
		memcpy((uint8_t *)tile->pixels + (size_t)y * tile->stride,
		       pixels + (size_t)y * 3 * RV_ATLAS_SIDE, 3 * RV_ATLAS_SIDE);
}

bool rv_atlas_find(const rv_atlas *atlas, int number, const rv_image *tile)
{
	char key[KEY_LENGTH];
	struct cache_entry entry;
	if (!is_tile(atlas, number, tile))
		return false;
	write_key(atlas, number, key);
	if (!cache_find(atlas->directory, "atlas", key, &entry))
		return false;
	bool whole = entry.size == TILE_BYTES;
	if (whole)
		copy_out(entry.data, tile);
	cache_release(&entry);
	return whole;
}

/* ---- tiles that are made ---- */

/* Found by looking: turns and sizes by chance and a blur that goes let forms grow that hold from
 * all sides; the mean rather than the mean square fills the tile instead of one spot of it. */
static rv_params params_of_tile(const rv_atlas *atlas, int number)
{
	rv_params params = rv_params_default();
	rv_target *target = &params.targets[0];
	*target = (rv_target){.weight = 1};
	params.target_count = 1;
	params.time.on = false;
	params.objective = number == RV_ATLAS_WHOLE ? RV_OBJECTIVE_L2 : RV_OBJECTIVE_MEAN;
	params.octaves = 4;
	params.iterations = 30;
	params.step = 0.03f;
	params.blur = 0.5f;
	params.turn = 8;
	params.resize = 0.08f;
	params.smoothness = 0.3f;
	snprintf(target->layer, sizeof(target->layer), "%s", atlas->layer);
	if (atlas->classes) {
		target->kind = RV_TARGET_CLASS;
		target->layer[0] = '\0';
	}
	target->channel_count = number != RV_ATLAS_WHOLE;
	target->channels[0] = number;
	return params;
}

static rv_image image_of(float *pixels)
{
	return (rv_image){.format = RV_RGBF32,
	                  .width = ATLAS_TILE_DREAM,
	                  .height = ATLAS_TILE_DREAM,
	                  .stride = 3 * ATLAS_TILE_DREAM * sizeof(float),
	                  .pixels = pixels};
}

/* From what was dreamed before, if grows, else from something new. */
static rv_status dream_once(rv_atlas *atlas, int attempt, bool grows, rv_error *error)
{
	rv_image in = image_of(atlas->start), out = image_of(atlas->dream);
	rv_status status = RV_OK;
	if (grows)
		atlas_tile_grow(atlas->start, atlas->dream, attempt);
	else
		status = atlas_tile_begin(atlas->start, attempt, error);
	return status == RV_OK ? rv_dream(atlas->engine, &in, RV_TIME_NONE, &out, error) : status;
}

static rv_status dream_tile(rv_atlas *atlas, rv_error *error)
{
	bool grows = false;
	for (int i = 0; i < ATTEMPTS; i++) {
		rv_status status = dream_once(atlas, i, grows, error);
		if (status != RV_OK)
			return status;
		double likeness = atlas_tile_likeness(atlas->start, atlas->dream);
		if (grows || likeness < awake)
			return RV_OK;
		grows = likeness < asleep;
	}
	return atlas_tile_begin(atlas->dream, 0, error);
}

rv_status rv_atlas_make(rv_atlas *atlas, int number, const rv_image *tile, rv_progress *progress,
                        void *context, rv_error *error)
{
	char key[KEY_LENGTH];
	uint8_t pixels[TILE_BYTES];
	rv_status status = RV_OK;
	if (!is_tile(atlas, number, tile))
		return rv_fail(error, RV_INVALID,
		               "a tile is one of 0..%d, in RV_RGB8, %d x %d, rows %d bytes apart "
		               "or more",
		               atlas->count - 1, RV_ATLAS_SIDE, RV_ATLAS_SIDE, 3 * RV_ATLAS_SIDE);
	if (!atlas->engine)
		status = rv_create(&atlas->engine, atlas->model, &atlas->config, error);
	if (status != RV_OK)
		return status;
	const rv_params params = params_of_tile(atlas, number);
	rv_set_progress(atlas->engine, progress, context);
	status = rv_set_params(atlas->engine, &params, error);
	if (status == RV_OK)
		status = dream_tile(atlas, error);
	if (status != RV_OK)
		return status;
	atlas_tile_store(atlas->dream, pixels);
	copy_out(pixels, tile);
	write_key(atlas, number, key);
	atlas->wrote |= cache_write(atlas->directory, "atlas", key, pixels, sizeof(pixels));
	return RV_OK;
}
