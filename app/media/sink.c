#include "app/media/sink.h"

#include <stdlib.h>
#include <string.h>

#include "app/media/container.h"
#include "app/media/libav.h"
#include "app/media/palette.h"
#include "app/media/sink_place.h"
#include "app/media/sink_sound.h"
#include "app/media/sink_streams.h"

struct sink {
	struct output_file *file; /* NULL: a stream or a device, which libavformat opens */
	AVFormatContext *muxer;
	bool header_written;
	bool is_watched;             /* nobody is to wait for packets that are there */
	bool keeps_parts;            /* what was written before a failure is kept */
	struct sink_stream *streams; /* by the source's index */
	int stream_count;
	int64_t shift; /* microseconds taken off every timestamp */
	struct progress *progress;
	bool refused_noted;

	AVStream *video; /* the muxer's */
	AVCodecContext *encoder;
	struct sink_sound *sound; /* NULL: none of our own */
	struct palette *palette;  /* GIF's; NULL elsewhere */
	struct converter converter;
	AVFrame *frame, *reduced;
	AVPacket *packet;
	AVRational time_base;            /* of sink_frame */
	int64_t last_pts, last_duration; /* of the last frame, in the encoder's time base */
};

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
		.pace = options->pace,
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
		convert_is_yuv(video->pixel_format) ? video->effective_matrix : encoder->colorspace;
	return RV_OK;
}

