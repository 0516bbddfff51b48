#include "app/live/decode.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/signals.h"
#include "app/base/thread.h"
#include "app/live/feed.h"
#include "app/live/input.h"
#include "app/live/input_clock.h"
#include "app/live/note.h"
#include "app/live/remarks.h"
#include "app/live/sound_reader.h"
#include "app/live/stats.h"
#include "app/live/waiting.h"
#include "app/media/input_origin.h"
#include "app/media/opening.h"
#include "app/media/public_name.h"

enum {
	MILLISECOND = 1000000,      /* nanoseconds */
	NAP = 10 * MILLISECOND,     /* how long a wait goes without looking at the stop flag */
	BEHIND = 200 * MILLISECOND, /* by which a decoder that is late leaves out what it may */
};

static const int64_t longest = 3600 * CLOCK_SECOND; /* that a frame is believed to last */

struct decode {
	struct decode_options options;
	char *input, *name;         /* name: input without passwords, to be shown */
	struct source *source;      /* NULL: gone, to be opened again */
	struct sound_reader *sound; /* of the source; NULL: it has none */
	atomic_uint hearers;        /* bits of enum decode_hearer */
	struct feed_lane *lane;
	struct live_note note;
	struct camera camera; /* empty where the input is none */
	int width, height;
	double shape;  /* of all frames: width by height; 0: not known yet */
	bool was_open; /* so that it can come back */
	struct input_clock clock;
	struct remarks remarks;
	pthread_t thread;
	bool started;
	atomic_int stop;  /* ends blocking reads once it is not 0 */
	atomic_bool over; /* the thread has ended, but for returning */

	pthread_mutex_t lock; /* of what follows */
	bool ended, has_sound;
	uint64_t decoded;
	struct rate decoded_rate;
};

static bool stopped(const struct decode *decode)
{
	return atomic_load_explicit(&decode->stop, memory_order_relaxed) != 0;
}

/* The stop flag cuts a thread's wait for an opening short. Before there is a thread, the signal
 * does, as the main thread waits here and cannot set the flag. */
static bool must_give_up(const struct decode *decode)
{
	return stopped(decode) || (!decode->started && signals_stop);
}

static void sleep_until(const struct decode *decode, int64_t due)
{
	int64_t left;
	while ((left = due - clock_now()) > 0 && !must_give_up(decode))
		clock_sleep(left < NAP ? left : NAP);
}

void decode_note(struct decode *decode, char note[DECODE_NOTE_LENGTH])
{
	note_take(&decode->note, note);
}

void decode_state(struct decode *decode, char state[DECODE_NOTE_LENGTH])
{
	note_tell_state(&decode->note, state);
}

bool decode_ended(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	bool ended = decode->ended;
	pthread_mutex_unlock(&decode->lock);
	return ended;
}

void decode_size(const struct decode *decode, int *width, int *height)
{
	*width = decode->width;
	*height = decode->height;
}

double decode_rate(struct decode *decode, int64_t now, uint64_t *frames)
{
	pthread_mutex_lock(&decode->lock);
	double rate = stats_rate_per_second(&decode->decoded_rate, now);
	*frames = decode->decoded;
	pthread_mutex_unlock(&decode->lock);
	return rate;
}

bool decode_has_sound(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	bool has_sound = decode->has_sound;
	pthread_mutex_unlock(&decode->lock);
	return has_sound;
}

void decode_want_sound(struct decode *decode, enum decode_hearer hearer, bool wanted)
{
	if (wanted)
		atomic_fetch_or(&decode->hearers, (unsigned)hearer);
	else
		atomic_fetch_and(&decode->hearers, ~(unsigned)hearer);
}

/* ---- opening ---- */

static void close_source(struct decode *decode)
{
	sound_reader_close(&decode->sound);
	source_close(&decode->source);
}

