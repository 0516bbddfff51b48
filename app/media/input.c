#include "app/media/input.h"

#include <libavutil/avstring.h>
#include <libavutil/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/media/heif.h"
#include "app/media/input_origin.h"
#include "app/media/input_pipe.h"
#include "app/media/libav.h"
#include "app/media/public_name.h"
#include "app/media/webp.h"

/* How long cameras and networks are waited for, in seconds: until the first frame, which may take a
 * key frame's interval, and then for every packet. */
enum { OPENING_TIMEOUT = 10, READING_TIMEOUT = 5 };

enum { CLOSING_TIMEOUT = 200000 /* microseconds */ };

static bool stopped(const struct input *input)
{
	/* Another thread may set it. */
	return input->stop && atomic_load_explicit(input->stop, memory_order_relaxed);
}

static bool timed_out(const struct input *input)
{
	return input->deadline && av_gettime_relative() > input->deadline;
}

/* libavformat asks this wherever it waits. */
static int must_interrupt(void *context)
{
	const struct input *input = context;
	return stopped(input) || timed_out(input);
}

rv_status input_fail(const struct input *input, int code, const char *what, rv_error *error)
{
	if (stopped(input))
		return rv_fail(error, RV_CANCELLED, "%s: stopped", input->name);
	if (timed_out(input))
		return rv_fail(error, RV_IO, "%s: %s, nothing came for %d seconds", input->name,
		               what, input->opened ? READING_TIMEOUT : OPENING_TIMEOUT);
	return libav_fail(error, code, "%s: %s", input->name, what);
}

/* ---- opening ---- */

static rv_status open_pipe(struct input *input, struct input_origin *origin, rv_error *error)
{
	if (origin->pipe < 0)
		return RV_OK;
	input->pipe = input_pipe_open(origin->pipe, &input->format->interrupt_callback);
	if (!input->pipe)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	origin->pipe = -1; /* the pipe closes it */
	input->format->pb = input->pipe;
	return RV_OK;
}

/* A server's live stream is one that can neither be sought in nor says how long it is; but
 * playlists of segments come in lumps. */
static bool is_endless_download(const AVFormatContext *format)
{
	bool is_playlist =
		!strcmp(format->iformat->name, "hls") || !strcmp(format->iformat->name, "dash");
	bool can_seek = format->pb && format->pb->seekable & AVIO_SEEKABLE_NORMAL;
	return !is_playlist && !can_seek && format->duration <= 0;
}

/* What libavdevice returns for PulseAudio is a number of that one's own, and not libav's. */
static rv_status opening_failed(const struct input *input, const struct input_origin *origin,
                                int code, rv_error *error)
{
	if (!stopped(input) && origin->format && !strcmp(origin->format->name, "pulse"))
		return rv_fail(error, RV_IO,
		               "%s: cannot be opened: no sound server has a source of that name",
		               input->name);
	return input_fail(input, code, "cannot be opened", error);
}

static rv_status open_format(struct input *input, struct input_origin *origin, rv_error *error)
{
	input->format = avformat_alloc_context();
	if (!input->format)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	input->format->interrupt_callback = (AVIOInterruptCB){must_interrupt, input};
	if (origin->is_device)
		input->format->flags |= AVFMT_FLAG_NONBLOCK; /* its waits cannot be cut short */
	rv_status status = open_pipe(input, origin, error);
	if (status != RV_OK)
		return status;
	libav_clear_error();
	int code =
		avformat_open_input(&input->format, origin->url, origin->format, &origin->options);
	if (code < 0 || stopped(input))
		return opening_failed(input, origin, code, error);
	input->is_device = origin->is_device;
	input->camera = origin->camera;
	input->is_reopenable = origin->is_reopenable;
	input->is_realtime =
		origin->is_live || (origin->is_network && is_endless_download(input->format));
	return RV_OK;
}

static void set_timeouts(struct input *input, const struct input_origin *origin)
{
	if (!origin->is_network && !origin->is_device)
		return;
	input->timeout = READING_TIMEOUT * INT64_C(1000000);
	if (!origin->is_listening)
		input->deadline = av_gettime_relative() + OPENING_TIMEOUT * INT64_C(1000000);
}

void input_note_opened(struct input *input)
{
	input->opened = true;
}

void input_set_stop(struct input *input, const atomic_int *stop)
{
	input->stop = stop;
}

/* ---- what it is ---- */

static bool is_still_format(const AVInputFormat *format, const char *name)
{
	size_t length = strlen(format->name);
	if (length > 5 && strcmp(format->name + length - 5, "_pipe") == 0)
		return true;
	return strcmp(format->name, "image2") == 0 && !av_filename_number_test(name);
}

/* Only a second frame tells an animation from a picture; what is read is kept for input_read. */
static rv_status look_for_second_frame(struct input *input, rv_error *error)
{
	for (int i = 0; i < INPUT_PENDING_MAX; i++) {
		AVPacket *packet = av_packet_alloc();
		if (!packet)
			return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
		if (av_read_frame(input->format, packet) < 0) {
			av_packet_free(&packet);
			break;
		}
		input->pending[input->pending_count++] = packet;
	}
	input->kind = input->pending_count > 1 ? INPUT_ANIMATION : INPUT_PICTURE;
	return RV_OK;
}

