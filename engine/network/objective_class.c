/* The odds of classes at every place of a classifier's scores. */
#include <stdlib.h>

#include "engine/network/objective_kinds.h"

/* 1 for each channel that is wanted, else 0. */
static cl_mem record_wanted(struct launch_recorder *recorder, const struct objective_target *target)
{
	int channels = target->operand.activation.channels;
	float *wanted = calloc((size_t)channels, sizeof(*wanted));
	cl_mem table;

	if (!wanted) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	for (int i = 0; i < channels; i++)
		wanted[i] = target->channel_count ? 0 : 1;
	for (int i = 0; i < target->channel_count; i++)
		wanted[target->channels[i]] = 1;
	table = operator_record_channel_table(recorder, wanted, channels);
	free(wanted);
	return table;
}

void objective_record_class(struct launch_recorder *recorder, const struct objective_target *target,
                            cl_mem places)
{
	const struct slice *activation = &target->operand.activation;
	int pixels = slice_pixels(activation);
	cl_mem wanted = record_wanted(recorder, target);

	record_kernel(recorder, "network/objective_class", NULL, "objective_class",
	              "objective class");
	record_slice(recorder, activation);
	record_buffer(recorder, wanted);
	record_buffer(recorder, places);
	record_float(recorder, target->weight * target->scale / (float)pixels);
	record_int(recorder, activation->channels);
	record_int(recorder, pixels);
	operator_record_destination(recorder, &target->operand);
	operator_record_items(recorder, pixels);
}
