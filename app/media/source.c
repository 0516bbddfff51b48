#include "app/media/source.h"

#include <libavutil/avstring.h>
#include <libavutil/time.h>
#include <stdlib.h>

#include "app/media/describe.h"
#include "app/media/libav.h"
#include "app/media/orientation.h"

/* So many reads in a row may fail for damage before the input counts as ended. */
enum { UNREADABLE_MAX = 16 };

/* ---- opening ---- */

static AVStream *video_stream(const struct source *source)
{
	return source->input->format->streams[source->video_index];
}

static rv_status find_streams(struct input *input, rv_error *error)
{
	/* Cameras say all that is needed, and have no frame ready to look at. */
	if (input->is_device)
		return RV_OK;
	libav_clear_error();
	int code = avformat_find_stream_info(input->format, NULL);
	return code < 0 ? input_fail(input, code, "cannot be read", error) : RV_OK;
}

/* Cover pictures come as video streams of one frame. */
static void discard_covers(AVFormatContext *format)
{
	for (unsigned i = 0; i < format->nb_streams; i++)
		if (format->streams[i]->disposition & AV_DISPOSITION_ATTACHED_PIC)
			format->streams[i]->discard = AVDISCARD_ALL;
}

static bool has_video(const AVFormatContext *format)
{
	for (unsigned i = 0; i < format->nb_streams; i++)
		if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
		    format->streams[i]->discard != AVDISCARD_ALL)
			return true;
	return false;
}

static rv_status choose_stream(struct source *source, const AVCodec **codec, rv_error *error)
{
	AVFormatContext *format = source->input->format;
	discard_covers(format);
	if (!has_video(format))
		return rv_fail(error, RV_UNSUPPORTED, "%s: has no video stream",
		               source->input->name);
	source->video_index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, codec, 0);
	if (source->video_index < 0)
		return libav_fail(error, source->video_index,
		                  "%s: this FFmpeg cannot decode the video", source->input->name);
	const AVCodecParameters *parameters = video_stream(source)->codecpar;
	if (parameters->width || parameters->height)
		return libav_check_picture_size(source->input->name, parameters->width,
		                                parameters->height, error);
	return RV_OK;
}

static rv_status open_decoder(struct source *source, const AVCodec *codec, rv_error *error)
{
	const AVStream *stream = video_stream(source);
	source->decoder = avcodec_alloc_context3(codec);
	if (!source->decoder)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", source->input->name);
	int code = avcodec_parameters_to_context(source->decoder, stream->codecpar);
	source->decoder->pkt_timebase = stream->time_base;
	source->decoder->framerate = stream->avg_frame_rate;
	source->decoder->thread_count = LIBAV_THREADS;
	/* Threads that each decode a frame of their own hold back as many frames. */
	if (source->input->live && source->input->is_realtime)
		source->decoder->thread_type = FF_THREAD_SLICE;
	libav_limit_frames(source->decoder);
	if (code >= 0)
		code = avcodec_open2(source->decoder, codec, NULL);
	return code < 0 ? libav_fail(error, code, "%s: cannot be decoded", source->input->name)
	                : RV_OK;
}

/* Whether each field becomes a frame, every other one in the middle of a stored frame's time. */
static bool makes_each_field(const struct source *source)
{
	return source->input->interlace == INTERLACE_FIELD;
}

/* Of the frames that are given out. */
static AVRational time_base_of(const struct source *source)
{
	AVRational time_base = video_stream(source)->time_base;
	return makes_each_field(source) ? av_mul_q(time_base, (AVRational){1, 2}) : time_base;
}

static struct describe_seen seen_of(const struct source *source)
{
	return (struct describe_seen){
		.format = source->input->format,
		.stream = video_stream(source),
		.frame = source->frame,
		.time_base = time_base_of(source),
		.frames_of_one = makes_each_field(source) && source->deinterlacer.graph ? 2 : 1,
	};
}

static void describe(struct source *source)
{
	const struct describe_seen seen = seen_of(source);
	source->orientation = describe_orientation(&seen);
	panorama_of_stream(&source->panorama, seen.stream);
	describe_video(&seen, &source->video);
	if (source->display_aspect <= 0)
		source->display_aspect = video_display_aspect(&source->video);
}

/* ---- decoding ---- */

/* How long a frame lasts that does not say so itself. */
static int64_t usual_duration(const struct source *source)
{
	const struct describe_seen seen = seen_of(source);
	AVRational rate = describe_frame_rate(&seen);
	return rate.num ? FFMAX(av_rescale_q(1, av_inv_q(rate), seen.time_base), 1) : 1;
}

