#include "app/media/container.h"

#include <libavdevice/avdevice.h>
#include <libavutil/avstring.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/media/picture_write.h"
#include "app/media/public_name.h"

enum container_place container_place(const char *output)
{
	if (av_strstart(output, "/dev/video", NULL))
		return CONTAINER_DEVICE;
	return strstr(output, "://") ? CONTAINER_STREAM : CONTAINER_FILE;
}

/* What receivers expect to come by a protocol; NULL: the name's end may say it. */
static const char *stream_format(const char *url)
{
	static const char *const formats[][2] = {{"rtsp:", "rtsp"},      {"rtmp:", "flv"},
	                                         {"rtmps:", "flv"},      {"udp:", "mpegts"},
	                                         {"rtp:", "rtp_mpegts"}, {"srt:", "mpegts"},
	                                         {"tcp:", "mpegts"},     {"unix:", "mpegts"}};
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (av_strstart(url, formats[i][0], NULL))
			return formats[i][1];
	return NULL;
}

static const char *usual_format(const char *output, const char *pipe_format)
{
	switch (container_place(output)) {
	case CONTAINER_DEVICE:
		avdevice_register_all();
		return "v4l2";
	case CONTAINER_STREAM:
		return stream_format(output);
	default:
		return strcmp(output, "-") == 0 ? pipe_format : NULL;
	}
}

static rv_status check_protocol(const char *url, rv_error *error)
{
	char shown[256];
	if (stream_format(url) || avio_find_protocol_name(url))
		return RV_OK;
	snprintf(shown, sizeof(shown), "%s", url);
	public_name_hide(shown);
	return rv_fail(error, RV_NOT_FOUND,
	               "%s: this FFmpeg knows no such protocol; udp://, tcp://, rtsp://, rtmp:// "
	               "and srt:// are some",
	               shown);
}

static rv_status check(const AVOutputFormat *container, const char *output, rv_error *error)
{
	if (container_place(output) == CONTAINER_FILE && (container->flags & AVFMT_NOFILE))
		return rv_fail(
			error, RV_UNSUPPORTED,
			"%s: holds single pictures, and a video is to be written; name the output "
			".mp4 or .mkv, or take one frame of a video with --still",
			output);
	if (container->video_codec == AV_CODEC_ID_NONE)
		return rv_fail(error, RV_UNSUPPORTED, "%s: %s holds no video", output,
		               container->name);
	return RV_OK;
}

rv_status container_choose(const AVOutputFormat **container, const char *output, const char *format,
                           const char *pipe_format, rv_error *error)
{
	if (container_place(output) == CONTAINER_STREAM && check_protocol(output, error) != RV_OK)
		return RV_NOT_FOUND;
	if (format && strcmp(format, "y4m") == 0)
		format = "yuv4mpegpipe";
	if (!format)
		format = usual_format(output, pipe_format);
	*container = av_guess_format(format, format ? NULL : output, NULL);
	if (!*container && format)
		return rv_fail(error, RV_NOT_FOUND,
		               "format %s: this FFmpeg writes none of that name; ffmpeg -muxers "
		               "lists them",
		               format);
	if (!*container)
		return rv_fail(
			error, RV_UNSUPPORTED,
			"%s: the name says no video format; .mp4, .mkv, .mov, .webm and .gif "
			"are some",
			output);
	return check(*container, output, error);
}

void container_extension(const char *format, char extension[CONTAINER_EXTENSION_LENGTH])
{
	const AVOutputFormat *container = format ? av_guess_format(format, NULL, NULL) : NULL;
	const char *list = container && container->extensions ? container->extensions : "mp4";
	snprintf(extension, CONTAINER_EXTENSION_LENGTH, "%.*s", (int)strcspn(list, ","), list);
}

const char *container_end_for(const char *name)
{
	static const char *const phones[] = {".heic", ".heif", ".avif"}; /* no encoder here */
	static const char *const videos[] = {".mp4", ".m4v", ".mov", ".mkv", ".webm"};
	const AVOutputFormat *usual = av_guess_format(NULL, name, NULL);
	const char *end = strrchr(name, '.');
	if (picture_name_known(name))
		return end;
	for (size_t i = 0; end && i < sizeof(phones) / sizeof(phones[0]); i++)
		if (!strcasecmp(end, phones[i]))
			return ".jpg";
	for (size_t i = 0; end && i < sizeof(videos) / sizeof(videos[0]); i++)
		if (!strcasecmp(end, videos[i]))
			return end;
	return usual && av_match_name("image2", usual->name) ? ".png" : ".mkv";
}

bool container_prefers_h264(const AVOutputFormat *container)
{
	return container->video_codec == AV_CODEC_ID_H264 ||
	       av_match_name("matroska", container->name) ||
	       av_match_name("mpegts", container->name) ||
	       av_match_name("rtp_mpegts", container->name) ||
	       av_match_name("rtsp", container->name) || av_match_name("flv", container->name) ||
	       av_match_name("3gp", container->name);
}

bool container_keeps_times(const AVOutputFormat *container)
{
	const AVClass *class = container->priv_class;
	bool is_device = class && AV_IS_OUTPUT_DEVICE(class->category);
	return !is_device && !(container->flags & AVFMT_NOTIMESTAMPS);
}
