#include "app/media/palette.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <stdlib.h>

#include "app/media/libav.h"

struct palette {
	AVFilterGraph *graph;
	AVFilterContext *source, *sink; /* the graph's */
};

static int build_graph(struct palette *palette, int width, int height, AVRational time_base)
{
	char text[512];
	AVFilterInOut *inputs = NULL, *outputs = NULL;
	snprintf(text, sizeof(text),
	         "buffer@in=width=%d:height=%d:pix_fmt=bgra:time_base=%d/%d,split[a][b];"
	         "[a]palettegen=stats_mode=single:reserve_transparent=1[p];"
	         "[b][p]paletteuse=new=1,buffersink@out",
	         width, height, time_base.num, time_base.den);
	int code = avfilter_graph_parse2(palette->graph, text, &inputs, &outputs);
	avfilter_inout_free(&inputs);
	avfilter_inout_free(&outputs);
	if (code < 0)
		return code;
	palette->source = avfilter_graph_get_filter(palette->graph, "buffer@in");
	palette->sink = avfilter_graph_get_filter(palette->graph, "buffersink@out");
	if (!palette->source || !palette->sink)
		return AVERROR_FILTER_NOT_FOUND;
	return avfilter_graph_config(palette->graph, NULL);
}

rv_status palette_create(struct palette **created, int width, int height, AVRational time_base,
                         rv_error *error)
{
	struct palette *palette = calloc(1, sizeof(*palette));
	if (palette)
		palette->graph = avfilter_graph_alloc();
	if (!palette || !palette->graph) {
		palette_destroy(&palette);
		return rv_fail(error, RV_MEMORY, "out of memory for a palette");
	}
	palette->graph->nb_threads = LIBAV_THREADS;
	libav_clear_error();
	int code = build_graph(palette, width, height, time_base);
	if (code < 0) {
		palette_destroy(&palette);
		return libav_fail(error, code, "a palette cannot be made");
	}
	*created = palette;
	return RV_OK;
}

rv_status palette_push(struct palette *palette, AVFrame *frame, rv_error *error)
{
	int code = av_buffersrc_add_frame_flags(palette->source, frame, AV_BUFFERSRC_FLAG_KEEP_REF);
	return code < 0 ? libav_fail(error, code, "a palette cannot be made") : RV_OK;
}

int palette_pull(struct palette *palette, AVFrame *frame)
{
	return av_buffersink_get_frame(palette->sink, frame);
}

void palette_destroy(struct palette **palette)
{
	if (!*palette)
		return;
	avfilter_graph_free(&(*palette)->graph);
	free(*palette);
	*palette = NULL;
}
