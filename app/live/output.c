#include "app/live/output.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/queue.h"
#include "app/base/thread.h"
#include "app/live/reasons.h"
#include "app/media/container.h"
#include "app/media/convert.h"
#include "app/media/public_name.h"
#include "app/media/sink.h"
#include "app/media/sound.h"

enum {
	PICTURES_MAX = 12, /* that wait for the encoder */
	SOUNDS_MAX = 512,
	SILENCE_STEP = 1024, /* samples */
};

static const int64_t sound_late = 2 * CLOCK_SECOND; /* later, it comes no more */
static const int64_t io_patience = 5 * CLOCK_SECOND;
static const int64_t end_patience = 2 * CLOCK_SECOND;
static const int64_t backoff_first = CLOCK_SECOND / 4, backoff_max = 5 * CLOCK_SECOND;

struct live_output {
	struct live_output_options options;
	char *texts[4];                 /* of options */
	char *name;                     /* of the output, for messages */
	struct video_description video; /* of what is shown, as the sink is told */
	enum container_place place;
	int64_t interval; /* from picture to picture, nanoseconds */
	struct queue *pictures, *sounds;
	pthread_t thread;
	_Atomic int64_t give_up_at; /* when waiting for a receiver ends; 0: never */
	_Atomic int64_t end_at;     /* likewise, once live_output_end was called; 0: it was not */

	struct live_note note;
	pthread_mutex_t lock; /* of state, which the thread alone changes */
	struct live_output_state state;

	/* the thread's own, and its owner's before and after */
	struct sink *sink; /* NULL: gone */
	bool begun;        /* the sink can be written to */
	bool failed;       /* for good */
	rv_error error;    /* why it failed */
	int64_t retry_at, backoff;
	struct reasons told;     /* why it is away, since it is */
	bool timed;              /* something was written since the sink was begun */
	int64_t start, last;     /* times of the first and the newest picture since then */
	uint64_t dropped_before; /* by the queue, of those that were noted */
	struct sound_track track;
};

/* ---- what is said ---- */

void live_output_note(struct live_output *output, char note[LIVE_NOTE_LENGTH])
{
	note_take(&output->note, note);
}

struct live_output_state live_output_state(struct live_output *output)
{
	pthread_mutex_lock(&output->lock);
	struct live_output_state state = output->state;
	pthread_mutex_unlock(&output->lock);
	return state;
}

static void set_state(struct live_output *output, double seconds, bool lost)
{
	pthread_mutex_lock(&output->lock);
	output->state.seconds = seconds;
	output->state.lost = lost;
	pthread_mutex_unlock(&output->lock);
}

/* Pictures that are lost while a receiver is away do not count: the encoder is not too slow. */
static void note_dropped(struct live_output *output)
{
	uint64_t dropped = queue_dropped(output->pictures);
	uint64_t more = dropped - output->dropped_before;
	output->dropped_before = dropped;
	if (!more || !output->timed || !sink_keeps_times(output->sink))
		return;
	if (!output->state.dropped)
		note_say(&output->note, "%.100s: the encoder is too slow, pictures are left out",
		         output->name);
	pthread_mutex_lock(&output->lock);
	output->state.dropped += more;
	pthread_mutex_unlock(&output->lock);
}

/* ---- opening ---- */

/* As an AVIOInterruptCB. */
static int must_give_up(void *context)
{
	struct live_output *output = context;
	int64_t now = clock_now(), at = atomic_load(&output->give_up_at);
	int64_t end_at = atomic_load(&output->end_at);
	return (at && now > at) || (end_at && now > end_at);
}

/* Likewise, for a pipe: its reader may rest as long as the session lasts. */
static int has_ended(void *context)
{
	struct live_output *output = context;
	int64_t end_at = atomic_load(&output->end_at);
	return end_at && clock_now() > end_at;
}

static void be_patient(struct live_output *output)
{
	atomic_store(&output->give_up_at, clock_now() + io_patience);
}

/* Pictures are counted on the sound's clock. They are RGB, but described as what becomes of them:
 * 4:2:0 is what players, receivers and readers of a video device take. */
