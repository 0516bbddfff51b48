#include "app/media/sink.h"

#include <libavutil/opt.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/container.h"
#include "app/media/libav.h"
#include "app/media/panorama.h"
#include "app/media/sink_muxer.h"
#include "app/media/sink_resound.h"
#include "app/media/sink_sound.h"
#include "app/media/sink_streams.h"
#include "app/media/sink_video.h"
#include "app/media/tag.h"

struct sink {
	struct sink_muxer muxer;
	struct sink_stream *streams; /* by the source's index */
	int stream_count;
	bool refused_noted;
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
		.container = sink->muxer.context->oformat,
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
		contents->source
			? sink->muxer.context->streams[sink->streams[contents->video_index].index]
			: avformat_new_stream(sink->muxer.context, NULL);
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
	rv_status status = sink_add_streams(sink->muxer.context, format, contents->video_index, map,
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
			status = sink_resound_open(&sink->streams[i].resound, sink->muxer.context,
			                           format->streams[i], &sink->streams[i].index,
			                           sink->progress, error);
	if (status == RV_OK)
		status = sink_copy_tags(sink->muxer.context, format, sink->shift, error);
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
		status = sink_sound_open(&sink->sound, sink->muxer.context, error);
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
	sink->muxer.is_low_latency = options->speed == ENCODER_LOW_LATENCY;
	sink->muxer.keeps_partial = options->keeps_partial;
	sink->muxer.plays_early = options->plays_early;
	sink->progress = options->progress;
	sink->time_base = contents->video->time_base;
	sink->shift = libav_clock_start(contents->source);
	sink->is_encoded = contents->encoded;
	return sink_muxer_open(&sink->muxer, container, options->output, options->interrupt, error);
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
	sink->muxer.file = *file;
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

/* Of a file alone: nobody asks a pipe or a stream how it was made. */
static void note_forgetful(const struct sink *sink)
{
	const AVFormatContext *muxer = sink->muxer.context;
	bool is_file = container_place(muxer->url) == CONTAINER_FILE && strcmp(muxer->url, "-");
	if (is_file && !tag_fits(muxer->oformat))
		progress_note(sink->progress,
		              "%s: cannot say how it was made, which `reverie again` reads; .mp4, "
		              ".mov, .mkv, .webm, .avi and .ogv can",
		              muxer->url);
}

rv_status sink_tag(struct sink *sink, const char *text, rv_error *error)
{
	enum AVCodecID codec = sink->video_stream->codecpar->codec_id;
	note_forgetful(sink);
	if (codec != AV_CODEC_ID_GIF && codec != AV_CODEC_ID_WEBP && codec != AV_CODEC_ID_APNG)
		return tag_add_video(sink->muxer.context, text, error);
	sink->tag = strdup(text);
	return sink->tag ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory for the output");
}

rv_status sink_begin(struct sink *sink, rv_error *error)
{
	return sink_muxer_begin(&sink->muxer, error);
}

uint64_t sink_excess(const struct sink *sink)
{
	return sink_video_excess(sink->video);
}

const char *sink_encoder(const struct sink *sink)
{
	return sink_video_encoder(sink->video);
}

bool sink_keeps_times(const struct sink *sink)
{
	return container_keeps_times(sink->muxer.context->oformat);
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
		if ((status = tag_first(sink, error)) != RV_OK ||
		    (status = sink_muxer_write(&sink->muxer, sink->packet, error)) != RV_OK)
			return status;
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
	return sink_muxer_write(&sink->muxer, packet, error);
}

/* ---- the other streams ---- */

/* Writes what an encoder of sound has: one of the source's that is encoded anew, or, with NULL, our
 * own. */
static rv_status write_sound(struct sink *sink, struct sink_resound *resound, rv_error *error)
{
	int code;
	while ((code = resound ? sink_resound_pull(resound, sink->packet)
	                       : sink_sound_pull(sink->sound, sink->packet)) >= 0) {
		rv_status status = sink_muxer_write(&sink->muxer, sink->packet, error);
		if (status != RV_OK)
			return status;
	}
	if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
		return libav_fail(error, code, "the sound cannot be encoded");
	return RV_OK;
}

/* packet NULL: the stream has ended. */
static rv_status encode_anew(struct sink *sink, const struct sink_stream *stream, AVPacket *packet,
                             rv_error *error)
{
	sink_resound_push(stream->resound, packet, sink->shift);
	if (packet)
		av_packet_unref(packet);
	return write_sound(sink, stream->resound, error);
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
	sink_set_packet_times(sink->muxer.context, stream, sink->shift, packet);
	rv_error why = {0};
	rv_status status = sink_muxer_write(&sink->muxer, packet, &why);
	if (status == RV_IO && error)
		*error = why;
	if (status == RV_OK || status == RV_IO)
		return status;
	if (!sink->refused_noted) {
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
	return status == RV_OK ? write_sound(sink, NULL, error) : status;
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
	const char *name = sink->muxer.context->oformat->name;
	if (sink->is_encoded || seconds.num <= 0)
		return;
	if (!strcmp(name, "gif"))
		av_opt_set_int(sink->muxer.context->priv_data, "final_delay",
		               av_rescale_q(1, seconds, (AVRational){1, 100}), 0);
	if (!strcmp(name, "apng"))
		av_opt_set_q(sink->muxer.context->priv_data, "final_delay", seconds, 0);
}

rv_status sink_finish(struct sink **finished, rv_error *error)
{
	struct sink *sink = *finished;
	rv_status status = write_rest(sink, error);
	if (status == RV_OK) {
		set_last_delay(sink);
		status = sink_muxer_finish(&sink->muxer, error);
	}
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
	if (sink_muxer_keep(&sink->muxer))
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
	sink_muxer_close(&sink->muxer);
	av_packet_free(&sink->packet);
	for (int i = 0; i < sink->stream_count; i++)
		sink_resound_close(&sink->streams[i].resound);
	free(sink->streams);
	free(sink->tag);
	free(sink);
	*discarded = NULL;
}
