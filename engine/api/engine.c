#include "engine/api/engine.h"

#include <stdlib.h>
#include <string.h>

#include "engine/api/model.h"
#include "engine/opencl/device_open.h"

/* A side longer than this is refused before anything is allocated for it. */
enum { SIDE_MAX = 32768 };

rv_status engine_check_image(const rv_image *image, rv_error *error)
{
	size_t sample;

	if (!image || !image->pixels)
		return rv_fail(error, RV_INVALID, "the picture has no pixels");
	if (image->format != RV_RGB8 && image->format != RV_RGB16 && image->format != RV_RGBF32)
		return rv_fail(error, RV_INVALID, "the picture's pixel format %d is unknown",
		               (int)image->format);
	if (image->width < 1 || image->height < 1 || image->width > SIDE_MAX ||
	    image->height > SIDE_MAX)
		return rv_fail(error, RV_INVALID,
		               "a picture of %dx%d cannot be dreamed; each side must be 1..%d",
		               image->width, image->height, SIDE_MAX);
	sample = raster_sample_bytes(image->format);
	if (image->stride < 3 * sample * (size_t)image->width || image->stride % sample)
		return rv_fail(error, RV_INVALID,
		               "a stride of %zu bytes is too short for %d pixels", image->stride,
		               image->width);
	return RV_OK;
}

rv_status rv_create(rv_engine **out, const rv_model *model, const rv_config *config,
                    rv_error *error)
{
	rv_engine *engine;
	rv_status status;

	if (!out || !model)
		return rv_fail(error, RV_INVALID, "rv_create needs a model");
	*out = NULL;
	engine = calloc(1, sizeof(*engine));
	if (!engine)
		return rv_fail(error, RV_MEMORY, "out of memory");
	engine->model = model;
	engine->params = rv_params_default();
	if (config)
		engine->config = *config;
	/* The caller's string is used while the device is opened, and not kept. */
	status = device_open(&engine->device, config, error);
	engine->config.cache_directory = NULL;
	if (status != RV_OK) {
		rv_destroy(&engine);
		return status;
	}
	*out = engine;
	return RV_OK;
}

void engine_drop_features(rv_engine *engine)
{
	launch_list_clear(&engine->features);
	memset(engine->masks, 0, sizeof(engine->masks));
	memset(engine->guides, 0, sizeof(engine->guides));
}

void engine_drop_recording(rv_engine *engine)
{
	ascent_destroy(&engine->ascent);
	convolution_library_destroy(&engine->convolutions);
	graph_destroy(&engine->graph);
	engine_drop_features(engine);
	engine->recorded = false;
}

void rv_destroy(rv_engine **engine)
{
	if (!engine || !*engine)
		return;
	engine_drop_recording(*engine);
	ascent_destroy(&(*engine)->last);
	for (int i = 0; i < RV_SLOTS_MAX; i++)
		slot_release(&(*engine)->slots[i]);
	device_close(&(*engine)->device);
	free(*engine);
	*engine = NULL;
}

const rv_device_info *rv_engine_device(const rv_engine *engine)
{
	return &engine->device->info;
}

void rv_set_progress(rv_engine *engine, rv_progress *progress, void *context)
{
	engine->progress = progress;
	engine->progress_context = context;
}

void rv_set_preparation(rv_engine *engine, rv_progress *preparation, void *context)
{
	engine->device->preparation = (struct preparation){preparation, context, 0, 0};
}

void rv_reset(rv_engine *engine)
{
	ascent_destroy(&engine->last);
	if (engine->ascent)
		ascent_reset(engine->ascent);
}

rv_params engine_resolve(const rv_engine *engine, const rv_params *params)
{
	rv_params resolved = *params;
	const char *usual = rv_model_default_layer(engine->model);

	if (resolved.target_count == 0) {
		memset(&resolved.targets[0], 0, sizeof(resolved.targets[0]));
		resolved.target_count = 1;
		resolved.targets[0].weight = 1;
	}
	for (int i = 0; i < resolved.target_count; i++) {
		rv_target *target = &resolved.targets[i];
		const char *name =
			target->kind == RV_TARGET_CLASS ? model_class_layer(engine->model) : usual;
		if (!target->layer[0] && name && strlen(name) < sizeof(target->layer))
			strcpy(target->layer, name);
	}
	return resolved;
}

rv_status engine_build(const rv_engine *engine, const char *const *layers, int layer_count,
                       unsigned heads, struct graph **graph,
                       struct convolution_library **convolutions, rv_error *error)
{
	struct graph_options options = {.no_fuse = engine->config.no_fuse, .heads = heads};
	rv_status status =
		graph_build(graph, model_onnx(engine->model), layers, layer_count, &options, error);

	if (status != RV_OK)
		return status;
	status = convolution_library_create(convolutions, engine->device,
	                                    engine->config.convolution, error);
	if (status != RV_OK)
		graph_destroy(graph);
	return status;
}