static struct video_description describe(const struct live_output_options *options)
{
	enum AVColorSpace matrix = convert_usual_matrix(options->width, options->height);
	return (struct video_description){
		.width = options->width,
		.height = options->height,
		.rgb = RV_RGB8,
		.pixel_format = AV_PIX_FMT_YUV420P,
		.range = AVCOL_RANGE_MPEG,
		.matrix = matrix,
		.effective_matrix = matrix,
		.primaries = AVCOL_PRI_UNSPECIFIED,
		.transfer = AVCOL_TRC_UNSPECIFIED,
		.chroma_location = AVCHROMA_LOC_LEFT,
		.sample_aspect = {1, 1},
		.time_base = {1, SOUND_RATE},
		.frame_rate = av_d2q((double)options->fps, 1001000),
	};
}

static rv_status make_sink(struct live_output *output, rv_error *error)
{
	const struct live_output_options *options = &output->options;
	const struct sink_options sink_options = {
		.output = options->output,
		.format = options->format,
		.encoder = options->encoder,
		.quality = options->quality,
		.width = options->width,
		.height = options->height,
		.speed = output->place == CONTAINER_FILE ? ENCODER_REALTIME : ENCODER_LOW_LATENCY,
		.interrupt = {must_give_up, output},
		.keeps_partial = output->place == CONTAINER_FILE,
		.plays_early = output->place == CONTAINER_FILE,
	};
	const struct sink_contents contents = {
		.video = &output->video,
		.has_sound = options->has_sound,
	};
	struct output_file *file = NULL;
	rv_status status = RV_OK;
	output->begun = output->timed = false;
	if (output->place == CONTAINER_FILE)
		status = output_file_create(&file, options->output, options->force, error);
	if (file)
		output_file_interrupt(file, (AVIOInterruptCB){has_ended, output});
	return status ? status : sink_create(&output->sink, &file, &sink_options, &contents, error);
}

static rv_status begin(struct live_output *output, rv_error *error)
{
	bool is_file = output->place == CONTAINER_FILE;
	rv_status status = RV_OK;
	be_patient(output);
	if (output->options.settings && is_file)
		status = sink_tag(output->sink, output->options.settings, error);
	if (status == RV_OK)
		status = sink_begin(output->sink, error);
	output->begun = status == RV_OK;
	return status;
}

/* A file ends with the first error, and keeps what was written. A receiver is tried again, after a
 * growing wait. */
static void lose(struct live_output *output, rv_error *error)
{
	sink_abort(&output->sink, error);
	output->begun = output->timed = false;
	if (output->place == CONTAINER_FILE) {
		output->failed = true;
		output->error = *error;
		note_say(&output->note, "%s", error->message);
		return;
	}
	if (!output->state.lost)
		output->told.count = 0;
	if (reasons_add(&output->told, error->message))
		note_say(&output->note, "%.120s; trying again", error->message);
	set_state(output, 0, true);
	output->backoff = output->backoff ? 2 * output->backoff : backoff_first;
	if (output->backoff > backoff_max)
		output->backoff = backoff_max;
	output->retry_at = clock_now() + output->backoff;
}

/* True where pictures can be written. */
static bool reach(struct live_output *output)
{
	rv_error error = {0};
	rv_status status = RV_OK;
	if (output->begun)
		return true;
	if (clock_now() < output->retry_at)
		return false;
	if (!output->sink)
		status = make_sink(output, &error);
	if (status == RV_OK)
		status = begin(output, &error);
	if (status != RV_OK)
		lose(output, &error);
	return status == RV_OK;
}

/* Something went out, so the receiver is there. */
static void note_success(struct live_output *output)
{
	if (output->state.lost)
		note_say(&output->note, "%.120s: there again", output->name);
	output->backoff = 0;
	set_state(output, (double)(output->last + output->interval - output->start) / CLOCK_SECOND,
	          false);
}

/* ---- writing ---- */

