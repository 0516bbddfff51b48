#include "app/live/engine.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "app/live/crossfade.h"
#include "app/live/dream.h"
#include "app/live/engine_orders.h"
#include "app/live/governor.h"
#include "app/live/journey.h"
#include "app/live/pace.h"
#include "app/live/revival.h"
#include "app/live/wish.h"
#include "app/media/convert.h"
#include "app/media/shrink.h"
#include "app/options/brush.h"
#include "app/options/slots.h"

enum {
	START_PIXELS = 160 * 120, /* of the first dream on a processor */
	FRAMES_PER_DREAM = 2,     /* of the display: a dream may take so long */
	ALL_PREPARED = 1000,
	IDLE_AT_REST = 8, /* dreams without steps, one after the other, of a scene at rest */
	MISSES_MAX = 3,   /* dreams, one after the other, that memory was too small for */
};

/* Nanoseconds that a dream gets which follows one that was broken off. */
static const int64_t grace = CLOCK_SECOND;
/* Nanoseconds of building kernels that nobody need be told of. */
static const int64_t unnoticed = 400000000;
static const double journey_arrival = 1.5; /* seconds in which a journey's last picture fades */

struct live_engine {
	const rv_model *model;
	struct queue *work, *dreams, *woken;
	pthread_t thread;

	struct engine_orders orders;

	pthread_mutex_t lock; /* of what follows, which any thread uses */
	rv_error error;       /* of the last frame */
	bool ever_dreamed;
	struct live_engine_state state;
	struct live_note note;

	struct heartbeat heart;
	atomic_bool stop;
	atomic_int prepared; /* of ALL_PREPARED, of the dream under way */
	atomic_bool done;    /* the thread has stopped dreaming, and only frees what it holds */

	/* the thread's own */
	rv_engine *engine;
	struct revival revival;
	int misses;                /* dreams that memory was too small for, the last ones */
	struct engine_order order; /* that the dream under way is made by */
	bool broken_off;           /* whether the last dream was */
	int64_t began;             /* when the dream under way did */
	bool has_prepared;         /* the dream under way needed something */
	int idle;                  /* dreams without steps, the last ones */
	struct pace pace;          /* of the frames */
	/* While kernels must be built, dreams begin with one octave and get another each time. */
	int octaves_most; /* 0: any number */
	rv_params params;
	bool params_set;
	struct slots slots; /* that the engine has */
	struct brush *brush;
	struct governor governor;
	struct shrinker shrinker;
	rv_image before, after; /* of the dream's size: the frame, and what was dreamed of it */
	struct dream *last;     /* held */
	struct crossfade fading;
	struct live_journey journey;
	struct governor_quality quality; /* of the last dream */
};

/* ---- what other threads ask, and are told ---- */

int64_t live_engine_set(struct live_engine *engine, const struct options *options)
{
	return engine_orders_set(&engine->orders, options);
}

int64_t live_engine_reset(struct live_engine *engine)
{
	return engine_orders_reset(&engine->orders);
}

void live_engine_show(struct live_engine *engine, int64_t position)
{
	engine_orders_show(&engine->orders, position);
}

void live_engine_fade(struct live_engine *engine, double seconds)
{
	engine_orders_fade(&engine->orders, seconds);
}

rv_status live_engine_status(struct live_engine *engine, struct live_engine_state *state,
                             rv_error *error)
{
	bool ever_changed = engine_orders_ever_changed(&engine->orders);
	pthread_mutex_lock(&engine->lock);
	rv_status status = engine->error.status;
	*state = engine->state;
	state->is_fatal = status != RV_OK && !engine->ever_dreamed && !ever_changed;
	if (status != RV_OK && error)
		*error = engine->error;
	pthread_mutex_unlock(&engine->lock);
	return status;
}

void live_engine_note(struct live_engine *engine, char note[LIVE_NOTE_LENGTH])
{
	note_take(&engine->note, note);
}

float live_engine_prepared(struct live_engine *engine)
{
	return (float)atomic_load(&engine->prepared) / ALL_PREPARED;
}

const struct heartbeat *live_engine_heart(const struct live_engine *engine)
{
	return &engine->heart;
}

static void report(struct live_engine *engine, rv_status status, const rv_error *error)
{
	pthread_mutex_lock(&engine->lock);
	bool was_lost = engine->state.lost_since != 0;
	engine->error.status = RV_OK;
	if (status != RV_OK)
		engine->error = *error;
	else
		engine->ever_dreamed = true;
	if (status == RV_OK)
		engine->state.lost_since = 0;
	pthread_mutex_unlock(&engine->lock);
	if (status != RV_OK || !was_lost)
		return;
	revival_succeed(&engine->revival);
	note_say(&engine->note, "dreaming again, on %s", rv_engine_device(engine->engine)->name);
}

