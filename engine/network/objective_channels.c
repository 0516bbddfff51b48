/* The objectives of single channels: mean square, mean, winners. */
#include <math.h>
#include <stdlib.h>

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

static void record_gradient(struct launch_recorder *recorder, const struct objective_target *target,
                            cl_mem factors, cl_mem weights, cl_mem places)
{
	const struct slice *activation = &target->operand.activation;

	record_kernel(recorder, "network/objective", NULL, "objective_gradient", "objective");
	record_slice(recorder, activation);
	record_buffer(recorder, factors);
	record_buffer(recorder, weights);
	record_buffer(recorder, places);
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
                           cl_mem inverse_rms, cl_mem factors, cl_mem weights, cl_mem places)
{
	const struct slice *activation = &target->operand.activation;
	struct slice narrow = *activation;
	int lanes = recorder->device->lanes;
	int stride = round_up(activation->channels, TENSOR_ALIGNMENT);
	int winners =
		target->winners < activation->channels ? target->winners : activation->channels;
	cl_mem scores = record_own_buffer(
		recorder, (size_t)slice_pixels(activation) * (size_t)stride * sizeof(float), NULL);

	record_scores(recorder, target, inverse_rms, weights, scores, stride);
	record_kernel(recorder, "network/objective", NULL, "objective_winners",
	              "objective winners");
	record_slice(recorder, activation);
	record_buffer(recorder, factors);
	record_buffer(recorder, weights);
	record_buffer(recorder, places);
	record_buffer(recorder, scores);
	record_int(recorder, stride);
	record_int(recorder, winners);
	record_int(recorder, activation->channels);
	record_int(recorder, slice_pixels(activation));
	operator_record_destination(recorder, &target->operand);
	narrow.channels = lanes;
	operator_record_over_pixels(recorder, &narrow, lanes);
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
	cl_mem inverse_rms, factors, weights = target->channel_weights;

	tables.inverse_rms = calloc((size_t)channels, sizeof(float));
	tables.factors = calloc((size_t)channels, sizeof(float));
	if (!tables.inverse_rms || !tables.factors) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		goto cleanup;
	}
	choose_channels(target, &tables);
	fill_factors(target, &tables);
	factors = operator_record_channel_table(recorder, tables.factors, channels);
	if (!weights)
		weights = record_even_weights(recorder, channels);
	if (target->kind == OBJECTIVE_WINNERS) {
		inverse_rms = operator_record_channel_table(recorder, tables.inverse_rms, channels);
		record_winners(recorder, target, inverse_rms, factors, weights, places);
	} else {
		record_gradient(recorder, target, factors, weights, places);
	}
cleanup:
	free(tables.inverse_rms);
	free(tables.factors);
}