static rv_status write_silence(struct live_output *output, int64_t count, rv_error *error)
{
	static const float silence[SILENCE_STEP * SOUND_CHANNELS];
	rv_status status = RV_OK;
	for (; count > 0 && status == RV_OK; count -= SILENCE_STEP)
		status = sink_samples(output->sink, silence,
		                      count < SILENCE_STEP ? (int)count : SILENCE_STEP, error);
	return status;
}

static rv_status write_stretch(struct live_output *output, const struct sound *sound,
                               rv_error *error)
{
	struct sound_track_step step = sound_track_add(&output->track, sound->time, sound->count);
	rv_status status = write_silence(output, step.silence, error);
	if (status == RV_OK)
		status = sink_samples(output->sink,
		                      sound->samples + (size_t)step.skip * SOUND_CHANNELS,
		                      sound->count - step.skip, error);
	return status;
}

/* Writes the sound that has come, and silence for sound that should have come before `least`: it
 * must go on, or the container keeps pictures back for it. */
static rv_status write_sound(struct live_output *output, int64_t least, rv_error *error)
{
	rv_status status = RV_OK;
	struct sound *sound;
	if (!sink_has_sound(output->sink))
		return RV_OK;
	while (status == RV_OK && (sound = queue_pop(output->sounds, 0))) {
		status = write_stretch(output, sound, error);
		sound_release(sound);
	}
	if (status == RV_OK)
		status = write_silence(output, sound_track_fill(&output->track, least), error);
	return status;
}

static int64_t ticks(int64_t nanoseconds)
{
	return av_rescale(nanoseconds, SOUND_RATE, CLOCK_SECOND);
}

static void write_picture(struct live_output *output, const struct frame *picture, int64_t time)
{
	rv_error error = {0};
	if (!reach(output))
		return;
	if (!output->timed)
		output->track = (struct sound_track){.start = time};
	if (!output->timed)
		output->start = output->last = time;
	output->last = time > output->last ? time : output->last;
	output->timed = true;
	be_patient(output);
	rv_status status =
		sink_frame(output->sink, &picture->image, ticks(output->last - output->start),
	                   ticks(output->interval), &error);
	if (status == RV_OK)
		status = write_sound(output, output->last - sound_late, &error);
	if (status == RV_OK)
		note_success(output);
	else
		lose(output, &error);
}

static void finish(struct live_output *output)
{
	rv_error error = {0};
	if (!output->timed) {
		if (output->sink && output->place == CONTAINER_FILE)
			note_say(&output->note, "%.120s: there was nothing to record",
			         output->name);
		sink_discard(&output->sink);
		return;
	}
	be_patient(output);
	rv_status status = write_sound(output, output->last + output->interval, &error);
	if (status == RV_OK)
		status = sink_finish(&output->sink, &error);
	if (status != RV_OK)
		lose(output, &error);
	else if (output->place == CONTAINER_FILE)
		note_say(&output->note, "wrote %.150s", output->name);
}

/* ---- the thread ---- */

static void write_by_times(struct live_output *output)
{
	struct frame *picture;
	while (!output->failed && (picture = queue_pop(output->pictures, -1))) {
		note_dropped(output);
		write_picture(output, picture, picture->time);
		frame_release(picture);
	}
}

/* Waits until it is due, and takes the newest picture; without one the last is shown again. False:
 * no more will come. */
static bool take_newest(struct live_output *output, struct frame **newest, int64_t due)
{
	for (;;) {
		int64_t left = due - clock_now();
		struct frame *picture = queue_pop(output->pictures, left > 0 ? left : 0);
		if (!picture)
			return !atomic_load(&output->end_at);
		frame_release(*newest);
		*newest = picture;
	}
}

static void write_at_constant_rate(struct live_output *output)
{
	struct frame *newest = NULL;
	int64_t due = clock_now();
	while (!output->failed && take_newest(output, &newest, due)) {
		if (newest)
			write_picture(output, newest, due);
		due += output->interval;
		if (due < clock_now() - CLOCK_SECOND) /* nobody could keep up with that */
			due = clock_now();
	}
	frame_release(newest);
}

