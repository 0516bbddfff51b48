#include "engine/api/atlas_tile.h"

#include <math.h>
#include <stdlib.h>

#include "engine/api/channel_rms.h"
#include "engine/base/random.h"

enum { SIDE = ATLAS_TILE_DREAM, SAMPLES = ATLAS_TILE_SAMPLES };
enum { CELL_LEAST = 2, CELL_MOST = 32 };

/* Of the whole range: the grey that dreams lie around, the strength of the noise at each size, and
 * the standard deviation of what is shown. A dream weaker than a part of that is shown weak. */
static const double grey = 0.46, noise = 0.02, contrast = 0.16, contrast_least = 0.04;

/* How much of their contrast dead leaves keep. */
static const double leaves_contrast = 0.5;

/* ---- noise ---- */

/* A number of a normal distribution, nearly: the sum of uniform ones. */
static double random_normal(uint64_t *state)
{
	double sum = 0;
	for (int i = 0; i < 6; i++)
		sum += random_unit(state) - 0.5;
	return sum * sqrt(2);
}

/* The value of one corner of the grid of cells. */
static double corner(uint64_t seed, int cell, int x, int y, int channel)
{
	uint64_t state = seed ^ ((uint64_t)cell << 48) ^ ((uint64_t)y << 32) ^ ((uint64_t)x << 8) ^
	                 (uint64_t)channel;
	random_next(&state);
	return random_normal(&state);
}

static double smooth(double part)
{
	return part * part * (3 - 2 * part);
}

/* Noise of one size: corners of cells, and between them what blends them. */
static double noise_at(uint64_t seed, int cell, int x, int y, int channel)
{
	int left = x / cell, top = y / cell;
	double across = smooth((double)(x % cell) / cell), down = smooth((double)(y % cell) / cell);
	double upper = corner(seed, cell, left, top, channel) * (1 - across) +
	               corner(seed, cell, left + 1, top, channel) * across;
	double lower = corner(seed, cell, left, top + 1, channel) * (1 - across) +
	               corner(seed, cell, left + 1, top + 1, channel) * across;
	return upper * (1 - down) + lower * down;
}

static float bounded(double value)
{
	return (float)fmin(1, fmax(0, value));
}

/* Grey with noise as strong at every size, at sample i of a picture. */
static double ground_at(int attempt, int i)
{
	double value = grey;
	for (int cell = CELL_LEAST; cell <= CELL_MOST; cell *= 2)
		value += noise *
		         noise_at((uint64_t)attempt + 1, cell, i / 3 % SIDE, i / 3 / SIDE, i % 3);
	return value;
}

rv_status atlas_tile_begin(float *pixels, int attempt, rv_error *error)
{
	float *leaves = attempt ? channel_rms_dead_leaves(SIDE, SIDE, (uint64_t)attempt) : NULL;
	if (attempt && !leaves)
		return rv_fail(error, RV_MEMORY, "out of memory");
	for (int i = 0; i < SAMPLES; i++) {
		double over = leaves ? leaves_contrast * ((double)leaves[i] - 0.5) : 0;
		pixels[i] = bounded(ground_at(attempt, i) + over);
	}
	free(leaves);
	return RV_OK;
}

void atlas_tile_grow(float *start, const float *dream, int attempt)
{
	for (int i = 0; i < SAMPLES; i++)
		start[i] = bounded(ground_at(attempt, i) + (double)dream[i] - (double)start[i]);
}

/* ---- dreams ---- */

static double mean_of(const float *pixels)
{
	double sum = 0;
	for (int i = 0; i < SAMPLES; i++)
		sum += (double)pixels[i];
	return sum / SAMPLES;
}

double atlas_tile_likeness(const float *a, const float *b)
{
	double mean_a = mean_of(a), mean_b = mean_of(b), both = 0, own_a = 0, own_b = 0;
	for (int i = 0; i < SAMPLES; i++) {
		double of_a = (double)a[i] - mean_a, of_b = (double)b[i] - mean_b;
		both += of_a * of_b;
		own_a += of_a * of_a;
		own_b += of_b * of_b;
	}
	return own_a > 0 && own_b > 0 ? both / sqrt(own_a * own_b) : 1;
}

void atlas_tile_store(const float *dream, uint8_t *pixels)
{
	double mean = mean_of(dream), square = 0;
	for (int i = 0; i < SAMPLES; i++)
		square += pow((double)dream[i] - mean, 2) / SAMPLES;
	double scale = contrast / fmax(sqrt(square), contrast_least);
	for (int i = 0; i < RV_ATLAS_SIDE * RV_ATLAS_SIDE * 3; i++) {
		int row = i / (3 * RV_ATLAS_SIDE) + ATLAS_TILE_BORDER;
		int sample = i % (3 * RV_ATLAS_SIDE) + 3 * ATLAS_TILE_BORDER;
		double value = (double)dream[row * 3 * SIDE + sample];
		value = (mean + grey) / 2 + (value - mean) * scale;
		pixels[i] = (uint8_t)lround(255 * fmin(1, fmax(0, value)));
	}
}