static rv_status find_kind(struct input *input, rv_error *error)
{
	const AVInputFormat *format = input->format->iformat;
	if (strcmp(format->name, "gif") == 0 || strcmp(format->name, "apng") == 0)
		return look_for_second_frame(input, error);
	input->kind = is_still_format(format, input->name) ? INPUT_PICTURE : INPUT_VIDEO;
	return RV_OK;
}

static rv_status open_by_libav(struct input *input, const char *name,
                               const struct input_options *options, rv_error *error)
{
	struct input_origin origin = {.pipe = -1};
	rv_status status = input_origin_find(&origin, name, options, error);
	set_timeouts(input, &origin);
	if (status == RV_OK)
		status = open_format(input, &origin, error);
	if (status == RV_OK)
		status = find_kind(input, error);
	input_origin_release(&origin);
	return status;
}

static rv_status open_animated_webp(struct input *input, const char *name, rv_error *error)
{
	rv_status status = webp_open(&input->webp, name, error);
	if (status != RV_OK)
		return status;
	input->format = avformat_alloc_context();
	if (!input->format)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	input->format->interrupt_callback = (AVIOInterruptCB){must_interrupt, input};
	input->format->pb = input->webp;
	input->kind = INPUT_ANIMATION;
	libav_clear_error();
	int code = avformat_open_input(&input->format, NULL, av_find_input_format("nut"), NULL);
	return code < 0 ? input_fail(input, code, "cannot be opened", error) : RV_OK;
}

size_t input_head(const char *path, uint8_t head[INPUT_HEAD_BYTES])
{
	struct stat status;
	/* Opening a pipe would wait for its writer, and take what it writes. */
	bool is_file = stat(path, &status) == 0 && S_ISREG(status.st_mode);
	FILE *file = is_file ? fopen(path, "rb") : NULL;
	if (!file)
		return 0;
	size_t length = fread(head, 1, INPUT_HEAD_BYTES, file);
	fclose(file);
	return length;
}

static rv_status open_by_content(struct input *input, const char *name,
                                 const struct input_options *options, rv_error *error)
{
	uint8_t head[INPUT_HEAD_BYTES];
	size_t length = input_head(name, head);
	if (heif_holds(head, length))
		return heif_read(&input->decoded, name, error);
	if (webp_is_animated(head, length))
		return open_animated_webp(input, name, error);
	return open_by_libav(input, name, options, error);
}

rv_status input_open(struct input **opened, const char *name, const struct input_options *options,
                     rv_error *error)
{
	const struct input_options defaults = {0};
	struct input *input = calloc(1, sizeof(*input));
	rv_status status;
	if (!input ||
	    !(input->name = strcmp(name, "-") ? public_name(name) : strdup("standard input"))) {
		status = rv_fail(error, RV_MEMORY, "out of memory");
		goto cleanup;
	}
	options = options ? options : &defaults;
	input->stop = options->stop;
	input->live = options->live;
	input->interlace = options->interlace;
	input->has_fields = options->fields;
	input->fields = options->fields ? *options->fields : (struct interlace){0};
	status = open_by_content(input, name, options, error);
	if (status == RV_OK) {
		*opened = input;
		input = NULL;
	}
cleanup:
	input_close(&input);
	return status;
}

/* ---- reading ---- */

bool input_seek(struct input *input, int64_t time)
{
	if (avformat_seek_file(input->format, -1, INT64_MIN, time, time, 0) < 0)
		return false;
	while (input->pending_count)
		av_packet_free(&input->pending[--input->pending_count]);
	return true;
}

static int take_pending(struct input *input, AVPacket *packet)
{
	av_packet_move_ref(packet, input->pending[0]);
	av_packet_free(&input->pending[0]);
	input->pending_count--;
	memmove(input->pending, input->pending + 1,
	        (size_t)input->pending_count * sizeof(*input->pending));
	return 0;
}

int input_read(struct input *input, AVPacket *packet)
{
	if (input->pending_count)
		return take_pending(input, packet);
	/* The caller may have taken its time since the last packet. */
	if (input->opened && input->timeout && !input->waiting)
		input->deadline = av_gettime_relative() + input->timeout;
	int code = av_read_frame(input->format, packet);
	input->waiting = code == AVERROR(EAGAIN);
	return input->waiting && must_interrupt(input) ? AVERROR_EXIT : code;
}

void input_close(struct input **input)
{
	if (!*input)
		return;
	for (int i = 0; i < (*input)->pending_count; i++)
		av_packet_free(&(*input)->pending[i]);
	/* The server is told that the stream ends, even where the stop flag is set. */
	(*input)->stop = NULL;
	(*input)->deadline = av_gettime_relative() + CLOSING_TIMEOUT;
	avformat_close_input(&(*input)->format);
	input_pipe_close(&(*input)->pipe);
	webp_close(&(*input)->webp);
	av_frame_free(&(*input)->decoded);
	free((*input)->name);
	free(*input);
	*input = NULL;
}
