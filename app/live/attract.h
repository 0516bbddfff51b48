/* Watches a source for motion, so that a show nobody moves in can go on a journey by itself.
 *
 * The picture is taken apart into blocks, and the mean light of each is compared with what it was
 * up to half a second ago. Noise of a camera averages out in a block; a lamp that flickers changes
 * all of them alike, and what they have in common does not count. A pure function of pictures and
 * of a clock given from outside. */
#ifndef APP_LIVE_ATTRACT_H
#define APP_LIVE_ATTRACT_H

#include "engine/reverie.h"

enum { ATTRACT_COLUMNS = 16, ATTRACT_ROWS = 12, ATTRACT_BLOCKS = 16 * 12 };

/* Zeroed before use. */
struct attract {
	bool watches;
	int64_t moved_at, compared_at; /* nanoseconds */
	float past[ATTRACT_BLOCKS];    /* row by row; 0..255 */
};

/* Looks at the next frame (RV_RGB8). True where nothing has moved for so many seconds. */
bool attract_watch(struct attract *attract, const rv_image *frame, int64_t now, double seconds);

#endif
