#include "app/sink.h"

#include "app/encoder.h"
#include "app/libav_util.h"
#include "app/palette.h"
#include "app/sink_streams.h"

#include <libavutil/avstring.h>
#include <stdlib.h>
#include <string.h>

/* A stream of the source, as the sink knows it. */
struct copied_stream {
	int index;            /* in the output; -1: left out */
	AVRational time_base; /* of the source's packets */
	int64_t last_dts;     /* in the output's time base */
};

struct sink {
	struct output_file *file;
	AVFormatContext *muxer;
	bool header_written;
	struct copied_stream *streams; /* by the source's index */
	int stream_count;
	int64_t shift; /* microseconds taken off every timestamp */
	struct progress *progress;
	bool refused_noted;

	AVStream *video; /* the muxer's */
	AVCodecContext *encoder;
	struct palette *palette; /* GIF's; NULL elsewhere */
	struct converter converter;
	AVFrame *frame, *reduced;
	AVPacket *packet;
	AVRational source_time_base;
	int64_t last_pts, last_duration; /* of the last frame, in the encoder's time base */
};

/* ---- which container ---- */

static bool has_sound(const AVFormatContext *format)
{
	for (unsigned i = 0; i < format->nb_streams; i++)
		if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
			return true;
	return false;
}

static const char *pipe_format(const AVFormatContext *source)
{
	bool nut = strcmp(source->iformat->name, "nut") == 0 || has_sound(source);
	return nut ? "nut" : "yuv4mpegpipe";
}

static rv_status choose_container(const AVOutputFormat **container,
                                  const struct sink_options *options, const AVFormatContext *source,
                                  rv_error *error)
{
	const char *format = options->format;
	if (format && strcmp(format, "y4m") == 0)
		format = "yuv4mpegpipe";
	if (!format && strcmp(options->output, "-") == 0)
		format = pipe_format(source);
	*container = av_guess_format(format, format ? NULL : options->output, NULL);
	if (!*container && format)
		return rv_fail(error, RV_NOT_FOUND,
		               "format %s: this FFmpeg writes none of that name", format);
	if (!*container)
		return rv_fail(
			error, RV_UNSUPPORTED,
			"%s: the name says no video format; .mp4, .mkv, .mov, .webm and .gif "
			"are some",
			options->output);
	if ((*container)->flags & AVFMT_NOFILE)
		return rv_fail(
			error, RV_UNSUPPORTED,
			"%s: holds single pictures, and the input is a video; name the output "
			".mp4 or .mkv, or take one frame with --still",
			options->output);
	if ((*container)->video_codec == AV_CODEC_ID_NONE)
		return rv_fail(error, RV_UNSUPPORTED, "%s: %s holds no video", options->output,
		               (*container)->name);
	return RV_OK;
}

/* ---- opening ---- */

static rv_status open_encoder(struct sink *sink, const struct sink_options *options,
                              const struct video_description *video, rv_error *error)
{
	const struct encoder_request request = {
		.name = options->encoder,
		.container = sink->muxer->oformat,
		.video = video,
		.quality = options->quality,
		.width = options->width,
		.height = options->height,
	};
	rv_status status = encoder_open(&sink->encoder, &request, error);
	if (!status && sink->encoder->pix_fmt == AV_PIX_FMT_PAL8)
		status = palette_create(&sink->palette, options->width, options->height,
		                        sink->encoder->time_base, error);
	return status;
}

/* The frame that images are converted into: what the encoder takes, or the palette. */
static rv_status prepare_frames(struct sink *sink, const struct video_description *video,
                                rv_error *error)
{
	AVCodecContext *encoder = sink->encoder;
	sink->frame = av_frame_alloc();
	sink->reduced = av_frame_alloc();
	sink->packet = av_packet_alloc();
	if (!sink->frame || !sink->reduced || !sink->packet)
		return rv_fail(error, RV_MEMORY, "out of memory for the encoder");
	sink->frame->format = sink->palette ? AV_PIX_FMT_BGRA : encoder->pix_fmt;
	sink->frame->width = encoder->width;
	sink->frame->height = encoder->height;
	sink->frame->color_range = encoder->color_range;
	sink->frame->color_primaries = encoder->color_primaries;
	sink->frame->color_trc = encoder->color_trc;
	sink->frame->chroma_location = encoder->chroma_sample_location;
	sink->frame->sample_aspect_ratio = encoder->sample_aspect_ratio;
	sink->frame->quality = encoder->global_quality; /* where that is the encoder's scale */
	/* YUV goes back by the matrix that it came by, said or guessed. */
	sink->frame->colorspace =
		is_yuv_format(video->pixel_format) ? video->effective_matrix : encoder->colorspace;
	return RV_OK;
}

