/* Where an objective counts: a weight for each pixel of a layer. */
#ifndef ENGINE_NETWORK_PLACES_H
#define ENGINE_NETWORK_PLACES_H

#include "engine/operators/operator.h"

/* Zeroed: everywhere, by 1. */
struct places_plan {
	enum { PLACES_ALL, PLACES_ONE, PLACES_MASK } kind;
	float x, y; /* one place: parts of the picture's width and height, 0..1 */
	/* A mask: float [mask_height][mask_width], 0..1, laid over the whole picture; must outlive
	 * the list. */
	cl_mem mask;
	int mask_width, mask_height;
	/* NULL, or floats on the device, of which the one at `factor` multiplies every place;
	 * they may be written between runs and must outlive the list. */
	cl_mem factors;
	int factor;
	int border; /* pixels of the layer along each side that do not count; one at least is left
	             */
};

/* Records what writes the weights of all pixels of the layer, float [height * width], where they
 * are not all 1. input_height, input_width: what the network sees, the picture or a tile of it.
 * *weights belongs to the list. Returns the index of the launch, or -1 where there is none. */
int places_record(struct launch_recorder *recorder, const struct places_plan *plan,
                  const struct slice *layer, int input_height, int input_width, cl_mem *weights);

/* Where the network's input lies in the picture from now on: its pixel (0, 0) on the picture's
 * pixel (y, x), going on from the other side; where mirrored, in the picture whose left is right.
 * At first the picture is the input. */
struct places_position {
	int picture_height, picture_width, y, x;
	bool mirrored;
};
void places_move(struct launch *launch, const struct places_position *position);

#endif
