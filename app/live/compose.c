#include "app/live/compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 40 };

/* Mean differences, 0..255, up to which two frames show the same scene, and from which on they show
 * another one. */
static const double same_scene = 22, other_scene = 45;

/* Weights of interpolation are 64ths: they multiply differences of -510..510, and the product fits
 * into 16 bits. */
enum { ONE_BITS = 6, ONE = 1 << ONE_BITS, PLACE_BITS = 16, RUN = 16 };

/* Four numbers that are computed at once: the three of a pixel, and a fourth that nobody uses. */
typedef int16_t pixel4 __attribute__((vector_size(8)));

void compose_release(struct composer *composer)
{
	free(composer->row);
	free(composer->column);
	free(composer->run);
	*composer = (struct composer){0};
}

/* The position of the middle of pixel i on another grid: from `of` pixels to `count` pixels that
 * cover the same length. */
static float middle(int i, int of, int count)
{
	return ((float)i + 0.5f) * (float)count / (float)of - 0.5f;
}

static int32_t fixed(float value)
{
	return (int32_t)(value * (1 << PLACE_BITS));
}

/* Divides a row into runs of pixels that lie between the same two columns of the motion. */
static void plan_runs(struct composer *composer)
{
	int width = composer->width, last = composer->columns - 1, margin = composer->margin;
	int left = -2;
	for (int x = 0; x < width; x++) {
		float at = middle(x, width, composer->columns - 2 * margin) + (float)margin;
		int column = (int)floorf(at);
		if (column != left)
			composer->run[composer->runs++] =
				(struct composer_run){.first = x,
			                              .left = column < 0 ? 0 : column,
			                              .right = column < last ? column + 1 : last,
			                              .ahead = column < 0 ? 0 : at - (float)column};
		left = column;
	}
	composer->run[composer->runs].first = width;
}

static rv_status prepare(struct composer *composer, int width, const struct warp *warp,
                         rv_error *error)
{
	int columns = warp ? warp->width : 1, margin = warp ? warp->margin : 0;
	if (composer->width == width && composer->columns == columns && composer->margin == margin)
		return RV_OK;
	compose_release(composer);
	composer->row = calloc(3 * (size_t)width + 1, sizeof(*composer->row));
	composer->column = calloc((size_t)columns, sizeof(*composer->column));
	composer->run = calloc((size_t)columns + 2, sizeof(*composer->run));
	if (!composer->row || !composer->column || !composer->run) {
		compose_release(composer);
		return rv_fail(error, RV_MEMORY, "out of memory for the picture shown");
	}
	composer->width = width;
	composer->columns = columns;
	composer->margin = margin;
	plan_runs(composer);
	return RV_OK;
}

/* Interpolates the motion along row y of `height`: by how much each column is displaced, in pixels
 * of the dream, and how much of it is shown. */
static void blend_columns(struct composer *composer, const struct composition *composition, int y,
                          int height)
{
	const struct warp *warp = composition->warp;
	const struct dream *dream = composition->dream;
	float at = fminf(fmaxf(middle(y, height, warp->height), 0), (float)(warp->height - 1));
	int upper = (int)at, lower = upper + (upper + 1 < warp->height);
	float weight = at - (float)upper;
	float scale_x = (float)dream->width / (float)(warp->width - 2 * warp->margin);
	float scale_y = (float)dream->height / (float)warp->height;
	const float *flow_a = warp->flow + 2 * (size_t)upper * (size_t)warp->width;
	const float *flow_b = warp->flow + 2 * (size_t)lower * (size_t)warp->width;
	const float *confidence_a = warp->confidence + (size_t)upper * (size_t)warp->width;
	const float *confidence_b = warp->confidence + (size_t)lower * (size_t)warp->width;
	for (int i = 0; i < warp->width; i++) {
		float u = flow_a[2 * i] + weight * (flow_b[2 * i] - flow_a[2 * i]);
		float v = flow_a[2 * i + 1] + weight * (flow_b[2 * i + 1] - flow_a[2 * i + 1]);
		float confidence = confidence_a[i] + weight * (confidence_b[i] - confidence_a[i]);
		composer->column[i] =
			(struct composer_column){fixed(u * scale_x), fixed(v * scale_y),
		                                 fixed(confidence * composition->fade)};
	}
}

static int32_t within(int32_t value, int32_t most)
{
	return value < 0 ? 0 : value > most ? most : value;
}

/* The same on a sphere, of which a turn is so long. */
static int32_t around(int32_t value, int32_t turn)
{
	if ((uint32_t)value < (uint32_t)turn)
		return value;
	value %= turn;
	return value < 0 ? value + turn : value;
}

static pixel4 load(const int16_t *from)
{
	pixel4 pixel;
	memcpy(&pixel, from, sizeof(pixel));
	return pixel;
}

static pixel4 mix(pixel4 a, pixel4 b, int16_t weight)
{
	return a + (((b - a) * weight + ONE / 2) >> ONE_BITS);
}

/* Interpolates the detail for `count` neighbouring pixels: the first lies at `at` in the dream, and
 * each one after it a step further. Pixels are stored as vectors of four numbers, so one number
 * beyond the last pixel is written. */
