/* The launches of engine/time/temporal.c, whose kernels are those of shaders/time/temporal.cl. */
#ifndef ENGINE_TIME_TEMPORAL_RECORD_H
#define ENGINE_TIME_TEMPORAL_RECORD_H

#include "engine/time/camera_path.h"
#include "engine/time/temporal.h"

/* What the kernels work on. */
struct temporal_stage {
	struct temporal_rasters rasters;
	struct raster past;         /* the frame before */
	cl_mem light, past_light;   /* brightness of both: floats, with borders */
	cl_mem was;                 /* where each pixel was in the past frame: two floats */
	cl_mem trust;               /* and how far both flows agree about that, 0..1 */
	cl_mem length;              /* see temporal_create */
	cl_mem table;               /* struct scene_block [blocks] */
	cl_mem to_past, to_present; /* flows: two floats for each pixel */
	int side, columns,
		blocks; /* how the picture is cut into blocks: pixels, in a row, in all */
};

/* The kernels' first arguments, which are set anew in every frame. */
enum {
	INHERIT_GAIN,
	INHERIT_OFFSET,
	INHERIT_STILL,
	INHERIT_MOVING,
	INHERIT_RESTING,
	INHERIT_RIPE_STILL,
	INHERIT_RIPE_MOVING,
	INHERIT_MOVE
};
enum { TRAVEL_CONTRAST, TRAVEL_COLOURFULNESS, TRAVEL_OFFSET, TRAVEL_MOVE = TRAVEL_OFFSET + 3 };
enum { KEEP_RIPENING };

/* Makes the buffers, of those named above: past to trust, and table. Wants rasters and blocks. */
void temporal_record_buffers(struct launch_recorder *recorder, struct temporal_stage *stage);
/* Finds, from both flows, was and trust. */
void temporal_record_trace(struct launch_recorder *recorder, const struct temporal_stage *stage);
/* Finds the brightness of both frames, and compares them along that, into the table. */
void temporal_record_compare(struct launch_recorder *recorder, const struct temporal_stage *stage);
/* Fetches what is inherited; arguments INHERIT_... */
void temporal_record_inherit(struct launch_recorder *recorder, const struct temporal_stage *stage);
/* Finds the length of a step from what is inherited. */
void temporal_record_want(struct launch_recorder *recorder, const struct temporal_stage *stage);
/* Keeps what was dreamed, and measures it, into the table; the first launch has KEEP_RIPENING. */
void temporal_record_keep(struct launch_recorder *recorder, const struct temporal_stage *stage,
                          const struct raster *dreamed);
/* Makes the past of another stage, of any size, that of this one. */
void temporal_record_take_over(struct launch_recorder *recorder, const struct temporal_stage *stage,
                               const struct temporal_stage *from);
/* Moves the last dream into rasters.inherited; arguments TRAVEL_... */
void temporal_record_travel(struct launch_recorder *recorder, const struct temporal_stage *stage);

#endif
