#include "engine/picture/turn.h"

#include <math.h>

/* Arguments of both kernels: scale times cosine, and sine, of the angle; -1 where mirrored. */
enum { COSINE = 2, SINE, SIDE };

static int record(struct launch_recorder *recorder, const char *kernel, const struct raster *from,
                  const struct raster *to)
{
	struct raster_grid grid = raster_grid(recorder->device, to->width, to->height);

	record_kernel(recorder, "picture/turn", grid.options, kernel, kernel);
	record_buffer(recorder, from->buffer);
	record_buffer(recorder, to->buffer);
	record_float(recorder, 1);
	record_float(recorder, 0);
	record_float(recorder, 1);
	record_int(recorder, to->width);
	record_int(recorder, to->height);
	return raster_record_launch(recorder, &grid);
}

int turn_record(struct launch_recorder *recorder, const struct raster *from,
                const struct raster *to)
{
	return record(recorder, "turn", from, to);
}

int turn_record_back(struct launch_recorder *recorder, const struct raster *from,
                     const struct raster *to)
{
	return record(recorder, "turn_back", from, to);
}

void turn_set(struct launch *launch, const struct turn_view *view)
{
	launch_set_float(launch, COSINE, view->scale * cosf(view->angle));
	launch_set_float(launch, SINE, view->scale * sinf(view->angle));
	launch_set_float(launch, SIDE, view->mirrored ? -1 : 1);
}
