/* Priors: what holds a dream back, whatever the network sees. */
#ifndef ENGINE_PICTURE_PRIOR_H
#define ENGINE_PICTURE_PRIOR_H

#include "engine/picture/raster.h"

/* Records out = the gradient, with respect to the detail d = picture - base, of
 *   smoothness * sum(sqrt(dx^2 + dy^2 + 0.1^2)) + fidelity * sum(d^2) / 2 + grey * sum(p^2) / 2
 * with p the picture, over pixels and colours, with dx and dy the differences to the next pixel
 * right and below, 0 at the border: total variation (Rudin, Osher, Fatemi 1992), rounded off so
 * that it has a gradient, and the distances to the base and to mid-grey. All have the same size.
 * Returns the index of the launch, whose numbers may be changed with launch_set_float. */
enum { PRIOR_SMOOTHNESS = 3, PRIOR_FIDELITY, PRIOR_GREY };
int prior_record(struct launch_recorder *recorder, const struct raster *picture,
                 const struct raster *base, const struct raster *out);

/* Records picture = base + d, with d blurred along both axes by the weights (s/4, 1 - s/2, s/4), by
 * way of scratch, of the same size. Past the border d goes on as it is there. Returns the index of
 * the launch whose share s, 0..1 and 0 at first, may be changed with launch_set_float. */
enum { PRIOR_BLUR = 3 };
int prior_record_blur(struct launch_recorder *recorder, const struct raster *picture,
                      const struct raster *base, const struct raster *scratch);

#endif
