/* Time: a dream that lives on from frame to frame.
 *
 * What is carried is the detail, dream minus frame, in float and on the device: never the dreamed
 * picture, so that the motion of the source stays sharp and its light may change. It is fetched
 * bicubically along the optical flow from the frame to the past one (engine/flow/flow.h),
 * multiplied by how sure that is (forward-backward check, brightness, border) and by a decay, and
 * then dreamed on for a few steps. After the warm start of Ruder, Dosovitskiy and Brox, "Artistic
 * style transfer for videos", GCPR 2016, but on the detail.
 *
 * Every pixel of the detail has a ripeness: 1 where it is as strong as cold frames have it, 0 where
 * nothing was inherited, less by the decay in between. Steps are as long, in every place, as it
 * is unripe: freshly uncovered parts grow like those of a cold frame, and what is ripe rests, so
 * that a still scene comes to rest altogether.
 *
 * A temporal object serves one picture size; it is used by the thread of the device's queue. */
#ifndef ENGINE_TIME_TEMPORAL_H
#define ENGINE_TIME_TEMPORAL_H

#include "engine/picture/raster.h"
#include "engine/time/effort.h"

struct temporal;

/* Twins of those in shaders/time/temporal.cl. */
#define RIPENESS_ALIVE 0.5
#define RIPENESS_AT_REST 1.0

/* Rasters of one size, the caller's; they must outlive the object. */
struct temporal_rasters {
	const struct raster *frame;     /* the picture as given */
	const struct raster *detail;    /* dream minus frame; the fourth component: ripeness */
	const struct raster *inherited; /* what of the last detail a frame starts from; likewise */
};

rv_status temporal_create(struct temporal **temporal, struct device *device, const rv_time *time,
                          const struct temporal_rasters *rasters, cl_mem length, rv_error *error);
void temporal_destroy(struct temporal **temporal);

/* About what one takes on the device. */
size_t temporal_bytes(int width, int height);

/* True if the object was made for these settings of the flow. */
bool temporal_fits(const struct temporal *temporal, const rv_time *time);

void temporal_reset(struct temporal *temporal);

/* Makes the past of another object, of any size, that of this one, which has none yet. What was
 * enlarged lacks fine lines, and is dreamed on a little. Enqueues only; `from` need not stay. */
rv_status temporal_go_on(struct temporal *temporal, const struct temporal *from, rv_error *error);

/* From now on another dream is looked for: what was dreamed so far is dreamed on and fades, over
 * about a second. */
void temporal_melt(struct temporal *temporal);

/* How a frame is to be dreamed. */
struct temporal_plan {
	bool warm;    /* starts from inherited; false: from the frame alone */
	bool cut;     /* cold because a new scene was seen */
	bool onset;   /* within the scene's beginning */
	bool dreamed; /* warm and not at rest */
	struct effort effort;
	uint64_t seed;             /* to be added to that of the jitter */
	double phase_x, phase_y;   /* of the octaves: struct schedule_plan */
	double wandered;           /* drift, over the seconds of the scene */
	float likeness, uncovered; /* as in rv_frame_report */
};

/* Begins a frame that lies in rasters->frame, of presentation time `nanoseconds`: finds out what it
 * is to inherit, and enqueues that. Waits for the device once, for the few numbers that tell a cut
 * from a scene that goes on. */
rv_status temporal_begin(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                         struct temporal_plan *plan, rv_error *error);

/* Begins a frame that the last dream itself makes (rv_travel), which it writes to rasters->frame.
 * RV_INVALID without a last dream. */
rv_status temporal_travel(struct temporal *temporal, const rv_params *params, int64_t nanoseconds,
                          struct temporal_plan *plan, rv_error *error);

/* Ends a frame: makes rasters->detail from what was dreamed (dream minus frame), and makes frame
 * and detail the past of the next. Enqueues only. */
rv_status temporal_end(struct temporal *temporal, const struct raster *dreamed, rv_error *error);

/* Gives up a frame that was begun: the next one goes on from the past that this one had. Enqueues
 * only. */
rv_status temporal_abandon(struct temporal *temporal, rv_error *error);

/* Records gradient = gradient * how much each place wants to be dreamed on; inherited has the
 * gradient's size. */
void temporal_record_mask(struct launch_recorder *recorder, const struct raster *gradient,
                          const struct raster *inherited);

#endif
