#include "live_decode.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/live_frame.h"
#include "app/live_sound.h"
#include "app/source.h"

enum {
	SIDE_MAX = 1920,              /* larger frames are made smaller: the display is no wall */
	MILLISECOND = 1000000,        /* nanoseconds */
	NAP = 10 * MILLISECOND,       /* how long a wait goes without looking at the stop flag */
	LATE_MAX = 500 * MILLISECOND, /* then the clock is set anew */
	STILL_INTERVAL = 40 * MILLISECOND,
	BACKOFF_FIRST = 250, /* milliseconds until the input is opened again */
	BACKOFF_MAX = 5000,
};

struct decode {
	struct decode_options options;
	char *input;
	struct source *source;      /* NULL: gone, to be opened again */
	struct sound_reader *sound; /* of the source; NULL: it has none */
	atomic_bool sound_wanted;
	int width, height;
	bool is_stream; /* may come back */
	bool is_paced;  /* by timestamps: it does not come at its own rate */
	int64_t anchor; /* when time 0 of the input is shown, on live_now()'s clock; 0: not set */
	int64_t frames; /* since the input was last opened */
	uint64_t serial;
	struct frame *still; /* the only frame of a picture */
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* of what follows */
	bool ended, has_sound;
	char note[DECODE_NOTE_LENGTH];
};

static bool stopped(const struct decode *decode)
{
	return __atomic_load_n(decode->options.stop, __ATOMIC_RELAXED) != 0;
}

static void set_note(struct decode *decode, const char *note)
{
	pthread_mutex_lock(&decode->lock);
	snprintf(decode->note, sizeof(decode->note), "%s", note);
	pthread_mutex_unlock(&decode->lock);
}

