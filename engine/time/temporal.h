/* Time: a dream that lives on from frame to frame.
 *
 * A frame inherits the detail of the last one, dream minus frame, in float and on the device. The
 * dreamed picture itself is never inherited, so that the motion of the source stays sharp and its
 * light may change. The detail is fetched along the optical flow from the frame to the past one
 * (engine/flow/flow.h) and multiplied by the confidence in that flow (forward-backward check,
 * brightness, border) and by a decay; then it is dreamed on for a few steps. The method is the warm
 * start of Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos", GCPR 2016, applied to
 * the detail.
 *
 * Every pixel of the detail has a maturity: 0 where nothing was inherited, MATURITY_ALIVE where the
 * dream is whole and goes on, MATURITY_AT_REST where it rests. Steps are the longer the less mature
 * a place is, and none is taken at rest: what comes into view grows like a cold frame, and a still
 * scene comes to rest altogether.
 *
 * A temporal object serves one picture size; the thread of the device's queue uses it. */
#ifndef ENGINE_TIME_TEMPORAL_H
#define ENGINE_TIME_TEMPORAL_H

#include "engine/opencl/checkpoint.h"
#include "engine/opencl/room.h"
#include "engine/time/temporal_plan.h"

struct temporal;

/* room is used while temporal_begin, temporal_go_on and temporal_abandon, and what they enqueue,
 * are under way; at other times others may. */
rv_status temporal_create(struct temporal **temporal, struct device *device, const rv_time *time,
                          const struct temporal_rasters *rasters, cl_mem wants,
                          const struct room *room, rv_error *error);
void temporal_destroy(struct temporal **temporal);

/* The bytes that one for frames of that size owns on the device, besides the *room_bytes that it
 * takes of a room. */
size_t temporal_measure(int width, int height, const rv_time *time, size_t *room_bytes);

/* True if the object was made for these settings of the flow. */
bool temporal_fits(const struct temporal *temporal, const rv_time *time);

void temporal_reset(struct temporal *temporal);

/* Makes the past of another object, of any size, that of this one, which has none yet. What was
 * enlarged lacks fine lines, and is dreamed on a little. Enqueues only; `from` need not stay. */
rv_status temporal_go_on(struct temporal *temporal, const struct temporal *from, rv_error *error);

/* Whether there is a last frame to go on from. temporal may be NULL. */
bool temporal_remembers(const struct temporal *temporal);

/* Writes what the next frame goes on from, or reads it back into an object for frames of the same
 * size; not of a journey. */
void temporal_checkpoint(struct temporal *temporal, struct checkpoint *checkpoint);

/* From now on another dream is looked for: what was dreamed so far is dreamed on and fades, over
 * about a second. */
void temporal_melt(struct temporal *temporal);

/* Begins a frame that lies in rasters->frame, of presentation time `nanoseconds`: finds out what it
 * is to inherit, and enqueues that. Waits for the device twice: for the few numbers that tell a cut
 * from a scene that goes on, and for how fresh what it inherits is. */
rv_status temporal_begin(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                         struct temporal_plan *plan, rv_error *error);

/* Judges a frame that lies in rasters->frame as temporal_begin does, and makes it the past of the
 * next one, which is to be judged likewise: nothing is dreamed. In the plan, cut, likeness and
 * uncovered are set. Waits for the device. */
rv_status temporal_look(struct temporal *temporal, const rv_time *time, int64_t nanoseconds,
                        struct temporal_plan *plan, rv_error *error);

/* Begins a frame that the last dream itself makes (rv_journey), which it writes to rasters->frame.
 * RV_INVALID without a last dream. */
rv_status temporal_journey(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                           struct temporal_plan *plan, rv_error *error);

/* Ends a frame: makes rasters->detail from what was dreamed (dream minus frame), and makes frame
 * and detail the past of the next. Enqueues only. */
rv_status temporal_end(struct temporal *temporal, const struct raster *dreamed, rv_error *error);

/* Takes what the steps of the frame that ended last saw of its dream. */
void temporal_learn(struct temporal *temporal, const struct depth_sight *sight);

/* Takes what a frame's coarse octaves see when it is dreamed by itself, which plan->alone asks for.
 */
void temporal_learn_alone(struct temporal *temporal, const struct depth_sight *sight);

/* Gives up a frame, or one of a journey, that was begun: the next one is as if it had not been.
 * Enqueues only. */
rv_status temporal_abandon(struct temporal *temporal, rv_error *error);

#endif