static void *run(void *context)
{
	struct live_output *output = context;
	rv_error error = {0};
	if (!output->sink && make_sink(output, &error))
		lose(output, &error);
	else if (sink_keeps_times(output->sink))
		write_by_times(output);
	else
		write_at_constant_rate(output);
	finish(output);
	pthread_mutex_lock(&output->lock);
	output->state.ended = true;
	pthread_mutex_unlock(&output->lock);
	return NULL;
}

/* ---- from outside ---- */

static rv_status create_queues(struct live_output *output, rv_error *error)
{
	rv_status status = queue_create(&output->pictures, PICTURES_MAX, QUEUE_DROP_OLDEST,
	                                frame_release, error);
	if (status == RV_OK)
		status = queue_create(&output->sounds, SOUNDS_MAX, QUEUE_DROP_OLDEST, sound_release,
		                      error);
	return status;
}

static rv_status copy_texts(struct live_output *output, rv_error *error)
{
	const char **places[] = {&output->options.output, &output->options.format,
	                         &output->options.encoder, &output->options.settings};
	for (int i = 0; i < 4; i++) {
		if (!*places[i])
			continue;
		output->texts[i] = strdup(*places[i]);
		if (!output->texts[i])
			return rv_fail(error, RV_MEMORY, "out of memory");
		*places[i] = output->texts[i];
	}
	return RV_OK;
}

static rv_status start(struct live_output *output, rv_error *error)
{
	rv_status status = copy_texts(output, error);
	output->name = public_name(output->options.output);
	if (status == RV_OK && !output->name)
		status = rv_fail(error, RV_MEMORY, "out of memory");
	if (status == RV_OK)
		status = create_queues(output, error);
	if (status == RV_OK && output->options.at_once)
		status = make_sink(output, error);
	if (status == RV_OK && output->options.at_once && output->place != CONTAINER_STREAM)
		status = begin(output, error);
	return status ? status : thread_start(&output->thread, "encoding", run, output, error);
}

static void destroy(struct live_output *output)
{
	sink_discard(&output->sink);
	queue_destroy(&output->pictures);
	queue_destroy(&output->sounds);
	pthread_mutex_destroy(&output->lock);
	note_finish(&output->note);
	for (int i = 0; i < 4; i++)
		free(output->texts[i]);
	free(output->name);
	free(output);
}

rv_status live_output_start(struct live_output **started, const struct live_output_options *options,
                            rv_error *error)
{
	struct live_output *output = calloc(1, sizeof(*output));
	if (!output)
		return rv_fail(error, RV_MEMORY, "out of memory");
	pthread_mutex_init(&output->lock, NULL);
	note_init(&output->note, !options->quiet);
	output->options = *options;
	output->options.width -= options->width > 1 ? options->width % 2 : 0;
	output->options.height -= options->height > 1 ? options->height % 2 : 0;
	output->video = describe(&output->options);
	output->place = container_place(options->output);
	output->interval = (int64_t)((double)CLOCK_SECOND / (double)options->fps);
	rv_status status = start(output, error);
	if (status == RV_OK)
		*started = output;
	else
		destroy(output);
	return status;
}

void live_output_show(struct live_output *output, struct frame *picture)
{
	queue_push(output->pictures, frame_hold(picture), 0);
}

void live_output_hear(struct live_output *output, struct sound *sound)
{
	queue_push(output->sounds, sound_hold(sound), 0);
}

void live_output_end(struct live_output *output)
{
	int64_t not_yet = 0;
	atomic_compare_exchange_strong(&output->end_at, &not_yet, clock_now() + end_patience);
	queue_close(output->pictures);
}

rv_status live_output_close(struct live_output **closed, rv_error *error)
{
	struct live_output *output = *closed;
	if (!output)
		return RV_OK;
	live_output_end(output);
	pthread_join(output->thread, NULL);
	rv_status status = output->error.status;
	if (status != RV_OK && error)
		*error = output->error;
	destroy(output);
	*closed = NULL;
	return status;
}
