#include "app/live/frame.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/media/convert.h"

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
	rv_status status = convert_allocate_image(&frame->image, RV_RGB8, width, height, error);
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

rv_status display_frame_create(struct display_frame **created, struct frame *frame,
                               struct dream *dream, struct warp *warp, rv_error *error)
{
	struct display_frame *shown = calloc(1, sizeof(*shown));
	if (!shown) {
		warp_destroy(&warp);
		return rv_fail(error, RV_MEMORY, "out of memory for a frame");
	}
	shown->frame = frame_hold(frame);
	shown->dream = dream ? dream_hold(dream) : NULL;
	shown->warp = warp;
	*created = shown;
	return RV_OK;
}

void display_frame_release(void *item)
{
	struct display_frame *shown = item;
	if (!shown)
		return;
	frame_release(shown->frame);
	dream_release(shown->dream);
	warp_destroy(&shown->warp);
	free(shown);
}
