#include "app/media/input_origin.h"

#include <errno.h>
#include <fcntl.h>
#include <libavdevice/avdevice.h>
#include <libavutil/avstring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_ALSA
#include <alsa/asoundlib.h>
#endif

#include "app/media/libav.h"

/* Until a live stream has to show what it holds: microseconds, and bytes. libavformat's own limits
 * are ten and five times as large, and all that is read for them is shown late. */
#define LIVE_ANALYSIS "500000"
#define LIVE_PROBE "1000000"

void input_origin_release(struct input_origin *origin)
{
	av_freep(&origin->url);
	av_dict_free(&origin->options);
	if (origin->pipe > 0)
		close(origin->pipe);
	origin->pipe = -1;
}

/* ---- files ---- */

/* Finds the format of a regular file by its content alone: libavformat would trust a name such as
 * "text.jpg", or take "50%d.jpg" for a sequence. */
static rv_status probe_file(const char *name, struct input_origin *origin, rv_error *error)
{
	AVIOContext *io = NULL;
	libav_clear_error();
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

/* Opening a FIFO would wait for its writer, which can be told to wait for only by reading. */
static rv_status open_fifo(const char *name, struct input_origin *origin, rv_error *error)
{
	origin->pipe = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (origin->pipe < 0)
		return rv_fail(error, RV_IO, "%s: cannot be opened: %s", name, strerror(errno));
	origin->is_reopenable = true;
	return RV_OK;
}

static rv_status find_file(const char *name, const struct stat *status, struct input_origin *origin,
                           rv_error *error)
{
	if (S_ISDIR(status->st_mode))
		return rv_fail(error, RV_INVALID,
		               "%s: is a directory; name a picture or a video in it", name);
	if (S_ISREG(status->st_mode) && status->st_size == 0)
		return rv_fail(error, RV_CORRUPT, "%s: is empty", name);
	if (access(name, R_OK))
		return rv_fail(error, RV_IO, "%s: cannot be read: %s", name, strerror(errno));
	origin->url = av_asprintf("file:%s", name);
	if (!origin->url)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", name);
	if (S_ISFIFO(status->st_mode))
		return open_fifo(name, origin, error);
	return S_ISREG(status->st_mode) ? probe_file(name, origin, error) : RV_OK;
}

/* ---- devices ---- */

static rv_status use_device(const char *name, const char *format, const char *url,
                            struct input_origin *origin, rv_error *error)
{
	avdevice_register_all();
	origin->format = av_find_input_format(format);
	if (!origin->format)
		return rv_fail(error, RV_UNSUPPORTED, "%s: this libavdevice has no %s", name,
		               format);
	origin->url = av_strdup(url);
	return origin->url ? RV_OK : rv_fail(error, RV_MEMORY, "%s: out of memory", name);
}

static void ask_for(struct input_origin *origin, const struct camera_choice *choice)
{
	char text[48];
	if (choice->format)
		av_dict_set(&origin->options, "input_format", choice->format, 0);
	if (choice->width && choice->height) {
		snprintf(text, sizeof(text), "%dx%d", choice->width, choice->height);
		av_dict_set(&origin->options, "video_size", text, 0);
	}
	if (choice->rate.count) {
		snprintf(text, sizeof(text), "%d/%d", choice->rate.count, choice->rate.seconds);
		av_dict_set(&origin->options, "framerate", text, 0);
	}
}

static rv_status choose_mode(struct input_origin *origin, const struct camera_wish *wish,
                             rv_error *error)
{
	struct camera_choice choice;
	struct camera_modes *modes = calloc(1, sizeof(*modes));
	if (!modes)
		return rv_fail(error, RV_MEMORY, "out of memory");
	camera_read_modes(&origin->camera, wish, modes);
	rv_status status = camera_choose(&choice, modes, wish, origin->camera.path, error);
	if (status == RV_OK)
		ask_for(origin, &choice);
	free(modes);
	return status;
}

static rv_status find_camera(const char *name, const struct input_options *options,
                             struct input_origin *origin, rv_error *error)
{
	origin->is_device = origin->is_live = origin->is_reopenable = true;
	rv_status status = options->camera.path[0]
	                           ? camera_find_again(&options->camera, &origin->camera, error)
	                           : camera_open(name, &origin->camera, error);
	if (status == RV_OK)
		status = choose_mode(origin, &options->camera_wish, error);
	return status != RV_OK ? status
	                       : use_device(name, "v4l2", origin->camera.path, origin, error);
}

/* What the machine hears: the name of one of libavdevice's inputs of sound, and what that is to
 * open, such as "alsa:hw:0". */
static const char *const sound_devices[] = {"alsa", "pulse"};

/* How much of it PulseAudio hands over at once: a fiftieth of a second, in bytes. By itself it may
 * take two seconds. */
#define PULSE_FRAGMENT "3840"

/* The one whose name it is, and behind it what is to be opened; NULL: it is none's. */
static const char *sound_device_of(const char *name, const char **url)
{
	for (size_t i = 0; i < sizeof(sound_devices) / sizeof(sound_devices[0]); i++) {
		if (!av_strstart(name, sound_devices[i], url) || **url != ':')
			continue;
		++*url;
		return sound_devices[i];
	}
	return NULL;
}

/* ALSA's library prints what it returns as well; the program says it once. */
#ifdef HAVE_ALSA
static void print_nothing(const char *file, int line, const char *function, int code,
                          const char *format, ...)
{
	(void)file, (void)line, (void)function, (void)code, (void)format;
}

static void silence_alsa(void)
{
	snd_lib_error_set_handler(print_nothing);
}
#else
static void silence_alsa(void)
{
}
#endif

static rv_status find_sound_device(const char *name, const char *device, const char *url,
                                   struct input_origin *origin, rv_error *error)
{
	origin->is_device = origin->is_live = origin->is_reopenable = true;
	silence_alsa();
	if (!strcmp(device, "pulse"))
		av_dict_set(&origin->options, "fragment_size", PULSE_FRAGMENT, 0);
	return use_device(name, device, url[0] ? url : "default", origin, error);
}

/* ---- streams ---- */

static bool is_live_protocol(const char *url)
{
	static const char *const protocols[] = {"rtsp:", "rtsps:", "rtp:", "srtp:", "udp:",
	                                        "srt:",  "rtmp:",  "tcp:", "unix:", "rist:"};
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (av_stristart(url, protocols[i], NULL))
			return true;
	return false;
}

static bool is_network(const char *url)
{
	return !av_stristart(url, "file:", NULL) && !av_stristart(url, "pipe:", NULL);
}

static rv_status find_stream(const char *url, const struct input_options *options,
                             struct input_origin *origin, rv_error *error)
{
	origin->is_network = origin->is_reopenable = is_network(url);
	origin->is_live = is_live_protocol(url);
	origin->is_listening = strstr(url, "listen") != NULL;
	/* Cameras that speak RTSP drop packets over UDP; those that cannot do TCP are asked for UDP
	 * then. */
	av_dict_set(&origin->options, "rtsp_flags", "prefer_tcp", 0);
	/* A burst that the socket's buffer cannot hold is damage, not the end. */
	av_dict_set(&origin->options, "overrun_nonfatal", "1", 0);
	if (options->live && origin->is_live) {
		av_dict_set(&origin->options, "fflags", "nobuffer", 0);
		av_dict_set(&origin->options, "analyzeduration", LIVE_ANALYSIS, 0);
		av_dict_set(&origin->options, "probesize", LIVE_PROBE, 0);
		/* The rate is measured later; twenty frames for it would all come late. */
		av_dict_set(&origin->options, "fpsprobesize", "2", 0);
	}
	origin->url = av_strdup(url);
	return origin->url ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory");
}

bool input_is_camera(const char *name)
{
	return av_strstart(name, "/dev/video", NULL);
}

bool input_may_appear(const char *name)
{
	const char *url;
	return input_is_camera(name) || sound_device_of(name, &url) ||
	       (strstr(name, "://") && is_network(name));
}

rv_status input_origin_find(struct input_origin *origin, const char *name,
                            const struct input_options *options, rv_error *error)
{
	const struct camera_wish *wish = &options->camera_wish;
	const char *graph, *url, *device = sound_device_of(name, &url);
	struct stat status;
	*origin = (struct input_origin){.pipe = -1};
	bool is_camera = input_is_camera(name);
	bool wants_camera = wish->width || wish->height || wish->rate > 0;
	if (wants_camera && !is_camera)
		return rv_fail(error, RV_INVALID,
		               "%s: is no camera, so --camera-size and --camera-rate mean nothing",
		               name);
	if (strcmp(name, "-") == 0) {
		origin->pipe = STDIN_FILENO;
		return RV_OK;
	}
	if (av_strstart(name, "lavfi:", &graph))
		return use_device(name, "lavfi", graph, origin, error);
	if (device)
		return find_sound_device(name, device, url, origin, error);
	if (is_camera)
		return find_camera(name, options, origin, error);
	if (stat(name, &status) == 0)
		return find_file(name, &status, origin, error);
	if (strstr(name, "://") || av_filename_number_test(name))
		return find_stream(name, options, origin, error);
	return rv_fail(error, errno == ENOENT || errno == ENOTDIR ? RV_NOT_FOUND : RV_IO,
	               "%s: cannot be opened: %s", name, strerror(errno));
}
