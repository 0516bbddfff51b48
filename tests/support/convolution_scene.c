#include "tests/support/convolution_scene.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/bfloat16.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { GUARD = 64 };

/* ---- numbers ---- */

static float random_value(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (float)((double)(*state >> 40) / (1 << 23) - 1);
}

static float *random_values(uint64_t *state, size_t count)
{
	float *values = malloc((count ? count : 1) * sizeof(*values));
	for (size_t i = 0; values && i < count; i++)
		values[i] = random_value(state);
	return values;
}

static void round_values(float *values, size_t count)
{
	for (size_t i = 0; values && i < count; i++)
		values[i] = bfloat16_value(bfloat16_of(values[i]));
}

/* ---- tensors in arenas ---- */

/* A tensor with `around` other channels before and after it in each pixel. */
static struct slice place(struct scene_buffer *arena, int channels, int height, int width,
                          int around, bool picture)
{
	int stride = picture ? INPUT_STRIDE : round_up(channels, TENSOR_ALIGNMENT) + 2 * around;
	struct slice slice = {NULL,   arena->count + GUARD + (picture ? 0 : around),
	                      stride, channels,
	                      height, width};

	arena->count += round_up(stride * height * width, TENSOR_ALIGNMENT) + 2 * GUARD;
	return slice;
}

static int written_channels(const struct slice *slice)
{
	return slice->pixel_stride == INPUT_STRIDE ? INPUT_STRIDE
	                                           : round_up(slice->channels, TENSOR_ALIGNMENT);
}

size_t convolution_scene_element(const struct slice *slice, int y, int x, int channel)
{
	return slice->offset + ((size_t)y * slice->width + x) * slice->pixel_stride + channel;
}

static void allow(struct scene_buffer *arena, const struct slice *slice)
{
	for (int y = 0; y < slice->height; y++)
		for (int x = 0; x < slice->width; x++)
			memset(arena->writable + convolution_scene_element(slice, y, x, 0), 1,
			       written_channels(slice) * sizeof(*arena->writable));
}

/* Values in -1..1 where slice has channels. */
static void fill(struct scene_buffer *arena, const struct slice *slice, uint64_t *random)
{
	for (int y = 0; y < slice->height; y++)
		for (int x = 0; x < slice->width; x++)
			for (int c = 0; c < slice->channels; c++)
				arena->before[convolution_scene_element(slice, y, x, c)] =
					random_value(random);
}

/* Junk everywhere; large, so that a weight that should be 0 and is not is seen at once. */
static bool arena_allocate(struct scene_buffer *arena, uint64_t *random)
{
	arena->before = random_values(random, arena->count);
	arena->after = calloc(arena->count, sizeof(*arena->after));
	arena->writable = calloc(arena->count, sizeof(*arena->writable));
	for (int i = 0; arena->before && i < arena->count; i++)
		arena->before[i] *= 1000;
	return arena->before && arena->after && arena->writable;
}

static void arena_release(struct scene_buffer *arena)
{
	free(arena->before);
	free(arena->after);
	free(arena->writable);
	if (arena->buffer)
		clReleaseMemObject(arena->buffer);
}

static bool arena_upload(struct scene_buffer *arena, struct device *device)
{
	rv_error error;
	if (device_buffer(device, arena->count * sizeof(float), arena->before, &arena->buffer,
	                  &error) == RV_OK)
		return true;
	test_failed(__FILE__, __LINE__, "%s", error.message);
	return false;
}

static void arena_download(struct scene_buffer *arena, struct device *device)
{
	cl_int code =
		clEnqueueReadBuffer(device->queue, arena->buffer, CL_TRUE, 0,
	                            arena->count * sizeof(float), arena->after, 0, NULL, NULL);
	if (code)
		test_failed(__FILE__, __LINE__, "reading back: OpenCL error %d", code);
}

void convolution_scene_check_untouched(const struct scene_buffer *arena, const char *what)
{
	for (int i = 0; i < arena->count; i++)
		if (!arena->writable[i] &&
		    memcmp(&arena->before[i], &arena->after[i], sizeof(float))) {
			test_failed(__FILE__, __LINE__, "%s: element %d outside of it was written",
			            what, i);
			return;
		}
}

/* ---- scenes ---- */

static int one_if_zero(int value)
{
	return value ? value : 1;
}

static int output_size(int input, int pad, int window, int stride, int dilation)
{
	return (input + pad - dilation * (window - 1) - 1) / stride + 1;
}

static void scene_node(struct convolution_scene *scene)
{
	struct window *window = &scene->node.window;
	struct graph_node *node = &scene->node;

	node->kind = OPERATOR_CONVOLUTION;
	node->name = "test";
	node->window = scene->shape.window;
	window->stride_y = one_if_zero(window->stride_y);
	window->stride_x = one_if_zero(window->stride_x);
	window->dilation_y = one_if_zero(window->dilation_y);
	window->dilation_x = one_if_zero(window->dilation_x);
	node->groups = one_if_zero(scene->shape.groups);
	node->parts = scene->parts;
	while (node->output_count < CASE_PARTS_MAX &&
	       scene->shape.part_channels[node->output_count])
		node->output_count++;
	node->input_count = 1;
}

