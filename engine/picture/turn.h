/* Pictures turned, mirrored and resized about their middle by a little, and gradients the way back:
 * for steps that see a picture now this way and now that. */
#ifndef ENGINE_PICTURE_TURN_H
#define ENGINE_PICTURE_TURN_H

#include "engine/picture/raster.h"

/* Beyond these the way back would miss pixels. */
static const float turn_scale_least = 0.6f, turn_scale_most = 1.6f;

/* Records to(p) = from(m + scale * turn(p - m, angle)), m being the middle, where mirrored with its
 * x the other way about the middle, between the four nearest pixels, the picture going on from its
 * other side; and the transpose of that, with which a gradient of to becomes one of from. Both
 * rasters have the same size. Return the index of the launch; at first nothing is turned. */
int turn_record(struct launch_recorder *recorder, const struct raster *from,
                const struct raster *to);
int turn_record_back(struct launch_recorder *recorder, const struct raster *from,
                     const struct raster *to);

/* How a picture is seen; mirrored, its left is right, before it is turned. */
struct turn_view {
	float angle, scale; /* radians */
	bool mirrored;
};
void turn_set(struct launch *launch, const struct turn_view *view);

#endif
