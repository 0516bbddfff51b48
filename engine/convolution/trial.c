#include "engine/convolution/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/random.h"

/* Sums of K products in another order differ by 1e-7 times sqrt(K) or so, by Winograd's transforms
 * ten times as much; a tap left out, or a place written twice, by more than a hundredth. */
static const double difference_most = 1e-4;
/* Factors of 11 bits are off by up to 2^-12 of themselves, by 2^-13.6 or so as a rule; products by
 * 1.4 times as much, and so are sums of products with random signs. */
static const double difference_of_tf32 = 1e-3;

/* The same of 8 bits: 2^-8 / sqrt(7) as a rule. Winograd's transforms raise that by up to twelve.
 */
static const double difference_of_bfloat16 = 8e-3, difference_of_bfloat16_winograd = 8e-2;

/* A buffer of the trial, and what it holds at first. */
struct trial_buffer {
	cl_mem buffer;
	float *values;
	size_t count;
};

struct trial {
	struct convolution_problem problem; /* the one on trial, in buffers of its own */
	struct trial_buffer input, output, mask;
	float *plain, *found; /* what the output holds then */
};

/* Lays a run at the end of a buffer that is being planned, with the strides it has. Vectors of the
 * last pixel may be wider than it. */
static void move_run(struct channel_run *run, size_t *count, struct extent size)
{
	run->offset = (int)*count;
	*count += (size_t)size.height * size.width * run->pixel_stride + TENSOR_ALIGNMENT;
}

static rv_status fill(struct device *device, struct trial_buffer *buffer, size_t count,
                      uint64_t *random, rv_error *error)
{
	buffer->count = count;
	buffer->values = malloc((count ? count : 1) * sizeof(*buffer->values));
	if (!buffer->values)
		return rv_fail(error, RV_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		buffer->values[i] = (float)(random_unit(random) * 2 - 1);
	return count ? device_buffer(device, count * sizeof(float), buffer->values, &buffer->buffer,
	                             error)
	             : RV_OK;
}

static bool copy_runs(struct trial *trial, const struct convolution_problem *problem)
{
	struct convolution_problem *own = &trial->problem;

	*own = *problem;
	own->inputs = malloc(problem->input_count * sizeof(*own->inputs));
	own->outputs = malloc(problem->output_count * sizeof(*own->outputs));
	if (!own->inputs || !own->outputs)
		return false;
	memcpy(own->inputs, problem->inputs, problem->input_count * sizeof(*own->inputs));
	memcpy(own->outputs, problem->outputs, problem->output_count * sizeof(*own->outputs));
	return true;
}

static rv_status create(struct trial *trial, struct device *device,
                        const struct convolution_problem *problem, rv_error *error)
{
	struct convolution_problem *own = &trial->problem;
	size_t inputs = 0, outputs = 0, masks = 0;
	uint64_t random = 1;
	rv_status status;

	if (!copy_runs(trial, problem))
		return rv_fail(error, RV_MEMORY, "out of memory");
	for (int i = 0; i < own->input_count; i++)
		move_run(&own->inputs[i], &inputs, own->input_size);
	for (int i = 0; i < own->output_count; i++) {
		move_run(&own->outputs[i].run, &outputs, own->output_size);
		if (own->outputs[i].masked)
			move_run(&own->outputs[i].mask, &masks, own->output_size);
	}
	if ((status = fill(device, &trial->input, inputs, &random, error)) != RV_OK ||
	    (status = fill(device, &trial->output, outputs, &random, error)) != RV_OK ||
	    (status = fill(device, &trial->mask, masks, &random, error)) != RV_OK)
		return status;
	own->input = trial->input.buffer;
	own->output = trial->output.buffer;
	own->mask = masks ? trial->mask.buffer : trial->output.buffer;
	trial->plain = malloc(outputs * sizeof(float));
	trial->found = malloc(outputs * sizeof(float));
	return trial->plain && trial->found ? RV_OK : rv_fail(error, RV_MEMORY, "out of memory");
}

static void release(struct trial *trial)
{
	struct trial_buffer *buffers[] = {&trial->input, &trial->output, &trial->mask};

	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++) {
		if (buffers[i]->buffer)
			clReleaseMemObject(buffers[i]->buffer);
		free(buffers[i]->values);
	}
	free(trial->problem.inputs);
	free(trial->problem.outputs);
	free(trial->plain);
	free(trial->found);
}

/* The output starts from the same numbers each time: some problems add to what is there, and what
 * lies between their channels must stay. */
static rv_status compute(struct trial *trial, struct device *device, cl_mem zeros,
                         record_choice *record, void *context,
                         const struct convolution_choice *choice, float *result, rv_error *error)
{
	struct launch_list list = {0};
	struct launch_recorder recorder = {
		.device = device, .list = &list, .zeros = zeros, .error = error};
	size_t bytes = trial->output.count * sizeof(float);
	cl_int code = clEnqueueWriteBuffer(device->queue, trial->output.buffer, CL_TRUE, 0, bytes,
	                                   trial->output.values, 0, NULL, NULL);

	if (code)
		return device_fail(error, code, "starting a trial");
	record(context, &recorder, &trial->problem, choice);
	return record_run_once(&recorder, trial->output.buffer, bytes, result);
}

/* By the largest value, and as a whole. What is no number agrees with nothing. */
static bool compare(const struct trial *trial, double allowed)
{
	double most = 0, worst = 0, square = 0, difference_square = 0;

	for (size_t i = 0; i < trial->output.count; i++) {
		double plain = (double)trial->plain[i];
		double difference = fabs((double)trial->found[i] - plain);
		if (!isfinite(difference))
			return false;
		most = fmax(most, fabs(plain));
		worst = fmax(worst, difference);
		square += plain * plain;
		difference_square += difference * difference;
	}
	return worst <= 10 * allowed * most && sqrt(difference_square) <= allowed * sqrt(square);
}

static double allowed(const struct device *device, const struct convolution_problem *problem,
                      const struct convolution_choice *choice)
{
	const rv_precision precision = problem_precision(problem, device);
	const bool rounds = choice->method == RV_CONVOLUTION_MATRIX
	                            ? precision == RV_PRECISION_BFLOAT16
	                            : choice->tile.bfloat16;

	if (rounds)
		return choice->method == RV_CONVOLUTION_WINOGRAD ? difference_of_bfloat16_winograd
		                                                 : difference_of_bfloat16;
	return precision == RV_PRECISION_TF32 ? difference_of_tf32 : difference_most;
}

rv_status trial_run(struct device *device, const struct convolution_problem *problem, cl_mem zeros,
                    record_choice *record, void *context, const struct convolution_choice *choice,
                    bool *agrees, rv_error *error)
{
	const struct convolution_choice plain = choice_plain(device, problem);
	struct trial trial = {0};
	rv_status status = create(&trial, device, problem, error);

	*agrees = false;
	if (status == RV_OK)
		status =
			compute(&trial, device, zeros, record, context, &plain, trial.plain, error);
	if (status == RV_OK)
		status =
			compute(&trial, device, zeros, record, context, choice, trial.found, error);
	if (status == RV_OK)
		*agrees = compare(&trial, allowed(device, problem, choice));
	release(&trial);
	return status;
}
