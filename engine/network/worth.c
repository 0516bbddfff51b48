#include "engine/network/worth.h"

#include <stdlib.h>

enum { ADDED = 0 }; /* the kernel's argument */

void worth_record(struct launch_recorder *recorder, const struct objective_target *target,
                  struct worth *worth)
{
	const struct operand *operand = &target->operand;

	worth->pixels = slice_pixels(&operand->activation);
	worth->sums = record_own_buffer(recorder, slice_map_bytes(&operand->activation), NULL);
	record_kernel(recorder, "network/worth", NULL, "sum_worth", "worth");
	record_int(recorder, 0);
	record_slice(recorder, &operand->activation);
	record_slice(recorder, &operand->gradient);
	record_int(recorder, operand->activation.channels);
	record_int(recorder, worth->pixels);
	record_buffer(recorder, worth->sums);
	operator_record_items(recorder, worth->pixels);
	worth->launch = recorder->list->count - 1;
	if (recorder->status == RV_OK)
		worth_watch(worth, recorder->list, WORTH_KEPT);
}

void worth_watch(const struct worth *worth, struct launch_list *list, enum worth_watch watch)
{
	if (!worth->sums)
		return;
	list->launches[worth->launch].skipped = watch == WORTH_KEPT;
	launch_set_int(&list->launches[worth->launch], ADDED, watch == WORTH_ADDED);
}

rv_status worth_add(const struct worth *worth, cl_command_queue queue, double *sum, rv_error *error)
{
	size_t bytes = (size_t)worth->pixels * sizeof(cl_float);
	cl_float *sums = malloc(bytes);
	cl_int code;

	if (!sums)
		return rv_fail(error, RV_MEMORY, "out of memory");
	code = clEnqueueReadBuffer(queue, worth->sums, CL_TRUE, 0, bytes, sums, 0, NULL, NULL);
	for (int i = 0; i < worth->pixels && !code; i++)
		*sum += (double)sums[i];
	free(sums);
	return code ? device_fail(error, code, "reading what the network saw") : RV_OK;
}
