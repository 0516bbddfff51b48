#include "engine/operators/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"

const struct operator_reads operator_reads[OPERATOR_KINDS] = {
	[OPERATOR_CLAMP] = {.output = true},        [OPERATOR_LEAKY_RELU] = {.input = true},
	[OPERATOR_SIGMOID] = {.output = true},      [OPERATOR_HARD_SIGMOID] = {.output = true},
	[OPERATOR_HARD_SWISH] = {.input = true},    [OPERATOR_ELU] = {.input = true},
	[OPERATOR_TANH] = {.output = true},         [OPERATOR_ERF] = {.input = true},
	[OPERATOR_GELU] = {.input = true},          [OPERATOR_GELU_TANH] = {.input = true},
	[OPERATOR_SOFTPLUS] = {.input = true},      [OPERATOR_POWER] = {.input = true},
	[OPERATOR_PRELU] = {.input = true},         [OPERATOR_LAYER_NORM] = {.input = true},
	[OPERATOR_INSTANCE_NORM] = {.input = true}, [OPERATOR_MULTIPLY] = {.input = true},
	[OPERATOR_LRN] = {.input = true},           [OPERATOR_SOFTMAX] = {.output = true},
};

bool operator_slice_lies_in(const struct slice *source, const struct slice *destination,
                            int channel)
{
	return source->buffer == destination->buffer &&
	       source->pixel_stride == destination->pixel_stride &&
	       source->offset == destination->offset + channel;
}

void operator_record_destination(struct launch_recorder *recorder, const struct operand *input)
{
	/* The activation may have no buffer where nobody reads it. */
	const struct slice *activation = input->masked ? &input->activation : &input->gradient;

	record_slice(recorder, &input->gradient);
	record_slice(recorder, activation);
	record_int(recorder, (input->accumulate ? 1 : 0) | (input->masked ? 2 : 0));
	record_float(recorder, input->clamp.low);
	record_float(recorder, input->clamp.high);
}

static bool is_narrow(const struct operand *operand, int lanes)
{
	return operand->activation.pixel_stride % lanes || operand->gradient.pixel_stride % lanes;
}

int operator_lanes(const struct launch_recorder *recorder, const struct operation *operation)
{
	int lanes = recorder->device->lanes;

	for (int i = 0; i < operation->input_count; i++)
		if (is_narrow(&operation->inputs[i], lanes))
			return INPUT_STRIDE;
	for (int i = 0; i < operation->output_count; i++)
		if (is_narrow(&operation->outputs[i], lanes))
			return INPUT_STRIDE;
	return lanes;
}

void operator_record(struct launch_recorder *recorder, const struct operation *operation,
                     const char *shader, const char *options, const char *kernel)
{
	char all[256];

	snprintf(all, sizeof(all), "-DLANES=%d%s%s", operator_lanes(recorder, operation),
	         options ? " " : "", options ? options : "");
	record_kernel(recorder, shader, all, kernel, operation->node->name);
}

/* Enough runs that cores which are late or busy do not hold up the others. */
enum { RUNS_PER_CORE = 8, GPU_GROUP = 64 };
void operator_record_over_pixels(struct launch_recorder *recorder, const struct slice *slice,
                                 int lanes)
{
	const struct device *device = recorder->device;
	int pixels = slice_pixels(slice), vectors = divide_up(slice->channels, lanes);
	int group = (int)device_group_items(device, GPU_GROUP), width = 1, rows;

	if (!device_wants_groups(device)) {
		int runs = min_int(pixels, (int)device->info.compute_units * RUNS_PER_CORE);
		record_launch(recorder, 1, (size_t)runs, 1, 1, 1, 1);
		return;
	}
	/* Neighbouring work-items take neighbouring vectors, so that their loads join. */
	while (width < vectors && width < group)
		width *= 2;
	/* Where there are no more rows, items take several pixels. */
	rows = min_int(divide_up(pixels, group / width), (int)device->most_rows);
	record_launch(recorder, (size_t)round_up(vectors, width),
	              (size_t)rows * (size_t)(group / width), 1, (size_t)width,
	              (size_t)(group / width), 1);
}

void operator_record_items(struct launch_recorder *recorder, int count)
{
	const struct slice narrow = {.channels = 1, .height = 1, .width = count};

	operator_record_over_pixels(recorder, &narrow, 1);
}

void operator_record_whole_pixels(struct launch_recorder *recorder, const struct slice *slice,
                                  int lanes)
{
	const struct device *device = recorder->device;
	int vectors = divide_up(slice->channels, lanes);
	size_t group = device_group_items(device, (size_t)min_int(vectors, GPU_GROUP));
	size_t rows = min_size((size_t)slice_pixels(slice), device->most_rows);

	if (device_wants_groups(device))
		record_launch(recorder, group, rows, 1, group, 1, 1);
	else
		operator_record_over_pixels(recorder, slice, lanes);
}

/* Vectors past the last channel, up to TENSOR_ALIGNMENT, exist: a group is that wide. */
struct operator_channel_grid operator_channel_grid(const struct device *device,
                                                   const struct slice *slice, int lanes)
{
	bool aligned = slice->pixel_stride % TENSOR_ALIGNMENT == 0;
	int vectors = divide_up(slice->channels, lanes);
	struct operator_channel_grid grid = {.vectors = (size_t)vectors, .width = 1, .share = 1};

	if (device_wants_groups(device)) {
		if (aligned)
			grid.width = device_group_items(device, (size_t)(TENSOR_ALIGNMENT / lanes));
		grid.share = device_group_items(device, GPU_GROUP * 4) / grid.width;
		grid.vectors = (size_t)round_up(vectors, (int)grid.width);
	}
	snprintf(grid.options, sizeof(grid.options), "-DSHARE=%d -DVECTORS=%d", (int)grid.share,
	         (int)grid.width);
	return grid;
}

void operator_record_over_channels(struct launch_recorder *recorder,
                                   const struct operator_channel_grid *grid)
{
	record_launch(recorder, grid->vectors, grid->share, 1, grid->width, grid->share, 1);
}

cl_mem operator_record_channel_table(struct launch_recorder *recorder, const float *values,
                                     int count)
{
	size_t padded = (size_t)round_up(count, TENSOR_ALIGNMENT);
	float *table = calloc(padded, sizeof(*table));
	cl_mem buffer;

	if (!table) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return NULL;
	}
	if (values)
		memcpy(table, values, (size_t)count * sizeof(*table));
	buffer = record_own_buffer(recorder, padded * sizeof(*table), table);
	free(table);
	return buffer;
}
