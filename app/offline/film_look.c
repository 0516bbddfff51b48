#include "app/offline/film_look.h"

#include <stdlib.h>
#include <string.h>

#include "app/media/encoder.h"
#include "app/media/source.h"
#include "app/offline/transcode.h"

/* Reading begins so much before a chunk, in microseconds: the decoder and the deinterlacer then
 * have seen what they need of the frames before it. */
enum { LEAD = 2 * AV_TIME_BASE };

struct looking {
	struct film_plan *plan;
	const struct film_look *look;
	struct source *source;
	rv_image frame;
	struct film_chunk chunk; /* the one that grows; no frames: none */
	int cuts;
};

static bool is_long_enough(const struct looking *l)
{
	double length = (double)(l->source->pts - l->chunk.first) * av_q2d(l->plan->time_base);
	return length >= l->look->seconds;
}

/* Whether another chunk is to begin with this frame, where there is one already. */
static bool is_over(const struct looking *l, bool begins)
{
	double pixels = (double)l->chunk.frames * l->plan->width * l->plan->height;
	bool parts = l->look->pixels > 0, is_full = parts && pixels >= l->look->pixels;
	if (begins)
		return is_full || l->chunk.goes_on || is_long_enough(l);
	return is_full || (parts && l->look->seconds > 0 && is_long_enough(l));
}

static int64_t place_to_begin(const struct looking *l)
{
	return FFMAX(av_rescale_q(l->source->pts, l->plan->time_base, AV_TIME_BASE_Q) - LEAD, 0);
}

static rv_status add_frame(struct looking *l, bool begins, rv_error *error)
{
	rv_status status = RV_OK;
	bool ends = l->chunk.frames && is_over(l, begins), goes_on = ends && !begins;
	if (begins && l->chunk.frames)
		l->cuts++;
	if (ends) {
		l->chunk.next = l->source->pts;
		status = film_plan_add(l->plan, &l->chunk, error);
	}
	if (ends || !l->chunk.frames)
		l->chunk = (struct film_chunk){.first = l->source->pts,
		                               .begin = place_to_begin(l),
		                               .cuts = goes_on ? l->chunk.cuts : l->cuts,
		                               .goes_on = goes_on};
	l->chunk.frames++;
	l->chunk.last = l->source->pts;
	l->chunk.next = l->source->pts + l->source->duration;
	return status;
}

static rv_status look_at_frame(struct looking *l, rv_error *error)
{
	bool begins = false;
	int64_t time = source_time(l->source);
	rv_status status = source_image(l->source, &l->frame, error);
	if (status == RV_OK)
		status = l->look->look(l->look->context, &l->frame, time, &begins, error);
	if (status == RV_OK)
		status = add_frame(l, begins, error);
	progress_frame(l->look->progress);
	return status;
}

static rv_status look_at_all(struct looking *l, rv_error *error)
{
	enum source_event event = SOURCE_PACKET;
	rv_status status = RV_OK;
	while (status == RV_OK && event != SOURCE_END) {
		if (l->look->stop && *l->look->stop)
			return rv_fail(error, RV_CANCELLED, "stopped; there is no plan");
		status = source_next(l->source, &event, error);
		if (status == RV_OK && event == SOURCE_FRAME)
			status = look_at_frame(l, error);
	}
	return status == RV_OK ? film_plan_add(l->plan, &l->chunk, error) : status;
}

static rv_status open_film(struct looking *l, rv_error *error)
{
	const struct input_options options = {.stop = l->look->stop,
	                                      .interlace = l->plan->interlace};
	struct film_plan *plan = l->plan;
	struct input *input = NULL;
	rv_status status = input_open(&input, plan->input, &options, error);
	if (status == RV_OK && input->kind == INPUT_PICTURE)
		status = rv_fail(error, RV_UNSUPPORTED, "%s: is a picture; a film is wanted",
		                 plan->input);
	if (status == RV_OK)
		status = source_open(&l->source, &input, error);
	input_close(&input);
	if (status != RV_OK)
		return status;
	const struct video_description *video = &l->source->video;
	struct video_description written = *video;
	const char *lost = hdr_tell_lost(video);
	if (l->source->hdr && plan->hdr == HDR_SDR)
		hdr_describe_rendition(&written);
	if (!plan->encoder[0])
		strcpy(plan->encoder, encoder_usual_name(&written));
	plan->time_base = video->time_base;
	plan->fields = l->source->interlace;
	if (lost)
		progress_note(l->look->progress, "%s: %s", plan->input, lost);
	if (l->look->shape)
		l->look->shape(l->look->context,
		               panorama_wanted(&l->source->panorama, plan->sphere));
	transcode_size(&plan->width, &plan->height, video, !plan->exact);
	return convert_allocate_image(&l->frame, video->rgb, plan->width, plan->height, error);
}

rv_status film_look(struct film_plan *plan, const struct film_look *look, rv_error *error)
{
	struct looking looking = {.plan = plan, .look = look};
	rv_status status = open_film(&looking, error);
	if (status == RV_OK) {
		progress_begin(look->progress, looking.source->video.frames_expected);
		status = look_at_all(&looking, error);
		progress_end(look->progress);
	}
	source_close(&looking.source);
	free(looking.frame.pixels);
	return status;
}
