#include "app/input.h"

#include "app/libav_util.h"

#include <errno.h>
#include <libavdevice/avdevice.h>
#include <libavutil/avstring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is opened, beside the name a person gave. */
struct origin {
	char *url;                   /* for libavformat; owned */
	const AVInputFormat *format; /* NULL: libavformat is to find it out */
};

static int must_stop(void *context)
{
	const volatile sig_atomic_t *stop = context;
	return stop && __atomic_load_n(stop, __ATOMIC_RELAXED); /* another thread may set it */
}

static rv_status file_check(const char *name, const struct stat *status, rv_error *error)
{
	if (S_ISDIR(status->st_mode))
		return rv_fail(error, RV_INVALID,
		               "%s: is a directory; name a picture or a video in it", name);
	if (S_ISREG(status->st_mode) && status->st_size == 0)
		return rv_fail(error, RV_CORRUPT, "%s: is empty", name);
	if (access(name, R_OK))
		return rv_fail(error, RV_IO, "%s: cannot be read: %s", name, strerror(errno));
	return RV_OK;
}

/* Finds the format of a regular file by its content alone: libavformat would trust a name such as
 * "text.jpg", or take "50%d.jpg" for a sequence. */
static rv_status probe_file(const char *name, struct origin *origin, rv_error *error)
{
	AVIOContext *io = NULL;
	libav_forget_complaint();
	int code = avio_open2(&io, origin->url, AVIO_FLAG_READ, NULL, NULL);
	if (code < 0)
		return libav_fail(error, code, "%s: cannot be read", name);
	code = av_probe_input_buffer2(io, &origin->format, "", NULL, 0, 0);
	avio_closep(&io);
	if (code < 0 || !origin->format)
		return rv_fail(error, RV_UNSUPPORTED,
		               "%s: is neither a picture nor a video that FFmpeg knows", name);
	return RV_OK;
}

static rv_status find_origin(const char *name, struct origin *origin, rv_error *error)
{
	const char *graph;
	struct stat status;
	bool is_file = false;
	if (strcmp(name, "-") == 0) {
		origin->url = av_strdup("pipe:0");
	} else if (av_strstart(name, "lavfi:", &graph)) {
		avdevice_register_all();
		origin->url = av_strdup(graph);
		origin->format = av_find_input_format("lavfi");
		if (!origin->format)
			return rv_fail(error, RV_UNSUPPORTED,
			               "%s: this libavdevice has no filter graphs as input", name);
	} else if (stat(name, &status) == 0 && S_ISCHR(status.st_mode) &&
	           av_strstart(name, "/dev/video", NULL)) {
		avdevice_register_all();
		origin->url = av_strdup(name);
		origin->format = av_find_input_format("v4l2");
		if (!origin->format)
			return rv_fail(error, RV_UNSUPPORTED, "%s: this libavdevice has no cameras",
			               name);
	} else if (stat(name, &status) == 0) {
		rv_status checked = file_check(name, &status, error);
		if (checked)
			return checked;
		is_file = S_ISREG(status.st_mode);
		origin->url = av_asprintf("file:%s", name);
	} else if (strstr(name, "://") || av_filename_number_test(name)) {
		origin->url = av_strdup(name);
	} else {
		return rv_fail(error, errno == ENOENT || errno == ENOTDIR ? RV_NOT_FOUND : RV_IO,
		               "%s: cannot be opened: %s", name, strerror(errno));
	}
	if (!origin->url)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", name);
	return is_file ? probe_file(name, origin, error) : RV_OK;
}

static rv_status open_format(struct input *input, const struct origin *origin,
                             const volatile sig_atomic_t *stop, rv_error *error)
{
	input->format = avformat_alloc_context();
	if (!input->format)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	input->format->interrupt_callback =
		(AVIOInterruptCB){.callback = must_stop, .opaque = (void *)stop};
	libav_forget_complaint();
	int code = avformat_open_input(&input->format, origin->url, origin->format, NULL);
	if (must_stop((void *)stop))
		return rv_fail(error, RV_CANCELLED, "%s: stopped while it was opened", input->name);
	if (code < 0)
		return libav_fail(error, code, "%s: cannot be opened", input->name);
	return RV_OK;
}

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

rv_status input_open(struct input **opened, const char *name, const volatile sig_atomic_t *stop,
                     rv_error *error)
{
	struct origin origin = {0};
	struct input *input = calloc(1, sizeof(*input));
	rv_status status;
	if (!input || !(input->name = strdup(strcmp(name, "-") ? name : "standard input"))) {
		status = rv_fail(error, RV_MEMORY, "%s: out of memory", name);
		goto cleanup;
	}
	status = find_origin(name, &origin, error);
	if (!status)
		status = open_format(input, &origin, stop, error);
	if (!status)
		status = find_kind(input, error);
	if (!status) {
		*opened = input;
		input = NULL;
	}
cleanup:
	av_free(origin.url);
	input_close(&input);
	return status;
}

int input_read(struct input *input, AVPacket *packet)
{
	if (!input->pending_count)
		return av_read_frame(input->format, packet);
	av_packet_move_ref(packet, input->pending[0]);
	av_packet_free(&input->pending[0]);
	input->pending_count--;
	memmove(input->pending, input->pending + 1,
	        (size_t)input->pending_count * sizeof(*input->pending));
	return 0;
}

void input_close(struct input **input)
{
	if (!*input)
		return;
	for (int i = 0; i < (*input)->pending_count; i++)
		av_packet_free(&(*input)->pending[i]);
	avformat_close_input(&(*input)->format);
	free((*input)->name);
	free(*input);
	*input = NULL;
}
