#include "app/media/sink_video.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/encoder_memory.h"
#include "app/media/libav.h"
#include "app/media/palette.h"

/* Frames by which x265 decodes ahead, at the most. */
enum { X265_DELAY = 2 };

struct sink_video {
	AVCodecContext *encoder;
	const AVStream *stream;  /* the muxer's */
	struct palette *palette; /* GIF's; NULL elsewhere */
	struct converter converter;
	AVFrame *frame;      /* what images are converted into: for the encoder, or the palette */
	AVFrame *reduced;    /* what comes out of the palette */
	AVFrame *undreamed;  /* what frame would be without the dream */
	const AVFrame *kept; /* what that was decoded as; NULL: not known */
	rv_image kept_image;
	AVRational rate;                 /* average, of the source */
	AVRational time_base;            /* of what is pushed */
	uint64_t memory;                 /* that the encoder was to keep within; 0: any */
	int64_t last_pts, last_duration; /* of the last frame, in the encoder's time base */
	int64_t first_pts;               /* likewise */
	int64_t pushed, pulled;          /* frames, and packets */
	bool ended;                      /* the encoder knows that no frame follows */
};

/* ---- opening ---- */

static rv_status out_of_memory(rv_error *error)
{
	return rv_fail(error, RV_MEMORY, "out of memory for the encoder");
}

static rv_status open_encoder(struct sink_video *video, const struct encoder_request *request,
                              rv_error *error)
{
	rv_status status = encoder_open(&video->encoder, request, error);
	if (status == RV_OK && video->encoder->pix_fmt == AV_PIX_FMT_PAL8)
		status = palette_create(&video->palette, request->width, request->height,
		                        video->encoder->time_base, error);
	return status;
}

static rv_status prepare_frames(struct sink_video *video, const struct video_description *source,
                                rv_error *error)
{
	const AVCodecContext *encoder = video->encoder;
	AVFrame *frame = av_frame_alloc();
	video->frame = frame;
	video->reduced = av_frame_alloc();
	video->undreamed = av_frame_alloc();
	if (!frame || !video->reduced || !video->undreamed)
		return out_of_memory(error);
	frame->format = video->palette ? AV_PIX_FMT_BGRA : encoder->pix_fmt;
	frame->width = encoder->width;
	frame->height = encoder->height;
	frame->color_range = encoder->color_range;
	frame->color_primaries = encoder->color_primaries;
	frame->color_trc = encoder->color_trc;
	frame->chroma_location = encoder->chroma_sample_location;
	frame->sample_aspect_ratio = encoder->sample_aspect_ratio;
	frame->quality = encoder->global_quality; /* where that is the encoder's scale */
	/* YUV goes back by the matrix that it came by, said or guessed. */
	frame->colorspace = convert_is_yuv(source->pixel_format) ? source->effective_matrix
	                                                         : encoder->colorspace;
	video->undreamed->format = frame->format;
	video->undreamed->width = frame->width;
	video->undreamed->height = frame->height;
	video->undreamed->colorspace = frame->colorspace;
	video->undreamed->color_range = frame->color_range;
	return RV_OK;
}

rv_status sink_video_open(struct sink_video **opened, const struct encoder_request *request,
                          rv_error *error)
{
	struct sink_video *video = calloc(1, sizeof(*video));
	if (!video)
		return out_of_memory(error);
	video->rate = request->video->frame_rate;
	video->time_base = request->video->time_base;
	video->memory = request->memory;
	video->last_pts = AV_NOPTS_VALUE;
	rv_status status = open_encoder(video, request, error);
	if (status == RV_OK)
		status = prepare_frames(video, request->video, error);
	if (status != RV_OK)
		sink_video_close(&video);
	*opened = video;
	return status;
}

static bool add_side_data(AVStream *stream, enum AVPacketSideDataType type, const void *data,
                          size_t size)
{
	uint8_t *copy = av_stream_new_side_data(stream, type, size);
	if (copy)
		memcpy(copy, data, size);
	return copy;
}

