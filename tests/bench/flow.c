/* reverie-bench flow A B: how long the motion from one picture to another takes to estimate, and
 * how true it is. */
#include <stdlib.h>

#include "app/media/flo.h"
#include "app/media/picture_read.h"
#include "engine/reverie_motion.h"
#include "tests/bench/bench.h"

/* Zeroed, nothing is held. */
struct flow_bench {
	const struct options *options;
	struct picture first, second;
	struct flo flow, truth;
	double *milliseconds;
};

static void release(struct flow_bench *bench)
{
	picture_release(&bench->first);
	picture_release(&bench->second);
	flo_release(&bench->flow);
	flo_release(&bench->truth);
	free(bench->milliseconds);
}

static rv_status open_pictures(struct flow_bench *bench, rv_error *error)
{
	const struct options *options = bench->options;
	rv_status status;
	if (!options->call.operand[0] || !options->call.second[0])
		return rv_fail(error, RV_INVALID,
		               "motion is from one picture to another: two are needed");
	if ((status = picture_open(&bench->first, options->call.operand, error)) != RV_OK ||
	    (status = picture_open(&bench->second, options->call.second, error)) != RV_OK)
		return status;
	if (options->call.truth[0])
		status = flo_read(&bench->truth, options->call.truth, error);
	return status;
}

static rv_status estimate(struct flow_bench *bench, rv_error *error)
{
	const struct options *options = bench->options;
	rv_config config = option_device_config(&options->device);
	const rv_image *first = &bench->first.image;
	rv_status status = flo_create(&bench->flow, first->width, first->height, error);
	if (status != RV_OK)
		return status;
	bench->milliseconds = bench_create_times(options->call.runs, error);
	if (!bench->milliseconds)
		return RV_MEMORY;
	return rv_flow(&config, first, &bench->second.image,
	               (rv_flow_quality)options->call.flow_quality, bench->flow.motion,
	               options->call.runs, bench->milliseconds, error);
}

static rv_status print_line(struct flow_bench *bench, rv_error *error)
{
	const struct options *options = bench->options;
	double distance, middle = bench_median(bench->milliseconds, options->call.runs);
	printf("flow %s %dx%d", option_flow_qualities[options->call.flow_quality],
	       bench->flow.width, bench->flow.height);
	if (options->call.truth[0]) {
		rv_status status =
			flo_end_point_error(&bench->flow, &bench->truth, &distance, error);
		if (status != RV_OK)
			return status;
		printf(" epe=%.4f", distance);
	}
	printf(" median_ms=%.3f min_ms=%.3f\n", middle, bench->milliseconds[0]);
	return RV_OK;
}

rv_status bench_flow(const struct options *options, rv_error *error)
{
	struct flow_bench bench = {.options = options};
	rv_status status;
	if ((status = open_pictures(&bench, error)) == RV_OK &&
	    (status = estimate(&bench, error)) == RV_OK)
		status = print_line(&bench, error);
	release(&bench);
	return status;
}
