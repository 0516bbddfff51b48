#include "app/offline/film_join.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/base/output_name.h"
#include "app/media/libav.h"
#include "app/media/sink.h"
#include "app/media/source.h"
#include "app/offline/film_chunk.h"

/* No encoder reorders more frames than these. */
enum { DELAY_MAX = 64 };

struct joining {
	const struct film_plan *plan;
	const struct film_join *join;
	struct source *source;
	struct sink *sink;
	struct film_reader first, chunk;
	bool source_ended, packet_held; /* a packet of the source waits for its time */
	int delay;                      /* frames by which decoding times go before */
	int64_t past[DELAY_MAX];        /* the last presentation times, a ring */
	int64_t count;                  /* frames so far */
};

/* ---- opening ---- */

static rv_status check_there(const struct film_plan *plan, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH];
	int missing = 0, first = 0;
	for (int i = plan->count - 1; i >= 0; i--) {
		rv_status status = film_chunk_path(path, folder, i, error);
		if (status != RV_OK)
			return status;
		if (access(path, R_OK)) {
			first = i;
			missing++;
		}
	}
	if (!missing)
		return RV_OK;
	return rv_fail(error, RV_NOT_FOUND,
	               "%d of %d chunks %s missing; `reverie chunk %s %d` makes %s", missing,
	               plan->count, missing == 1 ? "is" : "are", folder, first,
	               missing == 1 ? "it" : "the first of them");
}

static rv_status open_source(struct joining *j, rv_error *error)
{
	const struct input_options options = {
		.stop = j->join->stop, .interlace = j->plan->interlace, .fields = &j->plan->fields};
	struct input *input = NULL;
	rv_status status = input_open(&input, j->plan->input, &options, error);
	if (status == RV_OK)
		status = source_open(&j->source, &input, error);
	input_close(&input);
	if (status != RV_OK)
		return status;
	if (av_cmp_q(j->source->video.time_base, j->plan->time_base))
		return rv_fail(error, RV_CORRUPT, "%s: is not the film of the plan any more",
		               j->plan->input);
	source_skip_frames(j->source);
	return RV_OK;
}

static rv_status open_sink(struct joining *j, struct output_file **file, rv_error *error)
{
	const struct sink_options options = {.output = j->join->output,
	                                     .format = j->join->format,
	                                     .encoder = j->plan->encoder,
	                                     .quality = j->plan->quality,
	                                     .width = j->plan->width,
	                                     .height = j->plan->height,
	                                     .exact = j->plan->exact,
	                                     .progress = j->join->progress};
	struct video_description video = j->source->video;
	if (j->source->hdr && j->plan->hdr == HDR_SDR)
		hdr_describe_rendition(&video);
	const struct sink_contents contents = {.video = &video,
	                                       .source = j->source->input->format,
	                                       .video_index = j->source->video_index,
	                                       .is_sphere = j->plan->sphere == PANORAMA_ON,
	                                       .encoded = j->first.format->streams[0]};
	rv_status status = sink_create(&j->sink, file, &options, &contents, error);
	if (status == RV_OK && j->join->settings)
		status = sink_tag(j->sink, j->join->settings, error);
	return status != RV_OK ? status : sink_begin(j->sink, error);
}

static rv_status open_all(struct joining *j, rv_error *error)
{
	struct output_file *file = NULL;
	rv_status status = check_there(j->plan, j->join->folder, error);
	if (status == RV_OK)
		status = output_file_create(&file, j->join->output, j->join->force, error);
	if (status == RV_OK)
		status = film_reader_open(&j->first, j->plan, j->join->folder, 0, error);
	if (status == RV_OK)
		status = open_source(j, error);
	if (status == RV_OK)
		status = open_sink(j, &file, error);
	output_file_discard(&file);
	j->delay = status == RV_OK ? j->first.format->streams[0]->codecpar->video_delay : 0;
	if (j->delay >= DELAY_MAX)
		return rv_fail(error, RV_UNSUPPORTED, "%s: frames are reordered too widely",
		               j->join->folder);
	return status;
}

/* ---- the other streams ---- */

static bool is_later(const struct joining *j, const AVPacket *packet, int64_t time)
{
	const AVStream *stream = j->source->input->format->streams[packet->stream_index];
	int64_t start = packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
	return start != AV_NOPTS_VALUE &&
	       av_compare_ts(start, stream->time_base, time, j->plan->time_base) > 0;
}

