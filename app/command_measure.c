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
	if (!strcmp(options->operand, "time"))
		return command_bench_time(options, error);
	if (!strcmp(options->operand, "flow"))
		return command_bench_flow(options, error);
	if (strcmp(options->operand, "step") || options->more[0][0])
		return rv_fail(error, RV_INVALID,
		               "what is timed is a gradient step or the frames of a video: "
		               "reverie bench step --layer L, reverie bench time CLIP");
	rv_status status;
	if ((status = measured_size(options, &size, error)) == RV_OK &&
	    (status = session_open(&session, options, error)) == RV_OK &&
	    (status = session_layer(&session, options, &layer, error)) == RV_OK)
		status = bench_step(&session, layer, size, options->runs, error);
	session_close(&session);
	return status;
}

/* ---- tune ---- */

struct tuning {
	struct session session;
	const struct options *options;
	struct option_size size; /* of the octave under way */
	int tenths;              /* of it, shown last */
	int timed;               /* convolutions, in all octaves */
};

static bool show_tuning(void *context, double part)
{
	struct tuning *tuning = context;
	int tenths = (int)(part * 10);
	if (tenths > tuning->tenths && !tuning->options->quiet)
		fprintf(stderr, "%dx%d: %d %%\n", tuning->size.width, tuning->size.height,
		        tenths * 10);
	tuning->tenths = tenths;
	return !signals_stop;
}

static rv_status tune_octave(struct tuning *tuning, rv_error *error)
{
	const struct option_layers *layers = &tuning->options->layers;
	const char *layer = rv_model_default_layer(tuning->session.model);
	rv_status status = RV_OK;
	for (int i = 0; !status && (i == 0 || i < layers->count); i++) {
		int timed = 0;
		tuning->tenths = 0;
		status = rv_tune(tuning->session.engine,
		                 layers->count ? layers->list[i].name : layer, tuning->size.width,
		                 tuning->size.height, &timed, error);
		tuning->timed += timed;
	}
	return status;
}

/* Tunes for the sizes that a dream of this size goes through. They must be the engine's, to the
 * pixel: a convolution is remembered by its shape. */
static rv_status tune_octaves(struct tuning *tuning, struct option_size size, rv_error *error)
{
	const rv_params *params = &tuning->options->params;
	double scale = 1;
	for (int octave = 0; octave < params->octaves; octave++, scale *= params->octave_scale) {
		tuning->size = (struct option_size){(int)lround(size.width / scale),
		                                    (int)lround(size.height / scale)};
		rv_status status = tune_octave(tuning, error);
		if (status == RV_INVALID && octave)
			return RV_OK; /* too small for the network: the dream leaves it out too */
		if (status != RV_OK)
			return status;
	}
	return RV_OK;
}

static rv_status tune(struct tuning *tuning, rv_error *error)
{
	struct option_size size;
	rv_status status;
	if ((status = command_takes_no_operand(tuning->options, error)) ||
	    (status = measured_size(tuning->options, &size, error)) ||
	    (status = session_open(&tuning->session, tuning->options, error)))
		return status;
	rv_set_progress(tuning->session.engine, show_tuning, tuning);
	status = tune_octaves(tuning, size, error);
	if (status == RV_OK && !tuning->options->quiet)
		printf("Timed %d convolutions for %s\n", tuning->timed,
		       rv_engine_device(tuning->session.engine)->name);
	return status;
}

rv_status command_tune(const struct options *options, rv_error *error)
{
	struct tuning tuning = {.options = options};
	rv_status status = tune(&tuning, error);
	session_close(&tuning.session);
	return status;
}
