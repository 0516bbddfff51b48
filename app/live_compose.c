#include "live_compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ONE = 256, SAMPLES = 40 };

/* Between the two, in units of 0..255, a change of light or motion becomes another scene. */
static const double same_scene = 22, other_scene = 45;

void composer_release(struct composer *composer)
{
	free(composer->left);
	free(composer->weight);
	free(composer->row);
	*composer = (struct composer){0};
}

/* Where on `count` pixels pixel i of `of` lies, its middle to the middle, within the picture. */
static double place(int i, int of, int count)
{
	double at = (i + 0.5) * count / of - 0.5;
	return fmin(fmax(at, 0), count - 1);
}

static rv_status prepare(struct composer *composer, int source_width, int dream_width,
                         rv_error *error)
{
	if (composer->source_width == source_width && composer->dream_width == dream_width)
		return RV_OK;
	composer_release(composer);
	composer->left = malloc((size_t)source_width * sizeof(*composer->left));
	composer->weight = malloc((size_t)source_width * sizeof(*composer->weight));
	composer->row = calloc((size_t)dream_width * 3 + 3, sizeof(*composer->row));
	if (!composer->left || !composer->weight || !composer->row) {
		composer_release(composer);
		return rv_fail(error, RV_MEMORY, "out of memory for the picture shown");
	}
	for (int x = 0; x < source_width; x++) {
		double at = place(x, source_width, dream_width);
		composer->left[x] = 3 * (int)at;
		composer->weight[x] = (int16_t)((at - (int)at) * ONE);
	}
	composer->source_width = source_width;
	composer->dream_width = dream_width;
	return RV_OK;
}

/* Interpolates the row of the dream that row y of `height` shows, faded. */
static void blend_rows(const struct composer *composer, const struct dream *dream, int y,
                       int height, float fade)
{
	double at = place(y, height, dream->height);
	int count = 3 * dream->width, upper = (int)at;
	int lower = upper + 1 < dream->height ? upper + 1 : upper;
	const int16_t *a = dream->detail + (size_t)upper * (size_t)count;
	const int16_t *b = dream->detail + (size_t)lower * (size_t)count;
	int weight_b = (int)((at - upper) * (double)fade * ONE);
	int weight_a = (int)((double)fade * ONE) - weight_b;
	for (int i = 0; i < count; i++)
		composer->row[i] = (int16_t)((a[i] * weight_a + b[i] * weight_b) / ONE);
	/* What lies right of the last pixel is asked for with weight 0. */
	memcpy(composer->row + count, composer->row + count - 3, 3 * sizeof(int16_t));
}

static uint8_t clamp_byte(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void add_detail(const struct composer *composer, const uint8_t *source, uint8_t *shown,
                       int first, int width)
{
	for (int x = first; x < width; x++) {
		const int16_t *left = composer->row + composer->left[x];
		int weight = composer->weight[x];
		for (int c = 0; c < 3; c++) {
			int detail = left[c] + ((left[c + 3] - left[c]) * weight) / ONE;
			shown[3 * x + c] = clamp_byte(source[3 * x + c] + detail);
		}
	}
}

static void mirror_row(uint8_t *row, int width)
{
	for (int left = 0, right = width - 1; left < right; left++, right--) {
		uint8_t pixel[3];
		memcpy(pixel, row + 3 * left, 3);
		memcpy(row + 3 * left, row + 3 * right, 3);
		memcpy(row + 3 * right, pixel, 3);
	}
}

rv_status compose(struct composer *composer, const struct composition *composition,
                  const rv_image *shown, rv_error *error)
{
	const rv_image *source = composition->source;
	const struct dream *dream = composition->dream;
	int width = source->width, split = (int)lroundf(composition->split * (float)width);
	rv_status status = RV_OK;
	if (dream)
		status = prepare(composer, width, dream->width, error);
	if (status)
		return status;
	for (int y = 0; y < source->height; y++) {
		const uint8_t *from = (const uint8_t *)source->pixels + (size_t)y * source->stride;
		uint8_t *to = (uint8_t *)shown->pixels + (size_t)y * shown->stride;
		bool dreamed = dream && composition->fade > 0 && split < width;
		memcpy(to, from, 3 * (size_t)(dreamed ? split : width));
		if (dreamed) {
			blend_rows(composer, dream, y, source->height, composition->fade);
			add_detail(composer, from, to, split, width);
		}
		if (composition->mark_split && split > 0 && split < width)
			memset(to + 3 * (size_t)split, 255, 3);
		if (composition->mirror)
			mirror_row(to, width);
	}
	return RV_OK;
}

float frame_likeness(const rv_image *a, const rv_image *b)
{
	double sum = 0;
	if (a->width != b->width || a->height != b->height)
		return 0;
	for (int i = 0; i < SAMPLES; i++) {
		size_t y = (size_t)((i + 0.5) * a->height / SAMPLES);
		const uint8_t *row_a = (const uint8_t *)a->pixels + y * a->stride;
		const uint8_t *row_b = (const uint8_t *)b->pixels + y * b->stride;
		for (int j = 0; j < SAMPLES; j++) {
			size_t x = 3 * (size_t)((j + 0.5) * a->width / SAMPLES);
			sum += abs(row_a[x] - row_b[x]) + abs(row_a[x + 1] - row_b[x + 1]) +
			       abs(row_a[x + 2] - row_b[x + 2]);
		}
	}
	double difference = sum / (3.0 * SAMPLES * SAMPLES);
	return (float)fmin(fmax((other_scene - difference) / (other_scene - same_scene), 0), 1);
}