void decode_note(struct decode *decode, char note[DECODE_NOTE_LENGTH])
{
	pthread_mutex_lock(&decode->lock);
	memcpy(note, decode->note, DECODE_NOTE_LENGTH);
	pthread_mutex_unlock(&decode->lock);
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

bool decode_has_sound(struct decode *decode)
{
	pthread_mutex_lock(&decode->lock);
	bool has_sound = decode->has_sound;
	pthread_mutex_unlock(&decode->lock);
	return has_sound;
}

void decode_want_sound(struct decode *decode, bool wanted)
{
	atomic_store(&decode->sound_wanted, wanted);
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
	struct input *input = NULL;
	rv_status status = input_open(&input, decode->input, decode->options.stop, error);
	if (status == RV_OK)
		status = source_open(&decode->source, &input, error);
	if (status == RV_OK)
		status = open_sound(decode, error);
	decode->anchor = 0;
	decode->frames = 0;
	return status;
}

static bool is_live_protocol(const char *input)
{
	static const char *const protocols[] = {
		"rtsp:", "rtsps:", "rtp:", "udp:", "srt:", "rtmp:", "tcp:", "unix:"};
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (!strncmp(input, protocols[i], strlen(protocols[i])))
			return true;
	return false;
}

static void fit_frames(struct decode *decode)
{
	const struct video_description *video = &decode->source->video;
	int width = video->width, height = video->height;
	if (width > SIDE_MAX || height > SIDE_MAX) {
		width = video->width >= video->height ? SIDE_MAX : 0;
		height = width ? 0 : SIDE_MAX;
		fit_size(&width, &height, video->width, video->height);
	}
	decode->width = width;
	decode->height = height;
}

rv_status decode_open(struct decode **opened, const struct decode_options *options, rv_error *error)
{
	struct decode *decode = calloc(1, sizeof(*decode));
	if (!decode || !(decode->input = strdup(options->input))) {
		free(decode);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	pthread_mutex_init(&decode->lock, NULL);
	decode->options = *options;
	bool is_device = !strncmp(options->input, "/dev/", 5);
	decode->is_stream = is_device || strstr(options->input, "://");
	decode->is_paced = !is_device && !is_live_protocol(options->input);
	rv_status status = open_source(decode, error);
	if (status != RV_OK) {
		decode_close(&decode);
		return status;
	}
	fit_frames(decode);
	*opened = decode;
	return RV_OK;
}

/* ---- frames ---- */

static void sleep_for(int64_t nanoseconds)
{
	struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
	nanosleep(&time, NULL);
}

static void sleep_until(const struct decode *decode, int64_t due)
{
	int64_t left;
	while ((left = due - live_now()) > 0 && !stopped(decode))
		sleep_for(left < NAP ? left : NAP);
}

/* Hands a frame to display and engine, and lets go of it. */
static void hand_out(struct decode *decode, struct frame *frame)
{
	frame->serial = decode->serial;
	frame->decoded_at = live_now();
	queue_push(decode->options.work, frame_hold(frame), frame->serial);
	queue_push(decode->options.display, frame, frame->serial);
}

static int64_t nanoseconds(const struct source *source, int64_t ticks)
{
	return av_rescale_q(ticks, source->video.time_base, (AVRational){1, 1000000000});
}

/* When a frame is to be shown, or, of a stream, when it was taken: as its timestamp says, not when
 * it happened to arrive, for sound and picture arrive in bursts and by different ways. No frame
 * arrives before it was taken, so the least delay that was seen is the truest. */
static int64_t due_time(struct decode *decode)
{
	int64_t at = nanoseconds(decode->source, decode->source->pts), now = live_now();
	bool is_late = decode->anchor + at < now - LATE_MAX;
	bool is_early = !decode->is_paced && decode->anchor + at > now;
	if (!decode->frames || is_late || is_early)
		decode->anchor = now - at;
	return decode->anchor + at;
}

/* The sound up to a time of the source, in its video's ticks. */
static void hand_out_sound(struct decode *decode, int64_t until)
{
	struct queue *listeners = atomic_load(&decode->sound_wanted) ? decode->options.sound : NULL;
	sound_reader_play(decode->sound, nanoseconds(decode->source, until), decode->anchor,
	                  listeners);
}

static rv_status take_frame(struct decode *decode, rv_error *error)
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
	frame->time = due_time(decode);
	if (decode->is_paced)
		sleep_until(decode, frame->time);
	if (decode->frames++ == 0) {
		frame_release(decode->still);
		decode->still = frame_hold(frame);
	} else {
		frame_release(decode->still);
		decode->still = NULL;
	}
	hand_out(decode, frame);
	hand_out_sound(decode, decode->source->pts);
	return RV_OK;
}

/* Shows a picture until the end. */
static void show_still(struct decode *decode)
{
	for (int64_t due = live_now(); !stopped(decode); due += STILL_INTERVAL) {
		struct frame *frame = NULL;
		if (frame_create(&frame, decode->width, decode->height, NULL))
			continue;
		memcpy(frame->image.pixels, decode->still->image.pixels,
		       frame->image.stride * (size_t)frame->image.height);
		sleep_until(decode, due);
		frame->time = due;
		hand_out(decode, frame);
	}
}

/* ---- the thread ---- */

/* Opens the input again and again until it is there, or the session ends. */
static void wait_for_input(struct decode *decode)
{
	char note[DECODE_NOTE_LENGTH];
	for (int64_t wait = BACKOFF_FIRST; !stopped(decode); wait = 2 * wait) {
		rv_error error = {0};
		if (wait > BACKOFF_MAX)
			wait = BACKOFF_MAX;
		if (open_source(decode, &error) == RV_OK)
			break;
		snprintf(note, sizeof(note), "waiting for %.100s", decode->input);
		set_note(decode, note);
		sleep_until(decode, live_now() + wait * MILLISECOND);
	}
	set_note(decode, "");
}

static void end_input(struct decode *decode)
{
	bool is_file = !decode->is_stream;
	bool is_pipe = !strcmp(decode->input, "-");
	if (decode->still && decode->frames == 1 && is_file) {
		show_still(decode);
		return;
	}
	hand_out_sound(decode, decode->source->pts + decode->source->duration);
	close_source(decode);
	if (is_pipe || (is_file && !decode->options.loop)) {
		pthread_mutex_lock(&decode->lock);
		decode->ended = true;
		pthread_mutex_unlock(&decode->lock);
		return;
	}
	decode->serial++;
	queue_raise(decode->options.work, decode->serial);
	wait_for_input(decode);
}

static void *run(void *context)
{
	struct decode *decode = context;
	while (!stopped(decode) && decode->source) {
		enum source_event event = SOURCE_END;
		rv_status status = source_next(decode->source, &event, NULL);
		if (status == RV_OK && event == SOURCE_FRAME)
			status = take_frame(decode, NULL);
		else if (status == RV_OK && event == SOURCE_PACKET)
			sound_reader_keep(decode->sound, decode->source->packet);
		if (!stopped(decode) && (status != RV_OK || event == SOURCE_END))
			end_input(decode);
	}
	return NULL;
}

rv_status decode_start(struct decode *decode, rv_error *error)
{
	if (pthread_create(&decode->thread, NULL, run, decode))
		return rv_fail(error, RV_MEMORY, "no thread for decoding: %s", strerror(errno));
	decode->started = true;
	return RV_OK;
}

void decode_close(struct decode **closed)
{
	struct decode *decode = *closed;
	if (!decode)
		return;
	if (decode->started)
		pthread_join(decode->thread, NULL);
	close_source(decode);
	frame_release(decode->still);
	pthread_mutex_destroy(&decode->lock);
	free(decode->input);
	free(decode);
	*closed = NULL;
}
