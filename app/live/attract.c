#include "app/live/attract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 32 /* of a block, across and down */ };

static const int64_t interval = 500000000; /* nanoseconds: so far back is looked */
static const float deviations = 7;         /* of the noise, that no noise reaches */
static const float least_change = 4;       /* of a block's mean, 0..255, that is motion */

/* Of part i of `parts` of a side, the pixel that sample j of it lies on. */
static int place(int side, int parts, int i, int j)
{
	return (int)(((i + (j + 0.5) / SAMPLES) / parts) * side);
}

static float mean_light(const rv_image *frame, int column, int row)
{
	unsigned sum = 0;
	for (int y = 0; y < SAMPLES; y++) {
		const uint8_t *line =
			(const uint8_t *)frame->pixels +
			(size_t)place(frame->height, ATTRACT_ROWS, row, y) * frame->stride;
		for (int x = 0; x < SAMPLES; x++) {
			const uint8_t *pixel =
				line + 3 * place(frame->width, ATTRACT_COLUMNS, column, x);
			sum += pixel[0] + 2u * pixel[1] + pixel[2];
		}
	}
	return (float)sum / (4.0f * SAMPLES * SAMPLES);
}

static int compare_floats(const void *a, const void *b)
{
	const float *first = a, *second = b;
	return (*first > *second) - (*first < *second);
}

/* Whether any block has changed otherwise than most of them, by more than their noise, which is
 * told by the narrowest range that half of the changes lie in (the shorth: Andrews and others,
 * "Robust estimates of location", 1972). Where that is wide, everything moves. */
static bool has_moved(const float *now, const float *past)
{
	enum { HALF = ATTRACT_BLOCKS / 2 };
	float change[ATTRACT_BLOCKS], width = INFINITY, middle = 0;
	for (int i = 0; i < ATTRACT_BLOCKS; i++)
		change[i] = now[i] - past[i];
	qsort(change, ATTRACT_BLOCKS, sizeof(change[0]), compare_floats);
	for (int i = 0; i + HALF < ATTRACT_BLOCKS; i++) {
		if (change[i + HALF] - change[i] >= width)
			continue;
		width = change[i + HALF] - change[i];
		middle = (change[i + HALF] + change[i]) / 2;
	}
	/* Half of normal noise lies within 0.67 deviations. */
	float limit = fmaxf(least_change, deviations * width / 1.35f);
	return width > least_change || change[ATTRACT_BLOCKS - 1] - middle > limit ||
	       middle - change[0] > limit;
}

bool attract_watch(struct attract *attract, const rv_image *frame, int64_t now, double seconds)
{
	float light[ATTRACT_BLOCKS];
	for (int i = 0; i < ATTRACT_BLOCKS; i++)
		light[i] = mean_light(frame, i % ATTRACT_COLUMNS, i / ATTRACT_COLUMNS);
	bool moved = !attract->watches || has_moved(light, attract->past);
	if (moved)
		attract->moved_at = now;
	if (moved || now - attract->compared_at >= interval) {
		attract->compared_at = now;
		memcpy(attract->past, light, sizeof(light));
	}
	attract->watches = true;
	return (double)(now - attract->moved_at) >= 1e9 * seconds;
}
