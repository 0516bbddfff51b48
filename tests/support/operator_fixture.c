#include "tests/support/operator_fixture.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network/operator_table.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { AROUND = TENSOR_ALIGNMENT, SAVED_OFFSET = 64, GUARD_BYTES = 256 };

/* Larger than any value, so that an element that should not count is seen when it does. */
static const float junk = 300;

/* Gradients and activations of one run, on the host. */
struct memory {
	float *before, *after;
	bool *writable;
	size_t count;
	cl_mem buffer;
};

struct run {
	const struct operation_case *shape;
	struct device *device;
	struct graph_node node;
	struct operand inputs[CASE_INPUTS_MAX], output;
	struct operation operation;
	struct memory activations, gradients;
	cl_mem saved;
	uint32_t random;
};

size_t array_count(const struct array *array)
{
	return (size_t)array->height * (size_t)array->width * (size_t)array->channels;
}

double *array_at(const struct array *array, int y, int x, int channel)
{
	return array->values + ((size_t)y * array->width + x) * array->channels + channel;
}

static float random_value(struct run *run, float low, float high)
{
	run->random = run->random * 1664525u + 1013904223u;
	return low + (high - low) * (float)(run->random >> 8) / (float)(1 << 24);
}

/* ---- tensors in memory ---- */

static struct slice place(struct memory *memory, const struct array *shape, bool picture)
{
	int padded = (shape->channels + TENSOR_ALIGNMENT - 1) / TENSOR_ALIGNMENT * TENSOR_ALIGNMENT;
	struct slice slice = {
		.offset = (int)memory->count + AROUND,
		.pixel_stride = picture ? INPUT_STRIDE : padded + 2 * AROUND,
		.channels = shape->channels,
		.height = shape->height,
		.width = shape->width,
	};

	memory->count += (size_t)slice.pixel_stride * shape->height * shape->width + 2 * AROUND;
	memory->count = (memory->count + AROUND - 1) / AROUND * AROUND;
	return slice;
}

static size_t element(const struct slice *slice, int pixel, int channel)
{
	return (size_t)slice->offset + (size_t)pixel * slice->pixel_stride + channel;
}

static int pixels_of(const struct slice *slice)
{
	return slice->height * slice->width;
}

static int written_channels(const struct slice *slice)
{
	if (slice->pixel_stride == INPUT_STRIDE)
		return INPUT_STRIDE;
	return (slice->channels + TENSOR_ALIGNMENT - 1) / TENSOR_ALIGNMENT * TENSOR_ALIGNMENT;
}

enum variant { PLAIN, ACCUMULATING, MASKED, BOTH, UNWANTED, VARIANTS };

static bool masks(enum variant variant)
{
	return variant == MASKED || variant == BOTH;
}

static void fill(struct run *run, struct memory *memory, const struct slice *slice)
{
	float reach = run->shape->reach > 0 ? run->shape->reach : 2;

	for (int pixel = 0; pixel < pixels_of(slice); pixel++)
		for (int c = 0; c < slice->channels; c++)
			memory->before[element(slice, pixel, c)] = random_value(run, -reach, reach);
}

/* A tensor that a clamp was fused into holds what the clamp leaves, and many values lie on its
 * bounds: to these no gradient goes. */
static void clamp_stored(struct memory *memory, const struct operand *input)
{
	const struct slice *slice = &input->activation;

	for (int pixel = 0; pixel < pixels_of(slice); pixel++)
		for (int c = 0; c < slice->channels; c++) {
			float *value = &memory->before[element(slice, pixel, c)];
			*value = fminf(fmaxf(*value, input->clamp.low), input->clamp.high);
		}
}

static void allow(struct memory *memory, const struct slice *slice)
{
	for (int pixel = 0; pixel < pixels_of(slice); pixel++)
		memset(memory->writable + element(slice, pixel, 0), 1,
		       (size_t)written_channels(slice));
}