/* False: the frame is to be left out. */
static bool take_order(struct live_engine *engine, const struct frame *frame)
{
	if (!engine_orders_take(&engine->orders, frame->position, &engine->order))
		return false;
	if (engine->order.resets)
		rv_reset(engine->engine);
	return true;
}

static struct governor_quality find_quality(struct live_engine *engine, const rv_image *frame)
{
	const struct options *options = &engine->order.options;
	struct governor_quality wish = wish_quality(options, frame->width, frame->height);
	bool is_processor = rv_engine_device(engine->engine)->kind == RV_DEVICE_CPU;
	if (!options->live.governor)
		return wish;
	if (!engine->governor.rungs)
		governor_init(&engine->governor, &wish, wish_locks(options),
		              is_processor ? START_PIXELS : 0);
	else
		governor_wish(&engine->governor, &wish, wish_locks(options));
	return *governor_quality(&engine->governor);
}

/* Whether the next dream is one of a journey. */
static rv_status choose_journey(struct live_engine *engine, const struct frame *frame,
                                rv_error *error)
{
	int64_t now = clock_now();
	bool was_on = engine->journey.on;
	live_journey_choose(&engine->journey, &engine->order.options, &frame->image, engine->last,
	                    now);
	if (!was_on || engine->journey.on)
		return RV_OK;
	return crossfade_begin(&engine->fading, engine->last, &engine->after, now, journey_arrival,
	                       error);
}

static rv_status set_params(struct live_engine *engine, const struct governor_quality *quality,
                            rv_error *error)
{
	rv_params params;
	rv_status status = slots_take(&engine->slots, engine->engine, &engine->order.options.dream,
	                              rv_model_default_layer(engine->model), &params, error);
	if (status == RV_OK)
		status = brush_take(engine->brush, engine->engine, engine->order.position, &params,
		                    error);
	if (status != RV_OK)
		return status;
	wish_grant(quality, engine->octaves_most, &params);
	live_journey_set_out(&engine->journey, &params.time, clock_now());
	wish_shape(&engine->order.options, &params);
	if (engine->params_set && rv_params_equal(&params, &engine->params))
		return RV_OK;
	status = rv_set_params(engine->engine, &params, error);
	engine->params = params;
	engine->params_set = status == RV_OK;
	return status;
}

/* ---- dreaming ---- */

/* Dreams the frame, or, on a journey, goes on without it. */
static rv_status run_dream(struct live_engine *engine, const struct frame *frame, rv_error *error)
{
	rv_status status = slots_go_to(&engine->slots, engine->engine, frame->time, error);
	if (status != RV_OK)
		return status;
	status = engine->journey.on ? rv_journey(engine->engine, frame->time, &engine->after, error)
	                            : RV_INVALID;
	/* A journey begins with a dream, and anew where another one was asked for. */
	if (status == RV_INVALID)
		status = rv_dream(engine->engine, &engine->before, frame->time, &engine->after,
		                  error);
	return status;
}

/* Lays what was dreamed before over the dream while it fades, and holds the dream, which may have
 * to fade next. */
static rv_status fade_dream(struct live_engine *engine, struct dream *dream, rv_error *error)
{
	rv_status status = RV_OK;
	int64_t now = clock_now();
	if (engine->order.fade > 0)
		status = crossfade_begin(&engine->fading, engine->last, NULL, now,
		                         engine->order.fade, error);
	engine->order.fade = 0;
	crossfade_apply(&engine->fading, dream, &engine->before, now);
	dream_release(engine->last);
	engine->last = dream_hold(dream);
	return status;
}

static rv_status make_dream(struct live_engine *engine, struct frame *frame,
                            const struct governor_quality *quality, struct dream **made,
                            rv_error *error)
{
	int64_t start = clock_now();
	rv_status status = convert_reserve_image(&engine->before, RV_RGB8, quality->width,
	                                         quality->height, error);
	if (status == RV_OK)
		status = convert_reserve_image(&engine->after, RV_RGB8, quality->width,
		                               quality->height, error);
	if (status == RV_OK)
		status = shrink(&engine->shrinker, &frame->image, &engine->before, error);
	double convert_ms = clock_ms_since(start);
	start = clock_now();
	if (status == RV_OK)
		status = run_dream(engine, frame, error);
	if (status == RV_OK)
		status = dream_create(made, frame, quality->width, quality->height, error);
	if (status != RV_OK)
		return status;
	struct dream *dream = *made;
	dream_take_detail(dream, &engine->after, &engine->before);
	dream->dream_ms = clock_ms_since(start);
	dream->convert_ms = convert_ms;
	dream->report = rv_last_frame(engine->engine);
	dream_take_quality(dream, quality);
	return fade_dream(engine, dream, error);
}

