#include "app/media/shrink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of bytes with weights that sum to SHRINK_ONE fit into 16 bits. RUN is the length of an inner
 * loop that compilers turn into vector instructions. */
enum { SHRINK_BITS = 8, SHRINK_ONE = 1 << SHRINK_BITS, RUN = 16 };

static void release_axis(struct shrink_axis *axis)
{
	free(axis->first);
	free(axis->position);
	free(axis->weights);
	*axis = (struct shrink_axis){0};
}

void shrink_release(struct shrinker *shrinker)
{
	release_axis(&shrinker->x);
	release_axis(&shrinker->y);
	free(shrinker->row);
	*shrinker = (struct shrinker){0};
}

/* The weight of the covered area before `end`, rounded so that all weights sum to SHRINK_ONE. */
static int weight_before(double start, double length, double end)
{
	return (int)lround(fmin((end - start) / length, 1) * SHRINK_ONE);
}

/* Pixel i of the small picture covers [i * ratio, (i + 1) * ratio) of the large one. */
static void weigh(struct shrink_axis *axis)
{
	double ratio = (double)axis->from / axis->to;
	int used = 0;
	for (int i = 0; i < axis->to; i++) {
		double start = i * ratio;
		int at = (int)start, done = 0;
		axis->first[i] = used;
		axis->position[i] = at;
		for (; done < SHRINK_ONE && at < axis->from; at++) {
			int sum = weight_before(start, ratio, at + 1);
			axis->weights[used++] = (uint16_t)(sum - done);
			done = sum;
		}
		axis->weights[used - 1] = (uint16_t)(axis->weights[used - 1] + SHRINK_ONE - done);
	}
	axis->first[axis->to] = used;
}

static rv_status prepare_axis(struct shrink_axis *axis, int from, int to, rv_error *error)
{
	if (axis->from == from && axis->to == to)
		return RV_OK;
	release_axis(axis);
	/* Every pixel of the large picture, and where two share one, it twice. */
	size_t most = (size_t)from + 2 * (size_t)to;
	axis->first = malloc(((size_t)to + 1) * sizeof(*axis->first));
	axis->position = malloc((size_t)to * sizeof(*axis->position));
	axis->weights = malloc(most * sizeof(*axis->weights));
	if (!axis->first || !axis->position || !axis->weights) {
		release_axis(axis);
		return rv_fail(error, RV_MEMORY, "out of memory for a smaller picture");
	}
	axis->from = from;
	axis->to = to;
	weigh(axis);
	return RV_OK;
}

static rv_status prepare(struct shrinker *shrinker, const rv_image *from, const rv_image *to,
                         rv_error *error)
{
	bool same_row = shrinker->row && shrinker->x.from == from->width;
	rv_status status = prepare_axis(&shrinker->x, from->width, to->width, error);
	if (status == RV_OK)
		status = prepare_axis(&shrinker->y, from->height, to->height, error);
	if (status != RV_OK || same_row)
		return status;
	free(shrinker->row);
	shrinker->row = malloc(3 * (size_t)from->width * sizeof(*shrinker->row));
	return shrinker->row ? RV_OK
	                     : rv_fail(error, RV_MEMORY, "out of memory for a smaller picture");
}

static void add_row(uint16_t *sum, const uint8_t *row, int count, uint16_t weight)
{
	int i = 0;
	for (; i + RUN <= count; i += RUN)
		for (int j = 0; j < RUN; j++)
			sum[i + j] = (uint16_t)(sum[i + j] + row[i + j] * weight);
	for (; i < count; i++)
		sum[i] = (uint16_t)(sum[i] + row[i] * weight);
}

static void sum_rows(struct shrinker *shrinker, const rv_image *from, int y)
{
	const struct shrink_axis *axis = &shrinker->y;
	int count = 3 * from->width, first = axis->first[y];
	memset(shrinker->row, 0, (size_t)count * sizeof(*shrinker->row));
	for (int i = first; i < axis->first[y + 1]; i++)
		add_row(shrinker->row,
		        (const uint8_t *)from->pixels +
		                (size_t)(axis->position[y] + i - first) * from->stride,
		        count, axis->weights[i]);
}

static void sum_columns(const struct shrinker *shrinker, uint8_t *to)
{
	const struct shrink_axis *axis = &shrinker->x;
	for (int x = 0; x < axis->to; x++) {
		const uint16_t *from = shrinker->row + 3 * axis->position[x];
		uint32_t sum[3] = {0};
		for (int i = axis->first[x]; i < axis->first[x + 1]; i++, from += 3)
			for (int c = 0; c < 3; c++)
				sum[c] += (uint32_t)from[c] * axis->weights[i];
		for (int c = 0; c < 3; c++)
			to[3 * x + c] = (uint8_t)((sum[c] + (1u << (2 * SHRINK_BITS - 1))) >>
			                          (2 * SHRINK_BITS));
	}
}

rv_status shrink(struct shrinker *shrinker, const rv_image *from, const rv_image *to,
                 rv_error *error)
{
	rv_status status = prepare(shrinker, from, to, error);
	for (int y = 0; y < to->height && status == RV_OK; y++) {
		sum_rows(shrinker, from, y);
		sum_columns(shrinker, (uint8_t *)to->pixels + (size_t)y * to->stride);
	}
	return status;
}
