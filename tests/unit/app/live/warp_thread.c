/* The motion between a frame and the one that was dreamed, all the way through its thread. */
#include "app/live/warp_thread.h"

#include <math.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "app/live/display_frame.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { WIDTH = 160, HEIGHT = 120, SHIFT = 4 };

/* A landscape that lies `right` pixels further right. */
static struct frame *make_frame(int right)
{
	struct frame *frame = NULL;
	if (frame_create(&frame, WIDTH, HEIGHT, NULL))
		abort();
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			double a = x - right, b = y;
			double value = 110 + 35 * sin(0.31 * a + 1) * cos(0.27 * b) +
			               30 * sin(0.13 * a - 0.21 * b);
			uint8_t *pixel = (uint8_t *)frame->image.pixels +
			                 (size_t)y * frame->image.stride + 3 * (size_t)x;
			pixel[0] = pixel[1] = pixel[2] = (uint8_t)lround(value);
		}
	return frame;
}

struct queues {
	struct queue *frames, *dreams, *shown;
};

static struct queue *make_queue(queue_release *release)
{
	struct queue *queue = NULL;
	if (queue_create(&queue, 4, QUEUE_DROP_OLDEST, release, NULL))
		abort();
	return queue;
}

/* The flow in the middle of what is shown: where the newer frame's pixels were. */
static void check_flow(const struct display_frame *shown)
{
	const struct warp *warp = shown->warp;
	size_t middle = (size_t)(warp->height / 2) * (size_t)warp->width + (size_t)warp->width / 2;
	double wanted = -(double)SHIFT * warp->width / WIDTH;
	CHECK_MESSAGE(fabs((double)warp->flow[2 * middle] - wanted) < 0.3 &&
	                      fabs((double)warp->flow[2 * middle + 1]) < 0.3,
	              "%g %g, not %g 0", (double)warp->flow[2 * middle],
	              (double)warp->flow[2 * middle + 1], wanted);
	CHECK(warp->confidence[middle] > 0.9f);
}

/* The frame lies SHIFT pixels further right than the one that was dreamed, so its pixels were as
 * far to the left there. */
TEST(the_live_warp_leads_back_to_the_dreamed_frame)
{
	struct option_device device = {.config = test_config()};
	struct queues queues = {make_queue(frame_release), make_queue(dream_release),
	                        make_queue(display_frame_release)};
	struct warp_thread *thread = NULL;
	struct frame *old = make_frame(0), *newer = make_frame(SHIFT);
	struct dream *dream = NULL;
	struct display_frame *shown;
	REQUIRE(warp_thread_start(&thread, &device, WIDTH, HEIGHT, queues.frames, queues.dreams,
	                          queues.shown, NULL) == RV_OK);
	REQUIRE(dream_create(&dream, old, WIDTH, HEIGHT, NULL) == RV_OK);
	queue_push(queues.dreams, dream, 0);
	queue_push(queues.frames, newer, 0);
	shown = queue_pop(queues.shown, INT64_C(120000000000)); /* kernels may have to be built */
	CHECK(shown && shown->warp && shown->frame == newer && shown->dream == dream);
	if (shown && shown->warp)
		check_flow(shown);
	display_frame_release(shown);
	queue_close(queues.frames);
	CHECK(warp_thread_stop(&thread, clock_now() + INT64_C(60000000000)));
	frame_release(old);
	queue_destroy(&queues.frames);
	queue_destroy(&queues.dreams);
	queue_destroy(&queues.shown);
}
