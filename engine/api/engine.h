/* What an rv_engine is made of; shared by the files that implement engine/reverie.h. */
#ifndef ENGINE_API_ENGINE_H
#define ENGINE_API_ENGINE_H

#include "engine/api/params.h"
#include "engine/api/slot.h"
#include "engine/api/target.h"
#include "engine/dream/ascent.h"

struct rv_engine {
	struct device *device;
	const rv_model *model;
	rv_config config;
	rv_params params;
	bool recorded; /* graph, convolutions and ascent suit params */
	struct graph *graph;
	struct convolution_library *convolutions;
	struct ascent *ascent; /* NULL until a picture's size is known */
	/* Bytes that the ascent was to take at most, and that the next one may; 0: any. */
	size_t memory_planned, memory_most;
	size_t memory_given; /* what it is to take, whatever there is; 0: that is looked at */
	struct ascent *last; /* retired, or NULL: the next ascent may go on from its dream */
	bool melts;          /* last raised something else than params do */
	struct slot slots[RV_SLOTS_MAX];
	struct launch_list features; /* owns what is made of slots for the ascent */
	struct dream_mask masks[RV_SLOTS_MAX];
	struct guide *guides[RV_TARGETS_MAX]; /* of each target; NULL: it has none */
	rv_progress *progress;
	void *progress_context;
};

/* RV_INVALID unless the picture has pixels, a known format and a sane size. */
rv_status engine_check_image(const rv_image *image, rv_error *error);

/* params with the model's default layer written out where none is named. */
rv_params engine_resolve(const rv_engine *engine, const rv_params *params);

/* A graph to the named layers, and a library of convolutions for it. heads: see graph_options. */
rv_status engine_build(const rv_engine *engine, const char *const *layers, int layer_count,
                       unsigned heads, struct graph **graph,
                       struct convolution_library **convolutions, rv_error *error);

/* Frees what is made of slots, of which no ascent may be left. */
void engine_drop_features(rv_engine *engine);

/* Frees graph, convolutions and ascent, which what is dreamed next records anew. */
void engine_drop_recording(rv_engine *engine);

#endif
