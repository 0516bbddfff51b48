/* The command bench: how fast, and how large, the engine is. */
#include "tests/bench/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/command/command.h"

rv_status bench_size(const struct options *options, struct option_size *size, rv_error *error)
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

double bench_median(double *times, int count)
{
	qsort(times, (size_t)count, sizeof(*times), compare_times);
	return (times[count / 2] + times[(count - 1) / 2]) / 2;
}

static double *create_times(int count, rv_error *error)
{
	double *times = calloc((size_t)count, sizeof(*times));
	if (!times)
		rv_fail(error, RV_MEMORY, "no memory for %d times", count);
	return times;
}

/* ---- step ---- */

rv_status bench_step(const struct bench *bench, rv_error *error)
{
	int runs = bench->options->runs;
	double gflop, *times = create_times(runs, error);
	if (!times)
		return RV_MEMORY;
	rv_status status = rv_measure_step(bench->session.engine, bench->layer, bench->size.width,
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

rv_status bench_first_step(const struct bench *bench, rv_error *error)
{
	double gflop;
	rv_status status = rv_measure_step(bench->session.engine, bench->layer, bench->size.width,
	                                   bench->size.height, 0, NULL, &gflop, error);
	if (status != RV_OK)
		return status;
	printf("first_step %s %dx%d\n", bench->layer, bench->size.width, bench->size.height);
	fflush(stdout); /* whoever reads it takes the time */
	return RV_OK;
}

/* ---- whole pictures ---- */

/* A picture to dream over: soft colours with some grain. Its pixels are released with free(). */
static rv_status make_picture(struct option_size size, rv_image *image, rv_error *error)
{
	*image = (rv_image){.format = RV_RGB8,
	                    .width = size.width,
	                    .height = size.height,
	                    .stride = 3 * (size_t)size.width};
	unsigned char *pixels = malloc(image->stride * (size_t)size.height);
	unsigned state = 1;
	if (!pixels)
		return rv_fail(error, RV_MEMORY, "no memory for a picture");
	image->pixels = pixels;
	for (int y = 0; y < size.height; y++)
		for (int x = 0; x < size.width; x++)
			for (int c = 0; c < 3; c++) {
				double wave = sin(0.02 * x + c) * cos(0.03 * y - c);
				state = state * 1664525u + 1013904223u;
				*pixels++ = (unsigned char)(128 + 80 * wave + (state >> 27));
			}
	return RV_OK;
}

static double now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

/* One picture that is not counted, and `runs` that are. */
static rv_status time_dreams(const struct bench *bench, int runs, double *times, rv_error *error)
{
	rv_image picture;
	rv_status status = make_picture(bench->size, &picture, error);
	for (int i = -1; i < runs && status == RV_OK; i++) {
		double start = now_ms();
		rv_reset(bench->session.engine);
		status = rv_dream(bench->session.engine, &picture, RV_TIME_NONE, &picture, error);
		if (i >= 0)
			times[i] = now_ms() - start;
	}
	if (picture.pixels)
		free(picture.pixels);
	return status;
}

enum { ENTRIES_MAX = 256, PROFILE_RUNS = 3 };

static bool is_network_work(const rv_profile_entry *entry)
{
	return !strcmp(entry->operation, "Conv") || strstr(entry->operation, "Pool");
}

/* The part of the time that goes neither to convolutions nor to pools, launch by launch. */
static rv_status other_share(const struct bench *bench, double *share, rv_error *error)
{
	rv_profile_entry entries[ENTRIES_MAX];
	double all = 0, other = 0;
	int count;
	rv_status status =
		rv_profile_dream(bench->session.engine, bench->size.width, bench->size.height,
	                         PROFILE_RUNS, entries, ENTRIES_MAX, &count, error);
	for (int i = 0; status == RV_OK && i < count && i < ENTRIES_MAX; i++) {
		all += entries[i].milliseconds;
		if (!is_network_work(&entries[i]))
			other += entries[i].milliseconds;
	}
	*share = all > 0 ? other / all : 0;
	return status;
}

rv_status bench_dream(const struct bench *bench, rv_error *error)
{
	const rv_params *params = &bench->options->params;
	int runs = bench->options->runs;
	double share, *times = create_times(runs, error);
	if (!times)
		return RV_MEMORY;
	rv_status status = time_dreams(bench, runs, times, error);
	if (status == RV_OK)
		status = other_share(bench, &share, error);
	if (status == RV_OK)
		printf("dream %s %dx%d octaves=%d iterations=%d median_ms=%.1f min_ms=%.1f "
		       "other_share=%.4f\n",
		       bench->layer, bench->size.width, bench->size.height, params->octaves,
		       params->iterations, bench_median(times, runs), times[0], share);
	free(times);
	return status;
}

/* ---- memory ---- */

/* The most memory that the process has had resident; 0 where nobody tells. */
static double peak_megabytes(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	double kilobytes = 0;
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %lf", &kilobytes) == 1)
			break;
	fclose(file);
	return kilobytes / 1024;
}

static double megabytes(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

rv_status bench_memory(const struct bench *bench, rv_error *error)
{
	rv_params params = options_params(bench->options, bench->layer);
	rv_memory memory;
	rv_status status;
	/* One step an octave takes as much memory as many. */
	params.iterations = 1;
	if ((status = rv_set_params(bench->session.engine, &params, error)) ||
	    (status = time_dreams(bench, 0, NULL, error)) ||
	    (status = rv_measure_memory(bench->session.engine, bench->size.width,
	                                bench->size.height, &memory, error)))
		return status;
	printf("memory %s %dx%d tensors_mb=%.1f saved_mb=%.1f rasters_mb=%.1f weights_mb=%.1f "
	       "tiles=%d tile=%dx%d peak_rss_mb=%.1f\n",
	       bench->layer, bench->size.width, bench->size.height, megabytes(memory.tensors),
	       megabytes(memory.saved), megabytes(memory.rasters), megabytes(memory.weights),
	       memory.tiles, memory.tile_width, memory.tile_height, peak_megabytes());
	return RV_OK;
}

/* ---- all of them ---- */

static const struct {
	const char *name;
	rv_status (*run)(const struct bench *bench, rv_error *error);
} benches[] = {
	{"step", bench_step},     {"dream", bench_dream},     {"conv", bench_convolutions},
	{"memory", bench_memory}, {"profile", bench_profile}, {"first-step", bench_first_step},
};

static rv_status run_bench(struct bench *bench, size_t which, rv_error *error)
{
	rv_status status;
	if ((status = bench_size(bench->options, &bench->size, error)) ||
	    (status = session_open(&bench->session, bench->options, error)) ||
	    (status = session_layer(&bench->session, bench->options, &bench->layer, error)))
		return status;
	return benches[which].run(bench, error);
}

rv_status command_bench(const struct options *options, rv_error *error)
{
	struct bench bench = {.options = options};
	if (!strcmp(options->operand, "time"))
		return command_bench_time(options, error);
	if (!strcmp(options->operand, "flow"))
		return command_bench_flow(options, error);
	if (options->more[0][0])
		return rv_fail(error, RV_INVALID, "%.128s: one word says what is to be measured",
		               options->more[0]);
	if (!strcmp(options->operand, "startup"))
		return bench_startup(options, error);
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		if (strcmp(options->operand, benches[i].name))
			continue;
		rv_status status = run_bench(&bench, i, error);
		session_close(&bench.session);
		return status;
	}
	return rv_fail(error, RV_INVALID,
	               "what is to be measured? reverie bench step, dream, time CLIP, "
	               "flow A B, conv, startup, memory or profile");
}
