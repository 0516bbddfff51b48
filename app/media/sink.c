#include "app/media/sink.h"

#include <libavutil/opt.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/container.h"
#include "app/media/libav.h"
#include "app/media/panorama.h"
#include "app/media/sink_place.h"
#include "app/media/sink_resound.h"
#include "app/media/sink_sound.h"
#include "app/media/sink_streams.h"
#include "app/media/sink_video.h"
#include "app/media/tag.h"

struct sink {
	struct output_file *file; /* NULL: a stream or a device, which libavformat opens */
	AVFormatContext *muxer;
	bool header_written, refused_noted;
	bool is_low_latency;         /* every packet goes out at once */
	bool keeps_partial;          /* a file that breaks off is kept */
	bool plays_early;            /* and can be played up to there */
	struct sink_stream *streams; /* by the source's index */
	int stream_count;
	int64_t shift; /* microseconds taken off every timestamp */
	struct progress *progress;
	char *tag; /* that the first picture is to carry along, owned; NULL: none */

	struct sink_video *video;
	bool is_encoded;              /* the video comes so */
	const AVStream *video_stream; /* the muxer's */
	struct sink_sound *sound;     /* NULL: none of our own */
	AVPacket *packet;             /* on its way from an encoder to the muxer */
	AVRational time_base;         /* of sink_frame */
};

/* ---- opening ---- */

static rv_status open_video(struct sink *sink, const struct sink_options *options,
                            const struct video_description *video, rv_error *error)
{
	const struct encoder_request request = {
		.name = options->encoder,
		.container = sink->muxer->oformat,
		.video = video,
		.quality = options->quality,
		.width = options->width,
		.height = options->height,
		.speed = options->speed,
		.exact = options->exact,
		.memory = options->memory,
	};
	sink->packet = av_packet_alloc();
	if (!sink->packet)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	return sink_video_open(&sink->video, &request, error);
}

static rv_status add_video(struct sink *sink, const struct sink_contents *contents, rv_error *error)
{
	AVStream *stream =
		contents->source ? sink->muxer->streams[sink->streams[contents->video_index].index]
				 : avformat_new_stream(sink->muxer, NULL);
	if (!stream)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	sink->video_stream = stream;
	rv_status status = sink_video_describe(sink->video, contents->video, stream, error);
	if (status == RV_OK && contents->encoded)
		status = sink_copy_head(stream, contents->encoded, error);
	if (status == RV_OK && contents->is_sphere)
		status = panorama_mark_stream(stream, error);
	return status;
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
	                                    options->progress, error);
	sink->stream_count = (int)format->nb_streams;
	for (int i = 0; i < sink->stream_count; i++)
		sink->streams[i] = (struct sink_stream){
			.index = map[i],
			.time_base = format->streams[i]->time_base,
			.last_dts = AV_NOPTS_VALUE,
		};
	free(map);
	for (int i = 0; i < sink->stream_count && status == RV_OK; i++)
		if (sink->streams[i].index == SINK_STREAM_RESOUND)
			status = sink_resound_open(&sink->streams[i].resound, sink->muxer,
			                           format->streams[i], &sink->streams[i].index,
			                           sink->progress, error);
	if (status == RV_OK)
		status = sink_copy_tags(sink->muxer, format, sink->shift, error);
	return status;
}

