/* Which channels answer to a place of a picture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/channel_rms.h"
#include "engine/base/minmax.h"
#include "engine/reverie_inspect.h"

/* Layer pixels around the place that count with it. */
enum { AROUND = 1 };

/* A channel that is hardly ever awake is taken for one this much as loud as a usual one, or any
 * whisper of it would be far above its average. */
static const float loud_least = 0.25f;

static int compare_floats(const void *a, const void *b)
{
	float first = *(const float *)a, second = *(const float *)b;
	return (first > second) - (first < second);
}

/* The value that half of them stay below. */
static rv_status find_median(const float *values, int count, float *median, rv_error *error)
{
	float *sorted = malloc((size_t)count * sizeof(*sorted));
	if (!sorted)
		return rv_fail(error, RV_MEMORY, "out of memory");
	memcpy(sorted, values, (size_t)count * sizeof(*sorted));
	qsort(sorted, (size_t)count, sizeof(*sorted), compare_floats);
	*median = sorted[count / 2];
	free(sorted);
	return RV_OK;
}

/* The mean of a channel around (x, y), in parts of the picture. */
static float value_at(const rv_array *array, int channel, float x, float y)
{
	int column = min_int((int)(x * (float)array->width), array->width - 1);
	int row = min_int((int)(y * (float)array->height), array->height - 1);
	float sum = 0;
	int count = 0;
	for (int j = max_int(row - AROUND, 0); j <= min_int(row + AROUND, array->height - 1); j++)
		for (int i = max_int(column - AROUND, 0);
		     i <= min_int(column + AROUND, array->width - 1); i++, count++)
			sum += array->data[((size_t)channel * (size_t)array->height + (size_t)j) *
			                           (size_t)array->width +
			                   (size_t)i];
	return sum / (float)count;
}

/* Puts an answer among those so far, the strongest first. */
static void insert(rv_answer *answers, int capacity, int *count, rv_answer answer)
{
	int place = *count;
	while (place > 0 && answers[place - 1].ratio < answer.ratio)
		place--;
	if (place >= capacity)
		return;
	*count = min_int(*count + 1, capacity);
	memmove(answers + place + 1, answers + place,
	        (size_t)(*count - place - 1) * sizeof(*answers));
	answers[place] = answer;
}

static rv_status find_answers(const rv_array *array, const float *channel_rms, float x, float y,
                              rv_answer *answers, int capacity, int *count, rv_error *error)
{
	float median = 0;
	rv_status status = find_median(channel_rms, array->channels, &median, error);
	if (status != RV_OK)
		return status;
	for (int c = 0; c < array->channels; c++) {
		float value = value_at(array, c, x, y),
		      usual = fmaxf(channel_rms[c], loud_least * median);
		if (value > 0 && usual > 0)
			insert(answers, capacity, count, (rv_answer){c, value, value / usual});
	}
	return RV_OK;
}

rv_status rv_find_answers(rv_engine *engine, const rv_image *picture, const char *layer, float x,
                          float y, rv_answer *answers, int capacity, int *count, rv_error *error)
{
	rv_array array = {0};
	float *channel_rms = NULL;
	if (!engine || !answers || !count || capacity < 1)
		return rv_fail(error, RV_INVALID, "rv_find_answers needs an engine and room");
	*count = 0;
	if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1))
		return rv_fail(error, RV_INVALID, "the place %g,%g is outside the picture",
		               (double)x, (double)y);
	if (!layer || !layer[0])
		layer = rv_model_default_layer(engine->model);
	rv_status status = rv_inspect(engine, picture, layer, &array, NULL, error);
	if (status == RV_OK)
		status = channel_rms_of_layer(engine, layer, &channel_rms, error);
	if (status == RV_OK)
		status = find_answers(&array, channel_rms, x, y, answers, capacity, count, error);
	free(channel_rms);
	rv_array_release(&array);
	return status;
}
