#include "engine/api/channel_rms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/model.h"
#include "engine/api/probe.h"
#include "engine/base/cache.h"
#include "engine/base/random.h"
#include "engine/onnx/onnx.h"
#include "engine/reverie_inspect.h"

enum { PICTURE_WIDTH = 256, PICTURE_HEIGHT = 256, PICTURES = 4, KEY_LENGTH = 1024 };

/* Radii lie between these parts of the picture's height, distributed as 1 / radius^3. */
static const double radius_least = 0.01, radius_most = 0.4;

static void draw_disc(float *pixels, unsigned char *covered, int width, int height, double x0,
                      double y0, double radius, const float colour[3], int *left)
{
	int top = (int)fmax(0, floor(y0 - radius)), bottom = (int)fmin(height - 1, y0 + radius);
	int first = (int)fmax(0, floor(x0 - radius)), last = (int)fmin(width - 1, x0 + radius);

	for (int y = top; y <= bottom; y++) {
		for (int x = first; x <= last; x++) {
			double distance = (x - x0) * (x - x0) + (y - y0) * (y - y0);
			size_t pixel = (size_t)y * (size_t)width + (size_t)x;
			if (distance > radius * radius || covered[pixel])
				continue;
			covered[pixel] = 1;
			memcpy(pixels + 3 * pixel, colour, 3 * sizeof(*colour));
			(*left)--;
		}
	}
}

float *channel_rms_dead_leaves(int width, int height, uint64_t seed)
{
	size_t count = (size_t)width * (size_t)height;
	float *pixels = malloc(3 * count * sizeof(*pixels));
	unsigned char *covered = calloc(count, 1);
	double low = 1 / (radius_most * radius_most), high = 1 / (radius_least * radius_least);
	int left = (int)count;

	if (!pixels || !covered) {
		free(pixels);
		free(covered);
		return NULL;
	}
	/* Front to back: a disc shows only where nothing covers it, until nothing is bare. */
	while (left > 0) {
		double radius = height / sqrt(low + (high - low) * random_unit(&seed));
		double x = (random_unit(&seed) * 1.4 - 0.2) * width;
		double y = (random_unit(&seed) * 1.4 - 0.2) * height;
		float light = (float)random_unit(&seed), colour[3];
		for (int c = 0; c < 3; c++)
			colour[c] = 0.6f * light + 0.4f * (float)random_unit(&seed);
		draw_disc(pixels, covered, width, height, x, y, radius, colour, &left);
	}
	free(covered);
	return pixels;
}

/* Adds the squares of one picture's activations to sums[channels]. */
static rv_status add_picture(struct probe *probe, uint64_t seed, double *sums, rv_error *error)
{
	rv_array array = {0};
	rv_image image = {.format = RV_RGBF32,
	                  .width = PICTURE_WIDTH,
	                  .height = PICTURE_HEIGHT,
	                  .stride = 3 * PICTURE_WIDTH * sizeof(float)};
	size_t pixels;
	rv_status status;

	image.pixels = channel_rms_dead_leaves(PICTURE_WIDTH, PICTURE_HEIGHT, seed);
	if (!image.pixels)
		return rv_fail(error, RV_MEMORY, "out of memory");
	status = probe_present(probe, &image, error);
	if (status == RV_OK)
		status = probe_run(probe, error);
	if (status == RV_OK)
		status = probe_activation(probe, &array, error);
	pixels = (size_t)array.height * (size_t)array.width;
	for (int c = 0; c < array.channels; c++)
		for (size_t p = 0; p < pixels; p++)
			sums[c] += (double)array.data[(size_t)c * pixels + p] *
			           array.data[(size_t)c * pixels + p] / (double)pixels;
	rv_array_release(&array);
	free(image.pixels);
	return status;
}

static rv_status measure(rv_engine *engine, const char *layer, float **channel_rms, int *channels,
                         rv_error *error)
{
	struct probe probe;
	double *sums = NULL;
	rv_status status =
		probe_create(&probe, engine, layer, PICTURE_WIDTH, PICTURE_HEIGHT, false, 1, error);

	if (status != RV_OK)
		return status;
	*channels = probe.graph->tensors[probe.graph->wanted[0]].channels;
	sums = calloc((size_t)*channels, sizeof(*sums));
	*channel_rms = malloc((size_t)*channels * sizeof(**channel_rms));
	if (!sums || !*channel_rms)
		status = rv_fail(error, RV_MEMORY, "out of memory");
	for (int i = 0; i < PICTURES && status == RV_OK; i++)
		status = add_picture(&probe, (uint64_t)i, sums, error);
	for (int c = 0; c < *channels && status == RV_OK; c++)
		(*channel_rms)[c] = (float)sqrt(sums[c] / PICTURES);
	probe_release(&probe);
	free(sums);
	if (status != RV_OK) {
		free(*channel_rms);
		*channel_rms = NULL;
	}
	return status;
}

/* What was measured before; NULL where that is not known, or not one for each channel. */
static float *read_measured(const rv_engine *engine, const char *layer, const char *key)
{
	struct cache_entry entry;
	float *channel_rms = NULL;
	size_t bytes = 0;
	int index;

	if (rv_model_find_layer(engine->model, layer, &index, NULL) == RV_OK)
		bytes = (size_t)rv_model_layer(engine->model, index)->channels * sizeof(float);
	if (!cache_find(engine->device->cache_directory, "channel-rms", key, &entry))
		return NULL;
	if (bytes && entry.size == bytes)
		channel_rms = malloc(bytes);
	if (channel_rms)
		memcpy(channel_rms, entry.data, bytes);
	cache_release(&entry);
	return channel_rms;
}

/* What a channel has depends on how the network is shown pictures, too. */
static void write_key(const rv_model *model, const char *layer, char key[KEY_LENGTH])
{
	snprintf(key, KEY_LENGTH, "channel-rms-2|%016llx|%s|%s",
	         (unsigned long long)onnx_hash(model_onnx(model)),
	         rv_model_input_format(model)->name, layer);
}

rv_status channel_rms_of_layer(rv_engine *engine, const char *layer, float **channel_rms,
                               rv_error *error)
{
	char key[KEY_LENGTH];
	int channels = 0;
	rv_status status;

	write_key(engine->model, layer, key);
	*channel_rms = read_measured(engine, layer, key);
	if (*channel_rms)
		return RV_OK;
	status = measure(engine, layer, channel_rms, &channels, error);
	if (status == RV_OK)
		cache_write(engine->device->cache_directory, "channel-rms", key, *channel_rms,
		            (size_t)channels * sizeof(**channel_rms));
	return status;
}
