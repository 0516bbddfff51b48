#include "app/media/webp.h"

#include <libavformat/avformat.h>
#include <libavutil/fifo.h>
#include <libavutil/file.h>
#include <libavutil/imgutils.h>
#include <stdlib.h>
#include <string.h>
#include <webp/demux.h>

#include "app/media/libav.h"

/* The flags of VP8X follow its name and size (Google's WebP container specification). */
enum { FLAGS_AT = 20, BUFFER_BYTES = 1 << 16 };

struct webp {
	uint8_t *bytes; /* the whole file */
	size_t size;
	WebPAnimDecoder *decoder;
	WebPAnimInfo info;
	AVFormatContext *muxer;
	AVFifo *written; /* by the muxer, and not read yet */
	int64_t time;    /* milliseconds: where the next frame begins */
	bool begun, ended;
};

bool webp_is_animated(const uint8_t *head, size_t length)
{
	return length > FLAGS_AT && !memcmp(head, "RIFF", 4) && !memcmp(head + 8, "WEBPVP8X", 8) &&
	       head[FLAGS_AT] & ANIMATION_FLAG;
}

/* ---- writing NUT ---- */

static int keep_written(void *context, uint8_t *bytes, int size)
{
	struct webp *webp = context;
	return av_fifo_write(webp->written, bytes, (size_t)size) < 0 ? AVERROR(ENOMEM) : size;
}

static int begin(struct webp *webp)
{
	AVStream *stream = avformat_new_stream(webp->muxer, NULL);
	if (!stream)
		return AVERROR(ENOMEM);
	stream->time_base = (AVRational){1, 1000};
	stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
	stream->codecpar->codec_id = AV_CODEC_ID_RAWVIDEO;
	stream->codecpar->format = AV_PIX_FMT_RGBA;
	stream->codecpar->codec_tag = MKTAG('R', 'G', 'B', 'A');
	stream->codecpar->width = (int)webp->info.canvas_width;
	stream->codecpar->height = (int)webp->info.canvas_height;
	int code = avformat_write_header(webp->muxer, NULL);
	webp->begun = code >= 0; /* what failed has no trailer */
	webp->ended = code < 0;
	return code;
}

static int write_frame(struct webp *webp, const uint8_t *rgba, int64_t end)
{
	AVStream *stream = webp->muxer->streams[0];
	AVPacket *packet = av_packet_alloc();
	int size = av_image_get_buffer_size(AV_PIX_FMT_RGBA, stream->codecpar->width,
	                                    stream->codecpar->height, 1);
	int code = packet && size > 0 ? av_new_packet(packet, size) : AVERROR(ENOMEM);
	if (code >= 0) {
		memcpy(packet->data, rgba, (size_t)size);
		packet->pts = packet->dts = webp->time;
		packet->duration = end - webp->time;
		packet->flags = AV_PKT_FLAG_KEY;
		av_packet_rescale_ts(packet, (AVRational){1, 1000}, stream->time_base);
		code = av_write_frame(webp->muxer, packet);
		webp->time = FFMAX(end, webp->time + 1);
	}
	av_packet_free(&packet);
	return code;
}

/* Writes the header, the next frame or the trailer. */
static int advance(struct webp *webp)
{
	uint8_t *rgba;
	int end, code;
	if (!webp->begun) {
		code = begin(webp);
	} else if (WebPAnimDecoderHasMoreFrames(webp->decoder)) {
		if (!WebPAnimDecoderGetNext(webp->decoder, &rgba, &end))
			return AVERROR_INVALIDDATA;
		code = write_frame(webp, rgba, end);
	} else {
		webp->ended = true;
		code = av_write_trailer(webp->muxer);
	}
	avio_flush(webp->muxer->pb);
	return code;
}

static int read_nut(void *context, uint8_t *bytes, int size)
{
	struct webp *webp = context;
	while (!av_fifo_can_read(webp->written)) {
		int code = webp->ended ? AVERROR_EOF : advance(webp);
		if (code < 0)
			return code;
	}
	size_t count = FFMIN((size_t)size, av_fifo_can_read(webp->written));
	av_fifo_read(webp->written, bytes, count);
	return (int)count;
}

