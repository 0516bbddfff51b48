/* Max pool and average pool: shaders/operators/pool.cl. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/rounding.h"
#include "engine/operators/kinds.h"

/* Bytes of the index of a window's tap, or of what says that there is none. */
static int index_bytes(const struct window *window)
{
	double taps = (double)window->height * window->width;
	return taps < 256 ? 1 : taps < 65536 ? 2 : 4;
}

/* The node's, or one as large as the input. */
static struct window window_of(const struct operation *operation)
{
	struct window window = operation->node->window;
	const struct slice *in = &operation->inputs[0].activation;

	if (window.whole) {
		window = (struct window){.whole = true,
		                         .stride_y = 1,
		                         .stride_x = 1,
		                         .dilation_y = 1,
		                         .dilation_x = 1};
		window.height = in->height;
		window.width = in->width;
	}
	return window;
}

static int saved_stride(const struct operation *operation)
{
	return round_up(operation->outputs[0].activation.channels, TENSOR_ALIGNMENT);
}

size_t operator_max_pool_saved_bytes(const struct operation *operation)
{
	const struct window window = window_of(operation);

	return (size_t)slice_pixels(&operation->outputs[0].activation) *
	       (size_t)saved_stride(operation) * (size_t)index_bytes(&window);
}

static void record_pool(struct launch_recorder *recorder, const struct operation *operation,
                        const char *kernel)
{
	const struct window window = window_of(operation);
	static const char *const index_types[] = {"", "uchar", "ushort", "", "uint"};
	char options[256];

	snprintf(options, sizeof(options),
	         "-DINDEX=%s -DWINDOW_HEIGHT=%d -DWINDOW_WIDTH=%d -DSTRIDE_Y=%d -DSTRIDE_X=%d "
	         "-DDILATION_Y=%d -DDILATION_X=%d",
	         index_types[index_bytes(&window)], window.height, window.width, window.stride_y,
	         window.stride_x, window.dilation_y, window.dilation_x);
	operator_record(recorder, operation, "operators/pool", options, kernel);
}

static struct graph_window_fit fit(const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	return graph_window_fit(&operation->node->window, (struct extent){in->height, in->width});
}

/* The arguments that the forward kernels begin with. */
static void record_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].activation;
	const struct slice *out = &operation->outputs[0].activation;
	struct graph_window_fit place = fit(operation);

	record_slice(recorder, in);
	record_int(recorder, in->height);
	record_int(recorder, in->width);
	record_slice(recorder, out);
	record_int(recorder, out->width);
	record_int(recorder, slice_pixels(out));
	record_int(recorder, place.pad_top);
	record_int(recorder, place.pad_left);
	record_int(recorder, in->channels);
}

/* The arguments that the backward kernels begin with. */
static void record_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct slice *in = &operation->inputs[0].gradient;
	const struct slice *out = &operation->outputs[0].gradient;
	struct graph_window_fit place = fit(operation);

	record_slice(recorder, out);
	record_int(recorder, out->height);
	record_int(recorder, out->width);
	record_int(recorder, in->width);
	record_int(recorder, slice_pixels(in));
	record_int(recorder, place.pad_top);
	record_int(recorder, place.pad_left);
	record_int(recorder, in->channels);
}

static void record_saved(struct launch_recorder *recorder, const struct operation *operation)
{
	record_buffer(recorder, operation->saved);
	record_int(recorder, operation->saved_offset);
	record_int(recorder, saved_stride(operation));
}

/* Where the pool alone writes its input's gradient, the winner's value tells whether the gradient
 * is masked: it is known forward, and costs no reading of the whole input backward. */
static bool winners_know_mask(const struct operand *input)
{
	return input->masked && !input->accumulate;
}

void operator_max_pool_forward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	bool masked = winners_know_mask(input);

	record_pool(recorder, operation, "max_pool_forward");
	record_forward(recorder, operation);
	record_saved(recorder, operation);
	record_float(recorder, masked ? input->clamp.low : -INFINITY);
	record_float(recorder, masked ? input->clamp.high : INFINITY);
	operator_record_over_pixels(recorder, &operation->outputs[0].activation,
	                            operator_lanes(recorder, operation));
}