static inline void fetch_by(const struct dream *dream, struct composer_column at,
                            const struct composer_column *step, int count, int16_t *row,
                            bool is_around)
{
	const int32_t most_x = (dream->width - 1) << PLACE_BITS;
	const int32_t most_y = (dream->height - 1) << PLACE_BITS;
	const size_t stride = 3 * (size_t)dream->width;
	for (int i = 0; i < count; i++, row += 3) {
		int32_t x =
			is_around ? around(at.x, dream->width << PLACE_BITS) : within(at.x, most_x);
		int32_t y = within(at.y, most_y);
		const int16_t *upper = dream->detail + (size_t)(y >> PLACE_BITS) * stride +
		                       3 * (size_t)(x >> PLACE_BITS);
		ptrdiff_t right = is_around && x >= most_x ? 3 - (ptrdiff_t)stride : 3;
		int16_t across = (int16_t)(x >> (PLACE_BITS - ONE_BITS) & (ONE - 1));
		int16_t down = (int16_t)(y >> (PLACE_BITS - ONE_BITS) & (ONE - 1));
		int16_t shown = (int16_t)(at.shown >> (PLACE_BITS - ONE_BITS));
		pixel4 pixel =
			mix(mix(load(upper), load(upper + right), across),
		            mix(load(upper + stride), load(upper + stride + right), across), down);
		pixel = (pixel * shown + ONE / 2) >> ONE_BITS;
		memcpy(row, &pixel, sizeof(pixel));
		at.x += step->x;
		at.y += step->y;
		at.shown += step->shown;
	}
}

static void fetch(const struct composition *composition, struct composer_column at,
                  const struct composer_column *step, int count, int16_t *row)
{
	if (composition->around)
		fetch_by(composition->dream, at, step, count, row, true);
	else
		fetch_by(composition->dream, at, step, count, row, false);
}

static int32_t part_of(int32_t value, float part)
{
	return (int32_t)((float)value * part);
}

/* Fills composer->row with what is to be added to row y, from pixel `first` on. Without motion
 * there is a single column, which is not displaced. */
static void fetch_row(struct composer *composer, const struct composition *composition, int y,
                      int first)
{
	const struct dream *dream = composition->dream;
	int height = composition->source->height;
	/* Of a column, a pixel. */
	float part = (float)(composer->columns - 2 * composer->margin) / (float)composer->width;
	int32_t pixel = fixed((float)dream->width / (float)composer->width);
	int32_t down = fixed(middle(y, height, dream->height));
	if (composition->warp)
		blend_columns(composer, composition, y, height);
	else
		composer->column[0] = (struct composer_column){0, 0, fixed(composition->fade)};
	for (int i = 0; i < composer->runs; i++) {
		const struct composer_run *run = &composer->run[i];
		const struct composer_column *left = &composer->column[run->left];
		const struct composer_column *right = &composer->column[run->right];
		const struct composer_column rise = {right->x - left->x, right->y - left->y,
		                                     right->shown - left->shown};
		const struct composer_column step = {pixel + part_of(rise.x, part),
		                                     part_of(rise.y, part),
		                                     part_of(rise.shown, part)};
		struct composer_column at = {left->x + part_of(rise.x, run->ahead),
		                             down + left->y + part_of(rise.y, run->ahead),
		                             left->shown + part_of(rise.shown, run->ahead)};
		if (run[1].first <= first)
			continue;
		at.x += fixed(middle(run->first, composer->width, dream->width));
		fetch(composition, at, &step, run[1].first - run->first,
		      composer->row + 3 * (size_t)run->first);
	}
}

static uint8_t clamp_byte(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void add_detail(const uint8_t *source, const int16_t *detail, uint8_t *shown, int count)
{
	int i = 0;
	for (; i + RUN <= count; i += RUN)
		for (int j = 0; j < RUN; j++) {
			int16_t sum = (int16_t)(source[i + j] + detail[i + j]);
			sum = sum < 0 ? 0 : sum;
			shown[i + j] = (uint8_t)(sum > 255 ? 255 : sum);
		}
	for (; i < count; i++)
		shown[i] = clamp_byte(source[i] + detail[i]);
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

static void darken_row(uint8_t *row, int width, float darkness)
{
	int part = (int)lroundf((1 - darkness) * 256);
	for (int i = 0; i < 3 * width; i++)
		row[i] = (uint8_t)(row[i] * part >> 8);
}

rv_status compose_picture(struct composer *composer, const struct composition *composition,
                          const rv_image *shown, rv_error *error)
{
	const rv_image *source = composition->source;
	const struct dream *dream = composition->dream;
	int width = source->width, split = (int)lroundf(composition->split * (float)width);
	rv_status status = RV_OK;
	if (dream)
		status = prepare(composer, width, composition->warp, error);
	if (status)
		return status;
	for (int y = 0; y < source->height; y++) {
		const uint8_t *from = (const uint8_t *)source->pixels + (size_t)y * source->stride;
		uint8_t *to = (uint8_t *)shown->pixels + (size_t)y * shown->stride;
		bool dreamed = dream && composition->fade > 0 && split < width;
		memcpy(to, from, 3 * (size_t)(dreamed ? split : width));
		if (dreamed) {
			size_t first = 3 * (size_t)split;
			fetch_row(composer, composition, y, split);
			add_detail(from + first, composer->row + first, to + first,
			           3 * (width - split));
		}
		if (composition->mark_split && split > 0 && split < width)
			memset(to + 3 * (size_t)split, 255, 3);
		if (composition->mirror)
			mirror_row(to, width);
		if (composition->darkness > 0)
			darken_row(to, width, composition->darkness);
	}
	return RV_OK;
}

float compose_likeness(const rv_image *a, const rv_image *b)
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
