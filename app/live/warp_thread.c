#include "app/live/warp_thread.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/thread.h"
#include "app/live/frame.h"
#include "app/live/thread.h"
#include "app/media/convert.h"
#include "app/media/shrink.h"

/* Of the small pictures between which motion is estimated, pixels. */
enum { SIDE = 160 };

struct live_warp {
	struct options options;
	int width, height; /* of the small pictures */
	struct queue *frames, *dreams, *shots;
	pthread_t thread;
	atomic_bool stop;
	atomic_bool broke_off; /* it has stopped working, and only puts things away */

	/* the thread's own */
	rv_motion *motion;
	struct shrinker shrinker;
	struct frame *frame;
	struct dream *dream;
	rv_image newer, old; /* the frame, and that of the dream, small */
};

/* The motion from the frame to that of the dream; NULL where it cannot be told. */
static struct warp *estimate(struct live_warp *work)
{
	struct warp *carry = NULL;
	if (!work->dream || warp_create(&carry, work->width, work->height, NULL))
		return NULL;
	if (work->frame != work->dream->frame &&
	    rv_motion_estimate(work->motion, &work->newer, &work->old, carry->flow, NULL))
		warp_destroy(&carry);
	else
		warp_judge(carry, &work->newer, &work->old);
	return carry;
}

static void hand_on(struct live_warp *work)
{
	struct display_frame *shot = NULL;
	int64_t start = live_now();
	struct warp *carry = estimate(work);
	if (display_frame_create(&shot, work->frame, work->dream, carry, NULL))
		return;
	shot->carry_ms = (double)(live_now() - start) / 1e6;
	queue_push(work->shots, shot, work->frame->serial);
}

/* Takes over the newest of both; false where there is none. */
static bool take(struct live_warp *work)
{
	struct frame *frame = queue_pop(work->frames, -1);
	struct dream *dream = queue_pop(work->dreams, 0);
	rv_status status = RV_OK;
	if (frame) {
		frame_release(work->frame);
		work->frame = frame;
		status = shrink(&work->shrinker, &frame->image, &work->newer, NULL);
	}
	if (dream) {
		dream_release(work->dream);
		work->dream = dream;
		if (status == RV_OK)
			status = shrink(&work->shrinker, &dream->frame->image, &work->old, NULL);
	}
	return status == RV_OK && work->frame && (frame || dream);
}

/* Compiles what is needed, by using it once. */
static rv_status prepare(struct live_warp *work, rv_error *error)
{
	struct warp *carry = NULL;
	rv_config config = options_config(&work->options);
	rv_status status =
		convert_allocate_image(&work->newer, RV_RGB8, work->width, work->height, error);
	if (status == RV_OK)
		status = convert_allocate_image(&work->old, RV_RGB8, work->width, work->height,
		                                error);
	if (status == RV_OK)
		status = warp_create(&carry, work->width, work->height, error);
	if (status == RV_OK)
		status = rv_motion_create(&work->motion, &config, work->width, work->height,
		                          RV_FLOW_MEDIUM, error);
	if (status == RV_OK)
		status = rv_motion_estimate(work->motion, &work->newer, &work->old, carry->flow,
		                            error);
	warp_destroy(&carry);
	return status;
}

static void *run(void *context)
{
	struct live_warp *work = context;
	/* What fails here fails the engine too, which says so. */
	if (prepare(work, NULL) == RV_OK)
		while (!atomic_load(&work->stop))
			if (take(work))
				hand_on(work);
	atomic_store(&work->broke_off, true);
	rv_motion_destroy(&work->motion);
	shrink_release(&work->shrinker);
	frame_release(work->frame);
	dream_release(work->dream);
	free(work->newer.pixels);
	free(work->old.pixels);
	return NULL;
}

rv_status live_warp_start(struct live_warp **started, const struct options *options, int width,
                          int height, struct queue *frames, struct queue *dreams,
                          struct queue *shots, rv_error *error)
{
	struct live_warp *work = calloc(1, sizeof(*work));
	if (!work)
		return rv_fail(error, RV_MEMORY, "out of memory");
	work->options = *options;
	work->width = width >= height ? SIDE : 0;
	work->height = width >= height ? 0 : SIDE;
	convert_fit_size(&work->width, &work->height, width, height);
	work->frames = frames;
	work->dreams = dreams;
	work->shots = shots;
	rv_status status = thread_start(&work->thread, "motion", run, work, error);
	if (status != RV_OK) {
		free(work);
		return status;
	}
	*started = work;
	return RV_OK;
}

void live_warp_break_off(struct live_warp *work)
{
	if (work)
		atomic_store(&work->stop, true);
}

bool live_warp_stop(struct live_warp **stopped, int64_t until)
{
	struct live_warp *work = *stopped;
	if (!work)
		return true;
	live_warp_break_off(work);
	if (!live_thread_breaks_off(&work->broke_off, until)) {
		pthread_detach(work->thread);
		return false;
	}
	pthread_join(work->thread, NULL);
	free(work);
	*stopped = NULL;
	return true;
}
