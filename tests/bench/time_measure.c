#include "tests/bench/time_measure.h"

#include <math.h>
#include <stdlib.h>

static double sample(const rv_image *image, int x, int y, int colour)
{
	const char *row = (const char *)image->pixels + (size_t)y * image->stride;
	int i = 3 * x + colour;
	return image->format == RV_RGB16 ? ((const uint16_t *)(const void *)row)[i] / 257.0
	                                 : ((const uint8_t *)row)[i];
}

/* ---- of one frame ---- */

double measure_strength(const rv_image *frame, const rv_image *dream)
{
	double sum = 0;
	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			for (int c = 0; c < 3; c++) {
				double added = sample(dream, x, y, c) - sample(frame, x, y, c);
				sum += added * added;
			}
	return sqrt(sum / (3.0 * frame->width * frame->height));
}

struct tone_measure measure_tone(const rv_image *image)
{
	struct tone_measure tone = {0};
	double pixels = (double)image->width * image->height;
	for (int y = 0; y < image->height; y++)
		for (int x = 0; x < image->width; x++) {
			double red = sample(image, x, y, 0), green = sample(image, x, y, 1);
			double blue = sample(image, x, y, 2);
			tone.brightness += (red + green + blue) / 3;
			tone.saturation += fmax(fmax(red, green), blue);
			tone.saturation -= fmin(fmin(red, green), blue);
		}
	return (struct tone_measure){tone.brightness / pixels, tone.saturation / pixels};
}

/* ---- motion ---- */

rv_status motion_between_create(struct motion_between *motion, int width, int height,
                                rv_error *error)
{
	size_t count = (size_t)width * (size_t)height;
	*motion = (struct motion_between){
		.width = width,
		.height = height,
		.to_past = calloc(2 * count, sizeof(*motion->to_past)),
		.to_newest = calloc(2 * count, sizeof(*motion->to_newest)),
		.same = calloc(count, sizeof(*motion->same)),
	};
	if (motion->to_past && motion->to_newest && motion->same)
		return RV_OK;
	motion_between_release(motion);
	return rv_fail(error, RV_MEMORY, "out of memory for the motion");
}

void motion_between_release(struct motion_between *motion)
{
	free(motion->to_past);
	free(motion->to_newest);
	free(motion->same);
	*motion = (struct motion_between){0};
}

/* A place between pixels: the one before it on an axis, and how far beyond it lies. The border is
 * repeated. */
static int whole_part(double at, int size, double *beyond)
{
	double inside = fmin(fmax(at, 0), size - 1);
	*beyond = inside - floor(inside);
	return (int)floor(inside);
}

static double flow_at(const struct motion_between *motion, const float *flow, double x, double y,
                      int axis)
{
	double across, down;
	int left = whole_part(x, motion->width, &across), right = left + (across > 0);
	int top = whole_part(y, motion->height, &down), bottom = top + (down > 0);
	const float *upper = flow + 2 * (size_t)top * motion->width + axis;
	const float *lower = flow + 2 * (size_t)bottom * motion->width + axis;
	return (1 - down) * ((1 - across) * upper[2 * left] + across * upper[2 * right]) +
	       down * ((1 - across) * lower[2 * left] + across * lower[2 * right]);
}

/* Where a pixel was. */
struct origin {
	double x, y;
};

static struct origin origin_of(const struct motion_between *motion, int x, int y)
{
	const float *flow = motion->to_past + 2 * ((size_t)y * motion->width + x);
	return (struct origin){x + (double)flow[0], y + (double)flow[1]};
}

static bool comes_back(const struct motion_between *motion, int x, int y)
{
	struct origin from = origin_of(motion, x, y);
	double there_x = from.x - x, there_y = from.y - y;
	if (!(from.x >= 0 && from.y >= 0 && from.x <= motion->width - 1 &&
	      from.y <= motion->height - 1))
		return false;
	double back_x = flow_at(motion, motion->to_newest, from.x, from.y, 0);
	double back_y = flow_at(motion, motion->to_newest, from.x, from.y, 1);
	double gap = pow(there_x + back_x, 2) + pow(there_y + back_y, 2);
	double length = there_x * there_x + there_y * there_y + back_x * back_x + back_y * back_y;
	return gap < 0.01 * length + 0.5;
}

void find_same(struct motion_between *motion)
{
	for (int y = 0; y < motion->height; y++)
		for (int x = 0; x < motion->width; x++)
			motion->same[(size_t)y * motion->width + x] = comes_back(motion, x, y);
}

/* ---- between frames ---- */

/* Catmull and Rom's weights of four pixels in a row: linear ones would blur the past frame, and
 * take the blur for an error of the dream. */
static void cubic_weights(double t, double weights[4])
{
	weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
	weights[1] = (1.5 * t - 2.5) * t * t + 1;
	weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
	weights[3] = (0.5 * t - 0.5) * t * t;
}

static int within(int at, int size)
{
	return at < 0 ? 0 : at < size ? at : size - 1;
}

static void fetch(const rv_image *image, struct origin from, double colour[3])
{
	double across[4], down[4], beyond_x, beyond_y;
	int left = whole_part(from.x, image->width, &beyond_x);
	int top = whole_part(from.y, image->height, &beyond_y);
	cubic_weights(beyond_x, across);
	cubic_weights(beyond_y, down);
	colour[0] = colour[1] = colour[2] = 0;
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++) {
			int x = within(left + j - 1, image->width);
			int y = within(top + i - 1, image->height);
			for (int c = 0; c < 3; c++)
				colour[c] += down[i] * across[j] * sample(image, x, y, c);
		}
}

double measure_warping(const struct motion_between *motion, const rv_image *now,
                       const rv_image *past)
{
	double sum = 0, count = 0;
	for (int y = 0; y < motion->height; y++)
		for (int x = 0; x < motion->width; x++) {
			double was[3];
			if (!motion->same[(size_t)y * motion->width + x])
				continue;
			fetch(past, origin_of(motion, x, y), was);
			for (int c = 0; c < 3; c++)
				sum += pow(sample(now, x, y, c) - was[c], 2);
			count += 3;
		}
	return count > 0 ? sqrt(sum / count) : NAN;
}
