#include "engine/picture/prior.h"

int prior_record(struct launch_recorder *recorder, const struct raster *picture,
                 const struct raster *base, const struct raster *out)
{
	struct raster_grid grid = raster_grid(recorder->device, out->width, out->height);

	record_kernel(recorder, "picture/prior", grid.options, "prior_gradient", "prior");
	record_buffer(recorder, picture->buffer);
	record_buffer(recorder, base->buffer);
	record_buffer(recorder, out->buffer);
	record_float(recorder, 0);
	record_float(recorder, 0);
	record_float(recorder, 0);
	record_int(recorder, out->width);
	record_int(recorder, out->height);
	return raster_record_launch(recorder, &grid);
}

int prior_record_blur(struct launch_recorder *recorder, const struct raster *picture,
                      const struct raster *base, const struct raster *scratch)
{
	struct raster_grid grid = raster_grid(recorder->device, picture->width, picture->height);
	const struct raster_term blurred[] = {{scratch, 1}};
	int launch;

	record_kernel(recorder, "picture/prior", grid.options, "blur_detail", "blur");
	record_buffer(recorder, picture->buffer);
	record_buffer(recorder, base->buffer);
	record_buffer(recorder, scratch->buffer);
	record_float(recorder, 0);
	record_int(recorder, picture->width);
	record_int(recorder, picture->height);
	launch = raster_record_launch(recorder, &grid);
	raster_record_combine(recorder, picture, blurred, 1, true);
	return launch;
}