static void scene_parts(struct convolution_scene *scene)
{
	static const struct clamp clamps[CASE_PARTS_MAX] = {
		{0, FLT_MAX}, {-FLT_MAX, FLT_MAX}, {-0.25f, 0.5f}};
	const struct window *window = &scene->node.window;

	for (int i = 0; i < scene->node.output_count; i++) {
		struct convolution_part *part = &scene->parts[i];
		part->channels = scene->shape.part_channels[i];
		part->clamp = clamps[i];
		size_t count = (size_t)part->channels * scene->shape.channels / scene->node.groups *
		               window->height * window->width;
		scene->weights[i] = random_values(&scene->random, count);
		if (scene->shape.rounded)
			round_values(scene->weights[i], count);
		scene->biases[i] = random_values(&scene->random, part->channels);
		part->weights = scene->weights[i];
		part->bias = scene->shape.no_bias ? NULL : scene->biases[i];
	}
}

static void scene_tensors(struct convolution_scene *scene)
{
	const struct convolution_case *shape = &scene->shape;
	const struct window *window = &scene->node.window;
	int height = output_size(shape->height, window->pad_top + window->pad_bottom,
	                         window->height, window->stride_y, window->dilation_y);
	int width = output_size(shape->width, window->pad_left + window->pad_right, window->width,
	                        window->stride_x, window->dilation_x);

	scene->input.activation = place(&scene->activations, shape->channels, shape->height,
	                                shape->width, 16, shape->picture);
	scene->input.gradient = place(&scene->gradients, shape->channels, shape->height,
	                              shape->width, 32, shape->picture);
	scene->input.wants_gradient = true;
	scene->input.accumulate = shape->accumulate;
	scene->input.masked = shape->masked;
	scene->input.clamp = (struct clamp){-0.5f, 0.75f};
	for (int i = 0; i < scene->node.output_count; i++) {
		int channels = scene->parts[i].channels;
		scene->outputs[i].activation =
			place(&scene->activations, channels, height, width, 32, false);
		scene->outputs[i].gradient =
			place(&scene->gradients, channels, height, width, 16 * (i + 1), false);
	}
}

/* Activations as a clamped store leaves them: many lie exactly on the bounds. */
static void clamp_input(struct convolution_scene *scene)
{
	const struct slice *input = &scene->input.activation;
	const struct clamp *clamp = &scene->input.clamp;

	for (int y = 0; y < input->height; y++)
		for (int x = 0; x < input->width; x++)
			for (int c = 0; c < input->channels; c++) {
				float *value =
					&scene->activations
						 .before[convolution_scene_element(input, y, x, c)];
				*value = fminf(fmaxf(*value, clamp->low), clamp->high);
			}
}

static bool scene_fill(struct convolution_scene *scene)
{
	if (!arena_allocate(&scene->activations, &scene->random) ||
	    !arena_allocate(&scene->gradients, &scene->random))
		return false;
	fill(&scene->activations, &scene->input.activation, &scene->random);
	if (scene->input.masked)
		clamp_input(scene);
	fill(&scene->gradients, &scene->input.gradient, &scene->random);
	allow(&scene->gradients, &scene->input.gradient);
	for (int i = 0; i < scene->node.output_count; i++) {
		fill(&scene->gradients, &scene->outputs[i].gradient, &scene->random);
		allow(&scene->activations, &scene->outputs[i].activation);
	}
	if (scene->shape.rounded) {
		round_values(scene->activations.before, scene->activations.count);
		round_values(scene->gradients.before, scene->gradients.count);
	}
	return true;
}

bool convolution_scene_create(struct convolution_scene *scene, struct convolution_fixture *fixture,
                              const struct convolution_case *shape)
{
	memset(scene, 0, sizeof(*scene));
	scene->shape = *shape;
	scene->random = 1;
	scene_node(scene);
	scene_parts(scene);
	scene_tensors(scene);
	if (!scene_fill(scene) || !arena_upload(&scene->activations, fixture->device) ||
	    !arena_upload(&scene->gradients, fixture->device))
		return false;
	scene->input.activation.buffer = scene->activations.buffer;
	scene->input.gradient.buffer = scene->gradients.buffer;
	for (int i = 0; i < scene->node.output_count; i++) {
		scene->outputs[i].activation.buffer = scene->activations.buffer;
		scene->outputs[i].gradient.buffer = scene->gradients.buffer;
	}
	scene->operation = (struct operation){.node = &scene->node,
	                                      .inputs = &scene->input,
	                                      .outputs = scene->outputs,
	                                      .input_count = 1,
	                                      .output_count = scene->node.output_count,
	                                      .convolutions = fixture->library};
	return true;
}

void convolution_scene_release(struct convolution_scene *scene)
{
	arena_release(&scene->activations);
	arena_release(&scene->gradients);
	for (int i = 0; i < CASE_PARTS_MAX; i++) {
		free(scene->weights[i]);
		free(scene->biases[i]);
	}
}

bool convolution_scene_run(struct convolution_scene *scene, struct convolution_fixture *fixture)
{
	struct launch_list list = {0};
	rv_error error = {0};
	struct launch_recorder recorder = {
		.device = fixture->device, .list = &list, .zeros = fixture->zeros, .error = &error};
	rv_status status;

	fixture->record(fixture, &recorder, &scene->operation, false);
	fixture->record(fixture, &recorder, &scene->operation, true);
	status = recorder.status ? recorder.status
	                         : launch_list_run(&list, fixture->device->queue, &error);
	if (status)
		test_failed(__FILE__, __LINE__, "%s", error.message);
	clFinish(fixture->device->queue);
	launch_list_clear(&list);
	arena_download(&scene->activations, fixture->device);
	arena_download(&scene->gradients, fixture->device);
	return status == RV_OK;
}
