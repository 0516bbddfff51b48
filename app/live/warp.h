/* How what was dreamed of an old frame lies on a newer one: where each place of the newer frame was
 * in the old one, and how sure that is. Pure functions of pictures, small ones: motion needs no
 * more, and is interpolated. */
#ifndef APP_LIVE_WARP_H
#define APP_LIVE_WARP_H

#include "engine/reverie.h"

struct warp {
	int width, height;
	float *flow;       /* [height][width][2]: place (x, y) was at (x + flow[0], y + flow[1]) */
	float *confidence; /* [height][width]: 0..1 */
};

/* All places at rest, and sure. RV_MEMORY. */
rv_status warp_create(struct warp **warp, int width, int height, rv_error *error);
/* Accepts NULL. */
void warp_destroy(struct warp **warp);

/* Fills in `confidence` from how far the newer frame looks like the old one fetched along the flow.
 * What came into view, from behind things or past the border, is not sure; and where most is not,
 * as after a cut, nothing is. Both are RV_RGB8, of the warp's size. */
void warp_judge(struct warp *warp, const rv_image *newer, const rv_image *old);

#endif