static rv_status open_sound(struct decode *decode, rv_error *error)
{
	rv_status status = sound_reader_open(&decode->sound, decode->source->input->format, error);
	pthread_mutex_lock(&decode->lock);
	decode->has_sound = decode->sound != NULL;
	pthread_mutex_unlock(&decode->lock);
	if (status != RV_OK)
		close_source(decode);
	return status;
}

static rv_status open_source(struct decode *decode, rv_error *error)
{
	const struct input_options options = {
		.live = true,
		.camera_wish = decode->options.camera_wish,
		.camera = decode->camera,
	};
	struct opening *opening = NULL;
	rv_status status = opening_start(&opening, decode->input, &options, error);
	if (status)
		return status;
	while (!opening_wait(opening, NAP)) {
		if (!must_give_up(decode))
			continue;
		opening_abandon(&opening);
		return rv_fail(error, RV_CANCELLED, "stopped");
	}
	status = opening_finish(&opening, &decode->source, &decode->stop, error);
	if (status == RV_OK)
		status = open_sound(decode, error);
	if (status)
		return status;
	source_convert_quickly(decode->source);
	decode->camera = decode->source->input->camera;
	if (decode->shape > 0)
		decode->source->display_aspect = decode->shape;
	input_clock_begin(&decode->clock, decode->source->input->is_realtime);
	remarks_begin(&decode->remarks);
	feed_expect(decode->lane, decode->source->video.frame_rate.num
	                                  ? av_q2d(decode->source->video.frame_rate)
	                                  : 0);
	return RV_OK;
}

/* ---- waiting ---- */

/* Opens the input again and again until it is there, or the session ends. */
static void wait_for_input(struct decode *decode, struct waiting *waiting)
{
	rv_error why = {0};
	while (!must_give_up(decode)) {
		sleep_until(decode, clock_now() + waiting->pause);
		if (must_give_up(decode) || open_source(decode, &why) == RV_OK)
			break;
		waiting_fail(waiting, &why);
	}
	waiting_end(waiting);
}

/* Waits for a camera or a stream that has gone, or is not there yet, and says so. */
static void wait_for_return(struct decode *decode, rv_status status, const rv_error *error)
{
	struct waiting waiting;
	const char *why =
		status == RV_OK ? "it ended" : waiting_without_name(decode->name, error->message);
	waiting_begin(&waiting, &decode->note, decode->name, why, decode->clock.frames > 0,
	              clock_now());
	wait_for_input(decode, &waiting);
	if (must_give_up(decode))
		return;
	const char *path = decode->camera.path;
	bool has_moved = path[0] && strcmp(path, decode->name);
	waiting_tell_return(&waiting, decode->was_open, has_moved ? path : NULL, clock_now());
}

/* A file that begins anew is no news, unless it has gone. */
static void begin_anew(struct decode *decode)
{
	struct waiting waiting;
	waiting_begin(&waiting, &decode->note, decode->name, NULL, decode->clock.frames > 0,
	              clock_now());
	wait_for_input(decode, &waiting);
}

/* An input that is not there may appear later; one with a wrong name, or that cannot be decoded,
 * does not get better by waiting. */
static rv_status open_first(struct decode *decode, rv_error *error)
{
	rv_error why = {0};
	rv_status status = open_source(decode, &why);
	bool may_come = input_may_appear(decode->input) &&
	                (status == RV_IO || status == RV_NOT_FOUND || status == RV_CORRUPT);
	if (status != RV_OK && decode->options.waits && may_come) {
		wait_for_return(decode, status, &why);
		status = decode->source ? RV_OK : rv_fail(&why, RV_CANCELLED, "stopped");
	}
	decode->was_open = status == RV_OK;
	if (status != RV_OK && error)
		*error = why;
	return status;
}

