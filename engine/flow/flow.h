/* Optical flow: where every pixel of one picture went in another.
 *
 * The method is variational, coarse to fine with warping: Brox, Bruhn, Papenberg, Weickert, "High
 * accuracy optical flow estimation based on a theory for warping", ECCV 2004 (constancy of
 * brightness and of its gradient, robust penalties, lagged diffusivity, successive
 * over-relaxation); each constraint is normalised by the gradient it comes from, so that it
 * measures pixels, after Zimmer, Bruhn, Weickert, "Optic flow in harmony", IJCV 2011; and the flow
 * goes through a 5x5 median after every warping, which is what keeps edges sharp and outliers out:
 * Sun, Roth, Black, "Secrets of optical flow estimation and their principles", CVPR 2010.
 *
 * A flow object serves pictures of one size. In a video every picture is pushed once: its pyramid
 * is kept and serves as that of the past picture when the next one is pushed. Nothing here waits
 * for the device; the object is used by one thread, that of the device's queue. Two runs on one
 * device give identical results. */
#ifndef ENGINE_FLOW_FLOW_H
#define ENGINE_FLOW_FLOW_H

#include "engine/flow/settings.h"
#include "engine/picture/raster.h"

struct flow;

/* The device must outlive the flow. room may be NULL; nobody else uses what was free of it while a
 * picture is pushed, nor from the first estimate between two pictures until their fields were read.
 * The fields are taken of it, and what the flow needs besides may be taken by those who read them.
 * RV_INVALID, RV_MEMORY, RV_DEVICE. */
rv_status flow_create(struct flow **flow, struct device *device,
                      const struct flow_settings *settings, struct room *room, rv_error *error);
/* The bytes that such a flow owns, besides what it takes of a room that is measured. The settings
 * are ones that flow_create takes. */
size_t flow_measure(const struct flow_settings *settings, struct room *room);
void flow_destroy(struct flow **flow);

/* Makes picture, of the flow's size, the newest. It is read by what is enqueued here, and not
 * afterwards. RV_INVALID if the size differs. */
rv_status flow_push(struct flow *flow, const struct raster *picture, rv_error *error);

/* Forgets both pictures, as after a seek: the next flow needs two more. */
void flow_forget(struct flow *flow);

/* Enqueues the flow of one direction between the last two pictures. RV_INVALID unless two have
 * been pushed. */
rv_status flow_estimate(struct flow *flow, enum flow_direction direction, rv_error *error);

/* Enqueues fields of both directions that say that nothing moved, until the next estimate. */
rv_status flow_rest(struct flow *flow, rv_error *error);

/* The last estimate of a direction: width * height pairs of floats, row by row: pixel (x, y) of the
 * picture it starts from is found at (x + u, y + v) of the other, in pixels. The flow's; the same
 * buffer for its whole life. Undefined before the first estimate. */
cl_mem flow_field(const struct flow *flow, enum flow_direction direction);

#endif
