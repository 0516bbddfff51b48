#include "app/media/interlace.h"

#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/media/libav.h"

/* So many frames tell; a still beginning takes longer to. */
enum { FRAMES_MOST = 150, FRAMES_TOLD = 40 };

struct look {
	AVFormatContext *format;
	AVCodecContext *decoder;
	AVFilterGraph *graph;
	AVFilterContext *in, *out;
	AVPacket *packet;
	AVFrame *frame, *judged;
	int frames;
	double top, bottom, progressive, repeated; /* frames, as idet counts them */
};

bool interlace_is_likely(int height)
{
	static const int heights[] = {480, 486, 512, 576, 608, 1080, 1088};
	for (size_t i = 0; i < sizeof(heights) / sizeof(heights[0]); i++)
		if (height == heights[i])
			return true;
	return false;
}

/* ---- opening ---- */

static bool open_decoder(struct look *look, int index)
{
	if (index >= (int)look->format->nb_streams)
		return false;
	const AVCodecParameters *parameters = look->format->streams[index]->codecpar;
	const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
	look->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
	if (!look->decoder || avcodec_parameters_to_context(look->decoder, parameters) < 0)
		return false;
	look->decoder->thread_count = LIBAV_THREADS;
	libav_limit_frames(look->decoder);
	return avcodec_open2(look->decoder, codec, NULL) >= 0;
}

static bool open_all(struct look *look, const char *url, int index)
{
	look->packet = av_packet_alloc();
	look->frame = av_frame_alloc();
	look->judged = av_frame_alloc();
	return look->packet && look->frame && look->judged &&
	       avformat_open_input(&look->format, url, NULL, NULL) >= 0 &&
	       avformat_find_stream_info(look->format, NULL) >= 0 && open_decoder(look, index);
}

static bool open_graph(struct look *look, const AVFrame *frame)
{
	char description[128];
	AVFilterContext *idet = NULL;
	snprintf(description, sizeof(description),
	         "video_size=%dx%d:pix_fmt=%d:time_base=1/1000:pixel_aspect=1/1", frame->width,
	         frame->height, frame->format);
	look->graph = avfilter_graph_alloc();
	return look->graph &&
	       avfilter_graph_create_filter(&look->in, avfilter_get_by_name("buffer"), "in",
	                                    description, NULL, look->graph) >= 0 &&
	       avfilter_graph_create_filter(&idet, avfilter_get_by_name("idet"), "idet", NULL, NULL,
	                                    look->graph) >= 0 &&
	       avfilter_graph_create_filter(&look->out, avfilter_get_by_name("buffersink"), "out",
	                                    NULL, NULL, look->graph) >= 0 &&
	       avfilter_link(look->in, 0, idet, 0) >= 0 &&
	       avfilter_link(idet, 0, look->out, 0) >= 0 &&
	       avfilter_graph_config(look->graph, NULL) >= 0;
}

static void close_all(struct look *look)
{
	avfilter_graph_free(&look->graph);
	avcodec_free_context(&look->decoder);
	avformat_close_input(&look->format);
	av_packet_free(&look->packet);
	av_frame_free(&look->frame);
	av_frame_free(&look->judged);
}

/* ---- looking ---- */

static double count_of(const AVFrame *frame, const char *what)
{
	char key[64];
	snprintf(key, sizeof(key), "lavfi.idet.%s", what);
	const AVDictionaryEntry *entry = av_dict_get(frame->metadata, key, NULL, 0);
	return entry ? strtod(entry->value, NULL) : 0;
}

/* The counts are running sums. */
static void take_counts(struct look *look)
{
	while (av_buffersink_get_frame(look->out, look->judged) >= 0) {
		look->top = count_of(look->judged, "multiple.tff");
		look->bottom = count_of(look->judged, "multiple.bff");
		look->progressive = count_of(look->judged, "multiple.progressive");
		look->repeated = count_of(look->judged, "repeated.top") +
		                 count_of(look->judged, "repeated.bottom");
		av_frame_unref(look->judged);
	}
}

static bool judge_frame(struct look *look)
{
	if (!look->graph && !open_graph(look, look->frame))
		return false;
	look->frame->pts = look->frames++;
	bool good = av_buffersrc_add_frame(look->in, look->frame) >= 0;
	take_counts(look);
	return good && look->frames < FRAMES_MOST &&
	       look->top + look->bottom + look->progressive < FRAMES_TOLD;
}

static void look_at_frames(struct look *look, int index)
{
	bool goes_on = true;
	while (goes_on && av_read_frame(look->format, look->packet) >= 0) {
		if (look->packet->stream_index == index)
			avcodec_send_packet(look->decoder, look->packet);
		av_packet_unref(look->packet);
		while (goes_on && avcodec_receive_frame(look->decoder, look->frame) >= 0)
			goes_on = judge_frame(look);
	}
}

struct interlace interlace_look(const char *url, int stream_index)
{
	/* Two frames of five repeat a field. */
	static const double telecined_part = 0.25;
	struct look look = {.frames = 0};
	if (open_all(&look, url, stream_index))
		look_at_frames(&look, stream_index);
	close_all(&look);
	/* Fields come in one order; edges that flicker in whole frames look like both. */
	double most = fmax(look.top, look.bottom), least = fmin(look.top, look.bottom);
	return (struct interlace){
		.found = most >= FRAMES_TOLD / 4.0 && most > look.progressive && most > 3 * least,
		.top_first = look.top >= look.bottom,
		.telecined = look.frames && look.repeated > telecined_part * look.frames,
	};
}
