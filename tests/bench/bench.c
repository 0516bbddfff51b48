#include "tests/bench/bench.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/command/command.h"

static int compare_times(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;
	return (first > second) - (first < second);
}

double bench_median(double *times, int count)
{
	qsort(times, (size_t)count, sizeof(*times), compare_times);
	return (times[count / 2] + times[(count - 1) / 2]) / 2;
}

double *bench_create_times(int count, rv_error *error)
{
	double *times = calloc((size_t)count, sizeof(*times));
	if (!times)
		rv_fail(error, RV_MEMORY, "no memory for %d times", count);
	return times;
}

double bench_now(void)
{
	return 1e-6 * (double)clock_now();
}

static rv_status run(struct bench *bench, bench_measure *measure, rv_error *error)
{
	rv_status status;
	if ((status = command_takes_no_operand(bench->options, error)) != RV_OK ||
	    (status = dreamer_size(bench->options, &bench->size, error)) != RV_OK ||
	    (status = dreamer_open(&bench->dreamer, bench->options, error)) != RV_OK ||
	    (status = dreamer_layer(&bench->dreamer, &bench->options->dream, &bench->layer,
	                            error)) != RV_OK)
		return status;
	return measure(bench, error);
}

/* Options that only a dream can honour are not ignored. */
static rv_status check_layer_alone(const struct option_dream *dream, rv_error *error)
{
	const struct option_targets targets = option_dream_targets(dream, "");
	const rv_target *target = &targets.list[0].target;
	bool plain = target->kind == RV_TARGET_LAYER && !target->channel_count &&
	             target->where == RV_EVERYWHERE;
	if (targets.count > 1 || (targets.count && !plain) || dream->mask[0])
		return rv_fail(
			error, RV_INVALID,
			"a step and its profile are measured at one whole layer alone, without "
			"guides, channels, classes and masks; reverie-bench dream and warm take "
			"these");
	return RV_OK;
}

rv_status bench_run_layer(const struct options *options, bench_measure *measure, rv_error *error)
{
	rv_status status = check_layer_alone(&options->dream, error);
	return status != RV_OK ? status : bench_run(options, measure, error);
}

rv_status bench_run(const struct options *options, bench_measure *measure, rv_error *error)
{
	struct bench bench = {.options = options};
	rv_status status = run(&bench, measure, error);
	dreamer_close(&bench.dreamer);
	return status;
}
