#include "app/live/listener.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/queue.h"
#include "app/base/signals.h"
#include "app/base/thread.h"
#include "app/live/waiting.h"
#include "app/media/input_origin.h"
#include "app/media/public_name.h"
#include "app/media/sound_source.h"

enum { BLOCKS_MAX = 128 };

static const int64_t nap = 10000000;     /* how long a wait goes without looking at the stop flag */
static const int64_t stale = 500000000;  /* since when nothing has come where it is quiet */
static const int64_t behind = 200000000; /* a file that is later goes on from now on */

const char listener_input[] = "input";

struct listener {
	struct listener_options options;
	char *source, *name;  /* name: the source without passwords, to be shown */
	struct queue *blocks; /* of struct sound, of the input; NULL: another source */
	struct live_note note;
	struct levels *levels;
	struct sound_source *open; /* NULL: gone, to be opened again */
	int64_t anchor;            /* what makes the source's times those of clock_now() */
	int64_t end;               /* of the last block, in clock_now()'s time */
	uint64_t heard;            /* blocks since it was opened */
	pthread_t thread;
	bool started;
	atomic_bool done;

	pthread_mutex_t lock; /* of what follows */
	struct levels_state state;
	int64_t state_at; /* when it was noted; 0: there is none yet */
	bool is_opened;   /* for the first time, or that failed with: */
	rv_error error;
};

static bool stopped(const struct listener *listener)
{
	return atomic_load_explicit(listener->options.stop, memory_order_relaxed) != 0;
}

static void sleep_until(const struct listener *listener, int64_t due)
{
	int64_t left;
	while ((left = due - clock_now()) > 0 && !stopped(listener))
		clock_sleep(left < nap ? left : nap);
}

/* ---- hearing ---- */

static void take(struct listener *listener, const struct sound *sound)
{
	levels_take(listener->levels, sound->samples, sound->count);
	pthread_mutex_lock(&listener->lock);
	listener->state = levels_now(listener->levels);
	listener->state_at = clock_now();
	pthread_mutex_unlock(&listener->lock);
}

static void hear_input(struct listener *listener)
{
	while (!stopped(listener)) {
		struct sound *sound = queue_pop(listener->blocks, nap);
		if (sound)
			take(listener, sound);
		sound_release(sound);
	}
}

/* Devices come at their own rate; files at any, and streams in lumps: what they bring is heard when
 * it is due. */
static void hear_in_time(struct listener *listener, const struct sound *sound)
{
	int64_t now = clock_now(), due = listener->anchor + sound->time;
	if (!listener->heard || due < now - behind || due > now + CLOCK_SECOND) {
		int64_t begins = !listener->heard && listener->end > now ? listener->end : now;
		listener->anchor = begins - sound->time;
		due = begins;
	}
	if (!listener->open->input->is_device)
		sleep_until(listener, due);
	listener->end = due + sound->count * CLOCK_SECOND / SOUND_RATE;
	listener->heard++;
	take(listener, sound);
}

/* ---- the source ---- */

static rv_status open_source(struct listener *listener, rv_error *error)
{
	const struct input_options options = {.stop = listener->options.stop, .live = true};
	listener->heard = 0;
	return sound_source_open(&listener->open, listener->source, &options, error);
}

/* Why is told where it is not NULL. */
static void wait_for_source(struct listener *listener, const char *why)
{
	struct waiting waiting;
	rv_error error = {0};
	waiting_begin(&waiting, &listener->note, listener->name, why, listener->heard > 0,
	              clock_now());
	while (!stopped(listener)) {
		sleep_until(listener, clock_now() + waiting.pause);
		if (stopped(listener) || open_source(listener, &error) == RV_OK)
			break;
		waiting_fail(&waiting, &error);
	}
	waiting_end(&waiting);
	if (why && !stopped(listener))
		waiting_tell_return(&waiting, listener->end > 0, NULL, clock_now());
}

/* False where it is heard no more. */
static bool end_source(struct listener *listener, rv_status status, const rv_error *error)
{
	bool may_return = listener->open->input->is_reopenable;
	const char *why =
		status == RV_OK ? "it ended" : waiting_without_name(listener->name, error->message);
	sound_source_close(&listener->open);
	if (!may_return && (!listener->options.loop || !strcmp(listener->source, "-"))) {
		note_say(&listener->note, "%.80s is listened to no more: %.150s", listener->name,
		         why);
		return false;
	}
	wait_for_source(listener, may_return || status != RV_OK ? why : NULL);
	return true;
}

