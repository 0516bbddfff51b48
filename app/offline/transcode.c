#include "app/offline/transcode.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/output_file.h"
#include "app/media/libav.h"
#include "app/media/picture.h"
#include "app/media/picture_write.h"
#include "app/media/sink.h"
#include "app/media/source.h"
#include "app/offline/shape.h"

/* One video job under way. */
struct transcode {
	const struct job *job;
	struct job_report *report;
	struct source *source;
	struct sink *sink;
	rv_image before, after; /* a frame, and its dream */
	rv_image laid;  /* the dream laid onto a frame of high dynamic range; else no pixels */
	char *settings; /* what it carries along; NULL: nothing */
	struct libav_packets waiting; /* of times that the written video has not reached */
	struct output_file *still;    /* NULL: none, or written already */
	int64_t still_frame;          /* index of the frame that becomes the still; -1: the last */
	bool is_sphere;
	bool writing_failed;        /* rather than reading or dreaming */
	bool has_frame;             /* after is a dream */
	int64_t first_pts, end_pts; /* of what is written, in the video's time base */
};

static bool stopped(const struct transcode *t)
{
	return t->job->stop && *t->job->stop;
}

/* ---- opening ---- */

static rv_status open_still(struct transcode *t, rv_error *error)
{
	const struct job *job = t->job;
	if (!job->still)
		return RV_OK;
	if (!picture_name_known(job->still))
		return rv_fail(error, RV_UNSUPPORTED,
		               "%s: the name says no picture format; there are %s", job->still,
		               picture_extensions());
	return output_file_create(&t->still, job->still, job->force, error);
}

/* Rather than an animated picture, or into a pipe. */
static bool writes_video_file(const struct job *job)
{
	return strcmp(job->output, "-") && !picture_name_known(job->output);
}

/* Players want chroma at half the size, and so even sides. Animated pictures are shown pixel by
 * pixel, and whoever reads a pipe wants the size that came in. */
static bool wants_even_sides(const struct job *job)
{
	return !job->exact && writes_video_file(job);
}

/* Neither animated pictures nor the formats of pipes say that they hold HDR. */
static bool keeps_hdr(const struct transcode *t)
{
	const struct job *job = t->job;
	return t->source->hdr && job->hdr == HDR_KEEP && writes_video_file(job);
}

static int even_side(int side)
{
	return FFMAX(side & ~1, 2);
}

void transcode_size(int *width, int *height, const struct video_description *video, bool even)
{
	bool any_width = !*width, any_height = !*height;
	convert_fit_size(width, height, video->width, video->height);
	if (even && any_width)
		*width = even_side(*width);
	if (even && any_height)
		*height = even_side(*height);
}

static rv_status allocate_images(struct transcode *t, rv_error *error)
{
	const struct video_description *video = &t->source->video;
	int width = t->job->width, height = t->job->height;
	transcode_size(&width, &height, video, wants_even_sides(t->job));
	t->report->width = width;
	t->report->height = height;
	rv_status status = convert_allocate_image(&t->before, video->rgb, width, height, error);
	if (status == RV_OK)
		status = convert_allocate_image(&t->after, video->rgb, width, height, error);
	if (status == RV_OK && keeps_hdr(t))
		status = convert_allocate_image(&t->laid, RV_RGB16, width, height, error);
	return status;
}

static rv_status open_sink(struct transcode *t, struct output_file **file, rv_error *error)
{
	const struct sink_options options = {
		.output = t->job->output,
		.format = t->job->format,
		.encoder = t->job->encoder,
		.quality = t->job->quality,
		.width = t->before.width,
		.height = t->before.height,
		.exact = t->job->exact,
		.memory = t->job->encoder_memory,
		.progress = t->job->progress,
		.keeps_partial = true,
	};
	struct video_description video = t->source->video;
	if (t->source->hdr && !t->laid.pixels)
		hdr_describe_rendition(&video);
	const struct sink_contents contents = {
		.video = &video,
		.source = t->job->range.frames ? NULL : t->source->input->format,
		.video_index = t->source->video_index,
		.is_sphere = t->is_sphere,
	};
	rv_status status = sink_create(&t->sink, file, &options, &contents, error);
	if (status == RV_OK && t->job->settings)
		status = t->job->settings(t->job->context, false, &t->settings, error);
	if (status == RV_OK && t->settings)
		status = sink_tag(t->sink, t->settings, error);
	return status != RV_OK ? status : sink_begin(t->sink, error);
}