void operator_max_pool_backward(struct launch_recorder *recorder, const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];
	struct operand destination = *input;

	if (!input->wants_gradient)
		return;
	destination.masked = input->masked && !winners_know_mask(input);
	record_pool(recorder, operation, "max_pool_backward");
	record_backward(recorder, operation);
	record_saved(recorder, operation);
	operator_record_destination(recorder, &destination);
	operator_record_over_pixels(recorder, &input->gradient,
	                            operator_lanes(recorder, operation));
}

/* One axis of an average pool. */
struct axis {
	int window, stride, dilation, pad_before, pad_after, size, output;
};

/* What output i of an axis divides by: the taps on the input or, if the padding counts, on the
 * input and its padding. What a rounded-up size reaches beyond the padding never counts. */
static int taps_of(const struct axis *axis, int i, bool count_padding)
{
	int from = count_padding ? -axis->pad_before : 0;
	int to = count_padding ? axis->size + axis->pad_after : axis->size;
	int start = i * axis->stride - axis->pad_before, count = 0;

	for (int tap = 0; tap < axis->window; tap++) {
		int position = start + tap * axis->dilation;
		count += position >= from && position < to;
	}
	return count;
}

/* The reciprocals of taps_of: rows or columns of shaders/operators/pool.cl. */
static void record_divisors(struct launch_recorder *recorder, const struct axis *axis,
                            bool count_padding)
{
	float *table = calloc((size_t)axis->output, sizeof(*table));

	if (!table) {
		record_fail(recorder, RV_MEMORY, "out of memory");
		return;
	}
	for (int i = 0; i < axis->output; i++) {
		int taps = taps_of(axis, i, count_padding);
		table[i] = taps ? 1.0f / (float)taps : 0;
	}
	record_buffer(recorder,
	              record_own_buffer(recorder, (size_t)axis->output * sizeof(*table), table));
	free(table);
}

/* With automatic padding, what is missing at the end so that the last window fits. */
static int pad_after(const struct axis *axis, int explicit_pad, bool automatic)
{
	int needed = (axis->output - 1) * axis->stride + (axis->window - 1) * axis->dilation + 1;
	int missing = needed - axis->size - axis->pad_before;

	if (!automatic)
		return explicit_pad;
	return missing > 0 ? missing : 0;
}

static void record_both_divisors(struct launch_recorder *recorder,
                                 const struct operation *operation)
{
	const struct window *window = &operation->node->window;
	const struct slice *in = &operation->inputs[0].activation;
	const struct slice *out = &operation->outputs[0].activation;
	bool automatic = window->pad_same != PAD_EXPLICIT;
	struct graph_window_fit place = fit(operation);
	struct axis rows = {window->height, window->stride_y, window->dilation_y, place.pad_top, 0,
	                    in->height,     out->height};
	struct axis columns = {
		window->width, window->stride_x, window->dilation_x, place.pad_left, 0,
		in->width,     out->width};

	rows.pad_after = pad_after(&rows, window->pad_bottom, automatic);
	columns.pad_after = pad_after(&columns, window->pad_right, automatic);
	record_divisors(recorder, &rows, window->count_include_pad);
	record_divisors(recorder, &columns, window->count_include_pad);
}

void operator_average_pool_forward(struct launch_recorder *recorder,
                                   const struct operation *operation)
{
	const struct slice *out = &operation->outputs[0].activation;

	record_pool(recorder, operation, "average_pool_forward");
	record_forward(recorder, operation);
	record_both_divisors(recorder, operation);
	record_buffer(recorder, operator_record_channel_table(recorder, operation->node->bias,
	                                                      out->channels));
	record_float(recorder, operation->node->clamp.low);
	record_float(recorder, operation->node->clamp.high);
	operator_record_over_pixels(recorder, out, operator_lanes(recorder, operation));
}

void operator_average_pool_backward(struct launch_recorder *recorder,
                                    const struct operation *operation)
{
	const struct operand *input = &operation->inputs[0];

	if (!input->wants_gradient)
		return;
	record_pool(recorder, operation, "average_pool_backward");
	record_backward(recorder, operation);
	record_both_divisors(recorder, operation);
	operator_record_destination(recorder, input);
	operator_record_over_pixels(recorder, &input->gradient,
	                            operator_lanes(recorder, operation));
}
