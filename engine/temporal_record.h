/* The launches of engine/temporal.c, whose kernels are those of shaders/temporal.cl. */
#ifndef TEMPORAL_RECORD_H
#define TEMPORAL_RECORD_H

#include "engine/temporal.h"
#include "engine/travel.h"

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
	INHERIT_FADE,
	INHERIT_UNRIPEN,
	INHERIT_MOVE
};
enum { TRAVEL_CONTRAST, TRAVEL_COLOURFULNESS, TRAVEL_OFFSET, TRAVEL_MOVE = TRAVEL_OFFSET + 3 };
enum { KEEP_RIPENING };

/* Makes the buffers, of those named above: past to trust, and table. Wants rasters and blocks. */
void record_temporal_buffers(struct recorder *recorder, struct temporal_stage *stage);
/* Finds, from both flows, was and trust. */
void record_temporal_trace(struct recorder *recorder, const struct temporal_stage *stage);
/* Finds the brightness of both frames, and compares them along that, into the table. */
void record_temporal_compare(struct recorder *recorder, const struct temporal_stage *stage);
/* Fetches what is inherited; arguments INHERIT_... */
void record_temporal_inherit(struct recorder *recorder, const struct temporal_stage *stage);
/* Finds the length of a step from what is inherited. */
void record_temporal_want(struct recorder *recorder, const struct temporal_stage *stage);
/* Keeps what was dreamed, and measures it, into the table; the first launch has KEEP_RIPENING. */
void record_temporal_keep(struct recorder *recorder, const struct temporal_stage *stage,
                          const struct raster *dreamed);
/* Makes the past of another stage, of any size, that of this one. */
void record_temporal_take_over(struct recorder *recorder, const struct temporal_stage *stage,
                               const struct temporal_stage *from);
/* Moves the last dream into rasters.inherited; arguments TRAVEL_... */
void record_temporal_travel(struct recorder *recorder, const struct temporal_stage *stage);

#endif
