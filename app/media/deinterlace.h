/* Whole pictures from interlaced ones, by libavfilter's bwdif (BBC's weighted w3fdif with yadif's
 * edge tests). Frames that are not interlaced go through as they are. */
#ifndef APP_MEDIA_DEINTERLACE_H
#define APP_MEDIA_DEINTERLACE_H

#include <libavutil/frame.h>
#include <libavutil/rational.h>

#include "engine/reverie.h"

struct AVFilterGraph;
struct AVFilterContext;

/* Zeroed but for each_field before use, released by deinterlace_release. Belongs to one thread at a
 * time. */
struct deinterlacer {
	bool each_field;             /* a picture for each field, instead of for each frame */
	struct AVFilterGraph *graph; /* NULL: no frame was interlaced so far */
	struct AVFilterContext *buffer_source, *buffer_sink;
	AVRational time_base;      /* of the exit */
	int width, height, format; /* that the graph was made for */
};

/* Whether this frame must be pushed: it is interlaced, or one before it was. */
bool deinterlace_wants(const struct deinterlacer *deinterlacer, const AVFrame *frame);

/* Takes over a frame, whose pts is in units of time_base; NULL: no frame follows. Frames still held
 * are lost where the size or format changes. RV_UNSUPPORTED, RV_MEMORY. */
rv_status deinterlace_push(struct deinterlacer *deinterlacer, AVFrame *frame, AVRational time_base,
                           rv_error *error);

/* Fills frame, which is empty, with the next whole picture, its pts in units of time_base; how long
 * it lasts is not known where each field becomes one. False: there is none yet, or none at all. */
bool deinterlace_pull(struct deinterlacer *deinterlacer, AVFrame *frame, AVRational time_base);

void deinterlace_release(struct deinterlacer *deinterlacer);

#endif
