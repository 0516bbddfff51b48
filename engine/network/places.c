#include "engine/network/places.h"

#include <stdlib.h>

/* Arguments of the launch that places_move changes. */
enum { PICTURE_HEIGHT = 7, PICTURE_WIDTH, INPUT_Y, INPUT_X, MIRRORED };

static cl_mem record_ones(struct launch_recorder *recorder, size_t count)
{
	float *ones = malloc(count * sizeof(*ones));
	cl_mem buffer;

	if (!ones) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		ones[i] = 1;
	buffer = record_own_buffer(recorder, count * sizeof(*ones), ones);
	free(ones);
	return buffer;
}

int places_record(struct launch_recorder *recorder, const struct places_plan *plan,
                  const struct slice *layer, int input_height, int input_width, cl_mem *weights)
{
	cl_mem any;

	*weights = any = record_ones(recorder, (size_t)slice_pixels(layer));
	if (plan->kind == PLACES_ALL && !plan->factors && !plan->border)
		return -1;
	record_kernel(recorder, "network/places", NULL, "weigh_places", "places");
	record_buffer(recorder, plan->factors ? plan->factors : any);
	record_int(recorder, plan->factors ? plan->factor : 0);
	record_int(recorder, plan->factors != NULL);
	record_int(recorder, (int)plan->kind);
	record_buffer(recorder, plan->kind == PLACES_MASK ? plan->mask : any);
	record_int(recorder, plan->mask_height);
	record_int(recorder, plan->mask_width);
	record_int(recorder, input_height); /* PICTURE_HEIGHT and so on */
	record_int(recorder, input_width);
	record_int(recorder, 0);
	record_int(recorder, 0);
	record_int(recorder, 0);
	record_int(recorder, plan->border);
	record_float(recorder, plan->y);
	record_float(recorder, plan->x);
	record_int(recorder, input_height);
	record_int(recorder, input_width);
	record_buffer(recorder, *weights);
	record_int(recorder, layer->height);
	record_int(recorder, layer->width);
	record_launch(recorder, device_wants_groups(recorder->device) ? (size_t)layer->width : 1,
	              (size_t)layer->height, 1, 1, 1, 1);
	return recorder->list->count - 1;
}

void places_move(struct launch *launch, const struct places_position *position)
{
	launch_set_int(launch, PICTURE_HEIGHT, position->picture_height);
	launch_set_int(launch, PICTURE_WIDTH, position->picture_width);
	launch_set_int(launch, INPUT_Y, position->y);
	launch_set_int(launch, INPUT_X, position->x);
	launch_set_int(launch, MIRRORED, position->mirrored);
}
