/* reverie-bench time CLIP: what a dream costs, how strong and deep it is and how little it
 * flickers, frame by frame, and against the same frames dreamed one by one. */
#include <math.h>
#include <stdlib.h>

#include "app/base/signals.h"
#include "app/media/convert.h"
#include "app/media/input.h"
#include "app/media/libav.h"
#include "app/media/source.h"
#include "app/options/dreamer.h"
#include "tests/bench/bench.h"
#include "tests/bench/time_measure.h"
#include "tests/bench/time_sample.h"

/* Frames dreamed by themselves whose time is kept: their median does not need more. */
enum { ALONE_MOST = 32 };

/* One kind of frame: cold, warm or at rest (warm, and nothing to do). */
struct tally {
	double *times; /* milliseconds */
	int count;
};

struct time_bench {
	const struct options *options;
	struct dreamer dreamer;
	struct source *source;
	rv_image before, after, past, past_after; /* frame and dream, and the last ones */
	rv_motion *motion;
	struct motion_between between;
	struct tally cold, warm, rest;
	struct tally alone; /* dreamed by themselves, of the sample: as cold as the first frame */
	struct time_sample sample;
	struct depth_meter meter;
	double depth_sum[DEPTH_SIZES], depth_least[DEPTH_SIZES];
	int frames, cuts, pairs; /* pairs: those whose motion was followed */
	double strength_sum, strength_least, strength_most;
	double own_sum, warping_sum;
};

static double median(struct tally *tally)
{
	return tally->count ? bench_median(tally->times, tally->count) : NAN;
}

/* Frames that inherit are not all alike: the median would leave out the long ones. */
static double mean(const struct tally *tally)
{
	double sum = 0;
	for (int i = 0; i < tally->count; i++)
		sum += tally->times[i];
	return tally->count ? sum / tally->count : NAN;
}

static struct tally *tally_for(struct time_bench *bench, const rv_frame_report *report)
{
	if (report->cold)
		return &bench->cold;
	return report->steps ? &bench->warm : &bench->rest;
}

static rv_status dream_alone(struct time_bench *bench, const rv_image *frame, const rv_image *dream,
                             rv_error *error)
{
	double start = bench_now();
	rv_status status = rv_dream(bench->dreamer.engine, frame, RV_TIME_NONE, dream, error);
	/* The first frame's compiles the kernels. */
	if (!status && bench->frames && bench->alone.count < ALONE_MOST)
		bench->alone.times[bench->alone.count++] = bench_now() - start;
	return status;
}

static rv_status estimate_both(struct time_bench *bench, const rv_image *past, const rv_image *now,
                               rv_error *error)
{
	struct motion_between *between = &bench->between;
	rv_status status = rv_motion_estimate(bench->motion, now, past, between->to_past, error);
	if (!status)
		status = rv_motion_estimate(bench->motion, past, now, between->to_newest, error);
	if (!status)
		find_same(between);
	return status;
}

static rv_status look_deep(struct time_bench *bench, const rv_image *picture,
                           double worth[DEPTH_SIZES], rv_error *error)
{
	if (!bench->meter.appraisers[0]) {
		rv_status status = depth_meter_open(
			&bench->meter, bench->dreamer.engine, picture->width, picture->height,
			(double)bench->dreamer.dream.params.octave_scale, error);
		if (status)
			return status;
	}
	return depth_meter_look(&bench->meter, picture, worth, error);
}

/* How the dream goes along with the scene since the last frame: never across a cut. */
static rv_status measure_flicker(struct time_bench *bench, struct frame_measure *found,
                                 rv_error *error)
{
	struct motion_between *between = &bench->between;
	rv_status status = estimate_both(bench, &bench->past, &bench->before, error);
	if (status)
		return status;
	found->own = measure_warping(between, &bench->before, &bench->past);
	found->warping = measure_warping(between, &bench->after, &bench->past_after);
	if (isnan(found->own))
		return RV_OK;
	bench->pairs++;
	bench->own_sum += found->own;
	bench->warping_sum += found->warping;
	if (time_sample_wants(&bench->sample, bench->frames)) {
		status = look_deep(bench, &bench->before, found->worth_frame, error);
		if (!status)
			status = look_deep(bench, &bench->after, found->worth_dream, error);
		if (status)
			return status;
	}
	return time_sample_offer(&bench->sample, bench->frames, &bench->past, &bench->before, found,
	                         error);
}

