#include "tests/support/convolution_fixture.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/opencl/device_open.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { GUARD = 64, WIDEST = 4096 };

/* One of the two buffers all tensors lie in. */
struct arena {
	float *before, *after; /* host copies around a run */
	bool *writable;
	int count;
	cl_mem buffer;
};

/* All that one case needs. */
struct scene {
	struct convolution_case shape;
	struct graph_node node;
	struct convolution_part parts[CASE_PARTS_MAX];
	struct operand input, outputs[CASE_PARTS_MAX];
	struct operation operation;
	struct arena activations, gradients;
	float *weights[CASE_PARTS_MAX], *biases[CASE_PARTS_MAX];
	uint64_t random;
};

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

/* ---- tensors in arenas ---- */

/* A tensor with `around` other channels before and after it in each pixel. */
static struct slice place(struct arena *arena, int channels, int height, int width, int around,
                          bool picture)
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

static size_t element(const struct slice *slice, int y, int x, int channel)
{
	return slice->offset + ((size_t)y * slice->width + x) * slice->pixel_stride + channel;
}

static void allow(struct arena *arena, const struct slice *slice)
{
	for (int y = 0; y < slice->height; y++)
		for (int x = 0; x < slice->width; x++)
			memset(arena->writable + element(slice, y, x, 0), 1,
			       written_channels(slice) * sizeof(*arena->writable));
}

/* Values in -1..1 where slice has channels. */
static void fill(struct arena *arena, const struct slice *slice, uint64_t *random)
{
	for (int y = 0; y < slice->height; y++)
		for (int x = 0; x < slice->width; x++)
			for (int c = 0; c < slice->channels; c++)
				arena->before[element(slice, y, x, c)] = random_value(random);
}

/* Junk everywhere; large, so that a weight that should be 0 and is not is seen at once. */
static bool arena_allocate(struct arena *arena, uint64_t *random)
{
	arena->before = random_values(random, arena->count);
	arena->after = calloc(arena->count, sizeof(*arena->after));
	arena->writable = calloc(arena->count, sizeof(*arena->writable));
	for (int i = 0; arena->before && i < arena->count; i++)
		arena->before[i] *= 1000;
	return arena->before && arena->after && arena->writable;
}

static void arena_release(struct arena *arena)
{
	free(arena->before);
	free(arena->after);
	free(arena->writable);
	if (arena->buffer)
		clReleaseMemObject(arena->buffer);
}

static bool arena_upload(struct arena *arena, struct device *device)
{
	rv_error error;
	if (device_buffer(device, arena->count * sizeof(float), arena->before, &arena->buffer,
	                  &error) == RV_OK)
		return true;
	test_failed(__FILE__, __LINE__, "%s", error.message);
	return false;
}

static void arena_download(struct arena *arena, struct device *device)
{
	cl_int code =
		clEnqueueReadBuffer(device->queue, arena->buffer, CL_TRUE, 0,
	                            arena->count * sizeof(float), arena->after, 0, NULL, NULL);
	if (code)
		test_failed(__FILE__, __LINE__, "reading back: OpenCL error %d", code);
}

static void check_untouched(const struct arena *arena, const char *what)
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

static void scene_node(struct scene *scene)
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

static void scene_parts(struct scene *scene)
{
	static const struct clamp clamps[CASE_PARTS_MAX] = {
		{0, FLT_MAX}, {-FLT_MAX, FLT_MAX}, {-0.25f, 0.5f}};
	const struct window *window = &scene->node.window;

	for (int i = 0; i < scene->node.output_count; i++) {
		struct convolution_part *part = &scene->parts[i];
		part->channels = scene->shape.part_channels[i];
		part->clamp = clamps[i];
		scene->weights[i] =
			random_values(&scene->random,
		                      (size_t)part->channels * scene->shape.channels /
		                              scene->node.groups * window->height * window->width);
		scene->biases[i] = random_values(&scene->random, part->channels);
		part->weights = scene->weights[i];
		part->bias = scene->shape.no_bias ? NULL : scene->biases[i];
	}
}

static void scene_tensors(struct scene *scene)
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
static void clamp_input(struct scene *scene)
{
	const struct slice *input = &scene->input.activation;
	const struct clamp *clamp = &scene->input.clamp;

	for (int y = 0; y < input->height; y++)
		for (int x = 0; x < input->width; x++)
			for (int c = 0; c < input->channels; c++) {
				float *value = &scene->activations.before[element(input, y, x, c)];
				*value = fminf(fmaxf(*value, clamp->low), clamp->high);
			}
}

static bool scene_fill(struct scene *scene)
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
	return true;
}

