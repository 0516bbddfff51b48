/* reverie bench time CLIP: what a dream costs and how strong it is, frame by frame. */
#include "command.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "app/convert.h"
#include "app/input.h"
#include "app/libav_util.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/source.h"

/* One kind of frame: cold, warm or at rest (warm, and nothing to do). */
struct tally {
	double *times; /* milliseconds */
	int count;
};

struct time_bench {
	const struct options *options;
	struct session session;
	struct source *source;
	rv_image before, after;
	struct tally cold, warm, rest;
	int frames, cuts;
	double strength_sum, strength_least, strength_most;
};

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double sample(const rv_image *image, int y, int i)
{
	const char *row = (const char *)image->pixels + (size_t)y * image->stride;
	return image->format == RV_RGB16 ? ((const uint16_t *)row)[i] / 257.0
	                                 : ((const uint8_t *)row)[i];
}

/* RMS of dream minus frame, of 255. */
static double strength(const rv_image *before, const rv_image *after)
{
	double sum = 0;
	int row = 3 * before->width;
	for (int y = 0; y < before->height; y++)
		for (int i = 0; i < row; i++) {
			double added = sample(after, y, i) - sample(before, y, i);
			sum += added * added;
		}
	return sqrt(sum / ((double)row * before->height));
}

static int compare_times(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;
	return (first > second) - (first < second);
}

static double median(struct tally *tally)
{
	if (!tally->count)
		return NAN;
	qsort(tally->times, (size_t)tally->count, sizeof(*tally->times), compare_times);
	return tally->times[tally->count / 2];
}

static struct tally *tally_for(struct time_bench *bench, const rv_frame_report *report)
{
	if (report->cold)
		return &bench->cold;
	return report->steps ? &bench->warm : &bench->rest;
}

static void note_frame(struct time_bench *bench, double milliseconds)
{
	rv_frame_report report = rv_last_frame(bench->session.engine);
	struct tally *tally = tally_for(bench, &report);
	double found = strength(&bench->before, &bench->after);
	tally->times[tally->count++] = milliseconds;
	bench->cuts += report.cut;
	bench->strength_sum += found;
	bench->strength_least = fmin(bench->strength_least, found);
	bench->strength_most = fmax(bench->strength_most, found);
	if (!bench->options->quiet)
		printf("frame %d %s%s steps=%d ms=%.1f strength=%.2f likeness=%.3f "
		       "uncovered=%.3f\n",
		       bench->frames, report.cold ? "cold" : "warm", report.cut ? " cut" : "",
		       report.steps, milliseconds, found, (double)report.likeness,
		       (double)report.uncovered);
	bench->frames++;
}

static rv_status bench_frame(struct time_bench *bench, rv_error *error)
{
	const AVRational nanosecond = {1, 1000000000};
	const struct source *source = bench->source;
	int64_t time = av_rescale_q(source->pts, source->video.time_base, nanosecond);
	double start;
	rv_status status = source_image(bench->source, &bench->before, error);
	/* The first frame is dreamed twice: once to compile the kernels. */
	if (!status && !bench->frames)
		status = rv_dream(bench->session.engine, &bench->before, RV_TIME_NONE,
		                  &bench->after, error);
	start = now_ms();
	if (!status)
		status =
			rv_dream(bench->session.engine, &bench->before, time, &bench->after, error);
	if (!status)
		note_frame(bench, now_ms() - start);
	return status;
}

static rv_status bench_frames(struct time_bench *bench, rv_error *error)
{
	while (bench->frames < bench->options->frames && !signals_stop) {
		enum source_event event;
		rv_status status = source_next(bench->source, &event, error);
		if (!status && event == SOURCE_END)
			return RV_OK;
		if (!status && event == SOURCE_FRAME)
			status = bench_frame(bench, error);
		if (status)
			return status;
	}
	return RV_OK;
}

static rv_status open_clip(struct time_bench *bench, rv_error *error)
{
	const struct options *options = bench->options;
	int width = options->size.width, height = options->size.height;
	const struct input_options how = {.stop = &signals_stop};
	struct input *input = NULL;
	rv_status status = input_open(&input, options->more[0], &how, error);
	if (!status)
		status = source_open(&bench->source, &input, error);
	if (status)
		return status;
	fit_size(&width, &height, bench->source->video.width, bench->source->video.height);
	status = image_allocate(&bench->before, bench->source->video.rgb, width, height, error);
	if (!status)
		status = image_allocate(&bench->after, bench->source->video.rgb, width, height,
		                        error);
	return status;
}

static rv_status open_tallies(struct time_bench *bench, rv_error *error)
{
	struct tally *tallies[] = {&bench->cold, &bench->warm, &bench->rest};
	for (size_t i = 0; i < sizeof(tallies) / sizeof(tallies[0]); i++) {
		tallies[i]->times =
			calloc((size_t)bench->options->frames, sizeof(*tallies[i]->times));
		if (!tallies[i]->times)
			return rv_fail(error, RV_MEMORY, "no memory for %d times",
			               bench->options->frames);
	}
	return RV_OK;
}

static void print_sums(struct time_bench *bench)
{
	double cold = median(&bench->cold), warm = median(&bench->warm);
	if (!bench->frames)
		return;
	printf("time %dx%d frames=%d cuts=%d cold=%d warm=%d rest=%d cold_ms=%.1f warm_ms=%.1f "
	       "rest_ms=%.1f warm_part=%.3f strength_mean=%.2f strength_min=%.2f "
	       "strength_max=%.2f\n",
	       bench->before.width, bench->before.height, bench->frames, bench->cuts,
	       bench->cold.count, bench->warm.count, bench->rest.count, cold, warm,
	       median(&bench->rest), warm / cold, bench->strength_sum / bench->frames,
	       bench->strength_least, bench->strength_most);
}

rv_status command_bench_time(const struct options *options, rv_error *error)
{
	struct time_bench bench = {.options = options, .strength_least = INFINITY};
	rv_status status;
	if (!options->more[0][0] || options->more[1][0])
		return rv_fail(error, RV_INVALID, "one clip is timed: reverie bench time CLIP");
	if ((status = open_clip(&bench, error)) == RV_OK &&
	    (status = open_tallies(&bench, error)) == RV_OK &&
	    (status = session_open(&bench.session, options, error)) == RV_OK)
		status = bench_frames(&bench, error);
	if (status == RV_OK)
		print_sums(&bench);
	session_close(&bench.session);
	source_close(&bench.source);
	free(bench.before.pixels);
	free(bench.after.pixels);
	free(bench.cold.times);
	free(bench.warm.times);
	free(bench.rest.times);
	return status;
}
