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

/* A landscape that lies `right` pixels further right, and goes on at its other side. */
static struct frame *make_frame(int right)
{
	struct frame *frame = NULL;
	if (frame_create(&frame, WIDTH, HEIGHT, NULL))
		abort();
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			double a = x - right, b = y;
			double turn = 2 * acos(-1) / WIDTH;
			double value = 110 + 35 * sin(8 * turn * a + 1) * cos(0.27 * b) +
			               30 * sin(3 * turn * a - 0.21 * b);
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

/* How far to the right a place of the newer frame was in the old one, in pixels of the warp. */
static double wanted_flow(const struct warp *warp)
{
	return -(double)SHIFT * (warp->width - 2 * warp->margin) / WIDTH;
}

/* The flow in the middle of what is shown: where the newer frame's pixels were. */
static void check_flow(const struct display_frame *shown)
{
	const struct warp *warp = shown->warp;
	size_t middle = (size_t)(warp->height / 2) * (size_t)warp->width + (size_t)warp->width / 2;
	double wanted = wanted_flow(warp);
	CHECK_MESSAGE(fabs((double)warp->flow[2 * middle] - wanted) < 0.3 &&
	                      fabs((double)warp->flow[2 * middle + 1]) < 0.3,
	              "%g %g, not %g 0", (double)warp->flow[2 * middle],
	              (double)warp->flow[2 * middle + 1], wanted);
	CHECK(warp->confidence[middle] > 0.9f);
}

/* And all along the sides of a sphere, where nothing comes into view. */
static void check_sides(const struct display_frame *shown)
{
	const struct warp *warp = shown->warp;
	double wanted = wanted_flow(warp), worst = 0;
	float least = 1;
	CHECK(warp->margin > 0);
	for (int y = 4; y < warp->height - 4; y++)
		for (int side = 0; side < 2; side++) {
			int x = side ? warp->width - 1 - warp->margin : warp->margin;
			size_t at = (size_t)y * (size_t)warp->width + (size_t)x;
			worst = fmax(worst, fabs((double)warp->flow[2 * at] - wanted));
			least = fminf(least, warp->confidence[at]);
		}
	CHECK_MESSAGE(worst < 0.5, "%g from %g", worst, wanted);
	CHECK_MESSAGE(least > 0.9f, "confidence %g", (double)least);
}

/* The frame lies SHIFT pixels further right than the one that was dreamed, so its pixels were as
 * far to the left there. */
static void check_warp(bool is_sphere)
{
	struct option_device device = {.config = test_config()};
	struct queues queues = {make_queue(frame_release), make_queue(dream_release),
	                        make_queue(display_frame_release)};
	struct warp_thread *thread = NULL;
	struct frame *old = make_frame(0), *newer = make_frame(SHIFT);
	struct dream *dream = NULL;
	struct display_frame *shown;
	REQUIRE(warp_thread_start(&thread, &device, WIDTH, HEIGHT, is_sphere, queues.frames,
	                          queues.dreams, queues.shown, NULL) == RV_OK);
	REQUIRE(dream_create(&dream, old, WIDTH, HEIGHT, NULL) == RV_OK);
	queue_push(queues.dreams, dream, 0);
	queue_push(queues.frames, newer, 0);
	shown = queue_pop(queues.shown, INT64_C(120000000000)); /* kernels may have to be built */
	CHECK(shown && shown->warp && shown->frame == newer && shown->dream == dream);
	if (shown && shown->warp)
		check_flow(shown);
	if (is_sphere && shown && shown->warp)
		check_sides(shown);
	display_frame_release(shown);
	queue_close(queues.frames);
	CHECK(warp_thread_stop(&thread, clock_now() + INT64_C(60000000000)));
	frame_release(old);
	queue_destroy(&queues.frames);
	queue_destroy(&queues.dreams);
	queue_destroy(&queues.shown);
}

TEST(the_live_warp_leads_back_to_the_dreamed_frame)
{
	check_warp(false);
}

TEST(the_live_warp_goes_round_a_sphere)
{
	check_warp(true);
}
