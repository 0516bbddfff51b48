/* The commands that measure the engine: bench, tune. */
#include "command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/signals.h"

/* Both sides of --size, or those of a picture of usual size. RV_INVALID where one is left out:
 * there is no picture to take its shape from. */
static rv_status measured_size(const struct options *options, struct option_size *size,
                               rv_error *error)
{
	*size = options->size;
	if (!size->width && !size->height)
		*size = (struct option_size){512, 384};
	if (!size->width || !size->height)
		return rv_fail(error, RV_INVALID,
		               "--size: both sides are needed here, as in 512x384");
	return RV_OK;
}

static int compare_times(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;
	return (first > second) - (first < second);
}

/* Sorts times. */
static double median(double *times, int count)
{
	qsort(times, (size_t)count, sizeof(*times), compare_times);
	return (times[count / 2] + times[(count - 1) / 2]) / 2;
}

static rv_status bench_step(const struct session *session, const char *layer,
                            struct option_size size, int runs, rv_error *error)
{
	double gflop;
	double *times = calloc((size_t)runs, sizeof(*times));
	if (!times)
		return rv_fail(error, RV_MEMORY, "no memory for %d times", runs);
	rv_status status = rv_measure_step(session->engine, layer, size.width, size.height, runs,
	                                   times, &gflop, error);
	if (status == RV_OK) {
		double middle = median(times, runs);
		printf("step %s %dx%d median_ms=%.3f min_ms=%.3f gflops=%.2f\n", layer, size.width,
		       size.height, middle, times[0], gflop / (middle / 1000));
	}
	free(times);
	return status;
}

rv_status command_bench(const struct options *options, rv_error *error)
{
	struct session session = {0};
	struct option_size size;
	const char *layer;
	if (strcmp(options->operand, "step"))
		return rv_fail(error, RV_INVALID,
		               "what is timed is a gradient step: reverie bench step --layer L");
	rv_status status = measured_size(options, &size, error);
	if (status != RV_OK)
		return status;
	if ((status = session_open(&session, options, error)) == RV_OK &&
	    (status = session_layer(&session, options, &layer, error)) == RV_OK)
		status = bench_step(&session, layer, size, options->runs, error);
	session_close(&session);
	return status;
}

/* ---- tune ---- */

struct tuning {
	bool quiet;
	int percent; /* shown last */
};

static bool show_tuning(void *context, double part)
{
	struct tuning *tuning = context;
	int percent = (int)(part * 100);
	if (!tuning->quiet && percent >= tuning->percent + 10) {
		fprintf(stderr, "%d %% of the convolutions are timed\n", percent);
		tuning->percent = percent;
	}
	return !signals_stop;
}

/* Tunes for one octave and returns how many shapes were timed through total. */
static rv_status tune_octave(const struct session *session, const struct options *options,
                             struct option_size size, int *total, rv_error *error)
{
	int layers = options->layers.count ? options->layers.count : 1;
	for (int i = 0; i < layers; i++) {
		int measured = 0;
		const char *layer = options->layers.count ? options->layers.list[i].name
		                                          : rv_model_default_layer(session->model);
		rv_status status =
			rv_tune(session->engine, layer, size.width, size.height, &measured, error);
		if (status != RV_OK)
			return status;
		*total += measured;
	}
	return RV_OK;
}

static struct option_size octave_size(struct option_size size, const rv_params *params, int octave)
{
	double scale = pow((double)params->octave_scale, octave);
	return (struct option_size){(int)lround(size.width / scale),
	                            (int)lround(size.height / scale)};
}

static rv_status tune_octaves(const struct session *session, const struct options *options,
                              struct option_size size, rv_error *error)
{
	enum { SMALLEST = 16 }; /* pixels; no layer of use is left of less */
	int total = 0;
	for (int octave = 0; octave < options->params.octaves; octave++) {
		struct option_size smaller = octave_size(size, &options->params, octave);
		if (octave && (smaller.width < SMALLEST || smaller.height < SMALLEST))
			break;
		rv_status status = tune_octave(session, options, smaller, &total, error);
		if (status != RV_OK)
			return status;
	}
	if (!options->quiet)
		printf("Timed %d convolutions for %s\n", total,
		       rv_engine_device(session->engine)->name);
	return RV_OK;
}

rv_status command_tune(const struct options *options, rv_error *error)
{
	struct session session = {0};
	struct tuning tuning = {.quiet = options->quiet};
	struct option_size size;
	rv_status status = command_takes_no_operand(options, error);
	if (status == RV_OK)
		status = measured_size(options, &size, error);
	if (status != RV_OK)
		return status;
	status = session_open(&session, options, error);
	if (status == RV_OK) {
		rv_set_progress(session.engine, show_tuning, &tuning);
		status = tune_octaves(&session, options, size, error);
	}
	session_close(&session);
	return status;
}