static void print_frame(const struct time_bench *bench, const rv_frame_report *report,
                        const struct frame_measure *found, double milliseconds)
{
	printf("frame %d %s%s steps=%d ms=%.1f strength=%.2f likeness=%.3f uncovered=%.3f own=%.2f "
	       "warping=%.2f\n",
	       bench->frames, report->cold ? "cold" : "warm", report->cut ? " cut" : "",
	       report->steps, milliseconds, found->strength, (double)report->likeness,
	       (double)report->uncovered, found->own, found->warping);
}

static void swap_images(rv_image *a, rv_image *b)
{
	rv_image held = *a;
	*a = *b;
	*b = held;
}

static rv_status note_frame(struct time_bench *bench, double milliseconds, rv_error *error)
{
	rv_frame_report report = rv_last_frame(bench->dreamer.engine);
	struct tally *tally = tally_for(bench, &report);
	struct frame_measure found = {
		.strength = measure_strength(&bench->before, &bench->after),
		.tone = measure_tone(&bench->after),
		.own = NAN,
		.warping = NAN,
	};
	rv_status status = RV_OK;
	if (bench->frames && !report.cut)
		status = measure_flicker(bench, &found, error);
	tally->times[tally->count++] = milliseconds;
	bench->cuts += report.cut;
	bench->strength_sum += found.strength;
	bench->strength_least = fmin(bench->strength_least, found.strength);
	bench->strength_most = fmax(bench->strength_most, found.strength);
	if (!bench->options->call.quiet)
		print_frame(bench, &report, &found, milliseconds);
	swap_images(&bench->before, &bench->past);
	swap_images(&bench->after, &bench->past_after);
	bench->frames++;
	return status;
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
		status = dream_alone(bench, &bench->before, &bench->after, error);
	start = bench_now();
	if (!status)
		status =
			rv_dream(bench->dreamer.engine, &bench->before, time, &bench->after, error);
	return status ? status : note_frame(bench, bench_now() - start, error);
}

static rv_status bench_frames(struct time_bench *bench, rv_error *error)
{
	while (bench->frames < bench->options->call.frames && !signals_stop) {
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

static rv_status open_pictures(struct time_bench *bench, int width, int height, rv_error *error)
{
	rv_image *images[] = {&bench->before, &bench->after, &bench->past, &bench->past_after};
	rv_config config = option_device_config(&bench->options->device);
	rv_status status = RV_OK;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]) && !status; i++)
		status = convert_allocate_image(images[i], bench->source->video.rgb, width, height,
		                                error);
	if (!status)
		status = motion_between_create(&bench->between, width, height, error);
	/* Finer than what usually carries the dream: its errors are to be seen. */
	return status ? status
	              : rv_motion_create(&bench->motion, &config, width, height, RV_FLOW_FINE,
	                                 error);
}

static rv_status open_clip(struct time_bench *bench, rv_error *error)
{
	const struct options *options = bench->options;
	int width = options->output.size.width, height = options->output.size.height;
	const struct input_options how = {.stop = &signals_stop};
	struct input *input = NULL;
	rv_status status = input_open(&input, options->call.operand, &how, error);
	if (!status)
		status = source_open(&bench->source, &input, error);
	if (status)
		return status;
	convert_fit_size(&width, &height, bench->source->video.width, bench->source->video.height);
	return open_pictures(bench, width, height, error);
}

