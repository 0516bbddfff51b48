#include "app/live/frame.h"

#include <stdlib.h>

#include "app/media/convert.h"

rv_status frame_create(struct frame **created, int width, int height, rv_error *error)
{
	struct frame *frame = calloc(1, sizeof(*frame));
	if (!frame)
		return rv_fail(error, RV_MEMORY, "out of memory for a frame");
	rv_status status = convert_allocate_image(&frame->image, RV_RGB8, width, height, error);
	if (status != RV_OK) {
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
