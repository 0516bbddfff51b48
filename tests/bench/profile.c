/* reverie-bench profile and conv: the time of single operations. */
#include <math.h>
#include <stdio.h>

#include "engine/reverie_inspect.h"
#include "tests/bench/bench.h"

enum { ENTRIES_MAX = 256 };

/* ---- profile ---- */

static void print_entry(const struct bench *bench, const rv_profile_entry *entry, double all,
                        double peak)
{
	double gflops = entry->gflop / (entry->milliseconds / 1000);
	printf("profile %s %dx%d %s %s %s launches=%d ms=%.3f share=%.4f", bench->layer,
	       bench->size.width, bench->size.height, entry->operation, entry->kernel,
	       entry->backward ? "backward" : "forward", entry->launches, entry->milliseconds,
	       entry->milliseconds / all);
	if (entry->gflop > 0)
		printf(" gflops=%.1f of_peak=%.3f", gflops, gflops / peak);
	printf("\n");
}

/* What the device can do. */
struct peak {
	double floats, units; /* GFLOPS; units: 0 where it has none */
};

static void print_sum(const struct bench *bench, const rv_profile_entry *entries, int count,
                      const struct peak *peak)
{
	double all = 0, gflop = 0;
	int launches = 0;
	for (int i = 0; i < count; i++) {
		all += entries[i].milliseconds;
		gflop += entries[i].gflop;
		launches += entries[i].launches;
	}
	for (int i = 0; i < count; i++)
		print_entry(bench, &entries[i], all, peak->floats);
	printf("profile %s %dx%d all launches=%d ms=%.3f gflops=%.1f of_peak=%.3f "
	       "peak_gflops=%.1f",
	       bench->layer, bench->size.width, bench->size.height, launches, all,
	       gflop / (all / 1000), gflop / (all / 1000) / peak->floats, peak->floats);
	if (peak->units > 0)
		printf(" of_unit_peak=%.3f unit_peak_gflops=%.1f",
		       gflop / (all / 1000) / peak->units, peak->units);
	printf("\n");
}

static void print_cost(const struct bench *bench, const rv_launch_cost *cost)
{
	printf("launches %s %dx%d count=%d enqueued_ms=%.3f done_ms=%.3f each_us=%.2f\n",
	       bench->layer, bench->size.width, bench->size.height, cost->launches, cost->enqueued,
	       cost->done, 1000 * cost->enqueued / cost->launches);
}

/* The peak before and after: on a machine that is shared, both see what the step saw. */
static rv_status measure_peak(const struct bench *bench, struct peak *peak, rv_error *error)
{
	double floats, units;
	rv_status status = rv_measure_peak(bench->dreamer.engine, &floats, &units, error);
	peak->floats = fmax(peak->floats, floats);
	peak->units = fmax(peak->units, units);
	return status;
}

static rv_status measure_profile(const struct bench *bench, rv_error *error)
{
	rv_profile_entry entries[ENTRIES_MAX];
	struct peak peak = {0, 0};
	rv_launch_cost cost;
	int count, runs = bench->options->call.runs;
	rv_status status;
	if ((status = rv_measure_launches(bench->dreamer.engine, bench->layer, bench->size.width,
	                                  bench->size.height, runs, &cost, error)))
		return status;
	print_cost(bench, &cost);
	fflush(stdout);
	if ((status = measure_peak(bench, &peak, error)) ||
	    (status = rv_profile_step(bench->dreamer.engine, bench->layer, bench->size.width,
	                              bench->size.height, runs, entries, ENTRIES_MAX, &count,
	                              error)) ||
	    (status = measure_peak(bench, &peak, error)))
		return status;
	print_sum(bench, entries, count < ENTRIES_MAX ? count : ENTRIES_MAX, &peak);
	return RV_OK;
}

rv_status bench_profile(const struct options *options, rv_error *error)
{
	return bench_run_layer(options, measure_profile, error);
}

/* ---- conv ---- */

/* An rv_convolution_report. */
static void print_timing(void *context, const rv_convolution_timing *timing)
{
	static const char *const methods[] = {
		[RV_CONVOLUTION_DIRECT] = "direct",
		[RV_CONVOLUTION_WINOGRAD] = "winograd",
		[RV_CONVOLUTION_GEMM] = "gemm",
		[RV_CONVOLUTION_MATRIX] = "matrix",
	};
	const struct bench *bench = context;
	printf("conv %s %dx%d %s %s window=%dx%d stride=%d channels=%d->%d at=%dx%d %s "
	       "lanes=%d tile=%dx%d group=%d block=%d factors=%s",
	       bench->layer, bench->size.width, bench->size.height, timing->name,
	       timing->backward ? "backward" : "forward", timing->window_width,
	       timing->window_height, timing->stride, timing->input_channels,
	       timing->output_channels, timing->width, timing->height, methods[timing->method],
	       timing->lanes, timing->tile_pixels, timing->tile_vectors, timing->group,
	       timing->block_tiles, timing->bfloat16 ? "bfloat16" : "float");
	printf(" ms=%.4f gflops=%.1f fastest=%s\n", timing->milliseconds,
	       timing->gflop / (timing->milliseconds / 1000), timing->fastest ? "yes" : "no");
	fflush(stdout);
}

static rv_status measure_convolutions(const struct bench *bench, rv_error *error)
{
	return rv_compare_convolutions(bench->dreamer.engine, bench->layer, bench->size.width,
	                               bench->size.height, print_timing, (void *)bench, error);
}

rv_status bench_convolutions(const struct options *options, rv_error *error)
{
	return bench_run_layer(options, measure_convolutions, error);
}
