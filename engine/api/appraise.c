/* Depth, the response of a network to a dream: forward passes, and sums on the host. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/api/channel_rms.h"
#include "engine/api/probe.h"
#include "engine/reverie_inspect.h"

struct rv_appraiser {
	rv_params params; /* as they were */
	int count;
	struct probe probes[RV_TARGETS_MAX];
	float *channel_rms[RV_TARGETS_MAX]; /* of winners */
};

/* The channels of one target at one place, and what they are worth. */
struct tally {
	const rv_params *params;
	const rv_array *array;
	const float *weights; /* of each channel's square; 0: it does not count */
	float *scores;        /* [channels] */
};

static rv_status add_probe(rv_appraiser *appraiser, rv_engine *engine, int width, int height,
                           rv_error *error)
{
	int i = appraiser->count;
	const char *layer = appraiser->params.targets[i].layer;
	rv_status status =
		probe_create(&appraiser->probes[i], engine, layer, width, height, false, 1, error);

	if (status)
		return status;
	appraiser->count++;
	if (appraiser->params.objective == RV_OBJECTIVE_WINNERS)
		status = channel_rms_of_layer(engine, layer, &appraiser->channel_rms[i], error);
	return status;
}

rv_status rv_appraiser_create(rv_appraiser **out, rv_engine *engine, int width, int height,
                              rv_error *error)
{
	rv_appraiser *appraiser;
	rv_status status = RV_OK;

	if (!out || !engine)
		return rv_fail(error, RV_INVALID, "rv_appraiser_create needs an engine");
	*out = NULL;
	for (int i = 0; i < engine->params.target_count; i++)
		if (engine->params.targets[i].kind != RV_TARGET_LAYER)
			return rv_fail(error, RV_UNSUPPORTED,
			               "only dreams of layers and channels have a depth");
	appraiser = calloc(1, sizeof(*appraiser));
	if (!appraiser)
		return rv_fail(error, RV_MEMORY, "out of memory");
	appraiser->params = engine_resolve(engine, &engine->params);
	for (int i = 0; i < appraiser->params.target_count && !status; i++)
		status = add_probe(appraiser, engine, width, height, error);
	if (status)
		rv_appraiser_destroy(&appraiser);
	*out = appraiser;
	return status;
}

void rv_appraiser_destroy(rv_appraiser **pointer)
{
	rv_appraiser *appraiser = pointer ? *pointer : NULL;

	if (!appraiser)
		return;
	for (int i = 0; i < appraiser->count; i++) {
		probe_release(&appraiser->probes[i]);
		free(appraiser->channel_rms[i]);
	}
	free(appraiser);
	*pointer = NULL;
}

/* What each channel's square counts: 0 for those that were not asked for, and among winners the
 * less the louder a channel usually is. */
static void weigh_channels(const rv_target *target, const float *channel_rms, int channels,
                           float *weights)
{
	for (int c = 0; c < channels; c++)
		weights[c] = target->channel_count ? 0 : 1;
	for (int i = 0; i < target->channel_count; i++)
		if (target->channels[i] < channels)
			weights[target->channels[i]] = 1;
	for (int c = 0; channel_rms && c < channels; c++)
		weights[c] =
			channel_rms[c] > 0 ? weights[c] / (channel_rms[c] * channel_rms[c]) : 0;
}

static double square_at(const struct tally *tally, int channel, int place)
{
	const rv_array *array = tally->array;
	double value = array->data[(size_t)channel * array->height * array->width + place];

	return value * value * tally->weights[channel];
}

/* The sum over a window of what a channel is worth, by which winners are chosen. */
static float score_of(const struct tally *tally, int channel, int x, int y)
{
	const rv_array *array = tally->array;
	int radius = tally->params->winner_window / 2;
	double sum = 0;

	if (tally->weights[channel] == 0)
		return -1;
	for (int j = y - radius; j <= y + radius; j++)
		for (int i = x - radius; i <= x + radius; i++)
			if (i >= 0 && j >= 0 && i < array->width && j < array->height)
				sum += sqrt(square_at(tally, channel, j * array->width + i));
	return (float)sum;
}

static double sum_of_winners(const struct tally *tally, int x, int y)
{
	int channels = tally->array->channels;
	double sum = 0;

	for (int c = 0; c < channels; c++)
		tally->scores[c] = score_of(tally, c, x, y);
	for (int i = 0; i < tally->params->winners; i++) {
		int best = 0;
		for (int c = 1; c < channels; c++)
			if (tally->scores[c] > tally->scores[best])
				best = c;
		if (tally->scores[best] < 0)
			break;
		sum += square_at(tally, best, y * tally->array->width + x);
		tally->scores[best] = -1;
	}
	return sum;
}

static double sum_of_all(const struct tally *tally, int x, int y)
{
	double sum = 0;

	for (int c = 0; c < tally->array->channels; c++)
		if (tally->weights[c] > 0)
			sum += square_at(tally, c, y * tally->array->width + x);
	return sum;
}

/* The mean over places and over the channels that count. */
static double mean_of(const struct tally *tally)
{
	bool winners = tally->params->objective == RV_OBJECTIVE_WINNERS;
	int counted = 0;
	double sum = 0;

	for (int c = 0; c < tally->array->channels; c++)
		counted += tally->weights[c] > 0;
	for (int y = 0; y < tally->array->height; y++)
		for (int x = 0; x < tally->array->width; x++)
			sum += winners ? sum_of_winners(tally, x, y) : sum_of_all(tally, x, y);
	return counted ? sum / ((double)counted * tally->array->height * tally->array->width) : 0;
}

static rv_status appraise_target(rv_appraiser *appraiser, int index, const rv_image *picture,
                                 double *value, rv_error *error)
{
	struct probe *probe = &appraiser->probes[index];
	struct tally tally = {.params = &appraiser->params};
	rv_array array = {0};
	float *room;
	rv_status status = probe_present(probe, picture, error);

	if (!status)
		status = probe_run(probe, error);
	if (!status)
		status = probe_activation(probe, &array, error);
	if (status)
		return status;
	room = malloc(2 * (size_t)array.channels * sizeof(*room));
	if (!room) {
		rv_array_release(&array);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	weigh_channels(&appraiser->params.targets[index], appraiser->channel_rms[index],
	               array.channels, room);
	tally.array = &array;
	tally.weights = room;
	tally.scores = room + array.channels;
	*value += (double)appraiser->params.targets[index].weight * mean_of(&tally);
	free(room);
	rv_array_release(&array);
	return RV_OK;
}

rv_status rv_appraise(rv_appraiser *appraiser, const rv_image *picture, double *value,
                      rv_error *error)
{
	rv_status status;

	if (!appraiser || !value)
		return rv_fail(error, RV_INVALID, "rv_appraise needs an appraiser and a value");
	*value = 0;
	status = engine_check_image(picture, error);
	for (int i = 0; i < appraiser->count && !status; i++) {
		const struct raster *size = &appraiser->probes[i].picture;
		if (size->width != picture->width || size->height != picture->height)
			return rv_fail(error, RV_INVALID, "a picture of another size");
		status = appraise_target(appraiser, i, picture, value, error);
	}
	return status;
}
