/* Pictures of a whole sphere, every direction of which has its pixel (equirectangular): views of
 * it, as a camera would take them, and the way back. */
#ifndef ENGINE_PICTURE_SPHERE_H
#define ENGINE_PICTURE_SPHERE_H

#include "engine/picture/raster.h"

/* Where the sphere lies in a raster as high as it: its columns, beside which a margin on either
 * side repeats those of the other. Pixels; an octave's may be no whole ones. */
struct sphere {
	float margin, period;
};

/* Six views, those of the faces of a cube and a little beyond them, look all round. */
enum { SPHERE_VIEWS = 6 };

/* Pixels of the side of a view, so that its middle is as fine as the sphere's equator. */
int sphere_view_side(float period);

/* From the cube's directions to the sphere's, row by row. */
struct sphere_rotation {
	float row[3][3];
};

/* Turns the cube about the vertical axis by yaw, and then tilts it towards the direction `towards`.
 * Radians. */
struct sphere_rotation sphere_rotate(float yaw, float towards, float tilt);

/* Records views = what a camera in the middle of the sphere sees, one view below the other; views
 * is a side wide and SPHERE_VIEWS of them high. Returns the launch, for sphere_set. */
int sphere_record_views(struct launch_recorder *recorder, const struct raster *raster,
                        const struct sphere *sphere, const struct raster *views);

/* Records the way back: raster = at each pixel what the views have there; where two overlap each
 * counts for nothing at its own border. Returns the launch, for sphere_set. */
int sphere_record_back(struct launch_recorder *recorder, const struct raster *views,
                       const struct raster *raster, const struct sphere *sphere);

/* Sets how the cube stands in a launch of either. At first it is not turned. */
void sphere_set(struct launch *launch, const struct sphere_rotation *rotation);

/* Makes the margins what the other side is, where both are whole numbers of pixels. Enqueues only.
 * RV_DEVICE. */
rv_status sphere_mend_margins(const struct raster *raster, int margin, cl_command_queue queue,
                              rv_error *error);

#endif
