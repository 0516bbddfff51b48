#include "tests/bench/time_sample.h"

#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"

static void release_pair(struct sample_pair *pair)
{
	free(pair->past.pixels);
	free(pair->now.pixels);
	*pair = (struct sample_pair){0};
}

void time_sample_release(struct time_sample *sample)
{
	for (int i = 0; i < sample->count; i++)
		release_pair(&sample->pairs[i]);
	*sample = (struct time_sample){0};
}

static rv_status copy_image(rv_image *to, const rv_image *from, rv_error *error)
{
	rv_status status =
		convert_allocate_image(to, from->format, from->width, from->height, error);
	size_t row = convert_pixel_bytes(from->format) * (size_t)from->width;
	for (int y = 0; y < from->height && !status; y++)
		memcpy((char *)to->pixels + (size_t)y * to->stride,
		       (const char *)from->pixels + (size_t)y * from->stride, row);
	return status;
}

/* Leaves those at the multiples of twice the interval. */
static void thin_out(struct time_sample *sample)
{
	int kept = 0;
	sample->interval *= 2;
	for (int i = 0; i < sample->count; i++)
		if (sample->pairs[i].index % sample->interval)
			release_pair(&sample->pairs[i]);
		else
			sample->pairs[kept++] = sample->pairs[i];
	sample->count = kept;
}

bool time_sample_wants(const struct time_sample *sample, int index)
{
	return !sample->interval || index % sample->interval == 0;
}

rv_status time_sample_offer(struct time_sample *sample, int index, const rv_image *past,
                            const rv_image *now, const struct frame_measure *measure,
                            rv_error *error)
{
	struct sample_pair pair = {.index = index, .measure = *measure};
	rv_status status;
	if (!sample->interval)
		sample->interval = 1;
	while (index % sample->interval == 0 && sample->count == SAMPLE_PAIRS_MOST)
		thin_out(sample);
	if (index % sample->interval)
		return RV_OK;
	if ((status = copy_image(&pair.past, past, error)) == RV_OK)
		status = copy_image(&pair.now, now, error);
	if (status)
		release_pair(&pair);
	else
		sample->pairs[sample->count++] = pair;
	return status;
}
