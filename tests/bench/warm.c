/* reverie-bench warm: what a frame of a moving scene takes that inherits the dream of the last one,
 * from the picture in the host's memory to the dream there. */
#include <math.h>
#include <stdlib.h>

#include "tests/bench/bench.h"

/* The scene: waves and grain that move by so many pixels a frame, at this rate. */
enum { MOTION = 3, FRAME_NS = 33333333 };

static void paint(const rv_image *image, int frame)
{
	unsigned char *pixels = image->pixels;
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++) {
			unsigned at = (unsigned)(x + MOTION * frame), grain = at * 73856093u;
			grain = (grain ^ (unsigned)y * 19349663u) * 2654435761u;
			int wave = (int)(60 * sinf(0.03f * (float)at + 0.05f * (float)y) *
			                 cosf(0.011f * (float)at - 0.02f * (float)y));
			for (int c = 0; c < 3; c++)
				*pixels++ =
					(unsigned char)(110 + wave + 12 * c + (int)(grain >> 27));
		}
}

/* The first frame is dreamed from nothing, and the second builds what inheriting needs. */
static rv_status time_frames(const struct bench *bench, const rv_image *picture,
                             const rv_image *dream, int runs, double *times, rv_error *error)
{
	rv_status status = RV_OK;
	for (int i = -2; i < runs && status == RV_OK; i++) {
		paint(picture, i + 2);
		double start = bench_now();
		status = rv_dream(bench->dreamer.engine, picture, (int64_t)(i + 2) * FRAME_NS,
		                  dream, error);
		if (i >= 0)
			times[i] = bench_now() - start;
		if (status == RV_OK && i >= 0 && rv_last_frame(bench->dreamer.engine).cold)
			status = rv_fail(error, RV_UNSUPPORTED, "frame %d inherits nothing", i + 3);
	}
	return status;
}

static rv_status measure_images(const struct bench *bench, double *times, rv_error *error)
{
	struct option_size size = bench->size;
	rv_image picture = {RV_RGB8, size.width, size.height, 3 * (size_t)size.width, NULL};
	rv_image dream = picture;
	rv_status status;
	picture.pixels = malloc(picture.stride * (size_t)size.height);
	dream.pixels = malloc(dream.stride * (size_t)size.height);
	if (picture.pixels && dream.pixels)
		status = time_frames(bench, &picture, &dream, bench->options->call.runs, times,
		                     error);
	else
		status = rv_fail(error, RV_MEMORY, "no memory for two pictures");
	free(picture.pixels);
	free(dream.pixels);
	return status;
}

static rv_status measure_warm(const struct bench *bench, rv_error *error)
{
	rv_params params = option_dream_params(&bench->options->dream, bench->layer);
	int runs = bench->options->call.runs;
	double sum = 0, middle, *times = bench_create_times(runs, error);
	rv_status status;
	if (!times)
		return RV_MEMORY;
	params.time.on = true;
	params.time.cut = RV_CUT_OFF;
	params.time.onset = 0;
	status = rv_set_params(bench->dreamer.engine, &params, error);
	if (status == RV_OK)
		status = measure_images(bench, times, error);
	for (int i = 0; i < runs; i++)
		sum += times[i];
	middle = bench_median(times, runs);
	if (status == RV_OK)
		printf("warm %s %dx%d octaves=%d mean_ms=%.2f median_ms=%.2f min_ms=%.2f\n",
		       bench->layer, bench->size.width, bench->size.height, params.octaves,
		       sum / runs, middle, times[0]);
	free(times);
	return status;
}

rv_status bench_warm(const struct options *options, rv_error *error)
{
	return bench_run(options, measure_warm, error);
}