static rv_status describe_video(struct sink *sink, const struct source *source, rv_error *error)
{
	AVStream *video = sink->muxer->streams[sink->streams[source->video_index].index];
	if (avcodec_parameters_from_context(video->codecpar, sink->encoder) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	video->time_base = sink->encoder->time_base;
	video->avg_frame_rate = source->video.frame_rate;
	video->r_frame_rate = source->video.frame_rate;
	video->sample_aspect_ratio = sink->encoder->sample_aspect_ratio;
	sink->video = video;
	return RV_OK;
}

static rv_status add_streams(struct sink *sink, const struct sink_options *options,
                             const struct source *source, rv_error *error)
{
	const AVFormatContext *format = source->input->format;
	int *map = calloc(format->nb_streams, sizeof(*map));
	sink->streams = calloc(format->nb_streams, sizeof(*sink->streams));
	if (!map || !sink->streams) {
		free(map);
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	}
	rv_status status = sink_add_streams(sink->muxer, format, source->video_index, map,
	                                    options->output, options->progress, error);
	sink->stream_count = (int)format->nb_streams;
	for (int i = 0; i < sink->stream_count; i++)
		sink->streams[i] = (struct copied_stream){
			.index = map[i],
			.time_base = format->streams[i]->time_base,
			.last_dts = AV_NOPTS_VALUE,
		};
	free(map);
	return status;
}

/* Broadcasts start their clock anywhere; files keep theirs. */
static int64_t clock_start(const AVFormatContext *format)
{
	bool anywhere = format->iformat->flags & AVFMT_TS_DISCONT;
	return anywhere && format->start_time != AV_NOPTS_VALUE ? format->start_time : 0;
}

static rv_status write_error(const struct sink *sink, int code, rv_error *error)
{
	if (output_file_errno(sink->file))
		return output_file_write_error(sink->file, error);
	return libav_fail(error, code, "the output cannot be written");
}

static rv_status write_header(struct sink *sink, const struct sink_options *options,
                              rv_error *error)
{
	AVDictionary *muxer_options = NULL;
	/* MP4 goes back to its beginning at the end, unless it is written in fragments. */
	if (!sink->muxer->pb->seekable)
		av_dict_set(&muxer_options, "movflags", "frag_keyframe+empty_moov", 0);
	sink->muxer->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
	/* The encoder looks ahead for many frames, and sound must wait for them. */
	sink->muxer->max_interleave_delta = (int64_t)60 * AV_TIME_BASE;
	libav_forget_complaint();
	int code = avformat_write_header(sink->muxer, &muxer_options);
	av_dict_free(&muxer_options);
	if (code >= 0) {
		sink->header_written = true;
		return RV_OK;
	}
	if (output_file_errno(sink->file))
		return output_file_write_error(sink->file, error);
	return libav_fail(error, code, "%s: %s cannot hold this video", options->output,
	                  sink->muxer->oformat->name);
}

static rv_status open_muxer(struct sink *sink, const struct sink_options *options,
                            const struct source *source, rv_error *error)
{
	const AVOutputFormat *container;
	rv_status status = choose_container(&container, options, source->input->format, error);
	if (status)
		return status;
	if (avformat_alloc_output_context2(&sink->muxer, container, NULL, options->output) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	sink->muxer->pb = output_file_io(sink->file);
	sink->muxer->flags |= AVFMT_FLAG_CUSTOM_IO;
	sink->progress = options->progress;
	sink->source_time_base = source->video.time_base;
	sink->last_pts = AV_NOPTS_VALUE;
	sink->shift = clock_start(source->input->format);
	return RV_OK;
}

rv_status sink_open(struct sink **opened, struct output_file **file,
                    const struct sink_options *options, const struct source *source,
                    rv_error *error)
{
	struct sink *sink = calloc(1, sizeof(*sink));
	if (!sink) {
		output_file_discard(file);
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	}
	sink->file = *file;
	*file = NULL;
	rv_status status = open_muxer(sink, options, source, error);
	if (!status)
		status = open_encoder(sink, options, &source->video, error);
	if (!status)
		status = prepare_frames(sink, &source->video, error);
	if (!status)
		status = add_streams(sink, options, source, error);
	if (!status)
		status = describe_video(sink, source, error);
	if (!status)
		status = sink_copy_tags(sink->muxer, source->input->format, sink->shift, error);
	if (!status)
		status = write_header(sink, options, error);
	if (status)
		sink_discard(&sink);
	else
		*opened = sink;
	return status;
}

/* ---- the video ---- */

static rv_status write_encoded(struct sink *sink, rv_error *error)
{
	AVPacket *packet = sink->packet;
	packet->stream_index = sink->video->index;
	if (!packet->duration && packet->pts == sink->last_pts)
		packet->duration = sink->last_duration; /* no next frame says where it ends */
	av_packet_rescale_ts(packet, sink->encoder->time_base, sink->video->time_base);
	int code = av_interleaved_write_frame(sink->muxer, packet);
	if (code < 0 || output_file_errno(sink->file))
		return write_error(sink, code, error);
	return RV_OK;
}

/* frame NULL: the encoder gives out what it holds. */
static rv_status encode(struct sink *sink, const AVFrame *frame, rv_error *error)
{
	libav_forget_complaint();
	int code = avcodec_send_frame(sink->encoder, frame);
	if (code < 0 && code != AVERROR_EOF)
		return libav_fail(error, code, "encoder %s failed", sink->encoder->codec->name);
	while ((code = avcodec_receive_packet(sink->encoder, sink->packet)) >= 0) {
		rv_status status = write_encoded(sink, error);
		if (status)
			return status;
	}
	if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
		return libav_fail(error, code, "encoder %s failed", sink->encoder->codec->name);
	return RV_OK;
}

/* frame NULL: the palette gives out what it holds. */
static rv_status encode_through_palette(struct sink *sink, AVFrame *frame, rv_error *error)
{
	int code;
	rv_status status = palette_push(sink->palette, frame, error);
	if (status)
		return status;
	while ((code = palette_pull(sink->palette, sink->reduced)) >= 0) {
		status = encode(sink, sink->reduced, error);
		av_frame_unref(sink->reduced);
		if (status)
			return status;
	}
	if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
		return libav_fail(error, code, "a palette cannot be made");
	return RV_OK;
}

static int64_t shift_in(const struct sink *sink, AVRational time_base)
{
	return av_rescale_q(sink->shift, AV_TIME_BASE_Q, time_base);
}

/* The encoder's clock may be coarser than the source's: frames never fall onto one tick. */
static int64_t encoder_time(const struct sink *sink, int64_t pts)
{
	AVRational from = sink->source_time_base;
	int64_t time = av_rescale_q(pts - shift_in(sink, from), from, sink->encoder->time_base);
	return sink->last_pts == AV_NOPTS_VALUE ? time : FFMAX(time, sink->last_pts + 1);
}

rv_status sink_frame(struct sink *sink, const rv_image *image, int64_t pts, int64_t duration,
                     rv_error *error)
{
	AVFrame *view = av_frame_alloc();
	rv_status status = RV_OK;
	/* The encoder may still hold the last pixels: it takes fresh ones then. */
	bool writable = view && (sink->frame->buf[0] ? av_frame_make_writable(sink->frame)
	                                             : av_frame_get_buffer(sink->frame, 0)) >= 0;
	if (!writable)
		status = rv_fail(error, RV_MEMORY, "out of memory for the encoder");
	if (!status)
		status = frame_view_image(view, image, error);
	if (!status)
		status = convert(&sink->converter, sink->frame, view, error);
	av_frame_free(&view);
	if (status)
		return status;
	sink->frame->pts = encoder_time(sink, pts);
	sink->last_pts = sink->frame->pts;
	sink->last_duration =
		av_rescale_q(duration, sink->source_time_base, sink->encoder->time_base);
	return sink->palette ? encode_through_palette(sink, sink->frame, error)
	                     : encode(sink, sink->frame, error);
}

/* ---- the other streams ---- */

bool sink_takes(const struct sink *sink, int stream_index)
{
	return stream_index >= 0 && stream_index < sink->stream_count &&
	       sink->streams[stream_index].index >= 0;
}

/* Decoding timestamps that stand still or run back, as damaged files have them, would be refused.
 */
static void make_dts_rise(const struct sink *sink, struct copied_stream *stream, AVPacket *packet)
{
	bool may_stand = sink->muxer->oformat->flags & AVFMT_TS_NONSTRICT;
	if (packet->dts == AV_NOPTS_VALUE)
		return;
	if (stream->last_dts != AV_NOPTS_VALUE)
		packet->dts = FFMAX(packet->dts, stream->last_dts + !may_stand);
	if (packet->pts != AV_NOPTS_VALUE)
		packet->pts = FFMAX(packet->pts, packet->dts);
	stream->last_dts = packet->dts;
}

static void set_packet_times(const struct sink *sink, struct copied_stream *stream,
                             AVPacket *packet)
{
	int64_t shift = shift_in(sink, stream->time_base);
	if (packet->pts != AV_NOPTS_VALUE)
		packet->pts -= shift;
	if (packet->dts != AV_NOPTS_VALUE)
		packet->dts -= shift;
	av_packet_rescale_ts(packet, stream->time_base,
	                     sink->muxer->streams[stream->index]->time_base);
	make_dts_rise(sink, stream, packet);
}

rv_status sink_packet(struct sink *sink, AVPacket *packet, rv_error *error)
{
	if (!sink_takes(sink, packet->stream_index)) {
		av_packet_unref(packet);
		return RV_OK;
	}
	int from = packet->stream_index;
	struct copied_stream *stream = &sink->streams[from];
	packet->stream_index = stream->index;
	packet->pos = -1;
	set_packet_times(sink, stream, packet);
	int code = av_interleaved_write_frame(sink->muxer, packet);
	if (output_file_errno(sink->file) || (code < 0 && libav_status(code) == RV_IO))
		return write_error(sink, code, error);
	if (code < 0 && !sink->refused_noted) {
		progress_note(sink->progress,
		              "packets of stream %d are left out: the output refuses them", from);
		sink->refused_noted = true;
	}
	return RV_OK;
}

/* ---- the end ---- */

rv_status sink_finish(struct sink **finished, rv_error *error)
{
	struct sink *sink = *finished;
	rv_status status = RV_OK;
	if (sink->palette)
		status = encode_through_palette(sink, NULL, error);
	if (!status)
		status = encode(sink, NULL, error);
	if (!status) {
		int code = av_write_trailer(sink->muxer);
		sink->header_written = false;
		if (code < 0)
			status = write_error(sink, code, error);
	}
	if (!status)
		status = output_file_commit(&sink->file, error);
	sink_discard(finished);
	return status;
}

/* libavformat frees some of a muxer's own memory only with the trailer: it then goes nowhere. */
static void abandon_muxer(struct sink *sink)
{
	if (sink->header_written)
		av_write_trailer(sink->muxer);
	avformat_free_context(sink->muxer);
}

void sink_discard(struct sink **discarded)
{
	struct sink *sink = *discarded;
	if (!sink)
		return;
	avcodec_free_context(&sink->encoder);
	abandon_muxer(sink);
	palette_destroy(&sink->palette);
	converter_release(&sink->converter);
	av_frame_free(&sink->frame);
	av_frame_free(&sink->reduced);
	av_packet_free(&sink->packet);
	output_file_discard(&sink->file);
	free(sink->streams);
	free(sink);
	*discarded = NULL;
}
