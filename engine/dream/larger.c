#include "engine/dream/larger.h"

#include <math.h>

#include "engine/base/rounding.h"

/* What moves from frame to frame by less than a margin's width goes over the sphere's sides unseen,
 * and resizing and flow see beyond them. */
enum { MARGINS_IN_SPHERE = 16 };

int larger_side(const rv_params *params, int side)
{
	return (int)lround(side * pow((double)params->octave_scale, params->octaves_above));
}

int larger_margin(int width, bool sphere)
{
	return sphere ? divide_up(width, MARGINS_IN_SPHERE) : 0;
}

void larger_record(struct larger *larger, struct launch_recorder *recorder,
                   const struct dream_recipe *recipe, int width, int height)
{
	const struct dream_pictures *pictures = &recipe->pictures;

	*larger = (struct larger){.margin = larger_margin(pictures->width, recipe->params->sphere)};
	if (recipe->params->octaves_above == 0)
		return;
	larger->given =
		raster_record_own(recorder, pictures->width + 2 * larger->margin, pictures->height);
	larger->shown =
		raster_record_own(recorder, pictures->width + 2 * larger->margin, pictures->height);
	if (recipe->mask.buffer)
		larger->weighed = raster_record_own(recorder, width, height);
}

void larger_transfer(const struct larger *larger, struct transfer *transfer, cl_mem scratch)
{
	if (!larger->given.buffer)
		return;
	transfer->larger = (struct transfer_larger){
		.frame = transfer->frame,
		.detail = transfer->detail,
		.weighed = larger->weighed,
		.scratch = scratch,
		.scratch_bytes = raster_bytes(transfer->frame.width, transfer->frame.height)};
	transfer->frame = larger->given;
	transfer->detail = larger->shown;
	transfer->margin = larger->margin;
}