/* Tells the governor how long a dream took. Those of a scene at rest and one that anything was
 * prepared for are left out, as they do not say what keeping up takes.
 * Where octaves take turns a few frames have no steps, though nothing rests. */
static void measure(struct live_engine *engine, const struct dream *dream)
{
	double target = 1000.0 * FRAMES_PER_DREAM / (double)engine->order.options.live.fps;
	const struct governor_dream took = dream_took(dream);
	engine->idle = took.steps > 0 ? 0 : engine->idle + 1;
	if (engine->idle < IDLE_AT_REST && !engine->has_prepared &&
	    engine->order.options.live.governor && !engine->journey.on)
		governor_measure(&engine->governor, &took, target);
}

static rv_status dream_frame(struct live_engine *engine, struct frame *frame, rv_error *error)
{
	struct dream *dream = NULL;
	rv_status status = choose_journey(engine, frame, error);
	/* Another size would be seen as a jump, so a journey keeps its. */
	if (!engine->journey.on)
		engine->quality = find_quality(engine, &frame->image);
	if (status == RV_OK)
		status = set_params(engine, &engine->quality, error);
	if (status == RV_OK)
		status = make_dream(engine, frame, &engine->quality, &dream, error);
	if (status != RV_OK) {
		dream_release(dream);
		return status;
	}
	measure(engine, dream);
	if (engine->order.options.call.verbose)
		wish_tell(&engine->order.options, frame->position);
	queue_push(engine->dreams, dream, frame->serial);
	queue_wake(engine->woken);
	return RV_OK;
}

/* ---- the thread ---- */

/* A dream that follows one that was broken off gets a second. Otherwise a key held down, which
 * changes the layer faster than any can be dreamed of, would let nothing be seen until it is
 * released. */
static bool go_on(void *context, double part)
{
	struct live_engine *engine = context;
	heartbeat_work(&engine->heart);
	bool is_wanted = engine_orders_urgent(&engine->orders) == engine->order.urgent_seen;
	(void)part;
	return !atomic_load(&engine->stop) &&
	       (is_wanted || (engine->broken_off && clock_now() - engine->began < grace));
}

static bool prepare(void *context, double part)
{
	struct live_engine *engine = context;
	bool is_noticed = clock_now() - engine->began > unnoticed;
	engine->has_prepared = true;
	atomic_store(&engine->prepared, is_noticed ? (int)(part * ALL_PREPARED) : ALL_PREPARED);
	return go_on(engine, part);
}

/* The first dream has one octave. Where its kernels were there already, the next one has all. */
static void take_octaves(struct live_engine *engine)
{
	bool has_built = clock_now() - engine->began > unnoticed;
	if (!engine->octaves_most)
		return;
	engine->octaves_most++;
	if (!has_built || engine->octaves_most >= engine->order.options.dream.params.octaves)
		engine->octaves_most = 0;
}

/* Whether the device is of no more use: an error of its own, or memory that does not come back. */
static bool is_lost(struct live_engine *engine, rv_status status)
{
	engine->misses = status == RV_MEMORY ? engine->misses + 1 : 0;
	return status == RV_DEVICE || engine->misses >= MISSES_MAX;
}

/* Dreams until there are no more frames. False: the device failed, as error says. */
static bool dream_frames(struct live_engine *engine, rv_error *error)
{
	struct frame *frame;
	rv_status status = RV_OK;
	while (!atomic_load(&engine->stop) && !is_lost(engine, status) &&
	       (frame = pace_take(&engine->pace, engine->work))) {
		heartbeat_work(&engine->heart);
		status = RV_OK;
		engine->began = clock_now();
		engine->has_prepared = false;
		if (take_order(engine, frame) && !engine->order.options.live.freeze) {
			status = dream_frame(engine, frame, error);
			if (status != RV_CANCELLED)
				report(engine, status, error);
			if (status == RV_OK)
				take_octaves(engine);
			engine->broken_off = status == RV_CANCELLED;
		}
		frame_release(frame);
		heartbeat_rest(&engine->heart);
	}
	return !is_lost(engine, status);
}

