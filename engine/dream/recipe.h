/* What an ascent is made from, and how it is looked into. */
#ifndef ENGINE_DREAM_RECIPE_H
#define ENGINE_DREAM_RECIPE_H

#include "engine/network/network.h"
#include "engine/picture/raster.h"

/* What is dreamed counts as much as a mask is white: float [height * width], 0..1, laid over the
 * picture. buffer NULL: everywhere. May be written between pictures. */
struct dream_mask {
	cl_mem buffer;
	int width, height;
};

/* What of the last picture the next one goes on from; more memory for each. */
enum dream_past {
	DREAM_PAST_NONE,
	DREAM_PAST_DETAIL, /* blended with its own (rv_params.blend) */
	DREAM_PAST_IN_TIME /* the dream of a video (engine/time) */
};

/* The pictures that an ascent is for. */
struct dream_pictures {
	int width, height;
	enum dream_past past;
	size_t sample_bytes; /* of the caller's pixels */
};

struct dream_recipe {
	struct dream_pictures pictures;
	const struct graph *graph;
	const rv_input_format *format;
	const rv_params *params;
	/* Bytes that the ascent may take on the device. Where a whole picture does not fit, its
	 * gradients are computed in tiles. */
	size_t memory;
	/* Steps may have their gradient where the last detail was that is shown: then what a frame
	 * that is given up was to go on from is lost. */
	bool lends_detail;
	/* [graph->wanted_count]: what is raised at each wanted layer */
	const struct objective_target *targets;
	struct dream_mask mask;
	/* Of a sphere: the part of the rasters' width that on either side repeats the other. */
	float margin;
};

/* Called for every list of launches that a dream runs, in that order, with the number of times it
 * is run, until one call fails. backward: on the way from the objective to the picture. */
typedef rv_status dream_visitor(void *context, const struct launch_list *list, bool backward,
                                int times, rv_error *error);

#endif
