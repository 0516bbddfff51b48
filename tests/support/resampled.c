#include "tests/support/resampled.h"

#include <math.h>

static int mirrored(int place, int count, bool reflect)
{
	while (reflect && (place < 0 || place >= count))
		place = place < 0 ? -place : 2 * (count - 1) - place;
	return place < 0 ? 0 : place >= count ? count - 1 : place;
}

static double position(const struct resampling *how, int i, int input, int output, float given)
{
	double scale = how->rounds ? (double)output / input : (double)given;
	if (how->coordinates == COORDINATES_ASYMMETRIC)
		return i / scale;
	if (how->coordinates == COORDINATES_ALIGN_CORNERS)
		return output == 1 ? 0 : i * (input - 1) / (scale * input - 1);
	if (how->coordinates == COORDINATES_PYTORCH_HALF_PIXEL && output == 1)
		return 0;
	if (how->coordinates == COORDINATES_UNSHIFTED_HALF_PIXEL)
		return (i + 0.5) / scale;
	return (i + 0.5) / scale - 0.5;
}

static int nearest(const struct resampling *how, double place)
{
	switch (how->nearest) {
	case NEAREST_FLOOR:
		return (int)floor(place);
	case NEAREST_CEIL:
		return (int)ceil(place);
	case NEAREST_PREFER_CEIL:
		return (int)(place - floor(place) >= 0.5 ? floor(place) + 1 : floor(place));
	default:
		return (int)(place - floor(place) > 0.5 ? floor(place) + 1 : floor(place));
	}
}

static double tap(const struct resampling *how, double away)
{
	double a = (double)how->sharpness, d = fabs(away);
	if (how->kind == RESAMPLE_LINEAR)
		return d < 1 ? 1 - d : 0;
	if (d <= 1)
		return (a + 2) * d * d * d - (a + 3) * d * d + 1;
	return d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
}

static double weighted(const struct resampling *how, const double *plane, struct extent size,
                       double y, double x)
{
	double sum = 0, weights = 0;
	for (int row = (int)floor(y) - 1; row <= (int)floor(y) + 2; row++)
		for (int column = (int)floor(x) - 1; column <= (int)floor(x) + 2; column++) {
			int from_y = mirrored(row, size.height, false);
			int from_x = mirrored(column, size.width, false);
			double weight = tap(how, y - row) * tap(how, x - column);
			if (how->excludes_outside && (from_y != row || from_x != column))
				continue;
			sum += weight * plane[from_y * size.width + from_x];
			weights += weight;
		}
	return how->excludes_outside ? sum / weights : sum;
}

/* Where row or column i of a cut lies, as Python counts. */
static int cut_place(const struct cut *cut, int side, int i)
{
	int64_t start = cut->start < 0 ? side + cut->start : cut->start;
	int64_t last = cut->step > 0 ? side : side - 1;
	start = start < 0 ? 0 : start > last ? last : start;
	return (int)(start + i * cut->step);
}

double resampled_at(const struct graph_node *node, const double *plane, struct extent input,
                    struct extent output, int y, int x)
{
	const struct resampling *how = &node->resampling;
	int top = y - node->window.pad_top, left = x - node->window.pad_left;
	bool reflect = how->kind == RESAMPLE_REFLECT;
	if (reflect || how->kind == RESAMPLE_EDGE)
		return plane[mirrored(top, input.height, reflect) * input.width +
		             mirrored(left, input.width, reflect)];
	if (how->kind == RESAMPLE_BLANK)
		return top < 0 || left < 0 || top >= input.height || left >= input.width
		               ? 0
		               : plane[top * input.width + left];
	if (how->kind == RESAMPLE_CUT)
		return plane[cut_place(&how->cut_y, input.height, y) * input.width +
		             cut_place(&how->cut_x, input.width, x)];
	if (how->kind == RESAMPLE_ZEROS) {
		int step_y = (int)how->scale_y, step_x = (int)how->scale_x;
		return y % step_y || x % step_x ? 0 : plane[y / step_y * input.width + x / step_x];
	}
	double from_y = position(how, y, input.height, output.height, how->scale_y);
	double from_x = position(how, x, input.width, output.width, how->scale_x);
	if (how->kind == RESAMPLE_LINEAR || how->kind == RESAMPLE_CUBIC)
		return weighted(how, plane, input, from_y, from_x);
	return plane[mirrored(nearest(how, from_y), input.height, false) * input.width +
	             mirrored(nearest(how, from_x), input.width, false)];
}