/* Timestamps always rise: encoders insist on it. A frame without one follows the last. */
static void set_time(struct source *source)
{
	int64_t pts = source->frame->pts;
	if (source->timed) {
		int64_t last = source->duration ? source->duration : usual_duration(source);
		if (pts == AV_NOPTS_VALUE)
			pts = source->pts + last;
		pts = FFMAX(pts, source->pts + 1);
	} else if (pts == AV_NOPTS_VALUE) {
		pts = 0;
	}
	source->pts = pts;
	source->duration = FFMAX(source->frame->pkt_duration, 0);
	source->timed = true;
}

/* 0: a frame, whose pts is the best guess; else libav's code: AVERROR(EAGAIN) where more must be
 * fed, AVERROR_EOF. */
static int decode_frame(struct source *source)
{
	int code = avcodec_receive_frame(source->decoder, source->frame);
	if (code < 0 && code != AVERROR(EAGAIN) && code != AVERROR_EOF) {
		source->damaged++;
		return source->draining ? AVERROR_EOF : AVERROR(EAGAIN);
	}
	if (code < 0)
		return code;
	if (source->frame->decode_error_flags)
		source->damaged++;
	source->frame->pts = source->frame->best_effort_timestamp;
	if (makes_each_field(source) && source->frame->pts != AV_NOPTS_VALUE)
		source->frame->pts *= 2;
	if (makes_each_field(source))
		source->frame->pkt_duration *= 2;
	return 0;
}

/* Marks a frame as one of two fields, or not, as was asked for or found out: the deinterlacer goes
 * by the mark. */
static void mark_fields(const struct source *source, AVFrame *frame)
{
	enum interlace_mode mode = source->input->interlace;
	if (mode == INTERLACE_OFF)
		frame->interlaced_frame = 0;
	if (mode == INTERLACE_OFF || frame->interlaced_frame)
		return;
	if (mode == INTERLACE_FRAME || source->interlace.found) {
		frame->interlaced_frame = 1;
		frame->top_field_first = source->interlace.found ? source->interlace.top_first : 1;
	}
}

/* The same for a frame that is not interlaced. */
static int decode_whole_frame(struct source *source)
{
	struct deinterlacer *deinterlacer = &source->deinterlacer;
	AVRational time_base = time_base_of(source);
	av_frame_unref(source->frame);
	while (!deinterlace_pull(deinterlacer, source->frame, time_base)) {
		int code = decode_frame(source);
		if (code == AVERROR_EOF && deinterlacer->graph && !source->flushed) {
			source->flushed = true;
			deinterlace_push(deinterlacer, NULL, time_base, NULL);
			continue;
		}
		if (code < 0)
			return code;
		mark_fields(source, source->frame);
		/* What cannot be deinterlaced is still a picture. */
		if (!deinterlace_wants(deinterlacer, source->frame) ||
		    deinterlace_push(deinterlacer, source->frame, time_base, NULL) != RV_OK)
			return 0;
	}
	return 0;
}

static int take_frame(struct source *source)
{
	int code = decode_whole_frame(source);
	if (code < 0)
		return code;
	const struct describe_seen seen = seen_of(source);
	if (describe_differs(&seen, &source->video, source->orientation))
		describe(source);
	set_time(source);
	return 0;
}

static void feed_decoder(struct source *source, const AVPacket *packet)
{
	int code = avcodec_send_packet(source->decoder, packet);
	if (code < 0 && code != AVERROR_EOF)
		source->damaged++;
}

static rv_status end_input(struct source *source, int code, rv_error *error)
{
	source->draining = true;
	feed_decoder(source, NULL);
	if (code == AVERROR_INVALIDDATA)
		source->damaged++; /* what was read so far is still good */
	else if (code != AVERROR_EOF)
		return input_fail(source->input, code, "reading failed", error);
	return RV_OK;
}

/* Reads one packet: into the decoder, or else left in source->packet, where *other is set. */
static rv_status read_packet(struct source *source, bool *other, rv_error *error)
{
	*other = false;
	av_packet_unref(source->packet);
	int code = input_read(source->input, source->packet);
	if (code == AVERROR(EAGAIN)) {
		av_usleep(1000); /* a device that has nothing yet */
		return RV_OK;
	}
	if (code == AVERROR_INVALIDDATA && ++source->unreadable < UNREADABLE_MAX)
		return RV_OK; /* what follows may be good again */
	if (code < 0)
		return end_input(source, code, error);
	source->damaged += source->unreadable > 0;
	source->unreadable = 0;
	timeline_shift_packet(
		&source->timeline, source->packet,
		source->input->format->streams[source->packet->stream_index]->time_base);
	*other = source->packet->stream_index != source->video_index;
	if (*other)
		return RV_OK;
	feed_decoder(source, source->packet);
	av_packet_unref(source->packet);
	return RV_OK;
}

static rv_status advance(struct source *source, enum source_event *event, rv_error *error)
{
	for (;;) {
		bool other;
		int code = take_frame(source);
		if (code != AVERROR(EAGAIN)) {
			*event = code ? SOURCE_END : SOURCE_FRAME;
			return RV_OK;
		}
		rv_status status = read_packet(source, &other, error);
		if (status != RV_OK)
			return status;
		if (other) {
			*event = SOURCE_PACKET;
			return RV_OK;
		}
	}
}

