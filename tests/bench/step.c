/* reverie-bench step, and what reverie-bench startup runs. */
#include <stdlib.h>

#include "engine/reverie_inspect.h"
#include "tests/bench/bench.h"

static rv_status measure_step(const struct bench *bench, rv_error *error)
{
	int runs = bench->options->call.runs;
	double gflop, *times = bench_create_times(runs, error);
	if (!times)
		return RV_MEMORY;
	rv_status status = rv_measure_step(bench->dreamer.engine, bench->layer, bench->size.width,
	                                   bench->size.height, runs, times, &gflop, error);
	if (status == RV_OK) {
		double middle = bench_median(times, runs);
		printf("step %s %dx%d median_ms=%.3f min_ms=%.3f gflops=%.2f\n", bench->layer,
		       bench->size.width, bench->size.height, middle, times[0],
		       gflop / (middle / 1000));
	}
	free(times);
	return status;
}

static rv_status measure_first_step(const struct bench *bench, rv_error *error)
{
	double gflop;
	rv_status status = rv_measure_step(bench->dreamer.engine, bench->layer, bench->size.width,
	                                   bench->size.height, 0, NULL, &gflop, error);
	if (status != RV_OK)
		return status;
	printf("first_step %s %dx%d\n", bench->layer, bench->size.width, bench->size.height);
	fflush(stdout); /* whoever reads it takes the time */
	return RV_OK;
}

rv_status bench_step(const struct options *options, rv_error *error)
{
	return bench_run_layer(options, measure_step, error);
}

rv_status bench_first_step(const struct options *options, rv_error *error)
{
	return bench_run_layer(options, measure_first_step, error);
}