static rv_status create(struct decode **created, const struct decode_options *options,
                        rv_error *error)
{
	struct decode *decode = calloc(1, sizeof(*decode));
	*created = NULL;
	if (!decode)
		return rv_fail(error, RV_MEMORY, "out of memory");
	pthread_mutex_init(&decode->lock, NULL);
	note_init(&decode->note, !options->quiet);
	decode->options = *options;
	decode->input = strdup(options->input);
	decode->name = public_name(options->input);
	decode->width = options->width;
	decode->height = options->height;
	decode->shape = options->width ? (double)options->width / options->height : 0;
	rv_status status =
		decode->input && decode->name ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory");
	if (status == RV_OK)
		status = feed_lane_create(&decode->lane, options->feed, error);
	if (status != RV_OK)
		decode_close(&decode);
	*created = decode;
	return status;
}

rv_status decode_open(struct decode **opened, const struct decode_options *options, rv_error *error)
{
	struct decode *decode;
	rv_status status = create(&decode, options, error);
	if (status != RV_OK)
		return status;
	status = open_first(decode, error);
	if (status != RV_OK) {
		decode_close(&decode);
		return status;
	}
	if (!decode->shape)
		live_input_size(decode->source, &decode->width, &decode->height, &decode->shape);
	*opened = decode;
	return RV_OK;
}

/* ---- frames ---- */

static int64_t nanoseconds(const struct source *source, int64_t ticks)
{
	return av_rescale_q(ticks, source->video.time_base, (AVRational){1, 1000000000});
}

/* How long the last frame lasts, in its video's time base; 0: not known. */
static int64_t last_duration(const struct source *source)
{
	AVRational rate = source->video.frame_rate;
	if (source->duration || !rate.num)
		return source->duration;
	return av_rescale_q(1, av_inv_q(rate), source->video.time_base);
}

/* The end of the last frame, in its video's time base. */
static int64_t end_time(const struct source *source)
{
	return source->pts + last_duration(source);
}

/* Of a file, which may say anything; a stream's clock goes on by itself. */
static int64_t find_next(const struct decode *decode, int64_t position)
{
	int64_t lasts = nanoseconds(decode->source, last_duration(decode->source));
	bool is_known = !decode->source->input->is_realtime && lasts > 0 && lasts < longest;
	return is_known ? position + lasts : 0;
}

/* Hands out the sound up to a time of the source, in its video's time base. */
static void hand_out_sound(struct decode *decode, int64_t until)
{
	struct feed_lane *lane = atomic_load(&decode->hearers) ? decode->lane : NULL;
	sound_reader_play(decode->sound, nanoseconds(decode->source, until), decode->clock.anchor,
	                  lane);
}

static rv_status convert_frame(struct decode *decode, int64_t time, rv_error *error)
{
	struct frame *frame = NULL;
	rv_status status = frame_create(&frame, decode->width, decode->height, error);
	if (status != RV_OK)
		return status;
	status = source_image(decode->source, &frame->image, error);
	if (status != RV_OK) {
		frame_release(frame);
		return status;
	}
	frame->time = time;
	frame->position =
		input_clock_take(&decode->clock, time, source_time(decode->source), clock_now());
	frame->next_position = find_next(decode, frame->position);
	if (!decode->source->input->is_realtime)
		sleep_until(decode, time);
	feed_frame(decode->lane, frame);
	return RV_OK;
}

static void count_frame(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	decode->decoded++;
	stats_rate_note(&decode->decoded_rate, clock_now());
	pthread_mutex_unlock(&decode->lock);
}

static rv_status take_frame(struct decode *decode, rv_error *error)
{
	rv_status status = RV_OK;
	int64_t at = nanoseconds(decode->source, decode->source->pts);
	int64_t time = input_clock_due(&decode->clock, at, clock_now());
	count_frame(decode);
	source_skip_unreferenced(decode->source, time < clock_now() - BEHIND);
	remarks_on_frame(&decode->remarks, &decode->note, decode->source, decode->name,
	                 clock_now());
	if (!input_clock_is_superfluous(&decode->clock, time, clock_now()))
		status = convert_frame(decode, time, error);
	if (status == RV_OK)
		input_clock_count(&decode->clock);
	hand_out_sound(decode, decode->source->pts);
	return status;
}

