/* Rasters that are larger than the pictures, as rv_params.octaves_above says: what stands between
 * the two sizes. */
#ifndef ENGINE_DREAM_LARGER_H
#define ENGINE_DREAM_LARGER_H

#include "engine/dream/recipe.h"
#include "engine/picture/transfer.h"

/* A side of rasters, that of pictures being given. */
int larger_side(const rv_params *params, int side);

/* Columns at either side of rasters or pictures of so many that repeat the other, of a sphere. */
int larger_margin(int width, bool sphere);

/* Zeroed: they are as large. */
struct larger {
	struct raster given, shown; /* of the pictures' size: the frame, and what was dreamed */
	struct raster weighed;      /* in a mask: what was dreamed by its weights */
	int margin;                 /* of given and shown, where rasters have one */
};

/* Records what is between the recipe's pictures and rasters of that size, if these are larger. */
void larger_record(struct larger *larger, struct launch_recorder *recorder,
                   const struct dream_recipe *recipe, int width, int height);

/* Lets a transfer to and from the rasters resize on its way. It has scratch, with room for such a
 * raster, to itself while it runs. */
void larger_transfer(const struct larger *larger, struct transfer *transfer, cl_mem scratch);

#endif
