#include "app/live/display_frame.h"

#include <stdlib.h>

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
