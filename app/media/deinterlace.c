#include "app/media/deinterlace.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/mathematics.h>
#include <stdio.h>

#include "app/media/libav.h"

void deinterlace_release(struct deinterlacer *deinterlacer)
{
	avfilter_graph_free(&deinterlacer->graph);
	*deinterlacer = (struct deinterlacer){.each_field = deinterlacer->each_field};
}

bool deinterlace_wants(const struct deinterlacer *deinterlacer, const AVFrame *frame)
{
	return deinterlacer->graph || frame->interlaced_frame;
}

static int create_filters(struct deinterlacer *deinterlacer, const char *description)
{
	AVFilterContext *filter = NULL;
	AVFilterGraph *graph = deinterlacer->graph;
	int code = avfilter_graph_create_filter(&deinterlacer->buffer_source,
	                                        avfilter_get_by_name("buffer"), "in", description,
	                                        NULL, graph);
	if (code >= 0)
		code = avfilter_graph_create_filter(&filter, avfilter_get_by_name("bwdif"), "bwdif",
		                                    deinterlacer->each_field
		                                            ? "mode=send_field:deint=interlaced"
		                                            : "mode=send_frame:deint=interlaced",
		                                    NULL, graph);
	if (code >= 0)
		code = avfilter_graph_create_filter(&deinterlacer->buffer_sink,
		                                    avfilter_get_by_name("buffersink"), "out", NULL,
		                                    NULL, graph);
	if (code >= 0)
		code = avfilter_link(deinterlacer->buffer_source, 0, filter, 0);
	if (code >= 0)
		code = avfilter_link(filter, 0, deinterlacer->buffer_sink, 0);
	return code < 0 ? code : avfilter_graph_config(graph, NULL);
}

static rv_status set_up(struct deinterlacer *deinterlacer, const AVFrame *frame,
                        AVRational time_base, rv_error *error)
{
	char description[160];
	deinterlace_release(deinterlacer);
	snprintf(description, sizeof(description),
	         "video_size=%dx%d:pix_fmt=%d:time_base=%d/%d:pixel_aspect=%d/%d", frame->width,
	         frame->height, frame->format, time_base.num, time_base.den,
	         frame->sample_aspect_ratio.num, FFMAX(frame->sample_aspect_ratio.den, 1));
	deinterlacer->graph = avfilter_graph_alloc();
	if (!deinterlacer->graph)
		return rv_fail(error, RV_MEMORY, "out of memory for deinterlacing");
	deinterlacer->graph->nb_threads = LIBAV_THREADS;
	libav_clear_error();
	int code = create_filters(deinterlacer, description);
	if (code < 0) {
		deinterlace_release(deinterlacer);
		return libav_fail(error, code, "the video cannot be deinterlaced");
	}
	deinterlacer->time_base = av_buffersink_get_time_base(deinterlacer->buffer_sink);
	deinterlacer->width = frame->width;
	deinterlacer->height = frame->height;
	deinterlacer->format = frame->format;
	return RV_OK;
}

rv_status deinterlace_push(struct deinterlacer *deinterlacer, AVFrame *frame, AVRational time_base,
                           rv_error *error)
{
	bool same = !frame || (deinterlacer->graph && deinterlacer->width == frame->width &&
	                       deinterlacer->height == frame->height &&
	                       deinterlacer->format == frame->format);
	rv_status status = same ? RV_OK : set_up(deinterlacer, frame, time_base, error);
	if (status != RV_OK || !deinterlacer->graph)
		return status;
	int code = av_buffersrc_add_frame(deinterlacer->buffer_source, frame);
	return code < 0 ? libav_fail(error, code, "the video cannot be deinterlaced") : RV_OK;
}

bool deinterlace_pull(struct deinterlacer *deinterlacer, AVFrame *frame, AVRational time_base)
{
	if (!deinterlacer->graph || av_buffersink_get_frame(deinterlacer->buffer_sink, frame) < 0)
		return false;
	if (frame->pts != AV_NOPTS_VALUE)
		frame->pts = av_rescale_q(frame->pts, deinterlacer->time_base, time_base);
	if (deinterlacer->each_field)
		frame->pkt_duration = 0;
	return true;
}