/* ---- the thread ---- */

static void set_ended(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	decode->ended = true;
	pthread_mutex_unlock(&decode->lock);
}

/* Waits for the end of the session, while the feed hands the still out again and again. */
static void show_still(struct decode *decode)
{
	feed_let_go_on(decode->lane);
	while (!stopped(decode))
		clock_sleep(NAP);
}

static void end_input(struct decode *decode, rv_status status, const rv_error *error)
{
	const struct input *input = decode->source->input;
	bool may_return = input->is_reopenable;
	int64_t frames = decode->clock.frames, end = end_time(decode->source);
	if (frames && (input->kind == INPUT_PICTURE || (frames == 1 && !may_return))) {
		show_still(decode);
		return;
	}
	hand_out_sound(decode, end);
	input_clock_end(&decode->clock, nanoseconds(decode->source, end),
	                source_time(decode->source) +
	                        nanoseconds(decode->source, end - decode->source->pts),
	                !may_return);
	close_source(decode);
	if (!may_return && (!decode->options.loop || !strcmp(decode->input, "-"))) {
		set_ended(decode);
		return;
	}
	feed_raise(decode->lane);
	if (may_return || status != RV_OK)
		wait_for_return(decode, status, error);
	else
		begin_anew(decode);
}

/* Of an input that is opened here. */
static void open_late(struct decode *decode)
{
	rv_error error = {0};
	if (open_first(decode, &error) == RV_OK || stopped(decode))
		return;
	note_say(&decode->note, "%s", error.message);
	set_ended(decode);
}

static void *run(void *context)
{
	struct decode *decode = context;
	if (!decode->source)
		open_late(decode);
	while (!stopped(decode) && decode->source) {
		enum source_event event = SOURCE_END;
		rv_error error = {0};
		rv_status status = source_next(decode->source, &event, &error);
		if (status == RV_OK && event == SOURCE_FRAME)
			status = take_frame(decode, &error);
		else if (status == RV_OK && event == SOURCE_PACKET)
			sound_reader_keep(decode->sound, decode->source->packet);
		if (!stopped(decode) && (status != RV_OK || event == SOURCE_END))
			end_input(decode, status, &error);
	}
	close_source(decode);
	atomic_store(&decode->over, true);
	return NULL;
}

bool decode_is_sphere(const struct decode *decode, enum panorama_mode mode)
{
	return panorama_wanted(&decode->source->panorama, mode);
}

rv_status decode_start(struct decode *decode, rv_error *error)
{
	decode->started = true; /* which the thread looks at */
	rv_status status = thread_start(&decode->thread, "decoding", run, decode, error);
	if (status != RV_OK)
		decode->started = false;
	return status;
}

rv_status decode_begin(struct decode **begun, const struct decode_options *options, rv_error *error)
{
	struct decode *decode;
	rv_status status = create(&decode, options, error);
	if (status == RV_OK)
		status = decode_start(decode, error);
	if (status != RV_OK)
		decode_close(&decode);
	*begun = decode;
	return status;
}

struct feed_lane *decode_lane(const struct decode *decode)
{
	return decode->lane;
}

void decode_break_off(struct decode *decode)
{
	atomic_store_explicit(&decode->stop, 1, memory_order_relaxed);
}

bool decode_is_over(struct decode *decode)
{
	return atomic_load(&decode->over);
}

void decode_close(struct decode **closed)
{
	struct decode *decode = *closed;
	if (!decode)
		return;
	decode_break_off(decode);
	if (decode->started)
		pthread_join(decode->thread, NULL);
	close_source(decode);
	feed_lane_destroy(&decode->lane);
	note_finish(&decode->note);
	pthread_mutex_destroy(&decode->lock);
	free(decode->name);
	free(decode->input);
	free(decode);
	*closed = NULL;
}
