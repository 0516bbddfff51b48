#include "tests/support/graph_device.h"

#include <stdlib.h>

#include "engine/base/rounding.h"
#include "engine/network/operator_table.h"
#include "engine/opencl/device.h"
#include "tests/support/test.h"

/* All tensors lie in one buffer, one after the other. */
struct execution {
	const struct graph *graph;
	struct convolution_fixture *fixture;
	struct extent *extents;
	struct slice *slices; /* by tensor */
	float *host;          /* [count] */
	size_t count;
	cl_mem buffer, saved;
};

static void *allocate(size_t count, size_t size)
{
	void *pointer = calloc(count ? count : 1, size);
	if (!pointer)
		abort();
	return pointer;
}

static void lay_out(struct execution *run)
{
	for (int i = 0; i < run->graph->tensor_count; i++) {
		struct extent extent = run->extents[i];
		int channels = run->graph->tensors[i].channels;
		int stride = round_up(channels, TENSOR_ALIGNMENT);
		run->slices[i] = (struct slice){.offset = (int)run->count,
		                                .pixel_stride = stride,
		                                .channels = channels,
		                                .height = extent.height,
		                                .width = extent.width};
		run->count += (size_t)stride * (size_t)extent.height * (size_t)extent.width;
	}
}

/* From [channels][height][width] to the pixels of a slice, or back. */
static void copy_values(const struct execution *run, int tensor, double *values, bool to_slice)
{
	const struct slice *slice = &run->slices[tensor];
	int pixels = slice->height * slice->width;
	for (int c = 0; c < slice->channels; c++)
		for (int i = 0; i < pixels; i++) {
			float *at = &run->host[(size_t)slice->offset +
			                       (size_t)i * (size_t)slice->pixel_stride + (size_t)c];
			if (to_slice)
				*at = (float)values[(size_t)c * (size_t)pixels + (size_t)i];
			else
				values[(size_t)c * (size_t)pixels + (size_t)i] = (double)*at;
		}
}

static struct operand *operands_of(struct execution *run, const int *tensors, int count)
{
	struct operand *operands = allocate((size_t)count, sizeof(*operands));
	for (int i = 0; i < count; i++) {
		struct operand *operand = &operands[i];
		operand->activation = run->slices[tensors[i]];
		operand->activation.buffer = run->buffer;
		operand->gradient = operand->activation;
		operand->clamp = graph_clamp_none;
	}
	return operands;
}

/* The bytes that a node keeps for backward, which nothing reads here. */
static rv_status allocate_saved(struct execution *run, const struct operation *operation,
                                rv_error *error)
{
	const struct operator_functions *functions = &network_operators[operation->node->kind];
	size_t bytes = functions->saved_bytes ? functions->saved_bytes(operation) : 0;
	if (run->saved)
		clReleaseMemObject(run->saved);
	run->saved = NULL;
	return device_buffer(run->fixture->device, bytes + 64, NULL, &run->saved, error);
}

static rv_status run_node(struct execution *run, const struct graph_node *node, rv_error *error)
{
	struct launch_list list = {0};
	struct launch_recorder recorder = {.device = run->fixture->device,
	                                   .list = &list,
	                                   .zeros = run->fixture->zeros,
	                                   .error = error};
	struct operation operation = {.node = node,
	                              .inputs = operands_of(run, node->inputs, node->input_count),
	                              .outputs =
	                                      operands_of(run, node->outputs, node->output_count),
	                              .input_count = node->input_count,
	                              .output_count = node->output_count,
	                              .convolutions = run->fixture->library};
	rv_status status = allocate_saved(run, &operation, error);
	operation.saved = run->saved;
	if (status == RV_OK) {
		network_operators[node->kind].forward(&recorder, &operation);
		status = recorder.status;
	}
	if (status == RV_OK)
		status = launch_list_run(&list, run->fixture->device->queue, error);
	clFinish(run->fixture->device->queue);
	launch_list_clear(&list);
	free(operation.inputs);
	free(operation.outputs);
	return status;
}

static rv_status run_nodes(struct execution *run, int height, int width, rv_error *error)
{
	struct graph_node *nodes = allocate((size_t)run->graph->node_count, sizeof(*nodes));
	rv_status status = graph_resolve(run->graph, height, width, nodes, error);
	for (int i = 1; status == RV_OK && i < run->graph->node_count; i++)
		status = run_node(run, &nodes[i], error);
	free(nodes);
	return status;
}

static rv_status execute(struct execution *run, int height, int width, rv_error *error)
{
	rv_status status = device_buffer(run->fixture->device, run->count * sizeof(float),
	                                 run->host, &run->buffer, error);
	if (status == RV_OK)
		status = run_nodes(run, height, width, error);
	if (status == RV_OK &&
	    clEnqueueReadBuffer(run->fixture->device->queue, run->buffer, CL_TRUE, 0,
	                        run->count * sizeof(float), run->host, 0, NULL, NULL))
		status = rv_fail(error, RV_DEVICE, "reading back failed");
	return status;
}

bool graph_device_run(const struct graph *graph, struct convolution_fixture *fixture,
                      const double *picture, int height, int width, struct graph_values *values)
{
	rv_error error = {RV_OK, ""};
	struct execution run = {.graph = graph, .fixture = fixture};
	size_t tensors = (size_t)graph->tensor_count;
	*values = (struct graph_values){
		.count = graph->tensor_count,
		.arrays = allocate(tensors, sizeof(*values->arrays)),
		.extents = allocate(tensors, sizeof(*values->extents)),
	};
	run.extents = values->extents;
	run.slices = allocate(tensors, sizeof(*run.slices));
	rv_status status = graph_infer(graph, height, width, values->extents, &error);
	if (status == RV_OK) {
		lay_out(&run);
		run.host = allocate(run.count, sizeof(*run.host));
		copy_values(&run, 0, (double *)picture, true);
		status = execute(&run, height, width, &error);
	}
	for (int i = 0; status == RV_OK && i < graph->tensor_count; i++) {
		const struct slice *slice = &run.slices[i];
		values->arrays[i] = allocate(
			(size_t)(slice->channels * slice->height * slice->width), sizeof(double));
		copy_values(&run, i, values->arrays[i], false);
	}
	if (run.buffer)
		clReleaseMemObject(run.buffer);
	if (run.saved)
		clReleaseMemObject(run.saved);
	free(run.host);
	free(run.slices);
	if (status == RV_OK)
		return true;
	graph_values_release(values);
	test_failed(__FILE__, __LINE__, "%s", error.message);
	return false;
}