static rv_status describe_video(struct sink *sink, const struct sink_contents *contents,
                                rv_error *error)
{
	AVStream *video = contents->source
	                          ? sink->muxer->streams[sink->streams[contents->video_index].index]
	                          : avformat_new_stream(sink->muxer, NULL);
	if (!video)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	if (avcodec_parameters_from_context(video->codecpar, sink->encoder) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	video->time_base = sink->encoder->time_base;
	video->avg_frame_rate = contents->video->frame_rate;
	video->r_frame_rate = contents->video->frame_rate;
	video->sample_aspect_ratio = sink->encoder->sample_aspect_ratio;
	sink->video = video;
	return RV_OK;
}

static rv_status copy_streams(struct sink *sink, const struct sink_options *options,
                              const struct sink_contents *contents, rv_error *error)
{
	const AVFormatContext *format = contents->source;
	int *map = calloc(format->nb_streams, sizeof(*map));
	sink->streams = calloc(format->nb_streams, sizeof(*sink->streams));
	if (!map || !sink->streams) {
		free(map);
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	}
	rv_status status = sink_add_streams(sink->muxer, format, contents->video_index, map,
	                                    options->output, options->progress, error);
	sink->stream_count = (int)format->nb_streams;
	for (int i = 0; i < sink->stream_count; i++)
		sink->streams[i] = (struct sink_stream){
			.index = map[i],
			.time_base = format->streams[i]->time_base,
			.last_dts = AV_NOPTS_VALUE,
		};
	free(map);
	if (!status)
		status = sink_copy_tags(sink->muxer, format, sink->shift, error);
	return status;
}

static rv_status add_streams(struct sink *sink, const struct sink_options *options,
                             const struct sink_contents *contents, rv_error *error)
{
	rv_status status = RV_OK;
	if (contents->source)
		status = copy_streams(sink, options, contents, error);
	if (!status)
		status = describe_video(sink, contents, error);
	if (!status && contents->has_sound)
		status = sink_sound_open(&sink->sound, sink->muxer, error);
	return status;
}

/* Broadcasts start their clock anywhere; files keep theirs. */
static int64_t clock_start(const AVFormatContext *format)
{
	bool anywhere = format && format->iformat->flags & AVFMT_TS_DISCONT;
	return anywhere && format->start_time != AV_NOPTS_VALUE ? format->start_time : 0;
}

static bool has_sound(const struct sink_contents *contents)
{
	const AVFormatContext *format = contents->source;
	for (unsigned i = 0; format && i < format->nb_streams; i++)
		if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
			return true;
	return contents->has_sound;
}

/* y4m holds nothing but one video. */
static const char *pipe_format(const struct sink_contents *contents)
{
	const AVFormatContext *format = contents->source;
	bool nut = has_sound(contents) || (format && strcmp(format->iformat->name, "nut") == 0);
	return nut ? "nut" : "yuv4mpegpipe";
}

static rv_status open_muxer(struct sink *sink, const struct sink_options *options,
                            const struct sink_contents *contents, rv_error *error)
{
	const AVOutputFormat *container;
	rv_status status = container_choose(&container, options->output, options->format,
	                                    pipe_format(contents), error);
	if (status)
		return status;
	if (avformat_alloc_output_context2(&sink->muxer, container, NULL, options->output) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	sink->muxer->interrupt_callback = options->interrupt;
	sink->progress = options->progress;
	sink->time_base = contents->video->time_base;
	sink->last_pts = AV_NOPTS_VALUE;
	sink->shift = clock_start(contents->source);
	sink->is_watched = options->pace == ENCODER_AT_ONCE;
	sink->keeps_parts = options->keeps_parts;
	return RV_OK;
}

rv_status sink_create(struct sink **created, struct output_file **file,
                      const struct sink_options *options, const struct sink_contents *contents,
                      rv_error *error)
{
	struct sink *sink = calloc(1, sizeof(*sink));
	if (!sink) {
		output_file_discard(file);
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	}
	sink->file = *file;
	*file = NULL;
	rv_status status = open_muxer(sink, options, contents, error);
	if (!status)
		status = open_encoder(sink, options, contents->video, error);
	if (!status)
		status = prepare_frames(sink, contents->video, error);
	if (!status)
		status = add_streams(sink, options, contents, error);
	if (status)
		sink_discard(&sink);
	else
		*created = sink;
	return status;
}

/* ---- beginning ---- */

static rv_status write_error(const struct sink *sink, int code, rv_error *error)
{
	if (sink->file && output_file_errno(sink->file))
		return output_file_write_error(sink->file, error);
	return libav_fail(error, code, "%s: cannot be written",
	                  sink->file ? "the output" : sink->muxer->url);
}

/* Whether the last call, which gave code, or a write before it failed. */
static bool write_failed(const struct sink *sink, int code)
{
	return code < 0 || (sink->file && output_file_errno(sink->file));
}

static void set_muxer_options(const struct sink *sink, AVDictionary **options)
{
	AVFormatContext *muxer = sink->muxer;
	/* MP4 goes back to its beginning at the end, and cannot be read before, unless it is
	 * written in fragments. Its head must wait for the first one, to say how the sound's delay
	 * is made up for. */
	if (sink->keeps_parts) {
		av_dict_set(options, "movflags", "frag_keyframe+delay_moov+default_base_moof", 0);
		av_dict_set_int(options, "frag_duration", AV_TIME_BASE, 0);
		av_dict_set(options, "cluster_time_limit", "1000", 0); /* Matroska, ms */
	} else if (muxer->pb && !muxer->pb->seekable) {
		av_dict_set(options, "movflags", "frag_keyframe+empty_moov", 0);
	}
	av_dict_set(options, "rtsp_transport", "tcp", 0); /* what UDP loses is seen for seconds */
	muxer->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
	/* The encoder looks ahead for many frames, and sound must wait for them. */
	muxer->max_interleave_delta = (int64_t)60 * AV_TIME_BASE;
	if (sink->is_watched)
		muxer->flags |= AVFMT_FLAG_FLUSH_PACKETS;
}

rv_status sink_begin(struct sink *sink, rv_error *error)
{
	AVDictionary *options = NULL;
	rv_status status = sink_open_place(sink->muxer, sink->file, error);
	if (status)
		return status;
	set_muxer_options(sink, &options);
	libav_forget_complaint();
	int code = avformat_write_header(sink->muxer, &options);
	av_dict_free(&options);
	if (code >= 0) {
		sink->header_written = true;
		return RV_OK;
	}
	if (!sink->file || output_file_errno(sink->file))
		return write_error(sink, code, error);
	return libav_fail(error, code, "%s: %s cannot hold this video", sink->muxer->url,
	                  sink->muxer->oformat->name);
}

bool sink_keeps_times(const struct sink *sink)
{
	return container_keeps_times(sink->muxer->oformat);
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
	return write_failed(sink, code) ? write_error(sink, code, error) : RV_OK;
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
	AVRational from = sink->time_base;
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
		status = convert_view_frame(view, image, error);
	if (!status)
		status = convert(&sink->converter, sink->frame, view, error);
	av_frame_free(&view);
	if (status)
		return status;
	sink->frame->pts = encoder_time(sink, pts);
	sink->last_pts = sink->frame->pts;
	sink->last_duration = av_rescale_q(duration, sink->time_base, sink->encoder->time_base);
	return sink->palette ? encode_through_palette(sink, sink->frame, error)
	                     : encode(sink, sink->frame, error);
}

/* ---- the other streams ---- */

bool sink_takes(const struct sink *sink, int stream_index)
{
	return stream_index >= 0 && stream_index < sink->stream_count &&
	       sink->streams[stream_index].index >= 0;
}

rv_status sink_packet(struct sink *sink, AVPacket *packet, rv_error *error)
{
	if (!sink_takes(sink, packet->stream_index)) {
		av_packet_unref(packet);
		return RV_OK;
	}
	int from = packet->stream_index;
	struct sink_stream *stream = &sink->streams[from];
	packet->stream_index = stream->index;
	packet->pos = -1;
	sink_set_packet_times(sink->muxer, stream, sink->shift, packet);
	int code = av_interleaved_write_frame(sink->muxer, packet);
	if (write_failed(sink, 0) || (code < 0 && libav_status(code) == RV_IO))
		return write_error(sink, code, error);
	if (code < 0 && !sink->refused_noted) {
		progress_note(sink->progress,
		              "packets of stream %d are left out: the output refuses them", from);
		sink->refused_noted = true;
	}
	return RV_OK;
}

/* ---- sound of our own ---- */

/* samples NULL: the encoder gives out what it holds. */
static rv_status encode_sound(struct sink *sink, const float *samples, int count, rv_error *error)
{
	int code;
	libav_forget_complaint();
	rv_status status = sink_sound_push(sink->sound, samples, count, error);
	if (status)
		return status;
	while ((code = sink_sound_pull(sink->sound, sink->packet)) >= 0) {
		code = av_interleaved_write_frame(sink->muxer, sink->packet);
		if (write_failed(sink, code))
			return write_error(sink, code, error);
	}
	if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
		return libav_fail(error, code, "the sound cannot be encoded");
	return RV_OK;
}

bool sink_has_sound(const struct sink *sink)
{
	return sink->sound != NULL;
}

rv_status sink_samples(struct sink *sink, const float *samples, int count, rv_error *error)
{
	return count > 0 ? encode_sound(sink, samples, count, error) : RV_OK;
}

/* ---- the end ---- */

/* What the encoders still hold. */
static rv_status write_rest(struct sink *sink, rv_error *error)
{
	rv_status status = RV_OK;
	if (sink->palette)
		status = encode_through_palette(sink, NULL, error);
	if (!status)
		status = encode(sink, NULL, error);
	if (!status && sink->sound)
		status = encode_sound(sink, NULL, 0, error);
	return status;
}

/* libavformat frees some of a muxer's own memory only here. Where writing failed before, this goes
 * nowhere. */
static int write_trailer(struct sink *sink)
{
	int code = sink->header_written ? av_write_trailer(sink->muxer) : 0;
	sink->header_written = false;
	return code;
}

rv_status sink_finish(struct sink **finished, rv_error *error)
{
	struct sink *sink = *finished;
	rv_status status = write_rest(sink, error);
	if (!status) {
		int code = write_trailer(sink);
		if (code < 0)
			status = write_error(sink, code, error);
	}
	if (!status && sink->file)
		status = output_file_flush(sink->file, error);
	if (!status && sink->file)
		status = output_file_commit(&sink->file, error);
	if (status)
		sink_break_off(finished, error);
	sink_discard(finished);
	return status;
}

static void say_that_it_is_kept(rv_error *error)
{
	const rv_error cause = error ? *error : (rv_error){0};
	rv_fail(error, cause.status, "%s; what was recorded before is kept", cause.message);
}

void sink_break_off(struct sink **broken, rv_error *error)
{
	struct sink *sink = *broken;
	if (!sink)
		return;
	write_trailer(sink);
	if (sink->keeps_parts && sink->file && output_file_keep(&sink->file, sink_can_be_played))
		say_that_it_is_kept(error);
	sink_discard(broken);
}

void sink_discard(struct sink **discarded)
{
	struct sink *sink = *discarded;
	if (!sink)
		return;
	avcodec_free_context(&sink->encoder);
	sink_sound_close(&sink->sound);
	write_trailer(sink);
	sink_close_place(sink->muxer);
	palette_destroy(&sink->palette);
	convert_release(&sink->converter);
	av_frame_free(&sink->frame);
	av_frame_free(&sink->reduced);
	av_packet_free(&sink->packet);
	output_file_discard(&sink->file);
	free(sink->streams);
	free(sink);
	*discarded = NULL;
}
