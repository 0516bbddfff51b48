#include "engine/time/temporal_record.h"

#include <stdio.h>

#include "engine/base/minmax.h"
#include "engine/time/scene.h"

/* Work-items of a group on a GPU. */
enum { GPU_GROUP = 64 };
/* BORDER in shaders/time/temporal.cl. */
enum { LIGHT_BORDER = 4 };

static int group_items(const struct device *device)
{
	return device_wants_groups(device) ? (int)device_group_items(device, GPU_GROUP) : 1;
}

static void start(struct launch_recorder *recorder, const char *kernel)
{
	char options[128];

	snprintf(options, sizeof(options), "%s -DGROUP=%d",
	         raster_grid(recorder->device, 1, 1).options, group_items(recorder->device));
	record_kernel(recorder, "time/temporal", options, kernel, kernel);
}

static void record_size(struct launch_recorder *recorder, const struct raster *raster)
{
	record_int(recorder, raster->width);
	record_int(recorder, raster->height);
}

void temporal_record_buffers(struct launch_recorder *recorder, struct temporal_buffers *buffers)
{
	const struct raster *frame = buffers->rasters.frame;
	size_t pixels = (size_t)frame->width * (size_t)frame->height;
	size_t bordered = (size_t)(frame->width + 2 * LIGHT_BORDER) *
	                  (size_t)(frame->height + 2 * LIGHT_BORDER);

	buffers->past = raster_record_own(recorder, frame->width, frame->height);
	buffers->dreamed = raster_record_own(recorder, frame->width, frame->height);
	/* In 16 bits, as it waits for the end of the frame beside all that is dreamed. */
	buffers->seen = record_own_buffer(recorder, pixels * sizeof(cl_ushort4), NULL);
	buffers->light = record_part(recorder, bordered * sizeof(cl_float));
	buffers->past_light = record_part(recorder, bordered * sizeof(cl_float));
	buffers->was = record_part(recorder, pixels * sizeof(cl_float2));
	buffers->trust = record_part(recorder, pixels * sizeof(cl_float));
	buffers->table = record_own_buffer(
		recorder, (size_t)buffers->blocks * sizeof(struct scene_block), NULL);
}

/* Ends a launch over pixels, whose last arguments are width and height. */
static void finish_pixels(struct launch_recorder *recorder, const struct raster *raster)
{
	struct raster_grid grid = raster_grid(recorder->device, raster->width, raster->height);

	record_size(recorder, raster);
	raster_record_launch(recorder, &grid);
}

/* Ends a launch over blocks. */
static void finish_blocks(struct launch_recorder *recorder, const struct temporal_buffers *buffers,
                          cl_mem sums)
{
	size_t items = (size_t)group_items(recorder->device);

	record_size(recorder, buffers->rasters.frame);
	record_int(recorder, buffers->side);
	record_int(recorder, buffers->columns);
	record_buffer(recorder, sums);
	record_launch(recorder, (size_t)buffers->blocks * items, 1, 1, items, 1, 1);
}

/* The brightness of a raster, in a plane with borders. */
static void record_light(struct launch_recorder *recorder, const struct raster *raster,
                         cl_mem light)
{
	const struct raster bordered = {.width = raster->width + 2 * LIGHT_BORDER,
	                                .height = raster->height + 2 * LIGHT_BORDER};

	start(recorder, "lighten");
	record_buffer(recorder, raster->buffer);
	record_buffer(recorder, light);
	finish_pixels(recorder, &bordered);
}

void temporal_record_trace(struct launch_recorder *recorder, const struct temporal_buffers *buffers)
{
	start(recorder, "trace");
	record_buffer(recorder, buffers->to_past);
	record_buffer(recorder, buffers->to_newest);
	record_buffer(recorder, buffers->was);
	record_buffer(recorder, buffers->trust);
	finish_pixels(recorder, buffers->rasters.frame);
}

/* What both compare and inherit need to know of the past. */
static void record_past(struct launch_recorder *recorder, const struct temporal_buffers *buffers)
{
	record_buffer(recorder, buffers->light);
	record_buffer(recorder, buffers->past_light);
	record_buffer(recorder, buffers->was);
	record_buffer(recorder, buffers->trust);
}

void temporal_record_compare(struct launch_recorder *recorder,
                             const struct temporal_buffers *buffers)
{
	record_light(recorder, buffers->rasters.frame, buffers->light);
	record_light(recorder, &buffers->past, buffers->past_light);
	start(recorder, "compare");
	record_buffer(recorder, buffers->rasters.frame->buffer);
	record_buffer(recorder, buffers->past.buffer);
	record_past(recorder, buffers);
	finish_blocks(recorder, buffers, buffers->table);
}

static void record_floats(struct launch_recorder *recorder, int count)
{
	for (int i = 0; i < count; i++)
		record_float(recorder, 0);
}

