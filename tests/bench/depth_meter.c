#include "tests/bench/depth_meter.h"

#include <math.h>
#include <stdlib.h>

#include "app/media/convert.h"

rv_status depth_meter_open(struct depth_meter *meter, rv_engine *engine, int width, int height,
                           double octave_scale, rv_error *error)
{
	rv_status status = RV_OK;
	double scale = 1;
	for (int i = 0; i < DEPTH_SIZES && !status; i++, scale *= octave_scale) {
		int across = (int)lround(width / scale), down = (int)lround(height / scale);
		status = convert_allocate_image(&meter->pictures[i], RV_RGB8, across, down, error);
		if (!status)
			status = rv_appraiser_create(&meter->appraisers[i], engine, across, down,
			                             i ? NULL : error);
		if (status == RV_INVALID && i)
			return RV_OK;
		meter->count += !status;
	}
	return status;
}

void depth_meter_release(struct depth_meter *meter)
{
	for (int i = 0; i < DEPTH_SIZES; i++) {
		rv_appraiser_destroy(&meter->appraisers[i]);
		shrink_release(&meter->shrinkers[i]);
		free(meter->pictures[i].pixels);
	}
	*meter = (struct depth_meter){0};
}

/* The picture at full size, with 8 bits. */
static void take(const rv_image *from, const rv_image *to)
{
	for (int y = 0; y < to->height; y++) {
		const char *row = (const char *)from->pixels + (size_t)y * from->stride;
		uint8_t *into = (uint8_t *)to->pixels + (size_t)y * to->stride;
		for (int i = 0; i < 3 * to->width; i++)
			into[i] =
				from->format == RV_RGB16
					? (uint8_t)(((const uint16_t *)(const void *)row)[i] / 257)
					: (uint8_t)row[i];
	}
}

rv_status depth_meter_look(struct depth_meter *meter, const rv_image *picture,
                           double worth[DEPTH_SIZES], rv_error *error)
{
	rv_status status = RV_OK;
	take(picture, &meter->pictures[0]);
	for (int i = meter->count; i < DEPTH_SIZES; i++)
		worth[i] = 0;
	for (int i = 0; i < meter->count && !status; i++) {
		if (i)
			status = shrink(&meter->shrinkers[i], &meter->pictures[0],
			                &meter->pictures[i], error);
		if (!status)
			status = rv_appraise(meter->appraisers[i], &meter->pictures[i], &worth[i],
			                     error);
	}
	return status;
}