static bool scene_create(struct scene *scene, struct convolution_fixture *fixture,
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

static void scene_release(struct scene *scene)
{
	arena_release(&scene->activations);
	arena_release(&scene->gradients);
	for (int i = 0; i < CASE_PARTS_MAX; i++) {
		free(scene->weights[i]);
		free(scene->biases[i]);
	}
}

static bool scene_run(struct scene *scene, struct convolution_fixture *fixture)
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

/* ---- the plain computation ---- */

/* One pair of a filter's weights and the input pixels they meet. */
typedef void visit(void *context, double weight, size_t input_element, int input_channel);

static void visit_channels(const struct scene *scene, int part, int filter, int tap, int y, int x,
                           const struct slice *input, visit *visitor, void *context)
{
	int taps = scene->node.window.height * scene->node.window.width;
	int own = scene->shape.channels / scene->node.groups;
	int first = filter / (scene->parts[part].channels / scene->node.groups) * own;

	for (int c = 0; c < own; c++)
		visitor(context, scene->weights[part][((size_t)filter * own + c) * taps + tap],
		        element(input, y, x, first + c), first + c);
}

/* Visits every product that output (y, x, filter) of part is the sum of. */
static void visit_products(const struct scene *scene, int part, int filter, int y, int x,
                           const struct slice *input, visit *visitor, void *context)
{
	const struct window *window = &scene->node.window;

	for (int ky = 0; ky < window->height; ky++)
		for (int kx = 0; kx < window->width; kx++) {
			int row = y * window->stride_y + ky * window->dilation_y - window->pad_top;
			int column =
				x * window->stride_x + kx * window->dilation_x - window->pad_left;
			if (row >= 0 && row < input->height && column >= 0 && column < input->width)
				visit_channels(scene, part, filter, ky * window->width + kx, row,
				               column, input, visitor, context);
		}
}

struct forward_sum {
	const float *values;
	double sum;
};

static void add_product(void *context, double weight, size_t input_element, int input_channel)
{
	struct forward_sum *forward = context;
	(void)input_channel;
	forward->sum += weight * forward->values[input_element];
}

struct backward_sum {
	double *sums;
	double gradient;
};

static void spread_product(void *context, double weight, size_t input_element, int input_channel)
{
	struct backward_sum *backward = context;
	(void)input_channel;
	backward->sums[input_element] += weight * backward->gradient;
}

struct comparison {
	double difference, norm;
};

static void compare(struct comparison *comparison, double got, double wanted)
{
	comparison->difference += (got - wanted) * (got - wanted);
	comparison->norm += wanted * wanted;
}

static void judge(struct convolution_fixture *fixture, const struct scene *scene,
                  const struct comparison *comparison, const char *what)
{
	const struct convolution_case *shape = &scene->shape;
	double error = sqrt(comparison->difference / (comparison->norm > 0 ? comparison->norm : 1));

	if (error > fixture->worst)
		fixture->worst = error;
	/* Written this way round, a NaN fails. */
	if (!(error <= fixture->tolerance))
		test_failed(__FILE__, __LINE__,
		            "%s of %dx%dx%d, window %dx%d, stride %dx%d, lanes %d: error %.2e",
		            what, shape->height, shape->width, shape->channels,
		            scene->node.window.height, scene->node.window.width,
		            scene->node.window.stride_y, scene->node.window.stride_x,
		            fixture->device->lanes, error);
}

static double finished(const struct scene *scene, int part, int filter, double sum)
{
	const struct convolution_part *of = &scene->parts[part];
	sum += of->bias ? of->bias[filter] : 0;
	return sum < of->clamp.low ? of->clamp.low : sum > of->clamp.high ? of->clamp.high : sum;
}

static void check_forward(struct convolution_fixture *fixture, const struct scene *scene)
{
	struct comparison comparison = {0, 0};

	for (int part = 0; part < scene->node.output_count; part++) {
		const struct slice *output = &scene->outputs[part].activation;
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				for (int k = 0; k < output->channels; k++) {
					struct forward_sum sum = {scene->activations.before, 0};
					visit_products(scene, part, k, y, x,
					               &scene->input.activation, add_product, &sum);
					compare(&comparison,
					        scene->activations.after[element(output, y, x, k)],
					        finished(scene, part, k, sum.sum));
				}
	}
	judge(fixture, scene, &comparison, "forward");
	check_untouched(&scene->activations, "forward");
}

static void sum_gradients(const struct scene *scene, double *sums)
{
	for (int part = 0; part < scene->node.output_count; part++) {
		const struct slice *output = &scene->outputs[part].gradient;
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				for (int k = 0; k < output->channels; k++) {
					struct backward_sum sum = {
						sums,
						scene->gradients.before[element(output, y, x, k)]};
					visit_products(scene, part, k, y, x, &scene->input.gradient,
					               spread_product, &sum);
				}
	}
}

static double masked(const struct scene *scene, double gradient, float activation)
{
	const struct clamp *clamp = &scene->input.clamp;
	return !scene->input.masked || (activation > clamp->low && activation < clamp->high)
	               ? gradient
	               : 0;
}

static void check_backward(struct convolution_fixture *fixture, const struct scene *scene)
{
	const struct slice *input = &scene->input.gradient;
	struct comparison comparison = {0, 0};
	double *sums = calloc(scene->gradients.count, sizeof(*sums));

	REQUIRE(sums);
	sum_gradients(scene, sums);
	for (int y = 0; y < input->height; y++)
		for (int x = 0; x < input->width; x++)
			for (int c = 0; c < input->channels; c++) {
				size_t at = element(input, y, x, c);
				float activation =
					scene->activations
						.before[element(&scene->input.activation, y, x, c)];
				double sum = sums[at];
				if (scene->input.accumulate)
					sum += scene->gradients.before[at];
				compare(&comparison, scene->gradients.after[at],
				        masked(scene, sum, activation));
			}
	free(sums);
	judge(fixture, scene, &comparison, "backward");
	check_untouched(&scene->gradients, "backward");
}

/* <y', W x> = <W^T y', x> for what the device computed, without bias, clamp, accumulation and
 * mask. The tolerance is relative to the largest either side could be. */
static void check_adjoint(struct convolution_fixture *fixture, const struct scene *scene)
{
	const struct slice *input = &scene->input.activation;
	double left = 0, right = 0, norm_y = 0, norm_wx = 0;

	for (int part = 0; part < scene->node.output_count; part++) {
		const struct slice *output = &scene->outputs[part].activation;
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				for (int k = 0; k < output->channels; k++) {
					double wx =
						scene->activations.after[element(output, y, x, k)];
					double g = scene->gradients.before[element(
						&scene->outputs[part].gradient, y, x, k)];
					left += g * wx;
					norm_y += g * g;
					norm_wx += wx * wx;
				}
	}
	for (int y = 0; y < input->height; y++)
		for (int x = 0; x < input->width; x++)
			for (int c = 0; c < input->channels; c++)
				right +=
					(double)scene->activations.before[element(input, y, x, c)] *
					scene->gradients
						.after[element(&scene->input.gradient, y, x, c)];
	CHECK_MESSAGE(fabs(left - right) <= fixture->tolerance * sqrt(norm_y * norm_wx),
	              "not adjoint: %.9g and %.9g", left, right);
}

static void run_adjoint(struct convolution_fixture *fixture, const struct convolution_case *shape)
{
	struct scene scene;
	struct convolution_case plain = *shape;

	plain.no_bias = true;
	plain.accumulate = plain.masked = false;
	if (scene_create(&scene, fixture, &plain)) {
		for (int i = 0; i < scene.node.output_count; i++)
			scene.parts[i].clamp = (struct clamp){-FLT_MAX, FLT_MAX};
		if (scene_run(&scene, fixture))
			check_adjoint(fixture, &scene);
	}
	scene_release(&scene);
}

void fixture_check(struct convolution_fixture *fixture, const struct convolution_case *shape)
{
	struct scene scene;

	if (scene_create(&scene, fixture, shape) && scene_run(&scene, fixture)) {
		check_forward(fixture, &scene);
		check_backward(fixture, &scene);
	}
	scene_release(&scene);
	run_adjoint(fixture, shape);
}

/* ---- the fixture ---- */

static void record_by_library(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                              const struct operation *operation, bool backward)
{
	(void)fixture;
	if (backward)
		convolution_backward(recorder, operation);
	else
		convolution_forward(recorder, operation);
}

bool fixture_open(struct convolution_fixture *fixture, rv_convolution method)
{
	/* From the host: Oclgrind's search for uninitialised values does not see a buffer filled.
	 */
	static const float zeros[WIDEST];
	const rv_config config = test_config();
	rv_error error = {0};

	memset(fixture, 0, sizeof(*fixture));
	fixture->record = record_by_library;
	if (device_open(&fixture->device, &config, &error) ||
	    device_buffer(fixture->device, sizeof(zeros), zeros, &fixture->zeros, &error) ||
	    weights_cache_create(&fixture->weights, "", &error) ||
	    convolution_library_create(&fixture->library, fixture->device, method, &error)) {
		test_failed(__FILE__, __LINE__, "%s", error.message);
		fixture_close(fixture);
		return false;
	}
	return true;
}

void fixture_close(struct convolution_fixture *fixture)
{
	convolution_library_destroy(&fixture->library);
	weights_cache_destroy(&fixture->weights);
	if (fixture->zeros)
		clReleaseMemObject(fixture->zeros);
	device_close(&fixture->device);
}
