/* What all octaves of an ascent share: memory that is needed only while one of them is dreamed.
 * Between frames nothing of it is kept, and others may use its room. */
#ifndef ENGINE_DREAM_SHARED_H
#define ENGINE_DREAM_SHARED_H

#include "engine/dream/recipe.h"

/* An octave's detail lies where that of the one below does not; base only where no raster of the
 * full size is in use. */
enum { SHARED_DETAILS = 3 };

struct shared {
	struct room room;         /* behind what was taken each octave takes what its steps need */
	struct launch_list parts; /* owns what follows */
	cl_mem details[SHARED_DETAILS]; /* of the largest octave; of the second, fourth and so on;
	                                 * of the third, fifth and so on */
	cl_mem base;                    /* of the largest octave below the full size */
	cl_mem gradient;                /* of the full size */
	cl_mem past;                    /* as base; NULL where nothing is inherited */
	cl_mem seen, seen_gradient;     /* of the largest view; NULL where it is straight */
	cl_mem scratch;                 /* for resizing */
	size_t scratch_bytes;
};

/* What is shared by octaves of these sizes (width and height of rasters), the largest first. */
struct shared_sizes {
	struct raster octaves[RV_OCTAVES_MAX];
	int count;
};

/* Those of a picture of width x height. */
struct shared_sizes shared_plan(int width, int height, const rv_params *params);
int shared_scaled(int side, double scale);

/* detail: the raster of the full size that recipe lends. RV_MEMORY, RV_DEVICE. */
rv_status shared_create(struct shared *shared, struct device *device,
                        const struct dream_recipe *recipe, const struct shared_sizes *sizes,
                        cl_mem detail, rv_error *error);
void shared_release(struct shared *shared);

/* Bytes of the room, in which octaves have what they need, and engine/time, in its turn, too. */
size_t shared_measure(const struct dream_recipe *recipe, const struct shared_sizes *sizes);

/* The buffer of the detail of octave number from_top, 0 the largest. */
cl_mem shared_detail(const struct shared *shared, int from_top);

#endif