static rv_status add_streams(struct sink *sink, const struct sink_options *options,
                             const struct sink_contents *contents, rv_error *error)
{
	rv_status status = RV_OK;
	if (contents->source)
		status = copy_streams(sink, options, contents, error);
	if (status == RV_OK)
		status = add_video(sink, contents, error);
	if (status == RV_OK && contents->has_sound)
		status = sink_sound_open(&sink->sound, sink->muxer, error);
	return status;
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
	if (status != RV_OK)
		return status;
	if (avformat_alloc_output_context2(&sink->muxer, container, NULL, options->output) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	sink->muxer->interrupt_callback = options->interrupt;
	sink->progress = options->progress;
	sink->time_base = contents->video->time_base;
	sink->shift = libav_clock_start(contents->source);
	sink->is_low_latency = options->speed == ENCODER_LOW_LATENCY;
	sink->keeps_partial = options->keeps_partial;
	sink->plays_early = options->plays_early;
	sink->is_encoded = contents->encoded;
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
	if (status == RV_OK)
		status = open_video(sink, options, contents->video, error);
	if (status == RV_OK)
		status = add_streams(sink, options, contents, error);
	if (status != RV_OK)
		sink_discard(&sink);
	else
		*created = sink;
	return status;
}

rv_status sink_tag(struct sink *sink, const char *text, rv_error *error)
{
	enum AVCodecID codec = sink->video_stream->codecpar->codec_id;
	if (codec != AV_CODEC_ID_GIF && codec != AV_CODEC_ID_WEBP && codec != AV_CODEC_ID_APNG)
		return tag_add_video(sink->muxer, text, error);
	sink->tag = strdup(text);
	return sink->tag ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory for the output");
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

/* A muxer that moves its index to the front reads what it has written. */
static int open_written(AVFormatContext *muxer, AVIOContext **io, const char *url, int flags,
                        AVDictionary **options)
{
	const char *temporary = output_file_temporary(muxer->opaque);
	(void)url;
	return temporary ? avio_open2(io, temporary, flags, &muxer->interrupt_callback, options)
	                 : AVERROR(ENOSYS);
}

static void set_muxer_options(const struct sink *sink, AVDictionary **options)
{
	AVFormatContext *muxer = sink->muxer;
	/* MP4 goes back to its beginning at the end, and cannot be read before, unless it is
	 * written in fragments. Its head must wait for the first one, to say how the sound's delay
	 * is made up for. */
	if (sink->plays_early) {
		av_dict_set(options, "movflags", "frag_keyframe+delay_moov+default_base_moof", 0);
		av_dict_set_int(options, "frag_duration", AV_TIME_BASE, 0);
		av_dict_set(options, "cluster_time_limit", "1000", 0); /* Matroska, ms */
	} else if (muxer->pb && !muxer->pb->seekable) {
		av_dict_set(options, "movflags", "frag_keyframe+empty_moov", 0);
	} else if (sink->file) {
		/* What comes over a network then plays before all of it is there. */
		av_dict_set(options, "movflags", "faststart", 0);
		muxer->opaque = sink->file;
		muxer->io_open = open_written;
	}
	av_dict_set(options, "rtsp_transport", "tcp", 0); /* what UDP loses is seen for seconds */
	muxer->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL; /* FLAC in MP4 */
	/* The encoder looks ahead for many frames, and sound must wait for them. */
	muxer->max_interleave_delta = (int64_t)60 * AV_TIME_BASE;
	if (sink->is_low_latency)
		muxer->flags |= AVFMT_FLAG_FLUSH_PACKETS;
}

rv_status sink_begin(struct sink *sink, rv_error *error)
{
	AVDictionary *options = NULL;
	rv_status status = sink_open_place(sink->muxer, sink->file, error);
	if (status != RV_OK)
		return status;
	if (sink->file && sink->keeps_partial)
		output_file_reserve(sink->file);
	set_muxer_options(sink, &options);
	libav_clear_error();
	int code = avformat_write_header(sink->muxer, &options);
	av_dict_free(&options);
	sink->header_written = code >= 0;
	if (code >= 0)
		return RV_OK;
	if (!sink->file || output_file_errno(sink->file))
		return write_error(sink, code, error);
	return libav_fail(error, code, "%s: %s cannot hold this video", sink->muxer->url,
	                  sink->muxer->oformat->name);
}

const char *sink_encoder(const struct sink *sink)
{
	return sink_video_encoder(sink->video);
}

bool sink_keeps_times(const struct sink *sink)
{
	return container_keeps_times(sink->muxer->oformat);
}

/* ---- the video ---- */

/* What cannot be told by the muxer is told by the first picture. */
static rv_status tag_first(struct sink *sink, rv_error *error)
{
	rv_status status = RV_OK;
	if (sink->tag)
		status = tag_add(sink->packet, sink->video_stream->codecpar->codec_id, sink->tag,
		                 error);
	free(sink->tag);
	sink->tag = NULL;
	return status;
}

/* image NULL: the encoder gives out what it holds. */
static rv_status encode_video(struct sink *sink, const rv_image *image, int64_t pts,
                              int64_t duration, rv_error *error)
{
	bool there;
	rv_status status = sink_video_push(sink->video, image, pts, duration, error);
	if (status != RV_OK)
		return status;
	while ((status = sink_video_pull(sink->video, sink->packet, &there, error)) == RV_OK &&
	       there) {
		if ((status = tag_first(sink, error)) != RV_OK)
			return status;
		int code = av_interleaved_write_frame(sink->muxer, sink->packet);
		if (write_failed(sink, code))
			return write_error(sink, code, error);
	}
	return status;
}

rv_status sink_frame(struct sink *sink, const rv_image *image, int64_t pts, int64_t duration,
                     rv_error *error)
{
	int64_t shift = av_rescale_q(sink->shift, AV_TIME_BASE_Q, sink->time_base);
	return encode_video(sink, image, pts - shift, duration, error);
}

void sink_keep(struct sink *sink, const AVFrame *frame, const rv_image *image)
{
	sink_video_keep(sink->video, frame, image);
}

rv_status sink_encoded(struct sink *sink, AVPacket *packet, rv_error *error)
{
	int64_t shift = av_rescale_q(sink->shift, AV_TIME_BASE_Q, sink->time_base);
	packet->pts -= shift;
	packet->dts -= shift;
	packet->pos = -1;
	packet->stream_index = sink->video_stream->index;
	av_packet_rescale_ts(packet, sink->time_base, sink->video_stream->time_base);
	int code = av_interleaved_write_frame(sink->muxer, packet);
	return write_failed(sink, code) ? write_error(sink, code, error) : RV_OK;
}

/* ---- the other streams ---- */

/* Writes what an encoder of sound has. */
static rv_status write_sound(struct sink *sink, struct sink_sound *sound, rv_error *error)
{
	int code;
	while ((code = sink_sound_pull(sound, sink->packet)) >= 0) {
		code = av_interleaved_write_frame(sink->muxer, sink->packet);
		if (write_failed(sink, code))
			return write_error(sink, code, error);
	}
	if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
		return libav_fail(error, code, "the sound cannot be encoded");
	return RV_OK;
}

/* packet NULL: the stream has ended. */
static rv_status encode_anew(struct sink *sink, const struct sink_stream *stream, AVPacket *packet,
                             rv_error *error)
{
	rv_status status = sink_resound_push(stream->resound, packet, sink->shift, error);
	if (packet)
		av_packet_unref(packet);
	return status == RV_OK ? write_sound(sink, sink_resound_sound(stream->resound), error)
	                       : status;
}

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
	if (stream->resound)
		return encode_anew(sink, stream, packet, error);
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
	libav_clear_error();
	rv_status status = sink_sound_push(sink->sound, samples, count, error);
	return status == RV_OK ? write_sound(sink, sink->sound, error) : status;
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
	rv_status status = sink->is_encoded ? RV_OK : encode_video(sink, NULL, 0, 0, error);
	if (status == RV_OK && sink->sound)
		status = encode_sound(sink, NULL, 0, error);
	for (int i = 0; i < sink->stream_count && status == RV_OK; i++)
		if (sink->streams[i].resound)
			status = encode_anew(sink, &sink->streams[i], NULL, error);
	return status;
}

/* GIF's and APNG's muxers take the last delay for that before it, unless they are told. */
static void set_last_delay(struct sink *sink)
{
	AVRational seconds = sink_video_last_duration(sink->video);
	const char *name = sink->muxer->oformat->name;
	if (sink->is_encoded || seconds.num <= 0)
		return;
	if (!strcmp(name, "gif"))
		av_opt_set_int(sink->muxer->priv_data, "final_delay",
		               av_rescale_q(1, seconds, (AVRational){1, 100}), 0);
	if (!strcmp(name, "apng"))
		av_opt_set_q(sink->muxer->priv_data, "final_delay", seconds, 0);
}

/* libavformat frees some of a muxer's memory only here, so this is also called where writing
 * failed. */
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
	if (status == RV_OK) {
		set_last_delay(sink);
		int code = write_trailer(sink);
		if (code < 0)
			status = write_error(sink, code, error);
	}
	if (status == RV_OK && sink->file)
		status = output_file_flush(sink->file, error);
	if (status == RV_OK && sink->file)
		status = output_file_commit(&sink->file, error);
	if (status != RV_OK)
		sink_abort(finished, error);
	sink_discard(finished);
	return status;
}

static void report_kept_file(rv_error *error)
{
	const rv_error cause = error ? *error : (rv_error){0};
	rv_fail(error, cause.status, "%s; what was written before is kept", cause.message);
}

void sink_abort(struct sink **broken, rv_error *error)
{
	struct sink *sink = *broken;
	if (!sink)
		return;
	/* On a full disk the index may still fit at the end. */
	if (sink->header_written)
		av_opt_set(sink->muxer, "movflags", "-faststart", AV_OPT_SEARCH_CHILDREN);
	write_trailer(sink);
	if (sink->keeps_partial && sink->file && output_file_keep(&sink->file, sink_is_playable))
		report_kept_file(error);
	sink_discard(broken);
}

void sink_discard(struct sink **discarded)
{
	struct sink *sink = *discarded;
	if (!sink)
		return;
	sink_video_close(&sink->video);
	sink_sound_close(&sink->sound);
	write_trailer(sink);
	sink_close_place(sink->muxer);
	av_packet_free(&sink->packet);
	output_file_discard(&sink->file);
	for (int i = 0; i < sink->stream_count; i++)
		sink_resound_close(&sink->streams[i].resound);
	free(sink->streams);
	free(sink->tag);
	free(sink);
	*discarded = NULL;
}