void temporal_record_settle(struct launch_recorder *recorder,
                            const struct temporal_buffers *buffers)
{
	start(recorder, "settle");
	record_floats(recorder, SETTLE_OFFSET + 1);
	record_past(recorder, buffers);
	finish_pixels(recorder, buffers->rasters.frame);
}

void temporal_record_inherit(struct launch_recorder *recorder,
                             const struct temporal_buffers *buffers)
{
	start(recorder, "inherit");
	record_floats(recorder, INHERIT_MOVE + MOVE_COUNT);
	record_buffer(recorder, buffers->was);
	record_buffer(recorder, buffers->trust);
	record_buffer(recorder, buffers->dreamed.buffer);
	record_buffer(recorder, buffers->rasters.detail->buffer);
	record_buffer(recorder, buffers->rasters.inherited->buffer);
	record_buffer(recorder, buffers->seen);
	finish_pixels(recorder, buffers->rasters.frame);
}

void temporal_record_want(struct launch_recorder *recorder, const struct temporal_buffers *buffers)
{
	size_t items = (size_t)group_items(recorder->device);
	cl_mem needs =
		record_own_buffer(recorder, (size_t)buffers->blocks * sizeof(cl_float8), NULL);

	start(recorder, "measure_need");
	record_buffer(recorder, buffers->rasters.inherited->buffer);
	finish_blocks(recorder, buffers, needs);
	start(recorder, "sum_needs");
	record_buffer(recorder, needs);
	record_int(recorder, buffers->blocks);
	record_buffer(recorder, buffers->wants);
	record_launch(recorder, items, 1, 1, items, 1, 1);
}

void temporal_record_keep(struct launch_recorder *recorder, const struct temporal_buffers *buffers,
                          const struct raster *dreamed)
{
	start(recorder, "keep");
	record_floats(recorder, KEEP_MATURING + 1);
	record_buffer(recorder, dreamed->buffer);
	record_buffer(recorder, buffers->rasters.inherited->buffer);
	record_buffer(recorder, buffers->seen);
	record_buffer(recorder, buffers->dreamed.buffer);
	record_buffer(recorder, buffers->rasters.detail->buffer);
	finish_pixels(recorder, dreamed);
	start(recorder, "measure_dream");
	record_buffer(recorder, buffers->rasters.frame->buffer);
	record_buffer(recorder, buffers->dreamed.buffer);
	finish_blocks(recorder, buffers, buffers->table);
}

/* The value of KEEP_MATURING after a change of size. Enlarging loses fine lines, so the detail
 * counts as less mature, the more it was enlarged. */
static float maturing_of_resized(const struct raster *from, const struct raster *to)
{
	float scale = (float)from->width / (float)to->width;

	return scale < 1 ? -scale * (float)MATURITY_ALIVE : 0;
}

void temporal_record_take_over(struct launch_recorder *recorder,
                               const struct temporal_buffers *buffers,
                               const struct temporal_buffers *from)
{
	const struct raster *old = &from->dreamed, *inherited = buffers->rasters.inherited;
	size_t across = raster_bytes(inherited->width, old->height);
	size_t down = raster_bytes(old->width, inherited->height);
	struct temporal_buffers kept = *buffers;
	int keep;

	recorder->scratch_bytes = max_size(across, down);
	recorder->scratch = record_own_buffer(recorder, recorder->scratch_bytes, NULL);
	raster_record_resize(recorder, &from->past, &buffers->past);
	/* A journey goes on from the frame. A frame raster that both objects share is left alone,
	 * since it may hold the next frame already. */
	if (from->rasters.frame != buffers->rasters.frame)
		raster_record_resize(recorder, from->rasters.frame, buffers->rasters.frame);
	raster_record_resize(recorder, old, inherited);
	keep = recorder->list->count;
	kept.rasters.frame = &buffers->past;
	temporal_record_keep(recorder, &kept, inherited);
	if (!recorder->status)
		launch_set_float(&recorder->list->launches[keep], KEEP_MATURING,
		                 maturing_of_resized(old, inherited));
}

void temporal_record_move(struct launch_recorder *recorder, const struct temporal_buffers *buffers)
{
	start(recorder, "move_dream");
	record_floats(recorder, JOURNEY_MOVE + MOVE_COUNT);
	record_buffer(recorder, buffers->rasters.frame->buffer);
	record_buffer(recorder, buffers->rasters.detail->buffer);
	record_buffer(recorder, buffers->rasters.inherited->buffer);
	finish_pixels(recorder, buffers->rasters.frame);
}

void temporal_record_mask(struct launch_recorder *recorder, const struct raster *gradient,
                          const struct raster *inherited, cl_mem wants, cl_mem length)
{
	start(recorder, "mask_gradient");
	record_floats(recorder, MASK_LIVING + 1);
	record_buffer(recorder, gradient->buffer);
	record_buffer(recorder, inherited->buffer);
	record_buffer(recorder, wants);
	record_buffer(recorder, length);
	finish_pixels(recorder, gradient);
}
