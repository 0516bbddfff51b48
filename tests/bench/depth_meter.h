/* How deep a dream is, as the network sees it: depth of a frame at a size =
 *   (A(dreamed) - A(frame)) / (A(dreamed alone) - A(frame)),
 * A being the mean square of what is dreamed of (rv_appraise), at the sizes of the octaves. 1: as
 * much dream as in a frame dreamed by itself; 0: none is left. Strength cannot tell that: a dream
 * that was stretched and blurred until no creature is left in it may be as strong as ever. */
#ifndef TESTS_BENCH_DEPTH_METER_H
#define TESTS_BENCH_DEPTH_METER_H

#include "app/media/shrink.h"
#include "engine/reverie_inspect.h"

enum { DEPTH_SIZES = 4 };

/* Zeroed before use; released by depth_meter_release. */
struct depth_meter {
	int count;                             /* of sizes */
	rv_appraiser *appraisers[DEPTH_SIZES]; /* the largest first */
	struct shrinker shrinkers[DEPTH_SIZES];
	rv_image pictures[DEPTH_SIZES]; /* RV_RGB8 */
};

/* For pictures of this size, at DEPTH_SIZES sizes, each smaller by octave_scale, or as many of them
 * as the network can see, of what the engine's params dream of. The engine must outlive the meter.
 * RV_INVALID where even the largest is too small; RV_MEMORY, RV_DEVICE. */
rv_status depth_meter_open(struct depth_meter *meter, rv_engine *engine, int width, int height,
                           double octave_scale, rv_error *error);
void depth_meter_release(struct depth_meter *meter);

/* Writes A at each of count sizes, and 0 for the others. The picture is RV_RGB8 or RV_RGB16. */
rv_status depth_meter_look(struct depth_meter *meter, const rv_image *picture,
                           double worth[DEPTH_SIZES], rv_error *error);

#endif
