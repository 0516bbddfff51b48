#include "app/live/dream.h"

#include <stddef.h>
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

/* Where the dream is enlarged to be shown, lines between its pixels soften all that is fine, by a
 * fifth at half the finest. The detail is made harder by as much, once, where each frame shown
 * would have to be fetched through a longer filter. Only inner pixels: those at the edge have no
 * neighbours. */
static void take_harder_row(struct dream *dream, const uint8_t *a, const uint8_t *b, int y)
{
	ptrdiff_t stride = 3 * (ptrdiff_t)dream->width;
	const uint8_t *after = a + y * stride, *before = b + y * stride;
	int16_t *detail = dream->detail + y * stride;
	for (ptrdiff_t i = 3; i + 3 < stride; i++) {
		int around = after[i - 3] - before[i - 3] + after[i + 3] - before[i + 3] +
		             after[i - stride] - before[i - stride] + after[i + stride] -
		             before[i + stride];
		int harder = (12 * (after[i] - before[i]) - around) / 8;
		harder = harder < -255 ? -255 : harder;
		detail[i] = (int16_t)(harder > 255 ? 255 : harder);
	}
}

void dream_take_detail(struct dream *dream, const rv_image *after, const rv_image *before)
{
	const uint8_t *a = after->pixels, *b = before->pixels; /* rows are packed */
	size_t count = 3 * (size_t)after->width * (size_t)after->height;
	for (size_t i = 0; i < count; i++)
		dream->detail[i] = (int16_t)(a[i] - b[i]);
	if (dream->width < dream->frame->image.width)
		for (int y = 1; y + 1 < dream->height; y++)
			take_harder_row(dream, a, b, y);
}

struct governor_dream dream_took(const struct dream *dream)
{
	return (struct governor_dream){.milliseconds = dream->convert_ms + dream->dream_ms,
	                               .steps = dream->report.steps,
	                               .megapixels = dream->report.megapixels,
	                               .begins = dream->report.onset};
}

void dream_take_quality(struct dream *dream, const struct governor_quality *quality)
{
	dream->warm_steps = quality->warm_steps;
	dream->warm_share = quality->warm_share;
	dream->warm_octaves = quality->warm_octaves;
	dream->flow = quality->flow;
}