/* Everything that can fail beforehand does so here, names first because looking at them costs
 * nothing. */
static rv_status open_all(struct transcode *t, struct input **input, rv_error *error)
{
	struct output_file *file = NULL;
	rv_status status = output_file_create(&file, t->job->output, t->job->force, error);
	if (status == RV_OK)
		status = open_still(t, error);
	if (status == RV_OK)
		status = source_open(&t->source, input, error);
	if (status == RV_OK && t->job->range.begin > 0)
		source_seek(t->source, t->job->range.begin);
	if (status == RV_OK)
		t->is_sphere = shape_tell(t->job, &t->source->panorama);
	if (status == RV_OK)
		status = allocate_images(t, error);
	if (status == RV_OK)
		status = open_sink(t, &file, error);
	output_file_discard(&file);
	if (status != RV_OK)
		return status;
	t->report->frames_expected = t->source->video.frames_expected;
	t->report->encoder = sink_encoder(t->sink);
	if (t->job->range.frames)
		t->report->frames_expected = t->job->range.frames;
	t->still_frame = t->report->frames_expected ? t->report->frames_expected / 2 : -1;
	if (!t->report->frames_expected)
		t->report->frames_expected = t->job->frames_expected;
	return RV_OK;
}

/* ---- frames ---- */

static rv_status write_still(struct transcode *t, rv_error *error)
{
	const struct picture picture = {
		.image = t->after, .settings = t->settings, .panorama.is_sphere = t->is_sphere};
	rv_status status = picture_write(&picture, t->still, t->job->still, error);
	return status != RV_OK ? status : output_file_commit(&t->still, error);
}

/* The frame that is written. */
static const rv_image *lay(struct transcode *t)
{
	if (!t->laid.pixels)
		return &t->after;
	hdr_lay(t->source->hdr, &t->source->original, &t->before, &t->after, &t->laid);
	return &t->laid;
}

static rv_status dream_frame(struct transcode *t, rv_error *error)
{
	int64_t time = source_time(t->source);
	rv_status status = source_image(t->source, &t->before, error);
	if (status == RV_OK)
		status = t->job->dream(t->job->context, &t->before, time, &t->after, error);
	t->has_frame = status == RV_OK;
	if (status == RV_OK) {
		sink_keep(t->sink, source_frame(t->source),
		          t->laid.pixels ? &t->source->original : &t->before);
		status = sink_frame(t->sink, lay(t), t->source->pts, t->source->duration, error);
		t->writing_failed = status != RV_OK;
	}
	if (status == RV_OK && t->still && t->report->frames == t->still_frame)
		status = write_still(t, error);
	return status;
}

static void count_frame(struct transcode *t)
{
	const struct video_description *video = &t->source->video;
	int64_t duration = t->source->duration;
	if (!duration && video->frame_rate.num)
		duration = av_rescale_q(1, av_inv_q(video->frame_rate), video->time_base);
	if (t->report->frames++ == 0)
		t->first_pts = t->source->pts;
	t->end_pts = t->source->pts + duration;
	t->report->seconds = (double)(t->end_pts - t->first_pts) * av_q2d(video->time_base);
	progress_frame(t->job->progress);
}

/* ---- packets ---- */

static bool is_due(const struct transcode *t, const AVPacket *packet)
{
	const AVStream *stream = t->source->input->format->streams[packet->stream_index];
	int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
	if (time == AV_NOPTS_VALUE)
		return true;
	return av_compare_ts(time, stream->time_base, t->end_pts, t->source->video.time_base) < 0;
}

/* Writes the packets that start before the written video ends. A video that is stopped then has no
 * minutes of sound behind its last picture. */
