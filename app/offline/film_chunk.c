#include "app/offline/film_chunk.h"

#include <stdlib.h>
#include <string.h>

#include "app/media/libav.h"

int film_compare_times(const void *a, const void *b)
{
	const int64_t *first = a, *second = b;
	return (*first > *second) - (*first < *second);
}

/* One packet more than the plan says is read, to see that there is none. */
static rv_status read_packets(struct film_reader *reader, const struct film_plan *plan,
                              const char *path, int frames, rv_error *error)
{
	reader->packets = calloc((size_t)frames + 1, sizeof(AVPacket *));
	reader->times = calloc((size_t)frames + 1, sizeof(*reader->times));
	if (!reader->packets || !reader->times)
		return rv_fail(error, RV_MEMORY, "out of memory for a chunk");
	for (int code = 0; code >= 0 && reader->count <= frames;) {
		AVPacket *packet = av_packet_alloc();
		if (!packet)
			return rv_fail(error, RV_MEMORY, "out of memory for a chunk");
		code = av_read_frame(reader->format, packet);
		if (code >= 0 && packet->pts != AV_NOPTS_VALUE) {
			av_packet_rescale_ts(packet, reader->format->streams[0]->time_base,
			                     plan->time_base);
			reader->times[reader->count] = packet->pts;
			reader->packets[reader->count++] = packet;
			continue;
		}
		av_packet_free(&packet);
		if (code < 0 && code != AVERROR_EOF)
			return libav_fail(error, code, "%s: reading failed", path);
	}
	return RV_OK;
}

/* A container without negative times moves a chunk whose first frames are decoded before 0. */
static void move_to(struct film_reader *reader, int64_t first)
{
	int64_t shift = reader->count ? first - reader->times[0] : 0;
	for (int i = 0; i < reader->count; i++) {
		reader->times[i] += shift;
		reader->packets[i]->pts += shift;
	}
}

static rv_status check(const struct film_reader *reader, const struct film_chunk *chunk,
                       const char *path, rv_error *error)
{
	if (reader->count != chunk->frames)
		return rv_fail(error, RV_CORRUPT, "%s: has %d frames%s, the plan says %d", path,
		               reader->count, reader->count > chunk->frames ? " or more" : "",
		               chunk->frames);
	if (reader->times[reader->count - 1] != chunk->last)
		return rv_fail(error, RV_CORRUPT, "%s: is of another time than the plan says",
		               path);
	return RV_OK;
}

rv_status film_reader_open(struct film_reader *reader, const struct film_plan *plan,
                           const char *folder, int chunk, rv_error *error)
{
	char path[PATH_LENGTH];
	int frames = plan->chunks[chunk].frames;
	rv_status status = film_chunk_path(path, folder, chunk, error);
	if (status != RV_OK)
		return status;
	libav_clear_error();
	int code = libav_open_file(&reader->format, path, av_find_input_format("nut"));
	if (code < 0)
		return libav_fail(error, code, "%s: is no chunk", path);
	if (reader->format->nb_streams != 1)
		return rv_fail(error, RV_CORRUPT, "%s: is no chunk", path);
	/* By how many frames decoding goes before: not every encoder tells the muxer. */
	code = avformat_find_stream_info(reader->format, NULL);
	if (code < 0)
		return libav_fail(error, code, "%s: is no chunk", path);
	status = read_packets(reader, plan, path, frames, error);
	if (status != RV_OK)
		return status;
	qsort(reader->times, (size_t)reader->count, sizeof(*reader->times), film_compare_times);
	move_to(reader, plan->chunks[chunk].first);
	return check(reader, &plan->chunks[chunk], path, error);
}

void film_reader_close(struct film_reader *reader)
{
	for (int i = 0; i < reader->count; i++)
		av_packet_free(&reader->packets[i]);
	avformat_close_input(&reader->format);
	free(reader->packets);
	free(reader->times);
	*reader = (struct film_reader){.count = 0};
}

bool film_reader_alike(const struct film_reader *a, const struct film_reader *b)
{
	const AVCodecParameters *x = a->format->streams[0]->codecpar;
	const AVCodecParameters *y = b->format->streams[0]->codecpar;
	return x->codec_id == y->codec_id && x->width == y->width && x->height == y->height &&
	       x->extradata_size == y->extradata_size &&
	       (!x->extradata_size ||
	        !memcmp(x->extradata, y->extradata, (size_t)x->extradata_size));
}
