#include "live_frame.h"

#include <stdlib.h>
#include <time.h>

#include "app/convert.h"

int64_t live_now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

rv_status frame_create(struct frame **created, int width, int height, rv_error *error)
{
	struct frame *frame = calloc(1, sizeof(*frame));
	if (!frame)
		return rv_fail(error, RV_MEMORY, "out of memory for a frame");
	rv_status status = image_allocate(&frame->image, RV_RGB8, width, height, error);
	if (status) {
		free(frame);
		return status;
	}
	atomic_init(&frame->holders, 1);
	*created = frame;
	return RV_OK;
}

struct frame *frame_hold(struct frame *frame)
{
	atomic_fetch_add(&frame->holders, 1);
	return frame;
}

void frame_release(void *item)
{
	struct frame *frame = item;
	if (!frame || atomic_fetch_sub(&frame->holders, 1) > 1)
		return;
	free(frame->image.pixels);
	free(frame);
}

rv_status dream_create(struct dream **created, struct frame *frame, int width, int height,
                       rv_error *error)
{
	struct dream *dream = calloc(1, sizeof(*dream));
	if (dream)
		dream->detail = malloc((size_t)width * (size_t)height * 3 * sizeof(int16_t));
	if (!dream || !dream->detail) {
		free(dream);
		return rv_fail(error, RV_MEMORY, "out of memory for a dream");
	}
	dream->frame = frame_hold(frame);
	dream->width = width;
	dream->height = height;
	*created = dream;
	return RV_OK;
}

void dream_release(void *item)
{
	struct dream *dream = item;
	if (!dream)
		return;
	frame_release(dream->frame);
	free(dream->detail);
	free(dream);
}
