/* reverie-bench dream and memory: what a whole picture takes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reverie_inspect.h"
#include "tests/bench/bench.h"

/* ---- dream ---- */

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

/* One picture that is not counted, and `runs` that are. */
static rv_status time_dreams(const struct bench *bench, int runs, double *times, rv_error *error)
{
	rv_image picture;
	rv_status status = make_picture(bench->size, &picture, error);
	for (int i = -1; i < runs && status == RV_OK; i++) {
		double start = bench_now();
		rv_reset(bench->dreamer.engine);
		status = rv_dream(bench->dreamer.engine, &picture, RV_TIME_NONE, &picture, error);
		if (i >= 0)
			times[i] = bench_now() - start;
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
		rv_profile_dream(bench->dreamer.engine, bench->size.width, bench->size.height,
	                         PROFILE_RUNS, entries, ENTRIES_MAX, &count, error);
	for (int i = 0; status == RV_OK && i < count && i < ENTRIES_MAX; i++) {
		all += entries[i].milliseconds;
		if (!is_network_work(&entries[i]))
			other += entries[i].milliseconds;
	}
	*share = all > 0 ? other / all : 0;
	return status;
}

static rv_status measure_dream(const struct bench *bench, rv_error *error)
{
	const rv_params *params = &bench->dreamer.dream.params;
	int runs = bench->options->call.runs;
	double share, *times = bench_create_times(runs, error);
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

rv_status bench_dream(const struct options *options, rv_error *error)
{
	return bench_run(options, measure_dream, error);
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

static rv_status measure_memory(const struct bench *bench, rv_error *error)
{
	struct dreamer dreamer = bench->dreamer;
	rv_params params;
	rv_memory memory;
	rv_status status = dreamer_params(&dreamer, &params, error);
	if (status)
		return status;
	/* One step an octave takes as much memory as many. */
	params.iterations = 1;
	if ((status = rv_set_params(bench->dreamer.engine, &params, error)) ||
	    (status = time_dreams(bench, 0, NULL, error)) ||
	    (status = rv_measure_memory(bench->dreamer.engine, bench->size.width,
	                                bench->size.height, &memory, error)))
		return status;
	printf("memory %s %dx%d tensors_mb=%.1f saved_mb=%.1f rasters_mb=%.1f kept_mb=%.1f "
	       "weights_mb=%.1f "
	       "tiles=%d tile=%dx%d peak_rss_mb=%.1f\n",
	       bench->layer, bench->size.width, bench->size.height, megabytes(memory.tensors),
	       megabytes(memory.saved), megabytes(memory.rasters), megabytes(memory.kept),
	       megabytes(memory.weights), memory.tiles, memory.tile_width, memory.tile_height,
	       peak_megabytes());
	return RV_OK;
}

rv_status bench_memory(const struct options *options, rv_error *error)
{
	return bench_run(options, measure_memory, error);
}