static void check_untouched(const struct memory *memory, const char *what)
{
	for (size_t i = 0; i < memory->count; i++)
		if (!memory->writable[i] && memory->after[i] != memory->before[i]) {
			test_failed(__FILE__, __LINE__, "%s: element %zu was %g and is now %g",
			            what, i, (double)memory->before[i], (double)memory->after[i]);
			return;
		}
}

static bool memory_create(struct memory *memory)
{
	memory->before = malloc(memory->count * sizeof(float));
	memory->after = malloc(memory->count * sizeof(float));
	memory->writable = calloc(memory->count, sizeof(bool));
	for (size_t i = 0; memory->before && i < memory->count; i++)
		memory->before[i] = junk;
	return memory->before && memory->after && memory->writable;
}

static void memory_release(struct memory *memory)
{
	free(memory->before);
	free(memory->after);
	free(memory->writable);
	if (memory->buffer)
		clReleaseMemObject(memory->buffer);
}

/* ---- one run ---- */

/* Where a concat's input lies in its output already. */
static void lay_in_output(struct run *run, int input)
{
	struct operand *operand = &run->inputs[input];
	int channel = 0;

	for (int i = 0; i < input; i++)
		channel += run->shape->inputs[i].channels;
	operand->activation.offset = run->output.activation.offset + channel;
	operand->activation.pixel_stride = run->output.activation.pixel_stride;
	operand->gradient.offset = run->output.gradient.offset + channel;
	operand->gradient.pixel_stride = run->output.gradient.pixel_stride;
}

static void normalise_node(struct graph_node *node)
{
	int *at_least_one[] = {&node->window.stride_y, &node->window.stride_x,
	                       &node->window.dilation_y, &node->window.dilation_x};

	for (int i = 0; i < 4; i++)
		if (*at_least_one[i] == 0)
			*at_least_one[i] = 1;
	if (node->clamp.low == 0 && node->clamp.high == 0)
		node->clamp = (struct clamp){-FLT_MAX, FLT_MAX};
	node->name = "case";
}

static void lay_out(struct run *run)
{
	const struct operation_case *shape = run->shape;

	run->output.activation = place(&run->activations, &shape->output, false);
	run->output.gradient = place(&run->gradients, &shape->output, false);
	for (int i = 0; i < shape->input_count; i++) {
		bool picture = shape->picture && i == 0;
		run->inputs[i].activation = place(&run->activations, &shape->inputs[i], picture);
		run->inputs[i].gradient = place(&run->gradients, &shape->inputs[i], picture);
		run->inputs[i].wants_gradient = true;
		run->inputs[i].clamp = (struct clamp){-0.5f, 1.5f};
		if (shape->in_place[i])
			lay_in_output(run, i);
	}
}

static bool upload(struct run *run)
{
	struct memory *memories[] = {&run->activations, &run->gradients};
	rv_error error;

	for (int i = 0; i < 2; i++)
		if (device_buffer(run->device, memories[i]->count * sizeof(float),
		                  memories[i]->before, &memories[i]->buffer, &error)) {
			test_failed(__FILE__, __LINE__, "%s", error.message);
			return false;
		}
	return true;
}

/* The bytes kept between forward and backward, of junk at first. */
static bool create_saved(struct run *run)
{
	const struct operator_functions *table = &network_operators[run->node.kind];
	size_t bytes = SAVED_OFFSET + GUARD_BYTES;
	unsigned char *content;
	rv_error error;
	bool created;

	if (table->saved_bytes)
		bytes += table->saved_bytes(&run->operation);
	content = malloc(bytes);
	if (!content)
		return false;
	memset(content, 0x43, bytes);
	created = device_buffer(run->device, bytes, content, &run->saved, &error) == RV_OK;
	free(content);
	return created;
}