static rv_status write_due_packets(struct transcode *t, bool all, rv_error *error)
{
	const AVPacket *first;
	while ((first = libav_packets_first(&t->waiting)) && (all || is_due(t, first))) {
		AVPacket *packet = t->source->packet; /* free to use between two source_next */
		av_packet_unref(packet);
		libav_packets_pop(&t->waiting, packet);
		rv_status status = sink_packet(t->sink, packet, error);
		t->writing_failed = status != RV_OK;
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

static rv_status keep_packet(struct transcode *t, rv_error *error)
{
	AVPacket *packet = t->source->packet;
	if (!sink_takes(t->sink, packet->stream_index))
		return RV_OK;
	return libav_packets_push(&t->waiting, packet, t->source->input->name, error);
}

/* ---- the job ---- */

/* Whether the frame lies before what is dreamed, or, with after, behind it. */
static bool is_outside(const struct transcode *t, bool after)
{
	const struct job_range *range = &t->job->range;
	if (!range->frames)
		return false;
	return after ? t->source->pts > range->last : t->source->pts < range->first;
}

static rv_status take_frame(struct transcode *t, rv_error *error)
{
	if (is_outside(t, false))
		return RV_OK;
	rv_status status = dream_frame(t, error);
	if (status != RV_OK)
		return status;
	count_frame(t);
	return write_due_packets(t, false, error);
}

/* RV_OK: the source has ended. RV_CANCELLED: the job is to end here, in good order. */
static rv_status dream_all(struct transcode *t, rv_error *error)
{
	for (;;) {
		enum source_event event;
		if (stopped(t))
			return RV_CANCELLED;
		rv_status status = source_next(t->source, &event, error);
		t->report->damaged = t->source->damaged;
		if (status == RV_OK && event == SOURCE_END)
			return write_due_packets(t, true, error);
		if (status == RV_OK && event == SOURCE_PACKET)
			status = keep_packet(t, error);
		if (status == RV_OK && event == SOURCE_FRAME) {
			if (is_outside(t, true))
				return RV_OK;
			status = take_frame(t, error);
		}
		if (status != RV_OK)
			return status;
	}
}

static rv_status finish(struct transcode *t, rv_error *error)
{
	rv_status status = sink_finish(&t->sink, error);
	if (status == RV_OK && t->still)
		status = write_still(t, error); /* the frame it was meant for never came */
	t->report->written = status == RV_OK;
	return status;
}

/* A range is there whole or not at all. */
static rv_status end_range(struct transcode *t, rv_status status, rv_error *error)
{
	const struct job_report *report = t->report;
	if (status == RV_CANCELLED)
		return rv_fail(error, RV_CANCELLED,
		               "stopped after %lld of %d frames; %s was not written",
		               (long long)report->frames, t->job->range.frames, t->job->output);
	if (status != RV_OK)
		return status;
	if (report->frames != t->job->range.frames || t->first_pts != t->job->range.first)
		return rv_fail(error, RV_CORRUPT,
		               "%s: has %lld frames where the plan says %d; it is another film now",
		               t->job->input, (long long)report->frames, t->job->range.frames);
	if (t->job->dreamed)
		status = t->job->dreamed(t->job->context, error);
	return status == RV_OK ? finish(t, error) : status;
}

static rv_status end_stopped(struct transcode *t, rv_error *error)
{
	const struct job_report *report = t->report;
	if (!report->frames)
		return rv_fail(error, RV_CANCELLED,
		               "stopped before the first frame; %s was not written",
		               t->job->output);
	rv_status status = finish(t, error);
	if (status != RV_OK)
		return status;
	if (report->frames_expected)
		return rv_fail(error, RV_CANCELLED,
		               "stopped after %lld of %lld frames; %s holds them",
		               (long long)report->frames, (long long)report->frames_expected,
		               t->job->output);
	return rv_fail(error, RV_CANCELLED, "stopped after %lld frames; %s holds them",
	               (long long)report->frames, t->job->output);
}

/* After a failure, which error says: what was dreamed before is worth keeping. */
static void keep_part(struct transcode *t, rv_error *error)
{
	const rv_error cause = error ? *error : (rv_error){0};
	if (!t->report->frames)
		return;
	if (t->writing_failed) {
		sink_abort(&t->sink, error);
		return;
	}
	if (sink_finish(&t->sink, NULL) == RV_OK)
		rv_fail(error, cause.status, "%.300s; %.128s holds the %lld frames before",
		        cause.message, t->job->output, (long long)t->report->frames);
	if (t->still && t->has_frame)
		write_still(t, NULL);
}

/* Durations are not exact to the frame: a tenth missing is more than that. Of a variable rate, how
 * many frames are expected is only what they would be at the usual one. */
static bool ended_early(const struct transcode *t)
{
	const struct job_report *report = t->report;
	AVRational rate = t->source->video.frame_rate;
	bool few = report->frames < report->frames_expected - report->frames_expected / 10;
	return few && (!rate.num ||
	               report->seconds * av_q2d(rate) < 0.9 * (double)report->frames_expected);
}

static void note_fields(const struct transcode *t)
{
	const struct interlace *interlace = &t->source->interlace;
	if (interlace->found && t->job->interlace != INTERLACE_FRAME)
		progress_note(
			t->job->progress,
			"%s: is interlaced, though it does not say so: its fields become whole "
			"frames (--deinterlace off keeps them)",
			t->job->input);
	if (interlace->telecined)
		progress_note(
			t->job->progress,
			"%s: looks like film with fields repeated (3:2 pulldown), which `ffmpeg "
			"-vf fieldmatch,decimate` takes out",
			t->job->input);
}

/* Told at the end, as single frames may be marked. */
static void note_whole_frames(const struct transcode *t)
{
	if (t->job->interlace == INTERLACE_FIELD && !t->source->deinterlacer.graph &&
	    !t->job->range.frames)
		progress_note(t->job->progress,
		              "%s: has no fields, as far as it says and its lines tell: "
		              "--deinterlace field changed nothing",
		              t->job->input);
}

static void note_hdr(const struct transcode *t)
{
	if (t->source->hdr && t->job->hdr == HDR_KEEP && !t->laid.pixels)
		progress_note(t->job->progress,
		              "%s: is HDR, which %s does not say that it holds: it is written as "
		              "screens without HDR show it",
		              t->job->input,
		              strcmp(t->job->output, "-") ? t->job->output : "a pipe");
	const char *lost = hdr_tell_lost(&t->source->video);
	if (lost && !t->job->range.frames) /* of a film in chunks its plan tells it once */
		progress_note(t->job->progress, "%s: %s", t->job->input, lost);
}

/* Of a film in chunks once. */
static void note_memory(const struct transcode *t)
{
	double excess = (double)sink_excess(t->sink);
	if (excess > 0 && !t->job->range.begin)
		progress_note(t->job->progress,
		              "encoder %s: needs about %.0f MB beyond --memory-limit",
		              sink_encoder(t->sink), excess / 1e6);
}

static void note_damage(const struct transcode *t, rv_status status)
{
	const struct job_report *report = t->report;
	if (report->damaged)
		progress_note(t->job->progress, "%s: %lld damaged %s of the video left out",
		              t->job->input, (long long)report->damaged,
		              report->damaged == 1 ? "packet" : "packets");
	if (status == RV_OK && !t->job->frames_expected && ended_early(t))
		progress_note(t->job->progress, "%s: ends early, after %lld of %lld frames",
		              t->job->input, (long long)report->frames,
		              (long long)report->frames_expected);
}

static void close_all(struct transcode *t)
{
	sink_discard(&t->sink);
	source_close(&t->source);
	output_file_discard(&t->still);
	libav_packets_release(&t->waiting);
	free(t->settings);
	free(t->before.pixels);
	free(t->after.pixels);
	free(t->laid.pixels);
}

rv_status transcode_run(const struct job *job, struct input **input, struct job_report *report,
                        rv_error *error)
{
	struct transcode t = {.job = job, .report = report};
	rv_status status = open_all(&t, input, error);
	input_close(input);
	if (status == RV_OK) {
		note_fields(&t);
		note_hdr(&t);
		note_memory(&t);
		progress_begin(job->progress, report->frames_expected);
		status = dream_all(&t, error);
		if (job->range.frames)
			status = end_range(&t, status, error);
		else if (status == RV_CANCELLED)
			status = end_stopped(&t, error);
		else if (status == RV_OK)
			status = finish(&t, error);
		else
			keep_part(&t, error);
		progress_end(job->progress);
		note_damage(&t, status);
		if (status == RV_OK)
			note_whole_frames(&t);
	}
	close_all(&t);
	return status;
}

/* Nobody is told of anything yet. */
rv_status transcode_look(const struct job *job, struct input **input, struct job_report *report,
                         rv_error *error)
{
	struct job silent = *job;
	silent.progress = NULL;
	silent.shape = NULL;
	silent.settings = NULL;
	struct transcode t = {.job = &silent, .report = report};
	rv_status status = open_all(&t, input, error);
	input_close(input);
	if (status == RV_OK && t.source->video.frame_rate.num)
		report->seconds =
			(double)report->frames_expected / av_q2d(t.source->video.frame_rate);
	close_all(&t);
	return status;
}
