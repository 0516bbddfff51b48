/* What was dreamed of a frame, on its way between the threads of a live session. It is written
 * once, by the engine's thread, and only read after it went through a queue. */
#ifndef APP_LIVE_DREAM_H
#define APP_LIVE_DREAM_H

#include "app/live/frame.h"
#include "app/live/governor.h"

struct dream {
	atomic_int holders;
	struct frame *frame; /* held */
	int width, height;   /* pixels of the dream, which may be smaller than the frame */
	/* [height][width][3]: dream minus frame, -255..255. Behind it lie a row and two pixels
	 * more, zeroed, so that whoever interpolates may read them. Owned. */
	int16_t *detail;
	rv_frame_report report;
	int warm_steps, warm_octaves; /* as asked for */
	float warm_share;
	rv_flow_quality flow;
	double convert_ms, dream_ms;
};

/* Holds frame; the dream has one holder. RV_MEMORY. */
rv_status dream_create(struct dream **dream, struct frame *frame, int width, int height,
                       rv_error *error);
/* Fills in the detail, made harder where it will be enlarged. Both pictures are RV_RGB8 of the
 * dream's size, their rows packed. */
void dream_take_detail(struct dream *dream, const rv_image *after, const rv_image *before);
/* What the governor is told of it. */
struct governor_dream dream_took(const struct dream *dream);

/* Notes how well it was dreamed. */
void dream_take_quality(struct dream *dream, const struct governor_quality *quality);
struct dream *dream_hold(struct dream *dream);
/* Accepts NULL. As a queue_release: item is a struct dream. */
void dream_release(void *item);

#endif
