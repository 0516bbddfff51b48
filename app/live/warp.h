/* The warp that lays a dream of an old frame onto a newer one: where each pixel of the newer frame
 * was in the old one, and the confidence in that. Pure functions of small pictures; whoever
 * composes larger ones interpolates. */
#ifndef APP_LIVE_WARP_H
#define APP_LIVE_WARP_H

#include "engine/reverie.h"

struct warp {
	int width, height;
	int margin;        /* of a sphere: columns on either side that repeat the other; else 0 */
	float *flow;       /* [height][width][2]: place (x, y) was at (x + flow[0], y + flow[1]) */
	float *confidence; /* [height][width]: 0..1 */
};

/* Nothing moves, and the confidence is 1 everywhere. RV_MEMORY. */
rv_status warp_create(struct warp **warp, int width, int height, rv_error *error);
/* Accepts NULL. */
void warp_destroy(struct warp **warp);

/* Fills in `confidence` from how far the newer frame looks like the old one fetched along the flow.
 * It is low where something came into view, from behind things or past the border, and 0 everywhere
 * where it is low in most of the frame, as after a cut. Both frames are RV_RGB8, of the warp's
 * size. */
void warp_judge(struct warp *warp, const rv_image *newer, const rv_image *old);

#endif
