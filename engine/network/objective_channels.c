/* The objectives of single channels: mean square, mean, winners. */
#include <math.h>
#include <stdlib.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"
#include "engine/network/objective_kinds.h"

/* Tables over the channels, with zeros for those that do not count. */
struct channel_tables {
	float *inverse_rms, *factors; /* both [channels] */
	int counting;                 /* channels that count */
};

static void choose_channels(const struct objective_target *target, struct channel_tables *tables)
{
	bool winners = target->kind == OBJECTIVE_WINNERS;
	int channels = target->operand.activation.channels;

	for (int i = 0; i < channels; i++)
		tables->inverse_rms[i] = target->channel_count ? 0 : 1;
	for (int i = 0; i < target->channel_count; i++)
		tables->inverse_rms[target->channels[i]] = 1;
	for (int i = 0; i < channels && winners && target->channel_rms; i++) {
		float rms = target->channel_rms[i];
		bool sound = rms > 0 && isfinite(rms) && isfinite(1 / rms);
		tables->inverse_rms[i] *= sound ? 1 / rms : 0;
	}
	for (int i = 0; i < channels; i++)
		tables->counting += tables->inverse_rms[i] > 0;
}

/* The terms of the mean that is maximised. */
static double term_count(const struct objective_target *target, int counting)
{
	int each = counting;

	if (target->kind == OBJECTIVE_WINNERS && target->winners < counting)
		each = target->winners;
	return (double)slice_pixels(&target->operand.activation) * (each ? each : 1);
}

static void fill_factors(const struct objective_target *target, struct channel_tables *tables)
{
	double factor =
		(double)target->weight * target->scale / term_count(target, tables->counting);

	for (int i = 0; i < target->operand.activation.channels; i++) {
		double inverse = tables->inverse_rms[i];
		tables->factors[i] =
			(float)(factor *
		                (target->kind == OBJECTIVE_MEAN ? inverse : 2 * inverse * inverse));
	}
}

/* The tables on the device, and what an activation must exceed to count: a float. */
struct channel_buffers {
	cl_mem factors, weights, limit;
};

/* Stripes of pixels, each of which leaves a sum and a sum of squares. */
enum { LIMIT_STRIPES = 64 };

static cl_mem record_limit(struct launch_recorder *recorder, const struct objective_target *target,
                           cl_mem factors, int counting)
{
	const struct slice *activation = &target->operand.activation;
	const float none = -INFINITY;
	cl_mem limit = record_own_buffer(recorder, sizeof(none), &none), sums;

	if (target->threshold <= 0)
		return limit;
	sums = record_own_buffer(recorder, 2 * LIMIT_STRIPES * sizeof(float), NULL);
	record_kernel(recorder, "network/objective", NULL, "objective_sums", "objective sums");
	record_slice(recorder, activation);
	record_buffer(recorder, factors);
	record_buffer(recorder, sums);
	record_int(recorder, activation->channels);
	record_int(recorder, slice_pixels(activation));
	record_launch(recorder, LIMIT_STRIPES, 1, 1, 1, 1, 1);
	record_kernel(recorder, "network/objective", NULL, "objective_limit", "objective limit");
	record_buffer(recorder, sums);
	record_int(recorder, LIMIT_STRIPES);
	record_float(recorder, (float)slice_pixels(activation) * (float)counting);
	record_float(recorder, target->threshold);
	record_buffer(recorder, limit);
	record_launch(recorder, 1, 1, 1, 1, 1, 1);
	return limit;
}

static void record_gradient(struct launch_recorder *recorder, const struct objective_target *target,
                            const struct channel_buffers *buffers, cl_mem places)
{
	const struct slice *activation = &target->operand.activation;

	record_kernel(recorder, "network/objective", NULL, "objective_gradient", "objective");
	record_slice(recorder, activation);
	record_buffer(recorder, buffers->factors);
	record_buffer(recorder, buffers->weights);
	record_buffer(recorder, places);
	record_buffer(recorder, buffers->limit);
	record_int(recorder, target->kind == OBJECTIVE_MEAN);
	record_int(recorder, activation->channels);
	record_int(recorder, slice_pixels(activation));
	operator_record_destination(recorder, &target->operand);
	operator_record_over_pixels(recorder, activation, recorder->device->lanes);
}

