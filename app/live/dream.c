#include "app/live/dream.h"

#include <stdlib.h>
#include <string.h>

rv_status dream_create(struct dream **created, struct frame *frame, int width, int height,
                       rv_error *error)
{
	struct dream *dream = calloc(1, sizeof(*dream));
	size_t count = 3 * (size_t)width * (size_t)height, more = 3 * (size_t)width + 6;
	if (dream)
		dream->detail = malloc((count + more) * sizeof(int16_t));
	if (!dream || !dream->detail) {
		free(dream);
		return rv_fail(error, RV_MEMORY, "out of memory for a dream");
	}
	memset(dream->detail + count, 0, more * sizeof(int16_t));
	atomic_init(&dream->holders, 1);
	dream->frame = frame_hold(frame);
	dream->width = width;
	dream->height = height;
	*created = dream;
	return RV_OK;
}

struct dream *dream_hold(struct dream *dream)
{
	atomic_fetch_add(&dream->holders, 1);
	return dream;
}

void dream_release(void *item)
{
	struct dream *dream = item;
	if (!dream || atomic_fetch_sub(&dream->holders, 1) > 1)
		return;
	frame_release(dream->frame);
	free(dream->detail);
	free(dream);
}

void dream_take_detail(struct dream *dream, const rv_image *after, const rv_image *before)
{
	const uint8_t *a = after->pixels, *b = before->pixels; /* rows are packed */
	size_t count = 3 * (size_t)after->width * (size_t)after->height;
	for (size_t i = 0; i < count; i++)
		dream->detail[i] = (int16_t)(a[i] - b[i]);
}

void dream_take_quality(struct dream *dream, const struct governor_quality *quality)
{
	dream->warm_steps = quality->warm_steps;
	dream->warm_share = quality->warm_share;
	dream->warm_octaves = quality->warm_octaves;
	dream->flow = quality->flow;
}