/* ---- opening ---- */

static rv_status read_file(struct webp *webp, const char *path, rv_error *error)
{
	uint8_t *mapped;
	int code = av_file_map(path, &mapped, &webp->size, 0, NULL);
	if (code < 0)
		return libav_fail(error, code, "%s: cannot be read", path);
	webp->bytes = malloc(webp->size); /* the file may change meanwhile */
	if (webp->bytes)
		memcpy(webp->bytes, mapped, webp->size);
	av_file_unmap(mapped, webp->size);
	return webp->bytes ? RV_OK : rv_fail(error, RV_MEMORY, "%s: out of memory", path);
}

/* The size is known, and checked, before anything is decoded. */
static rv_status open_decoder(struct webp *webp, const char *path, rv_error *error)
{
	const WebPData data = {webp->bytes, webp->size};
	WebPBitstreamFeatures features;
	if (WebPGetFeatures(webp->bytes, webp->size, &features) != VP8_STATUS_OK)
		return rv_fail(error, RV_CORRUPT, "%s: is damaged", path);
	rv_status status = libav_check_picture_size(path, features.width, features.height, error);
	if (status != RV_OK)
		return status;
	webp->decoder = WebPAnimDecoderNew(&data, NULL);
	if (!webp->decoder || !WebPAnimDecoderGetInfo(webp->decoder, &webp->info))
		return rv_fail(error, RV_CORRUPT, "%s: is damaged, or truncated", path);
	return RV_OK;
}

static rv_status open_muxer(struct webp *webp, rv_error *error)
{
	uint8_t *buffer = av_malloc(BUFFER_BYTES);
	webp->written = av_fifo_alloc2(BUFFER_BYTES, 1, AV_FIFO_FLAG_AUTO_GROW);
	if (webp->written)
		av_fifo_auto_grow_limit(webp->written, SIZE_MAX / 2);
	if (!buffer || !webp->written ||
	    avformat_alloc_output_context2(&webp->muxer, NULL, "nut", NULL) < 0) {
		av_free(buffer);
		return rv_fail(error, RV_MEMORY, "out of memory for an animation");
	}
	webp->muxer->pb =
		avio_alloc_context(buffer, BUFFER_BYTES, 1, webp, NULL, keep_written, NULL);
	if (!webp->muxer->pb) {
		av_free(buffer);
		return rv_fail(error, RV_MEMORY, "out of memory for an animation");
	}
	return RV_OK;
}

static void close_animation(struct webp *webp)
{
	if (webp->begun && !webp->ended)
		av_write_trailer(webp->muxer); /* frees what the header made */
	if (webp->muxer && webp->muxer->pb) {
		av_free(webp->muxer->pb->buffer);
		avio_context_free(&webp->muxer->pb);
	}
	avformat_free_context(webp->muxer);
	av_fifo_freep2(&webp->written);
	WebPAnimDecoderDelete(webp->decoder);
	free(webp->bytes);
	free(webp);
}

rv_status webp_open(AVIOContext **io, const char *path, rv_error *error)
{
	struct webp *webp = calloc(1, sizeof(*webp));
	uint8_t *buffer = av_malloc(BUFFER_BYTES);
	rv_status status = RV_OK;
	*io = NULL;
	if (!webp || !buffer)
		status = rv_fail(error, RV_MEMORY, "%s: out of memory", path);
	if (status == RV_OK)
		status = read_file(webp, path, error);
	if (status == RV_OK)
		status = open_decoder(webp, path, error);
	if (status == RV_OK)
		status = open_muxer(webp, error);
	if (status == RV_OK)
		*io = avio_alloc_context(buffer, BUFFER_BYTES, 0, webp, read_nut, NULL, NULL);
	if (*io)
		return RV_OK;
	av_free(buffer);
	if (webp)
		close_animation(webp);
	return status != RV_OK ? status : rv_fail(error, RV_MEMORY, "%s: out of memory", path);
}

void webp_close(AVIOContext **closed)
{
	AVIOContext *io = *closed;
	if (!io)
		return;
	close_animation(io->opaque);
	av_free(io->buffer);
	avio_context_free(closed);
}