static void record_scores(struct launch_recorder *recorder, const struct objective_target *target,
                          cl_mem inverse_rms, cl_mem weights, cl_mem scores, int stride)
{
	const struct slice *activation = &target->operand.activation;

	record_kernel(recorder, "network/objective", NULL, "objective_scores", "objective scores");
	record_slice(recorder, activation);
	record_buffer(recorder, inverse_rms);
	record_buffer(recorder, weights);
	record_buffer(recorder, scores);
	record_int(recorder, stride);
	record_int(recorder, target->window / 2);
	record_int(recorder, activation->channels);
	record_int(recorder, activation->height);
	record_int(recorder, activation->width);
	operator_record_over_pixels(recorder, activation, recorder->device->lanes);
}

static void record_winners(struct launch_recorder *recorder, const struct objective_target *target,
                           cl_mem inverse_rms, const struct channel_buffers *buffers, cl_mem places)
{
	const struct slice *activation = &target->operand.activation;
	int stride = round_up(activation->channels, TENSOR_ALIGNMENT);
	int winners = min_int(target->winners, activation->channels);
	cl_mem scores = record_own_buffer(recorder, objective_rows_bytes(activation), NULL);

	record_scores(recorder, target, inverse_rms, buffers->weights, scores, stride);
	record_kernel(recorder, "network/objective", NULL, "objective_winners",
	              "objective winners");
	record_slice(recorder, activation);
	record_buffer(recorder, buffers->factors);
	record_buffer(recorder, buffers->weights);
	record_buffer(recorder, places);
	record_buffer(recorder, buffers->limit);
	record_buffer(recorder, scores);
	record_int(recorder, stride);
	record_int(recorder, winners);
	record_int(recorder, activation->channels);
	record_int(recorder, slice_pixels(activation));
	operator_record_destination(recorder, &target->operand);
	operator_record_items(recorder, slice_pixels(activation));
}

/* Those of a target that gives none. */
static cl_mem record_even_weights(struct launch_recorder *recorder, int channels)
{
	float *ones = malloc((size_t)channels * sizeof(*ones));
	cl_mem table;

	if (!ones) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	for (int i = 0; i < channels; i++)
		ones[i] = 1;
	table = operator_record_channel_table(recorder, ones, channels);
	free(ones);
	return table;
}

void objective_record_channels(struct launch_recorder *recorder,
                               const struct objective_target *target, cl_mem places)
{
	int channels = target->operand.activation.channels;
	struct channel_tables tables = {0};
	struct channel_buffers buffers = {.weights = target->channel_weights};
	cl_mem inverse_rms;

	tables.inverse_rms = calloc((size_t)channels, sizeof(float));
	tables.factors = calloc((size_t)channels, sizeof(float));
	if (!tables.inverse_rms || !tables.factors) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		goto cleanup;
	}
	choose_channels(target, &tables);
	fill_factors(target, &tables);
	buffers.factors = operator_record_channel_table(recorder, tables.factors, channels);
	buffers.limit = record_limit(recorder, target, buffers.factors, tables.counting);
	if (!buffers.weights)
		buffers.weights = record_even_weights(recorder, channels);
	if (target->kind == OBJECTIVE_WINNERS) {
		inverse_rms = operator_record_channel_table(recorder, tables.inverse_rms, channels);
		record_winners(recorder, target, inverse_rms, &buffers, places);
	} else {
		record_gradient(recorder, target, &buffers, places);
	}
cleanup:
	free(tables.inverse_rms);
	free(tables.factors);
}