/* Writes the source's packets up to a time of the video; INT64_MAX: all. */
static rv_status write_others(struct joining *j, int64_t time, rv_error *error)
{
	rv_status status = RV_OK;
	while (status == RV_OK && !j->source_ended) {
		enum source_event event = SOURCE_PACKET;
		if (!j->packet_held)
			status = source_next(j->source, &event, error);
		j->source_ended = event == SOURCE_END;
		j->packet_held = status == RV_OK && event == SOURCE_PACKET;
		if (!j->packet_held)
			continue;
		if (time != INT64_MAX && is_later(j, j->source->packet, time))
			break;
		j->packet_held = false;
		status = sink_packet(j->sink, j->source->packet, error);
	}
	return status;
}

/* ---- the video ---- */

/* When frame i of the film, in the order of decoding, is decoded: as long before as frames are
 * reordered. What lies before the film is counted back by its first interval. */
static int64_t decoding_time(const struct joining *j, const struct film_reader *chunk, int i)
{
	int from = i - j->delay;
	if (from >= 0)
		return chunk->times[from];
	if (j->count + from >= 0)
		return j->past[(j->count + from) % DELAY_MAX];
	int64_t interval = chunk->count > 1 ? chunk->times[1] - chunk->times[0] : 1;
	return chunk->times[0] + (j->count + from) * interval;
}

static int64_t end_of(const struct film_reader *chunk, const struct film_chunk *planned,
                      int64_t pts)
{
	const int64_t *time =
		bsearch(&pts, chunk->times, (size_t)chunk->count, sizeof(pts), film_compare_times);
	return time && time + 1 < chunk->times + chunk->count ? time[1] : planned->next;
}

static rv_status write_chunk(struct joining *j, const struct film_reader *chunk,
                             const struct film_chunk *planned, rv_error *error)
{
	rv_status status = RV_OK;
	for (int i = 0; i < chunk->count && status == RV_OK; i++) {
		AVPacket *packet = chunk->packets[i];
		packet->dts = decoding_time(j, chunk, i);
		packet->duration = end_of(chunk, planned, packet->pts) - packet->pts;
		if (packet->dts > packet->pts)
			return rv_fail(error, RV_CORRUPT, "a frame is decoded after it is shown");
		status = write_others(j, packet->dts, error);
		if (status == RV_OK)
			status = sink_encoded(j->sink, packet, error);
		progress_frame(j->join->progress);
	}
	for (int i = 0; i < chunk->count; i++)
		j->past[(j->count + i) % DELAY_MAX] = chunk->times[i];
	j->count += chunk->count;
	return status;
}

static rv_status join_chunk(struct joining *j, int number, rv_error *error)
{
	struct film_reader *chunk = number ? &j->chunk : &j->first;
	if (j->join->stop && *j->join->stop)
		return rv_fail(error, RV_CANCELLED, "stopped; %s was not written", j->join->output);
	rv_status status = RV_OK;
	if (number)
		status = film_reader_open(chunk, j->plan, j->join->folder, number, error);
	if (status == RV_OK && !film_reader_alike(&j->first, chunk))
		status = rv_fail(
			error, RV_CORRUPT,
			"chunk %d was encoded otherwise than chunk 0, perhaps by an encoder "
			"of another version; do it again where that was done",
			number);
	if (status == RV_OK)
		status = write_chunk(j, chunk, &j->plan->chunks[number], error);
	film_reader_close(&j->chunk);
	return status;
}

/* Removes what was left of chunks and of the film by those that were killed; what is being written
 * is passed over. Of other films, whose names may begin alike, somebody may want it. */
static void remove_leftovers(const struct film_join *join)
{
	char chunks[PATH_LENGTH], found[PATH_LENGTH];
	if (paths_join(chunks, join->folder, "chunk-"))
		while (output_name_leftover(chunks, found) && !unlink(found))
			;
	while (output_name_leftover_of(join->output, found) && !unlink(found))
		;
}

rv_status film_join(const struct film_plan *plan, const struct film_join *join, rv_error *error)
{
	struct joining j = {.plan = plan, .join = join};
	rv_status status = open_all(&j, error);
	if (status == RV_OK)
		progress_begin(join->progress, film_frames(plan));
	for (int i = 0; i < plan->count && status == RV_OK; i++)
		status = join_chunk(&j, i, error);
	if (status == RV_OK)
		status = write_others(&j, INT64_MAX, error);
	if (status == RV_OK)
		status = sink_finish(&j.sink, error);
	if (status == RV_OK)
		remove_leftovers(join);
	progress_end(join->progress);
	sink_discard(&j.sink);
	source_close(&j.source);
	film_reader_close(&j.first);
	film_reader_close(&j.chunk);
	return status;
}