rv_status source_next(struct source *source, enum source_event *event, rv_error *error)
{
	if (libav_packets_first(&source->early)) {
		av_packet_unref(source->packet);
		libav_packets_pop(&source->early, source->packet);
		*event = SOURCE_PACKET;
		return RV_OK;
	}
	if (source->frame_held) {
		source->frame_held = false;
		*event = SOURCE_FRAME;
		return RV_OK;
	}
	return advance(source, event, error);
}

static rv_status find_first_frame(struct source *source, rv_error *error)
{
	enum source_event event = SOURCE_PACKET;
	libav_clear_error();
	while (event == SOURCE_PACKET) {
		rv_status status = advance(source, &event, error);
		if (status == RV_OK && event == SOURCE_PACKET)
			status = libav_packets_push(&source->early, source->packet,
			                            source->input->name, error);
		if (status != RV_OK)
			return status;
	}
	if (event == SOURCE_END)
		return libav_fail(error, AVERROR_INVALIDDATA,
		                  "%s: no frame of the video can be decoded", source->input->name);
	source->frame_held = true;
	return libav_check_picture_size(source->input->name, source->frame->width,
	                                source->frame->height, error);
}

/* Only a file can be read twice. */
static void look_for_fields(struct source *source)
{
	const struct input *input = source->input;
	bool is_file = input->format->pb && input->format->pb->seekable && !input->pipe &&
	               av_strstart(input->format->url, "file:", NULL);
	source->deinterlacer.each_field = makes_each_field(source);
	source->interlace = input->fields;
	if (!input->has_fields && input->interlace != INTERLACE_OFF && is_file && !input->live &&
	    (input->interlace != INTERLACE_AUTO ||
	     interlace_is_likely(video_stream(source)->codecpar->height)))
		source->interlace = interlace_look(input->format->url, source->video_index);
}

rv_status source_open(struct source **opened, struct input **input, rv_error *error)
{
	const AVCodec *codec = NULL;
	struct source *source = calloc(1, sizeof(*source));
	if (!source) {
		input_close(input);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	source->input = *input;
	*input = NULL;
	if (source->input->decoded) {
		rv_fail(error, RV_UNSUPPORTED,
		        "%s: is a photograph, which is dreamed by itself: -o FILE.jpg",
		        source->input->name);
		source_close(&source);
		return RV_UNSUPPORTED;
	}
	source->frame = av_frame_alloc();
	source->packet = av_packet_alloc();
	rv_status status = source->frame && source->packet
	                           ? find_streams(source->input, error)
	                           : rv_fail(error, RV_MEMORY, "out of memory");
	if (status == RV_OK)
		status = choose_stream(source, &codec, error);
	if (status == RV_OK)
		status = open_decoder(source, codec, error);
	if (status == RV_OK)
		look_for_fields(source);
	if (status == RV_OK)
		status = find_first_frame(source, error);
	if (status == RV_OK && hdr_is_wanted(source->video.transfer))
		status = hdr_create(&source->hdr, &source->video, error);
	if (status != RV_OK) {
		source_close(&source);
		return status;
	}
	input_note_opened(source->input);
	*opened = source;
	return RV_OK;
}

void source_skip_unreferenced(struct source *source, bool skip)
{
	source->decoder->skip_frame = skip ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
}

void source_seek(struct source *source, int64_t time)
{
	if (!input_seek(source->input, time))
		return;
	avcodec_flush_buffers(source->decoder);
	libav_packets_release(&source->early);
	timeline_release(&source->timeline);
	deinterlace_release(&source->deinterlacer);
	source->frame_held = source->timed = source->flushed = source->draining = false;
}

void source_skip_frames(struct source *source)
{
	source->decoder->skip_frame = AVDISCARD_ALL;
	source->frame_held = false;
}

void source_convert_quickly(struct source *source)
{
	source->converter.quick = true;
}

void source_close(struct source **closed)
{
	struct source *source = *closed;
	if (!source)
		return;
	libav_packets_release(&source->early);
	timeline_release(&source->timeline);
	deinterlace_release(&source->deinterlacer);
	avcodec_free_context(&source->decoder);
	av_frame_free(&source->frame);
	av_packet_free(&source->packet);
	convert_release(&source->converter);
	free(source->stored.pixels);
	free(source->original.pixels);
	hdr_destroy(&source->hdr);
	input_close(&source->input);
	free(source);
	*closed = NULL;
}

int64_t source_time(const struct source *source)
{
	const AVRational nanosecond = {1, 1000000000};
	return av_rescale_q(source->pts, source->video.time_base, nanosecond) -
	       1000 * libav_clock_start(source->input->format);
}
