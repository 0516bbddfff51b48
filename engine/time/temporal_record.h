/* The launches of a temporal object; their kernels stand in shaders/time/temporal.cl. */
#ifndef ENGINE_TIME_TEMPORAL_RECORD_H
#define ENGINE_TIME_TEMPORAL_RECORD_H

#include "engine/time/camera_path.h"
#include "engine/time/temporal_plan.h"

/* What the kernels work on. */
struct temporal_buffers {
	struct temporal_rasters rasters;
	struct raster past;    /* the frame before */
	struct raster dreamed; /* the last dream minus that; the fourth component is the maturity */
	cl_mem seen;           /* the last detail, carried along; the fourth: how far it counts */
	cl_mem light, past_light;  /* brightness of both: floats, with borders */
	cl_mem was;                /* where each pixel was in the past frame: two floats */
	cl_mem trust;              /* and how far both flows agree about that, 0..1 */
	cl_mem wants;              /* struct temporal_wants */
	cl_mem table;              /* struct scene_block [blocks] */
	cl_mem to_past, to_newest; /* flows: two floats for each pixel */
	/* How the picture is cut into blocks: pixels of a side, blocks in a row, blocks in all. */
	int side, columns, blocks;
};

/* The kernels' first arguments, which are set anew in every frame. */
enum { SETTLE_GAIN, SETTLE_OFFSET };
enum {
	INHERIT_STILL,
	INHERIT_MOVING,
	INHERIT_RESTING,
	INHERIT_MATURITY_STILL,
	INHERIT_MATURITY_MOVING,
	INHERIT_MOVE
};
enum { JOURNEY_CONTRAST, JOURNEY_COLOURFULNESS, JOURNEY_OFFSET, JOURNEY_MOVE = JOURNEY_OFFSET + 3 };
enum { KEEP_MATURING };
enum { MASK_LIVING };

/* Makes the buffers, of those named above: past to trust, and table. Wants rasters and blocks. What
 * no other frame reads, light to trust, are parts of the recorder's room. */
void temporal_record_buffers(struct launch_recorder *recorder, struct temporal_buffers *buffers);
/* Finds, from both flows, was and trust. */
void temporal_record_trace(struct launch_recorder *recorder,
                           const struct temporal_buffers *buffers);
/* Finds the brightness of both frames, and compares them along that, into the table. */
void temporal_record_compare(struct launch_recorder *recorder,
                             const struct temporal_buffers *buffers);
/* Decides, into trust, how far each pixel is to inherit; arguments SETTLE_... */
void temporal_record_settle(struct launch_recorder *recorder,
                            const struct temporal_buffers *buffers);
/* Fetches what is inherited; arguments INHERIT_... */
void temporal_record_inherit(struct launch_recorder *recorder,
                             const struct temporal_buffers *buffers);
/* Finds, into wants, how much of what is inherited wants to be dreamed on. */
void temporal_record_want(struct launch_recorder *recorder, const struct temporal_buffers *buffers);
/* Keeps what was dreamed, and measures it, into the table; the first launch has KEEP_MATURING. */
void temporal_record_keep(struct launch_recorder *recorder, const struct temporal_buffers *buffers,
                          const struct raster *dreamed);
/* Makes these buffers' past out of another object's, of any size. */
void temporal_record_take_over(struct launch_recorder *recorder,
                               const struct temporal_buffers *buffers,
                               const struct temporal_buffers *from);
/* Moves the last dream into rasters.inherited; arguments JOURNEY_... */
void temporal_record_move(struct launch_recorder *recorder, const struct temporal_buffers *buffers);

/* Records length = how long a step is in all, and gradient = gradient * how much each place wants
 * to be dreamed on; the argument MASK_LIVING is that of struct effort. inherited has the
 * gradient's size; wants is the buffer of temporal_create. */
void temporal_record_mask(struct launch_recorder *recorder, const struct raster *gradient,
                          const struct raster *inherited, cl_mem wants, cl_mem length);

#endif
