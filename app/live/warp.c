#include "app/live/warp.h"

#include <math.h>
#include <stdlib.h>

/* Mean differences of the channels, 0..255, over 3x3 pixels: up to `same`, noise and changing light
 * explain it; from `other` on, something else is seen. */
static const float same = 12, other = 36;
/* Mean confidences of a frame: above `goes_on` the scene goes on, below `is_over` it is another
 * one, which resembles the old one by chance. */
static const float goes_on = 0.6f, is_over = 0.35f;

rv_status warp_create(struct warp **created, int width, int height, rv_error *error)
{
	size_t count = (size_t)width * (size_t)height;
	struct warp *warp = calloc(1, sizeof(*warp));
	if (warp) {
		warp->flow = calloc(2 * count, sizeof(*warp->flow));
		warp->confidence = malloc(count * sizeof(*warp->confidence));
	}
	if (!warp || !warp->flow || !warp->confidence) {
		warp_destroy(&warp);
		return rv_fail(error, RV_MEMORY, "out of memory for the motion");
	}
	warp->width = width;
	warp->height = height;
	for (size_t i = 0; i < count; i++)
		warp->confidence[i] = 1;
	*created = warp;
	return RV_OK;
}

void warp_destroy(struct warp **destroyed)
{
	struct warp *warp = *destroyed;
	if (!warp)
		return;
	free(warp->flow);
	free(warp->confidence);
	free(warp);
	*destroyed = NULL;
}

/* 1 up to `full`, 0 from `none` on. */
static float fade(float value, float full, float none)
{
	return fminf(fmaxf((none - value) / (none - full), 0), 1);
}

static const uint8_t *pixel(const rv_image *image, int x, int y)
{
	return (const uint8_t *)image->pixels + (size_t)y * image->stride + 3 * x;
}

/* The old frame between its pixels; false outside of it. */
static bool fetch(const rv_image *old, float x, float y, float rgb[3])
{
	if (!(x > -0.5f && y > -0.5f && x < (float)old->width - 0.5f &&
	      y < (float)old->height - 0.5f))
		return false;
	x = fminf(fmaxf(x, 0), (float)(old->width - 1));
	y = fminf(fmaxf(y, 0), (float)(old->height - 1));
	int left = (int)x, top = (int)y;
	int right = left + (left + 1 < old->width), bottom = top + (top + 1 < old->height);
	float across = x - (float)left, down = y - (float)top;
	const uint8_t *a = pixel(old, left, top), *b = pixel(old, right, top);
	const uint8_t *c = pixel(old, left, bottom), *d = pixel(old, right, bottom);
	for (int i = 0; i < 3; i++) {
		float upper = a[i] + across * (float)(b[i] - a[i]);
		float lower = c[i] + across * (float)(d[i] - c[i]);
		rgb[i] = upper + down * (lower - upper);
	}
	return true;
}

/* How much brighter the newer frame is, in the mean over all that both show. */
static float brightening(const struct warp *warp, const rv_image *newer, const rv_image *old)
{
	double sum = 0;
	int count = 0;
	for (int y = 0; y < warp->height; y += 2)
		for (int x = 0; x < warp->width; x += 2) {
			const float *flow = warp->flow + 2 * ((size_t)y * warp->width + x);
			const uint8_t *now = pixel(newer, x, y);
			float was[3];
			if (!fetch(old, (float)x + flow[0], (float)y + flow[1], was))
				continue;
			sum += (double)((float)(now[0] + now[1] + now[2]) - was[0] - was[1] -
			                was[2]);
			count += 3;
		}
	return count ? (float)(sum / count) : 0;
}

/* Writes the difference at each place into `confidence`. */
static void compare(struct warp *warp, const rv_image *newer, const rv_image *old, float brighter)
{
	for (int y = 0; y < warp->height; y++)
		for (int x = 0; x < warp->width; x++) {
			size_t at = (size_t)y * warp->width + x;
			const float *flow = warp->flow + 2 * at;
			const uint8_t *now = pixel(newer, x, y);
			float was[3], sum = 0;
			bool inside = fetch(old, (float)x + flow[0], (float)y + flow[1], was);
			for (int i = 0; i < 3 && inside; i++)
				sum += fabsf(now[i] - was[i] - brighter);
			warp->confidence[at] = inside ? sum / 3 : 3 * other;
		}
}

/* Means of three in one direction: of `count` values, `step` floats apart. */
static void smooth(float *values, int count, size_t step)
{
	float before = values[0];
	for (int i = 0; i < count; i++) {
		float here = values[i * step];
		float after = i + 1 < count ? values[(i + 1) * step] : here;
		values[i * step] = (before + here + after) / 3;
		before = here;
	}
}

void warp_judge(struct warp *warp, const rv_image *newer, const rv_image *old)
{
	size_t count = (size_t)warp->width * (size_t)warp->height;
	double sum = 0;
	compare(warp, newer, old, brightening(warp, newer, old));
	for (int y = 0; y < warp->height; y++)
		smooth(warp->confidence + (size_t)y * warp->width, warp->width, 1);
	for (int x = 0; x < warp->width; x++)
		smooth(warp->confidence + x, warp->height, (size_t)warp->width);
	for (size_t i = 0; i < count; i++) {
		warp->confidence[i] = fade(warp->confidence[i], same, other);
		sum += (double)warp->confidence[i];
	}
	float scene = 1 - fade((float)(sum / (double)count), is_over, goes_on);
	for (size_t i = 0; i < count && scene < 1; i++)
		warp->confidence[i] *= scene;
}
