/* How the picture moves from one frame to the next: Reverie's optical flow by itself, for whoever
 * wants to carry something along as a dream is carried. What reverie.h says of threads, errors and
 * memory holds here. */
#ifndef REVERIE_MOTION_H
#define REVERIE_MOTION_H

#include "reverie.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Optical flow (the method is named in engine/flow/flow.h): the pixel (x, y) of first is found at
 * (x + u, y + v) of second, where u, v are motion[(y * width + x) * 2] and the float after it, in
 * pixels. The pictures have the same size; motion is the caller's. Where milliseconds is not NULL,
 * the flow is estimated `runs` (at least 1) times more, and milliseconds[runs] receives the times,
 * each from two pictures on the device to the flow there. Of config, the device and the cache are
 * used; NULL is the default. RV_INVALID, RV_NOT_FOUND, RV_MEMORY, RV_DEVICE. */
RV_API rv_status rv_flow(const rv_config *config, const rv_image *first, const rv_image *second,
                         rv_flow_quality quality, float *motion, int runs, double *milliseconds,
                         rv_error *error);

/* The same for many pairs of pictures of one size, of which only the first costs the preparation.
 * Like an engine it belongs to one thread at a time; it has a queue of its own on the device, so
 * that it goes on while an engine dreams. Of config as above. RV_INVALID, RV_MEMORY, RV_DEVICE. */
typedef struct rv_motion rv_motion;
RV_API rv_status rv_motion_create(rv_motion **motion, const rv_config *config, int width,
                                  int height, rv_flow_quality quality, rv_error *error);
RV_API void rv_motion_destroy(rv_motion **motion);

/* Writes where the pixels of first are found in second, as rv_flow does. Waits for the device.
 * RV_INVALID, RV_MEMORY, RV_DEVICE. */
RV_API rv_status rv_motion_estimate(rv_motion *motion, const rv_image *first,
                                    const rv_image *second, float *flow, rv_error *error);

#ifdef __cplusplus
}
#endif
#endif