static bool run_create(struct run *run, const struct operation_case *shape, enum variant variant)
{
	memset(run, 0, sizeof(*run));
	run->shape = shape;
	run->device = fixture_device();
	run->random = 12345;
	run->node = shape->node;
	normalise_node(&run->node);
	lay_out(run);
	if (!run->device || !memory_create(&run->activations) || !memory_create(&run->gradients))
		return false;
	for (int i = 0; i < shape->input_count; i++) {
		fill(run, &run->activations, &run->inputs[i].activation);
		fill(run, &run->gradients, &run->inputs[i].gradient);
		if (masks(variant))
			clamp_stored(&run->activations, &run->inputs[i]);
	}
	/* Last: of a gradient that is also an input's, this is what is read. */
	fill(run, &run->gradients, &run->output.gradient);
	run->operation = (struct operation){.node = &run->node,
	                                    .inputs = run->inputs,
	                                    .outputs = &run->output,
	                                    .input_count = shape->input_count,
	                                    .output_count = 1,
	                                    .saved_offset = SAVED_OFFSET};
	return create_saved(run) && upload(run);
}

static void run_release(struct run *run)
{
	memory_release(&run->activations);
	memory_release(&run->gradients);
	if (run->saved)
		clReleaseMemObject(run->saved);
}

static void set_buffers(struct run *run)
{
	for (int i = 0; i < run->shape->input_count; i++) {
		run->inputs[i].activation.buffer = run->activations.buffer;
		run->inputs[i].gradient.buffer = run->gradients.buffer;
	}
	run->output.activation.buffer = run->activations.buffer;
	run->output.gradient.buffer = run->gradients.buffer;
	run->operation.saved = run->saved;
}

static bool execute(struct run *run, bool backward)
{
	const struct operator_functions *table = &network_operators[run->node.kind];
	struct memory *memory = backward ? &run->gradients : &run->activations;
	struct launch_list list = {0};
	rv_error error = {0};
	struct launch_recorder recorder = {.device = run->device, .list = &list, .error = &error};

	set_buffers(run);
	(backward ? table->backward : table->forward)(&recorder, &run->operation);
	if (!recorder.status)
		recorder.status = launch_list_run(&list, run->device->queue, &error);
	if (!recorder.status &&
	    clEnqueueReadBuffer(run->device->queue, memory->buffer, CL_TRUE, 0,
	                        memory->count * sizeof(float), memory->after, 0, NULL, NULL))
		recorder.status = rv_fail(&error, RV_DEVICE, "reading back failed");
	launch_list_clear(&list);
	if (recorder.status)
		test_failed(__FILE__, __LINE__, "%s", error.message);
	return !recorder.status;
}

/* ---- comparing ---- */

static struct array array_of(const struct slice *slice, const float *memory)
{
	struct array array = {slice->height, slice->width, slice->channels, NULL};

	array.values = calloc(array_count(&array), sizeof(double));
	for (int pixel = 0; array.values && pixel < pixels_of(slice); pixel++)
		for (int c = 0; c < slice->channels; c++)
			array.values[(size_t)pixel * slice->channels + c] =
				memory[element(slice, pixel, c)];
	return array;
}

/* Errors are measured against the largest value expected; 1e-5 leaves room for sums of a few
 * hundred floats, and shows any element that is missing or counted twice. */
static void compare(const struct slice *slice, const float *memory, const double *expected,
                    const char *what, int lanes)
{
	double largest = 1e-3;
	size_t count = (size_t)pixels_of(slice) * (size_t)slice->channels;

	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs(expected[i]));
	for (size_t i = 0; i < count; i++) {
		int pixel = (int)(i / (size_t)slice->channels), c = (int)(i % slice->channels);
		double value = memory[element(slice, pixel, c)];
		if (fabs(value - expected[i]) <= 1e-5 * largest)
			continue;
		test_failed(__FILE__, __LINE__,
		            "%s, %d lanes: pixel %d channel %d is %.7g, expected %.7g", what, lanes,
		            pixel, c, value, expected[i]);
		return;
	}
}

/* d(sum of g * output) / d(element of an input), by a central difference. */
static double difference(const struct run *run, reference_function *reference,
                         const struct array *inputs, double *element_value, struct array *output,
                         const struct array *g)
{
	const double step = 1e-5, middle = *element_value;
	struct graph_node node = run->node;
	double sums[2] = {0, 0};

	if (node.kind != OPERATOR_CLAMP)
		node.clamp = (struct clamp){-FLT_MAX, FLT_MAX};

	for (int side = 0; side < 2; side++) {
		*element_value = middle + (side ? step : -step);
		reference(&node, inputs, run->shape->input_count, output);
		for (size_t i = 0; i < array_count(output); i++)
			sums[side] += g->values[i] * output->values[i];
	}
	*element_value = middle;
	return (sums[1] - sums[0]) / (2 * step);
}