static rv_status open_tallies(struct time_bench *bench, rv_error *error)
{
	struct tally *tallies[] = {&bench->cold, &bench->warm, &bench->rest, &bench->alone};
	for (size_t i = 0; i < sizeof(tallies) / sizeof(tallies[0]); i++) {
		tallies[i]->times = calloc((size_t)bench->options->call.frames + ALONE_MOST,
		                           sizeof(*tallies[i]->times));
		if (!tallies[i]->times)
			return rv_fail(error, RV_MEMORY, "no memory for %d times",
			               bench->options->call.frames);
	}
	return RV_OK;
}

/* ---- the same frames one by one ---- */

/* Sums over the pairs of the sample. */
struct sample_sums {
	double strength, brightness, saturation, excess;
};

static void add_measure(struct sample_sums *sums, const struct frame_measure *measure)
{
	sums->strength += measure->strength;
	sums->brightness += measure->tone.brightness;
	sums->saturation += measure->tone.saturation;
	sums->excess += measure->warping - measure->own;
}

/* How deep the dream of a pair's second frame is, next to the one in bench->after. */
static rv_status add_depth(struct time_bench *bench, const struct sample_pair *pair,
                           rv_error *error)
{
	const struct frame_measure *measure = &pair->measure;
	double alone[DEPTH_SIZES];
	rv_status status = look_deep(bench, &bench->after, alone, error);
	for (int i = 0; i < bench->meter.count && !status; i++) {
		double depth = (measure->worth_dream[i] - measure->worth_frame[i]) /
		               (alone[i] - measure->worth_frame[i]);
		bench->depth_sum[i] += depth;
		bench->depth_least[i] = fmin(bench->depth_least[i], depth);
	}
	return status;
}

static void print_depth(const struct time_bench *bench)
{
	printf("depth pairs=%d", bench->sample.count);
	for (int i = 0; i < bench->meter.count; i++)
		printf(" %dx%d=%.2f least=%.2f", bench->meter.pictures[i].width,
		       bench->meter.pictures[i].height, bench->depth_sum[i] / bench->sample.count,
		       bench->depth_least[i]);
	printf("\n");
}

static rv_status dream_pair_alone(struct time_bench *bench, const struct sample_pair *pair,
                                  bool first, struct sample_sums *sums, rv_error *error)
{
	struct frame_measure found = {.own = pair->measure.own};
	rv_status status = dream_alone(bench, &pair->past, &bench->past_after, error);
	if (!status)
		status = dream_alone(bench, &pair->now, &bench->after, error);
	if (!status && first)
		status = add_depth(bench, pair, error);
	if (!status)
		status = estimate_both(bench, &pair->past, &pair->now, error);
	if (status)
		return status;
	found.strength = measure_strength(&pair->now, &bench->after);
	found.tone = measure_tone(&bench->after);
	found.warping = measure_warping(&bench->between, &bench->after, &bench->past_after);
	add_measure(sums, &found);
	return RV_OK;
}

/* first: with the steps that were asked for. */
static rv_status dream_sample_alone(struct time_bench *bench, float step, bool first,
                                    struct sample_sums *sums, rv_error *error)
{
	struct dreamer *dreamer = &bench->dreamer;
	rv_params params;
	rv_status status = dreamer_params(dreamer, &params, error);
	if (status)
		return status;
	params.step = step;
	status = rv_set_params(dreamer->engine, &params, error);
	*sums = (struct sample_sums){0};
	for (int i = 0; i < bench->sample.count && !status && !signals_stop; i++)
		status = dream_pair_alone(bench, &bench->sample.pairs[i], first, sums, error);
	return status;
}

/* Only dreams of one strength can be compared: where that of the frames dreamed alone is more than
 * a tenth off, they are dreamed again, with steps the longer or shorter. */
static rv_status match_sample(struct time_bench *bench, double wanted, float *step,
                              struct sample_sums *alone, rv_error *error)
{
	enum { TRIES = 4 };
	*step = bench->dreamer.dream.params.step;
	for (int i = 0; i < TRIES; i++) {
		rv_status status = dream_sample_alone(bench, *step, i == 0, alone, error);
		if (status || signals_stop)
			return status;
		double ratio = wanted / alone->strength;
		if (!(alone->strength > 0) || fabs(ratio - 1) <= 0.1 || i == TRIES - 1)
			break;
		*step = fminf(*step * (float)ratio, 1);
	}
	return RV_OK;
}

