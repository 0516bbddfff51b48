/* What a dreamed video is measured by: strength and tone of a frame, and how little of a dream goes
 * along with the scene from one frame to the next. Pure functions of pictures, RV_RGB8 or RV_RGB16,
 * and of the motion between them; all values are of 255. */
#ifndef TESTS_BENCH_TIME_MEASURE_H
#define TESTS_BENCH_TIME_MEASURE_H

#include "engine/reverie_motion.h"

/* RMS of dream minus frame, over pixels and colours. */
double measure_strength(const rv_image *frame, const rv_image *dream);

struct tone_measure {
	double brightness; /* mean of the colours */
	double saturation; /* mean of the largest colour minus the smallest */
};

struct tone_measure measure_tone(const rv_image *image);

/* Motion between a frame and the one before it, in pixels, as rv_motion_estimate writes it. */
struct motion_between {
	int width, height;
	float *to_past, *to_newest; /* [height][width][2] */
	bool *same; /* [height][width]: this pixel of the frame is seen in the past one, too */
};

/* RV_MEMORY. */
rv_status motion_between_create(struct motion_between *motion, int width, int height,
                                rv_error *error);
void motion_between_release(struct motion_between *motion);

/* Fills in `same`: where the way there and back ends near its beginning (Sundaram, Brox and
 * Keutzer, "Dense point trajectories by GPU-accelerated large displacement optical flow", 2010). */
void find_same(struct motion_between *motion);

/* The warping error: RMS of a frame minus the past one fetched along the motion, where both show
 * the same (Lai et al., "Learning blind video temporal consistency", 2018). NAN where nothing is.
 */
double measure_warping(const struct motion_between *motion, const rv_image *now,
                       const rv_image *past);

#endif
