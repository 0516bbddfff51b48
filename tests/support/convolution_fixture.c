#include "tests/support/convolution_fixture.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/convolution/convolution.h"
#include "engine/opencl/device_open.h"
#include "tests/support/convolution_scene.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { WIDEST = 4096 };

/* ---- the plain computation ---- */

/* One pair of a filter's weights and the input pixels they meet. */
typedef void visit(void *context, double weight, size_t input_element, int input_channel);

static void visit_channels(const struct convolution_scene *scene, int part, int filter, int tap,
                           int y, int x, const struct slice *input, visit *visitor, void *context)
{
	int taps = scene->node.window.height * scene->node.window.width;
	int own = scene->shape.channels / scene->node.groups;
	int first = filter / (scene->parts[part].channels / scene->node.groups) * own;

	for (int c = 0; c < own; c++)
		visitor(context, scene->weights[part][((size_t)filter * own + c) * taps + tap],
		        convolution_scene_element(input, y, x, first + c), first + c);
}

/* Visits every product that output (y, x, filter) of part is the sum of. */
static void visit_products(const struct convolution_scene *scene, int part, int filter, int y,
                           int x, const struct slice *input, visit *visitor, void *context)
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

static double judge(struct convolution_fixture *fixture, const struct convolution_scene *scene,
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
	return error;
}

static double finished(const struct convolution_scene *scene, int part, int filter, double sum)
{
	const struct convolution_part *of = &scene->parts[part];
	sum += of->bias ? of->bias[filter] : 0;
	return sum < of->clamp.low ? of->clamp.low : sum > of->clamp.high ? of->clamp.high : sum;
}

static void check_forward(struct convolution_fixture *fixture,
                          const struct convolution_scene *scene)
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
					        scene->activations.after[convolution_scene_element(
							output, y, x, k)],
					        finished(scene, part, k, sum.sum));
				}
	}
	fixture->worst_forward =
		fmax(fixture->worst_forward, judge(fixture, scene, &comparison, "forward"));
	convolution_scene_check_untouched(&scene->activations, "forward");
}

static void sum_gradients(const struct convolution_scene *scene, double *sums)
{
	for (int part = 0; part < scene->node.output_count; part++) {
		const struct slice *output = &scene->outputs[part].gradient;
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				for (int k = 0; k < output->channels; k++) {
					struct backward_sum sum = {
						sums,
						scene->gradients.before[convolution_scene_element(
							output, y, x, k)]};
					visit_products(scene, part, k, y, x, &scene->input.gradient,
					               spread_product, &sum);
				}
	}
}

static double masked(const struct convolution_scene *scene, double gradient, float activation)
{
	const struct clamp *clamp = &scene->input.clamp;
	return !scene->input.masked || (activation > clamp->low && activation < clamp->high)
	               ? gradient
	               : 0;
}

static void check_backward(struct convolution_fixture *fixture,
                           const struct convolution_scene *scene)
{
	const struct slice *input = &scene->input.gradient;
	struct comparison comparison = {0, 0};
	double *sums = calloc(scene->gradients.count, sizeof(*sums));

	REQUIRE(sums);
	sum_gradients(scene, sums);
	for (int y = 0; y < input->height; y++)
		for (int x = 0; x < input->width; x++)
			for (int c = 0; c < input->channels; c++) {
				size_t at = convolution_scene_element(input, y, x, c);
				float activation =
					scene->activations.before[convolution_scene_element(
						&scene->input.activation, y, x, c)];
				double sum = sums[at];
				if (scene->input.accumulate)
					sum += scene->gradients.before[at];
				compare(&comparison, scene->gradients.after[at],
				        masked(scene, sum, activation));
			}
	free(sums);
	judge(fixture, scene, &comparison, "backward");
	convolution_scene_check_untouched(&scene->gradients, "backward");
}

/* <y', W x> = <W^T y', x> for what the device computed, without bias, clamp, accumulation and
 * mask. The tolerance is relative to the largest either side could be. */
static void check_adjoint(struct convolution_fixture *fixture,
                          const struct convolution_scene *scene)
{
	const struct slice *input = &scene->input.activation;
	double left = 0, right = 0, norm_y = 0, norm_wx = 0;

	for (int part = 0; part < scene->node.output_count; part++) {
		const struct slice *output = &scene->outputs[part].activation;
		for (int y = 0; y < output->height; y++)
			for (int x = 0; x < output->width; x++)
				for (int k = 0; k < output->channels; k++) {
					double wx =
						scene->activations.after[convolution_scene_element(
							output, y, x, k)];
					double g =
						scene->gradients.before[convolution_scene_element(
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
					(double)scene->activations
						.before[convolution_scene_element(input, y, x, c)] *
					scene->gradients.after[convolution_scene_element(
						&scene->input.gradient, y, x, c)];
	CHECK_MESSAGE(fabs(left - right) <= fixture->tolerance * sqrt(norm_y * norm_wx),
	              "not adjoint: %.9g and %.9g", left, right);
}

static void run_adjoint(struct convolution_fixture *fixture, const struct convolution_case *shape)
{
	struct convolution_scene scene;
	struct convolution_case plain = *shape;

	plain.no_bias = true;
	plain.accumulate = plain.masked = false;
	if (convolution_scene_create(&scene, fixture, &plain)) {
		for (int i = 0; i < scene.node.output_count; i++)
			scene.parts[i].clamp = (struct clamp){-FLT_MAX, FLT_MAX};
		if (convolution_scene_run(&scene, fixture))
			check_adjoint(fixture, &scene);
	}
	convolution_scene_release(&scene);
}

void fixture_check(struct convolution_fixture *fixture, const struct convolution_case *shape)
{
	struct convolution_scene scene;

	if (convolution_scene_create(&scene, fixture, shape) &&
	    convolution_scene_run(&scene, fixture)) {
		check_forward(fixture, &scene);
		check_backward(fixture, &scene);
	}
	convolution_scene_release(&scene);
	run_adjoint(fixture, shape);
}

/* ---- the fixture ---- */

void fixture_record_tile(struct convolution_fixture *fixture, struct launch_recorder *recorder,
                         const struct operation *operation, bool backward)
{
	struct convolution_problem problem;

	if (backward ? problem_backward(&problem, operation) : problem_forward(&problem, operation))
		fixture->convolve(recorder, fixture->weights, &problem, fixture->tile);
	else
		record_fail(recorder, RV_MEMORY, "out of memory");
	problem_release(&problem);
}

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
