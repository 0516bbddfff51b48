#include "app/live/warp_thread.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "app/live/display_frame.h"
#include "app/live/revival.h"
#include "app/media/convert.h"
#include "app/media/shrink.h"
#include "engine/reverie_motion.h"

/* Of the small pictures between which motion is estimated, pixels; and of what these repeat on
 * either side of a sphere, where a frame looks farther round than the last one did. */
enum { SIDE = 160, MARGIN = 32 };

struct warp_thread {
	struct option_device device;
	int width, height; /* of the small pictures */
	int margin;        /* columns of them, on either side; 0: no sphere */
	struct queue *frames, *dreams, *display_frames;
	pthread_t thread;
	atomic_int device_now; /* the engine's */
	struct heartbeat heart;
	atomic_bool stop;
	atomic_bool done; /* the thread has stopped working, and only frees what it holds */

	/* the thread's own */
	rv_motion *motion; /* NULL: its device failed */
	struct revival revival;
	struct shrinker shrinker;
	struct frame *frame;
	struct dream *dream;
	rv_image newer, old; /* the frame, and that of the dream, small, with margins */
};

/* Compiles what is needed, by using it once: the pictures may be any. What fails here fails the
 * engine too, which says so; the frames are shown without their motion meanwhile. */
static void open_motion(struct warp_thread *work)
{
	struct warp *warp = NULL;
	rv_config config = option_device_config(&work->device);
	if (clock_now() < work->revival.retry_at)
		return;
	config.device = atomic_load(&work->device_now);
	rv_status status = warp_create(&warp, work->width, work->height, NULL);
	if (status == RV_OK)
		status = rv_motion_create(&work->motion, &config, work->width, work->height,
		                          RV_FLOW_MEDIUM, NULL);
	heartbeat_work(&work->heart);
	if (status == RV_OK)
		status = rv_motion_estimate(work->motion, &work->newer, &work->old, warp->flow,
		                            NULL);
	warp_destroy(&warp);
	if (status == RV_OK) {
		revival_succeed(&work->revival);
		return;
	}
	rv_motion_destroy(&work->motion);
	revival_fail(&work->revival, clock_now());
}

static rv_status find_flow(struct warp_thread *work, float *flow)
{
	if (work->frame == work->dream->frame)
		return RV_OK; /* none */
	rv_status status = rv_motion_estimate(work->motion, &work->newer, &work->old, flow, NULL);
	if (status != RV_OK) {
		rv_motion_destroy(&work->motion);
		revival_fail(&work->revival, clock_now());
	}
	return status;
}

/* The motion from the frame to that of the dream; NULL where it cannot be told. */
static struct warp *estimate(struct warp_thread *work)
{
	struct warp *warp = NULL;
	if (!work->motion)
		open_motion(work);
	if (!work->motion || !work->dream || warp_create(&warp, work->width, work->height, NULL))
		return NULL;
	warp->margin = work->margin;
	if (find_flow(work, warp->flow) == RV_OK)
		warp_judge(warp, &work->newer, &work->old);
	else
		warp_destroy(&warp);
	return warp;
}

static void hand_on(struct warp_thread *work)
{
	struct display_frame *shown = NULL;
	int64_t start = clock_now();
	struct warp *warp = estimate(work);
	if (display_frame_create(&shown, work->frame, work->dream, warp, NULL))
		return;
	shown->warp_ms = clock_ms_since(start);
	shown->made_at = clock_now();
	queue_push(work->display_frames, shown, work->frame->serial);
}

/* Repeats each side of a sphere beyond the other. */
static void fill_margins(const struct warp_thread *work, const rv_image *image)
{
	size_t margin = 3 * (size_t)work->margin, inside = 3 * (size_t)work->width - 2 * margin;
	for (int y = 0; y < image->height && margin; y++) {
		uint8_t *row = (uint8_t *)image->pixels + (size_t)y * image->stride;
		memcpy(row, row + inside, margin);
		memcpy(row + margin + inside, row + margin, margin);
	}
}