/* Of all pairs: coarse steps come every few frames, and a sample may miss them. */
static double mean_excess(const struct time_bench *bench)
{
	return (bench->warping_sum - bench->own_sum) / bench->pairs;
}

static rv_status compare_with_alone(struct time_bench *bench, rv_error *error)
{
	struct time_sample *sample = &bench->sample;
	struct sample_sums time = {0}, alone;
	int count = sample->count;
	float step;
	for (int i = 0; i < count; i++)
		add_measure(&time, &sample->pairs[i].measure);
	if (!count || signals_stop)
		return RV_OK;
	rv_status status = match_sample(bench, time.strength, &step, &alone, error);
	if (status || signals_stop)
		return status;
	print_depth(bench);
	printf("sample pairs=%d time_strength=%.2f time_brightness=%.2f "
	       "time_saturation=%.2f alone_step=%.4f alone_strength=%.2f alone_excess=%.2f "
	       "alone_brightness=%.2f alone_saturation=%.2f excess_ratio=%.3f "
	       "brightness_change=%+.4f saturation_change=%+.4f\n",
	       count, time.strength / count, time.brightness / count, time.saturation / count,
	       (double)step, alone.strength / count, alone.excess / count, alone.brightness / count,
	       alone.saturation / count, mean_excess(bench) / (alone.excess / count),
	       time.brightness / alone.brightness - 1, time.saturation / alone.saturation - 1);
	return RV_OK;
}

/* ---- all of it ---- */

static void print_sums(struct time_bench *bench)
{
	double cold = median(bench->alone.count ? &bench->alone : &bench->cold),
	       warm = mean(&bench->warm);
	if (!bench->frames)
		return;
	printf("time %dx%d frames=%d cuts=%d cold=%d warm=%d rest=%d cold_ms=%.1f warm_ms=%.1f "
	       "rest_ms=%.1f warm_part=%.3f strength_mean=%.2f strength_min=%.2f "
	       "strength_max=%.2f\n",
	       bench->before.width, bench->before.height, bench->frames, bench->cuts,
	       bench->cold.count, bench->warm.count, bench->rest.count, cold, warm,
	       median(&bench->rest), warm / cold, bench->strength_sum / bench->frames,
	       bench->strength_least, bench->strength_most);
	if (bench->pairs)
		printf("flicker pairs=%d own=%.2f warping=%.2f excess=%.2f\n", bench->pairs,
		       bench->own_sum / bench->pairs, bench->warping_sum / bench->pairs,
		       mean_excess(bench));
}

static void close_bench(struct time_bench *bench)
{
	depth_meter_release(&bench->meter);
	dreamer_close(&bench->dreamer);
	source_close(&bench->source);
	rv_motion_destroy(&bench->motion);
	motion_between_release(&bench->between);
	time_sample_release(&bench->sample);
	free(bench->before.pixels);
	free(bench->after.pixels);
	free(bench->past.pixels);
	free(bench->past_after.pixels);
	free(bench->cold.times);
	free(bench->warm.times);
	free(bench->rest.times);
	free(bench->alone.times);
}

rv_status bench_time(const struct options *options, rv_error *error)
{
	struct time_bench bench = {
		.options = options,
		.strength_least = INFINITY,
		.depth_least = {INFINITY, INFINITY, INFINITY, INFINITY},
	};
	rv_status status;
	if (!options->call.operand[0] || options->call.second[0])
		return rv_fail(error, RV_INVALID, "one clip is timed: reverie-bench time CLIP");
	if ((status = open_clip(&bench, error)) == RV_OK &&
	    (status = open_tallies(&bench, error)) == RV_OK &&
	    (status = dreamer_open(&bench.dreamer, options, error)) == RV_OK)
		status = bench_frames(&bench, error);
	if (status == RV_OK)
		status = compare_with_alone(&bench, error);
	if (status == RV_OK)
		print_sums(&bench);
	close_bench(&bench);
	return status;
}