static void hear_source(struct listener *listener)
{
	bool goes_on = true;
	while (goes_on && !stopped(listener) && listener->open) {
		struct sound *sound = NULL;
		bool ended = false;
		rv_error error = {0};
		rv_status status = sound_source_next(listener->open, &sound, &ended, &error);
		if (sound)
			hear_in_time(listener, sound);
		sound_release(sound);
		if (!stopped(listener) && (status != RV_OK || ended))
			goes_on = end_source(listener, status, &error);
	}
}

/* The first time; one that may appear later is waited for. */
static void open_first(struct listener *listener)
{
	rv_error error = {0};
	rv_status status = open_source(listener, &error);
	bool may_come = input_may_appear(listener->source);
	const char *why = waiting_without_name(listener->name, error.message);
	pthread_mutex_lock(&listener->lock);
	listener->is_opened = true;
	listener->error = error;
	pthread_mutex_unlock(&listener->lock);
	if (status == RV_OK || !may_come || stopped(listener))
		return;
	if (status == RV_IO || status == RV_NOT_FOUND || status == RV_CORRUPT)
		wait_for_source(listener, why);
	else
		note_say(&listener->note, "%.80s cannot be listened to: %.150s", listener->name,
		         why);
}

static void *run(void *context)
{
	struct listener *listener = context;
	if (listener->blocks) {
		hear_input(listener);
	} else {
		open_first(listener);
		hear_source(listener);
	}
	atomic_store(&listener->done, true);
	return NULL;
}

/* ---- the main thread ---- */

/* Whether the first opening is over, and what came of it. */
static bool is_opened(struct listener *listener, rv_error *why)
{
	pthread_mutex_lock(&listener->lock);
	bool is_opened = listener->is_opened;
	*why = listener->error;
	pthread_mutex_unlock(&listener->lock);
	return is_opened;
}

static rv_status await_opening(struct listener *listener, rv_error *error)
{
	rv_error why = {0};
	if (listener->blocks || input_may_appear(listener->source))
		return RV_OK;
	while (!is_opened(listener, &why) && !signals_stop)
		clock_sleep(nap);
	if (signals_stop)
		return rv_fail(error, RV_CANCELLED, "stopped");
	return why.status == RV_OK ? RV_OK
	                           : rv_fail(error, why.status, "--listen: %s", why.message);
}

static rv_status create(struct listener *listener, rv_error *error)
{
	bool is_of_input = !strcmp(listener->options.source, listener_input);
	listener->source = strdup(listener->options.source);
	listener->name = public_name(listener->options.source);
	if (!listener->source || !listener->name)
		return rv_fail(error, RV_MEMORY, "out of memory");
	rv_status status = levels_create(&listener->levels, error);
	if (status == RV_OK && is_of_input)
		status = queue_create(&listener->blocks, BLOCKS_MAX, QUEUE_DROP_OLDEST,
		                      sound_release, error);
	if (status == RV_OK)
		status = thread_start(&listener->thread, "listening", run, listener, error);
	listener->started = status == RV_OK;
	return status;
}

rv_status listener_open(struct listener **opened, const struct listener_options *options,
                        rv_error *error)
{
	struct listener *listener = calloc(1, sizeof(*listener));
	if (!listener)
		return rv_fail(error, RV_MEMORY, "out of memory");
	pthread_mutex_init(&listener->lock, NULL);
	note_init(&listener->note, !options->quiet);
	listener->options = *options;
	*opened = listener;
	rv_status status = create(listener, error);
	return status == RV_OK ? await_opening(listener, error) : status;
}

bool listener_is_of_input(const struct listener *listener)
{
	return listener->blocks != NULL;
}

void listener_hear(struct listener *listener, struct sound *sound)
{
	if (listener->blocks)
		queue_push(listener->blocks, sound_hold(sound), 0);
}

struct levels_state listener_read(struct listener *listener, int64_t now)
{
	pthread_mutex_lock(&listener->lock);
	struct levels_state state = listener->state;
	bool is_stale = !listener->state_at || now - listener->state_at > stale;
	pthread_mutex_unlock(&listener->lock);
	return is_stale ? (struct levels_state){.beats = state.beats, .is_quiet = true} : state;
}

void listener_note(struct listener *listener, char note[LIVE_NOTE_LENGTH])
{
	note_take(&listener->note, note);
}

bool listener_close(struct listener **closed, int64_t until)
{
	struct listener *listener = *closed;
	if (!listener)
		return true;
	*closed = NULL;
	if (listener->started && !thread_wait_done(&listener->done, until))
		return false;
	if (listener->started)
		pthread_join(listener->thread, NULL);
	sound_source_close(&listener->open);
	queue_destroy(&listener->blocks);
	levels_destroy(&listener->levels);
	note_finish(&listener->note);
	pthread_mutex_destroy(&listener->lock);
	free(listener->source);
	free(listener->name);
	free(listener);
	return true;
}