static rv_status make_small(struct warp_thread *work, const rv_image *large, const rv_image *small)
{
	rv_image inside = *small;
	inside.width -= 2 * work->margin;
	inside.pixels = (uint8_t *)small->pixels + 3 * (size_t)work->margin;
	rv_status status = shrink(&work->shrinker, large, &inside, NULL);
	fill_margins(work, small);
	return status;
}

/* Takes over the newest of both; false where there is none. */
static bool take(struct warp_thread *work)
{
	heartbeat_rest(&work->heart);
	struct frame *frame = queue_pop(work->frames, -1);
	heartbeat_work(&work->heart);
	struct dream *dream = queue_pop(work->dreams, 0);
	rv_status status = RV_OK;
	if (frame) {
		frame_release(work->frame);
		work->frame = frame;
		status = make_small(work, &frame->image, &work->newer);
	}
	if (dream) {
		dream_release(work->dream);
		work->dream = dream;
		if (status == RV_OK)
			status = make_small(work, &dream->frame->image, &work->old);
	}
	return status == RV_OK && work->frame && (frame || dream);
}

static rv_status allocate(struct warp_thread *work, rv_error *error)
{
	rv_status status =
		convert_allocate_image(&work->newer, RV_RGB8, work->width, work->height, error);
	return status ? status
	              : convert_allocate_image(&work->old, RV_RGB8, work->width, work->height,
	                                       error);
}

static void *run(void *context)
{
	struct warp_thread *work = context;
	heartbeat_work(&work->heart);
	open_motion(work);
	while (!atomic_load(&work->stop))
		if (take(work))
			hand_on(work);
	atomic_store(&work->done, true);
	rv_motion_destroy(&work->motion);
	shrink_release(&work->shrinker);
	heartbeat_rest(&work->heart);
	return NULL;
}

static void release(struct warp_thread *work)
{
	frame_release(work->frame);
	dream_release(work->dream);
	free(work->newer.pixels);
	free(work->old.pixels);
	free(work);
}

rv_status warp_thread_start(struct warp_thread **started, const struct option_device *device,
                            int width, int height, bool is_sphere, struct queue *frames,
                            struct queue *dreams, struct queue *display_frames, rv_error *error)
{
	struct warp_thread *work = calloc(1, sizeof(*work));
	if (!work)
		return rv_fail(error, RV_MEMORY, "out of memory");
	work->device = *device;
	atomic_store(&work->device_now, device->config.device);
	work->width = width >= height ? SIDE : 0;
	work->height = width >= height ? 0 : SIDE;
	convert_fit_size(&work->width, &work->height, width, height);
	work->margin = is_sphere ? FFMIN(MARGIN, work->width / 2) : 0;
	work->width += 2 * work->margin;
	work->frames = frames;
	work->dreams = dreams;
	work->display_frames = display_frames;
	rv_status status = allocate(work, error);
	if (status == RV_OK)
		status = thread_start(&work->thread, "motion", run, work, error);
	if (status == RV_OK)
		*started = work;
	else
		release(work);
	return status;
}

void warp_thread_use(struct warp_thread *work, int device)
{
	atomic_store(&work->device_now, device);
}

const struct heartbeat *warp_thread_heart(const struct warp_thread *work)
{
	return &work->heart;
}

void warp_thread_break_off(struct warp_thread *work)
{
	if (work)
		atomic_store(&work->stop, true);
}

bool warp_thread_stop(struct warp_thread **stopped, int64_t until)
{
	struct warp_thread *work = *stopped;
	if (!work)
		return true;
	warp_thread_break_off(work);
	if (!thread_wait_done(&work->done, until)) {
		pthread_detach(work->thread);
		return false;
	}
	pthread_join(work->thread, NULL);
	release(work);
	*stopped = NULL;
	return true;
}