/* What the store does to a gradient. */
static void apply_store(const struct operand *input, const struct array *before,
                        const struct array *activation, double *gradient, bool in_place)
{
	for (size_t i = 0; i < array_count(activation); i++) {
		double value = activation->values[i];
		if (input->accumulate && !in_place)
			gradient[i] += before->values[i];
		if (input->masked && !(value > input->clamp.low && value < input->clamp.high))
			gradient[i] = 0;
	}
}

static void check_backward(struct run *run, reference_function *reference, int lanes)
{
	struct array arrays[CASE_INPUTS_MAX], output;
	struct array g = array_of(&run->output.gradient, run->gradients.before);

	output = array_of(&run->output.activation, run->activations.after);
	for (int i = 0; i < run->shape->input_count; i++)
		arrays[i] = array_of(&run->inputs[i].activation, run->activations.after);
	for (int i = 0; i < run->shape->input_count; i++) {
		size_t count = array_count(&arrays[i]);
		struct array before = array_of(&run->inputs[i].gradient, run->gradients.before);
		double *expected = calloc(count, sizeof(*expected));
		for (size_t k = 0; k < count; k++)
			expected[k] = difference(run, reference, arrays, &arrays[i].values[k],
			                         &output, &g);
		apply_store(&run->inputs[i], &before, &arrays[i], expected,
		            run->shape->in_place[i]);
		if (run->inputs[i].wants_gradient)
			compare(&run->inputs[i].gradient, run->gradients.after, expected,
			        "gradient", lanes);
		free(expected);
		free(before.values);
	}
	for (int i = 0; i < run->shape->input_count; i++)
		free(arrays[i].values);
	free(output.values);
	free(g.values);
}

static void check_forward(struct run *run, reference_function *reference, int lanes)
{
	struct array arrays[CASE_INPUTS_MAX];
	struct array output = array_of(&run->output.activation, run->activations.after);

	for (int i = 0; i < run->shape->input_count; i++)
		arrays[i] = array_of(&run->inputs[i].activation, run->activations.before);
	reference(&run->node, arrays, run->shape->input_count, &output);
	compare(&run->output.activation, run->activations.after, output.values, "activation",
	        lanes);
	for (int i = 0; i < run->shape->input_count; i++)
		free(arrays[i].values);
	free(output.values);
}

static void choose_variant(struct run *run, enum variant variant)
{
	for (int i = 0; i < run->shape->input_count; i++) {
		struct operand *input = &run->inputs[i];
		input->accumulate = variant == ACCUMULATING || variant == BOTH;
		input->masked = masks(variant);
		input->wants_gradient = !(variant == UNWANTED && i == 0);
		if (input->wants_gradient && !(run->shape->in_place[i] && !input->masked))
			allow(&run->gradients, &input->gradient);
	}
}

static void check_variant(const struct operation_case *shape, reference_function *reference,
                          enum variant variant, int lanes)
{
	struct run run;

	if (run_create(&run, shape, variant)) {
		choose_variant(&run, variant);
		allow(&run.activations, &run.output.activation);
		if (execute(&run, false)) {
			check_untouched(&run.activations, "forward");
			check_forward(&run, reference, lanes);
			if (execute(&run, true)) {
				check_untouched(&run.gradients, "backward");
				check_backward(&run, reference, lanes);
			}
		}
	}
	run_release(&run);
}

void operation_check(const struct operation_case *shape, reference_function *reference)
{
	struct device *device = fixture_device();
	int native;

	if (!device)
		return;
	native = device->lanes;
	for (int lanes = 16; lanes >= 4; lanes /= 2) {
		device->lanes = lanes;
		for (int variant = 0; variant < VARIANTS; variant++)
			check_variant(shape, reference, (enum variant)variant, lanes);
	}
	device->lanes = native;
}