static rv_status open_engine(struct live_engine *engine, rv_error *error)
{
	rv_config config = option_device_config(&engine->order.options.device);
	heartbeat_work(&engine->heart);
	config.time_stages = engine->order.options.live.bench > 0;
	config.device = engine->revival.device;
	rv_status status = rv_create(&engine->engine, engine->model, &config, error);
	if (status != RV_OK) {
		report(engine, status, error);
		return status;
	}
	rv_set_progress(engine->engine, go_on, engine);
	rv_set_preparation(engine->engine, prepare, engine);
	engine->octaves_most = 1;
	engine->params_set = engine->broken_off = false;
	engine->governor = (struct governor){.rungs = 0};
	slots_close(&engine->slots);
	brush_forget(engine->brush);
	engine->misses = 0;
	pthread_mutex_lock(&engine->lock);
	engine->state.device = engine->revival.device;
	pthread_mutex_unlock(&engine->lock);
	heartbeat_rest(&engine->heart);
	return RV_OK;
}

/* Gives the device that failed back, and waits until the next one is to be tried, or something else
 * is to be dreamed, which may do. False: there is no more to dream. */
static bool lose_engine(struct live_engine *engine, const rv_error *error)
{
	struct frame *frame;
	int64_t now = clock_now();
	pthread_mutex_lock(&engine->lock);
	bool is_first = !engine->state.lost_since;
	if (is_first)
		engine->state.lost_since = now;
	pthread_mutex_unlock(&engine->lock);
	if (is_first)
		note_say(&engine->note, "the device failed: %.100s; trying again", error->message);
	heartbeat_work(&engine->heart);
	rv_destroy(&engine->engine);
	revival_fail(&engine->revival, now);
	heartbeat_rest(&engine->heart);
	unsigned urgent = engine_orders_urgent(&engine->orders);
	while (!atomic_load(&engine->stop) && engine_orders_urgent(&engine->orders) == urgent) {
		int64_t left = engine->revival.retry_at - clock_now();
		if (left <= 0)
			break;
		frame_release(frame = queue_pop(engine->work, left));
		if (!frame && clock_now() < engine->revival.retry_at)
			return false; /* it is closed */
	}
	return !atomic_load(&engine->stop);
}

static void *run(void *context)
{
	struct live_engine *engine = context;
	rv_error error = {0};
	do {
		if (open_engine(engine, &error) == RV_OK && dream_frames(engine, &error))
			break;
	} while (lose_engine(engine, &error));
	atomic_store(&engine->done, true);
	slots_close(&engine->slots);
	rv_destroy(&engine->engine);
	return NULL;
}

rv_status live_engine_start(struct live_engine **started, const rv_model *model,
                            const struct options *options, struct brush *brush, struct queue *work,
                            struct queue *dreams, struct queue *woken, rv_error *error)
{
	struct live_engine *engine = calloc(1, sizeof(*engine));
	if (!engine)
		return rv_fail(error, RV_MEMORY, "out of memory");
	engine->model = model;
	engine_orders_init(&engine->orders, options);
	engine->order.options = *options;
	engine->brush = brush;
	engine->work = work;
	engine->dreams = dreams;
	engine->woken = woken;
	engine->state.device = options->device.config.device;
	revival_init(&engine->revival, options->device.config.device);
	note_init(&engine->note, !options->call.quiet);
	atomic_store(&engine->prepared, ALL_PREPARED);
	pthread_mutex_init(&engine->lock, NULL);
	rv_status status = thread_start(&engine->thread, "dreaming", run, engine, error);
	if (status != RV_OK) {
		pthread_mutex_destroy(&engine->lock);
		engine_orders_finish(&engine->orders);
		note_finish(&engine->note);
		free(engine);
		return status;
	}
	*started = engine;
	return RV_OK;
}

void live_engine_break_off(struct live_engine *engine)
{
	if (engine)
		atomic_store(&engine->stop, true);
}

bool live_engine_stop(struct live_engine **stopped, int64_t until)
{
	struct live_engine *engine = *stopped;
	if (!engine)
		return true;
	live_engine_break_off(engine);
	if (!thread_wait_done(&engine->done, until)) {
		pthread_detach(engine->thread);
		return false;
	}
	pthread_join(engine->thread, NULL);
	pthread_mutex_destroy(&engine->lock);
	engine_orders_finish(&engine->orders);
	note_finish(&engine->note);
	shrink_release(&engine->shrinker);
	free(engine->before.pixels);
	free(engine->after.pixels);
	crossfade_end(&engine->fading);
	dream_release(engine->last);
	free(engine);
	*stopped = NULL;
	return true;
}