static bool describe_light(AVStream *stream, const struct video_description *source)
{
	bool done = true;
	if (source->has_mastering)
		done = add_side_data(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
		                     &source->mastering, sizeof(source->mastering));
	if (source->has_light)
		done = done && add_side_data(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
		                             &source->light, sizeof(source->light));
	return done;
}

rv_status sink_video_describe(struct sink_video *video, const struct video_description *source,
                              AVStream *stream, rv_error *error)
{
	if (avcodec_parameters_from_context(stream->codecpar, video->encoder) < 0 ||
	    !describe_light(stream, source))
		return out_of_memory(error);
	stream->time_base = video->encoder->time_base;
	stream->avg_frame_rate = video->rate;
	stream->r_frame_rate = video->rate;
	stream->sample_aspect_ratio = video->encoder->sample_aspect_ratio;
	video->stream = stream;
	return RV_OK;
}

uint64_t sink_video_excess(const struct sink_video *video)
{
	return encoder_memory_excess(video->encoder, video->memory);
}

const char *sink_video_encoder(const struct sink_video *video)
{
	return video->encoder->codec->name;
}

/* Closed before its end, SVT-AV1 waits for ever for that: it is given one, behind a frame at least.
 */
static void end_svt(struct sink_video *video)
{
	AVFrame *frame = video->frame;
	if (!video->encoder || video->ended || strcmp(video->encoder->codec->name, "libsvtav1") ||
	    !avcodec_is_open(video->encoder))
		return;
	if (video->last_pts == AV_NOPTS_VALUE && !av_frame_get_buffer(frame, 0)) {
		frame->pts = 0;
		avcodec_send_frame(video->encoder, frame);
	}
	avcodec_send_frame(video->encoder, NULL);
	AVPacket *packet = av_packet_alloc();
	while (packet && avcodec_receive_packet(video->encoder, packet) >= 0)
		av_packet_unref(packet);
	av_packet_free(&packet);
}

void sink_video_close(struct sink_video **closed)
{
	struct sink_video *video = *closed;
	if (!video)
		return;
	end_svt(video);
	avcodec_free_context(&video->encoder);
	palette_destroy(&video->palette);
	convert_release(&video->converter);
	av_frame_free(&video->frame);
	av_frame_free(&video->reduced);
	av_frame_free(&video->undreamed);
	free(video);
	*closed = NULL;
}

/* ---- images in ---- */

/* NULL: the encoder gives out what it holds. */
static rv_status send(struct sink_video *video, const AVFrame *frame, rv_error *error)
{
	libav_clear_error();
	video->ended = video->ended || !frame;
	int code = avcodec_send_frame(video->encoder, frame);
	if (code < 0 && code != AVERROR_EOF)
		return libav_fail(error, code, "encoder %s failed", video->encoder->codec->name);
	return RV_OK;
}

/* The encoder's clock may be coarser than the source's: frames never fall onto one tick. */
static int64_t encoder_time(const struct sink_video *video, int64_t pts)
{
	int64_t time = av_rescale_q(pts, video->time_base, video->encoder->time_base);
	return video->last_pts == AV_NOPTS_VALUE ? time : FFMAX(time, video->last_pts + 1);
}

static rv_status draw(struct sink_video *video, AVFrame *frame, const rv_image *image,
                      rv_error *error)
{
	AVFrame *view = av_frame_alloc();
	rv_status status = RV_OK;
	/* The encoder may still hold the last pixels: it takes fresh ones then. */
	bool writable = view && (frame->buf[0] ? av_frame_make_writable(frame)
	                                       : av_frame_get_buffer(frame, 0)) >= 0;
	if (!writable)
		status = out_of_memory(error);
	if (status == RV_OK)
		status = convert_view_frame(view, image, error);
	if (status == RV_OK)
		status = convert(&video->converter, frame, view, error);
	av_frame_free(&view);
	return status;
}

