/* The command tune: the fastest convolutions, found ahead of time. */
#include <math.h>

#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/options/dreamer.h"
#include "engine/reverie_inspect.h"

struct tuning {
	struct dreamer dreamer;
	const struct options *options;
	struct option_size size; /* of the octave under way */
	int tenths;              /* of it, shown last */
	int timed;               /* convolutions, in all octaves */
};

static bool show_tuning(void *context, double part)
{
	struct tuning *tuning = context;
	int tenths = (int)(part * 10);
	if (tenths > tuning->tenths && !tuning->options->call.quiet)
		fprintf(stderr, "%dx%d: %d %%\n", tuning->size.width, tuning->size.height,
		        tenths * 10);
	tuning->tenths = tenths;
	return !signals_stop;
}

static rv_status tune_octave(struct tuning *tuning, rv_error *error)
{
	const struct option_layers *layers = &tuning->options->dream.layers;
	const char *layer = rv_model_default_layer(tuning->dreamer.model);
	rv_status status = RV_OK;
	for (int i = 0; status == RV_OK && (i == 0 || i < layers->count); i++) {
		int timed = 0;
		tuning->tenths = 0;
		status = rv_tune(tuning->dreamer.engine,
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
	const rv_params *params = &tuning->dreamer.dream.params;
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
	if ((status = command_takes_no_operand(tuning->options, error)) != RV_OK ||
	    (status = dreamer_size(tuning->options, &size, error)) != RV_OK ||
	    (status = dreamer_open(&tuning->dreamer, tuning->options, error)) != RV_OK)
		return status;
	rv_set_progress(tuning->dreamer.engine, show_tuning, tuning);
	status = tune_octaves(tuning, size, error);
	if (status == RV_OK && !tuning->options->call.quiet)
		printf("Timed %d convolutions for %s\n", tuning->timed,
		       rv_engine_device(tuning->dreamer.engine)->name);
	return status;
}

rv_status command_tune(const struct options *options, rv_error *error)
{
	struct tuning tuning = {.options = options};
	rv_status status = tune(&tuning, error);
	dreamer_close(&tuning.dreamer);
	return status;
}
