#include "app/media/sink_place.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app/media/container.h"
#include "app/media/libav.h"

static rv_status check_device(const char *path, rv_error *error)
{
	if (access(path, W_OK) == 0)
		return RV_OK;
	return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO,
	               "%s: %s; the kernel's module v4l2loopback makes devices to write to", path,
	               strerror(errno));
}

rv_status sink_open_place(AVFormatContext *muxer, struct output_file *file, rv_error *error)
{
	AVDictionary *options = NULL;
	if (file) {
		muxer->pb = output_file_io(file);
		muxer->flags |= AVFMT_FLAG_CUSTOM_IO;
		return RV_OK;
	}
	if (container_place(muxer->url) == CONTAINER_DEVICE)
		return check_device(muxer->url, error);
	if (muxer->oformat->flags & AVFMT_NOFILE)
		return RV_OK;
	av_dict_set(&options, "pkt_size", "1316", 0); /* UDP: seven packets of MPEG-TS each */
	libav_clear_error();
	int code = avio_open2(&muxer->pb, muxer->url, AVIO_FLAG_WRITE, &muxer->interrupt_callback,
	                      &options);
	av_dict_free(&options);
	return code < 0 ? libav_fail(error, code, "%s: cannot be opened", muxer->url) : RV_OK;
}

void sink_close_place(AVFormatContext *muxer)
{
	if (muxer && !(muxer->flags & AVFMT_FLAG_CUSTOM_IO))
		avio_closep(&muxer->pb);
	avformat_free_context(muxer);
}

static bool is_whole_picture(const AVFormatContext *format, const AVPacket *packet)
{
	const AVCodecParameters *stream = format->streams[packet->stream_index]->codecpar;
	return stream->codec_type == AVMEDIA_TYPE_VIDEO && packet->size > 0 &&
	       !(packet->flags & AV_PKT_FLAG_CORRUPT);
}

static bool holds_picture(AVFormatContext *format)
{
	AVPacket *packet = av_packet_alloc();
	bool found = false;
	while (packet && !found && av_read_frame(format, packet) >= 0) {
		found = is_whole_picture(format, packet);
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
	return found;
}

bool sink_is_playable(const char *path)
{
	AVFormatContext *format = NULL;
	bool found = libav_open_file(&format, path, NULL) >= 0 && holds_picture(format);
	avformat_close_input(&format);
	return found;
}