void sink_video_keep(struct sink_video *video, const AVFrame *frame, const rv_image *image)
{
	bool fits = frame && !video->palette && convert_same_codes(frame, video->frame) &&
	            image->width == frame->width && image->height == frame->height;
	video->kept = fits ? frame : NULL;
	if (fits)
		video->kept_image = *image;
}

/* Adds what the dream changed to the frame that was decoded. */
static rv_status lay_onto_kept(struct sink_video *video, rv_error *error)
{
	const AVFrame *kept = video->kept;
	AVFrame *undreamed = video->undreamed;
	video->kept = NULL;
	if (!kept)
		return RV_OK;
	rv_status status = draw(video, undreamed, &video->kept_image, error);
	if (status == RV_OK)
		convert_add_change(video->frame, undreamed, kept);
	return status;
}

rv_status sink_video_push(struct sink_video *video, const rv_image *image, int64_t pts,
                          int64_t duration, rv_error *error)
{
	AVFrame *frame = image ? video->frame : NULL;
	if (image) {
		rv_status status = draw(video, frame, image, error);
		if (status == RV_OK)
			status = lay_onto_kept(video, error);
		if (status != RV_OK)
			return status;
		frame->pts = encoder_time(video, pts);
		if (!video->pushed++)
			video->first_pts = frame->pts;
		video->last_pts = frame->pts;
		video->last_duration =
			av_rescale_q(duration, video->time_base, video->encoder->time_base);
	}
	return video->palette ? palette_push(video->palette, frame, error)
	                      : send(video, frame, error);
}

/* ---- packets out ---- */

/* Sends the encoder the palette's next frame; *sent false: there is none yet. */
static rv_status send_reduced(struct sink_video *video, bool *sent, rv_error *error)
{
	int code = palette_pull(video->palette, video->reduced);
	*sent = code >= 0 || code == AVERROR_EOF;
	if (code == AVERROR_EOF)
		return send(video, NULL, error);
	if (code == AVERROR(EAGAIN))
		return RV_OK;
	if (code < 0)
		return libav_fail(error, code, "a palette cannot be made");
	rv_status status = send(video, video->reduced, error);
	av_frame_unref(video->reduced);
	return status;
}

/* x265 knows when frames are decoded only once there were more than it reorders: of fewer it says
 * what happens to lie in its memory. */
static void set_decoding_time(struct sink_video *video, AVPacket *packet)
{
	int64_t number = video->pulled++;
	if (!strcmp(video->encoder->codec->name, "libx265") && video->pushed <= X265_DELAY)
		packet->dts = video->first_pts + number - X265_DELAY;
}

/* Makes a packet of the encoder's one of the stream's. */
static void address(struct sink_video *video, AVPacket *packet)
{
	set_decoding_time(video, packet);
	packet->stream_index = video->stream->index;
	if (!packet->duration && packet->pts == video->last_pts)
		packet->duration = video->last_duration; /* no next frame says where it ends */
	av_packet_rescale_ts(packet, video->encoder->time_base, video->stream->time_base);
}

rv_status sink_video_pull(struct sink_video *video, AVPacket *packet, bool *there, rv_error *error)
{
	for (;;) {
		int code = avcodec_receive_packet(video->encoder, packet);
		bool sent = false;
		*there = code >= 0;
		if (code < 0 && code != AVERROR(EAGAIN) && code != AVERROR_EOF)
			return libav_fail(error, code, "encoder %s failed",
			                  video->encoder->codec->name);
		if (code == AVERROR(EAGAIN) && video->palette) {
			rv_status status = send_reduced(video, &sent, error);
			if (status != RV_OK)
				return status;
		}
		if (!sent)
			break;
	}
	if (*there)
		address(video, packet);
	return RV_OK;
}

AVRational sink_video_last_duration(const struct sink_video *video)
{
	AVRational ticks = {(int)FFMIN(video->last_duration, INT_MAX), 1};
	return av_mul_q(ticks, video->encoder->time_base);
}
