#include "engine/network/network.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/minmax.h"
#include "engine/base/rounding.h"
#include "engine/network/operator_table.h"

enum { SAVED_ALIGNMENT = 64 };

void network_needs_cover(struct network_needs *needs, const struct network_needs *more)
{
	needs->tensor_bytes = max_size(needs->tensor_bytes, more->tensor_bytes);
	needs->saved_bytes = max_size(needs->saved_bytes, more->saved_bytes);
	needs->zero_bytes = max_size(needs->zero_bytes, more->zero_bytes);
}

size_t network_needs_bytes(const struct network_needs *needs)
{
	return needs->tensor_bytes + needs->saved_bytes + needs->zero_bytes;
}

rv_status network_buffers_create(struct network_buffers *buffers, struct device *device,
                                 const struct network_needs *needs, rv_error *error)
{
	rv_status status;

	memset(buffers, 0, sizeof(*buffers));
	status = device_buffer(device, needs->tensor_bytes, NULL, &buffers->tensors, error);
	if (status == RV_OK)
		status = device_buffer(device, needs->saved_bytes, NULL, &buffers->saved, error);
	if (status == RV_OK)
		status = device_buffer(device, needs->zero_bytes, NULL, &buffers->zeros, error);
	if (status != RV_OK)
		network_buffers_release(buffers);
	return status;
}

void network_buffers_release(struct network_buffers *buffers)
{
	cl_mem *all[] = {&buffers->tensors, &buffers->saved, &buffers->zeros};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (*all[i])
			clReleaseMemObject(*all[i]);
		*all[i] = NULL;
	}
}

/* The operand that is this tensor where it is made. */
static const struct operand *producing_operand(const struct network *network, int tensor)
{
	const struct operation *operation =
		&network->operations[network->graph->tensors[tensor].producer];
	int output = 0;

	while (operation->node->outputs[output] != tensor)
		output++;
	return &operation->outputs[output];
}

struct slice network_activation(const struct network *network, int tensor)
{
	return producing_operand(network, tensor)->activation;
}

struct slice network_gradient(const struct network *network, int tensor)
{
	return producing_operand(network, tensor)->gradient;
}

static void describe_operand(const struct network *network, int tensor, struct operand *operand)
{
	const struct tensor_place *place = &network->layout->places[tensor];
	const struct extent *extent = &network->layout->extents[tensor];
	struct slice slice = {.pixel_stride = place->pixel_stride,
	                      .channels = network->graph->tensors[tensor].channels,
	                      .height = extent->height,
	                      .width = extent->width};

	operand->activation = operand->gradient = slice;
	operand->activation.offset = (int)place->activation;
	operand->gradient.offset = (int)place->gradient;
	operand->clamp = place->clamp;
	operand->wants_gradient = true;
}

/* RV_MEMORY where what they keep is more than kernels can address. */
static rv_status describe_operations(struct network *network, rv_error *error)
{
	const struct graph *graph = network->graph;
	struct operand *operand = network->operands;
	size_t saved = 0;

	for (int n = 0; n < graph->node_count; n++) {
		const struct graph_node *node = &network->nodes[n];
		struct operation *operation = &network->operations[n];
		operation->node = node;
		operation->inputs = operand;
		operation->input_count = node->input_count;
		for (int i = 0; i < node->input_count; i++)
			describe_operand(network, node->inputs[i], operand++);
		operation->outputs = operand;
		operation->output_count = node->output_count;
		for (int i = 0; i < node->output_count; i++)
			describe_operand(network, node->outputs[i], operand++);
		operation->saved_offset = (int)saved;
		if (network_operators[node->kind].saved_bytes)
			saved += network_operators[node->kind].saved_bytes(operation);
		saved = round_up_size(saved, SAVED_ALIGNMENT);
	}
	network->needs.saved_bytes = saved;
	return saved > INT_MAX ? layout_too_large(network->layout, error) : RV_OK;
}

static void sum_needs(struct network *network)
{
	struct network_needs *needs = &network->needs;

	needs->tensor_bytes = network->layout->elements * sizeof(float);
	for (int i = 0; i < network->graph->tensor_count; i++)
		needs->zero_bytes =
			max_size(needs->zero_bytes,
		                 (size_t)network->layout->places[i].pixel_stride * sizeof(float));
}

rv_status network_create(struct network **out, const struct graph *graph, int height, int width,
                         rv_error *error)
{
	struct network *network = calloc(1, sizeof(*network));
	size_t operands = 0;
	rv_status status;

	*out = NULL;
	if (!network)
		return rv_fail(error, RV_MEMORY, "out of memory");
	network->graph = graph;
	status = layout_create(&network->layout, graph, height, width, error);
	if (status != RV_OK)
		goto failed;
	for (int n = 0; n < graph->node_count; n++)
		operands += (size_t)(graph->nodes[n].input_count + graph->nodes[n].output_count);
	network->nodes = calloc((size_t)graph->node_count, sizeof(*network->nodes));
	network->operations = calloc((size_t)graph->node_count, sizeof(*network->operations));
	network->operands = calloc(operands, sizeof(*network->operands));
	network->place_launches =
		calloc((size_t)graph->wanted_count, sizeof(*network->place_launches));
	if (!network->nodes || !network->operations || !network->operands ||
	    !network->place_launches) {
		status = rv_fail(error, RV_MEMORY, "out of memory");
		goto failed;
	}
	status = graph_resolve(graph, height, width, network->nodes, error);
	if (status == RV_OK)
		status = describe_operations(network, error);
	if (status != RV_OK)
		goto failed;
	sum_needs(network);
	*out = network;
	return RV_OK;
failed:
	network_destroy(&network);
	return status;
}

void network_destroy(struct network **pointer)
{
	struct network *network = *pointer;

	if (!network)
		return;
	launch_list_clear(&network->forward);
	launch_list_clear(&network->backward);
	launch_list_clear(&network->keep);
	layout_destroy(&network->layout);
	free(network->nodes);
	free(network->operations);
	free(network->operands);
	free(network->place_launches);
	free(network);
	*pointer = NULL;
}

static void bind_operand(struct operand *operand, const struct network_buffers *buffers)
{
	operand->activation.buffer = operand->gradient.buffer = buffers->tensors;
}

static void bind_buffers(struct network *network, const struct network_buffers *buffers,
                         struct convolution_library *convolutions)
{
	for (int n = 0; n < network->graph->node_count; n++) {
		struct operation *operation = &network->operations[n];
		operation->saved = buffers->saved;
		operation->convolutions = convolutions;
		for (int i = 0; i < operation->input_count; i++)
			bind_operand(&operation->inputs[i], buffers);
		for (int i = 0; i < operation->output_count; i++)
			bind_operand(&operation->outputs[i], buffers);
	}
}

/* Gradients of a tensor come from objectives first, then from its consumers, the last one in the
 * network first. The first of these writes, the others add; the last also masks. writers[tensor]
 * counts those that have written. */
static void order_writer(const struct network *network, int tensor, struct operand *operand,
                         int *writers)
{
	const struct tensor_place *place = &network->layout->places[tensor];

	operand->accumulate = writers[tensor] > 0;
	writers[tensor]++;
	/* What lies in a concatenation has the clamp of all of it, and is masked with all of it. */
	operand->masked =
		place->masked && place->root == tensor && writers[tensor] == place->consumers;
}

/* The features of the frame, which only this network's objective reads. */
static void record_keep(struct network *network, struct launch_recorder *recorder,
                        struct objective_target *target)
{
	struct launch_list *backward = recorder->list;
	const struct slice *activation = &target->operand.activation;

	target->rows.buffer = record_own_buffer(recorder, objective_rows_bytes(activation), NULL);
	target->rows.count = slice_pixels(activation);
	recorder->list = &network->keep;
	objective_keep(recorder, target);
	recorder->list = backward;
}

static void record_objectives(struct network *network, struct launch_recorder *recorder,
                              const struct objective_target *targets, int *writers)
{
	const struct graph *graph = network->graph;

	for (int i = 0; i < graph->wanted_count; i++) {
		int tensor = graph->wanted[i];
		struct objective_target target = targets[i];
		describe_operand(network, tensor, &target.operand);
		target.operand.activation = network_activation(network, tensor);
		target.operand.gradient = network_gradient(network, tensor);
		order_writer(network, tensor, &target.operand, writers);
		recorder->operation = "Objective";
		if (objective_wants_frame(target.kind))
			record_keep(network, recorder, &target);
		network->place_launches[i] =
			objective_record(recorder, &target, network->layout->extents[0].height,
		                         network->layout->extents[0].width);
		worth_record(recorder, &target, &network->worths[i]);
	}
}

/* After the objectives', in the order in which record_backward lets operations write. */
static void order_writers(struct network *network, int *writers)
{
	for (int n = network->graph->node_count - 1; n >= 0; n--) {
		struct operation *operation = &network->operations[n];
		for (int i = 0; i < operation->input_count; i++)
			order_writer(network, operation->node->inputs[i], &operation->inputs[i],
			             writers);
	}
}

/* Each operator is one unit in each direction. */
static void advance(struct launch_recorder *recorder)
{
	struct preparation *preparation = &recorder->device->preparation;

	if (recorder->status == RV_OK)
		recorder->status = preparation_advance(preparation, 1, recorder->error);
}

void network_move(const struct network *network, const struct places_position *position)
{
	for (int i = 0; i < network->graph->wanted_count; i++)
		if (network->backward.count && network->place_launches[i] >= 0)
			places_move(&network->backward.launches[network->place_launches[i]],
			            position);
}

void network_watch(struct network *network, enum worth_watch watch)
{
	for (int i = 0; i < network->graph->wanted_count && network->backward.count; i++)
		worth_watch(&network->worths[i], &network->backward, watch);
}

rv_status network_worth(const struct network *network, cl_command_queue queue, double *worth,
                        rv_error *error)
{
	rv_status status = RV_OK;

	*worth = 0;
	for (int i = 0; i < network->graph->wanted_count && status == RV_OK; i++)
		status = worth_add(&network->worths[i], queue, worth, error);
	return status;
}

size_t network_targets_bytes(const struct network *network, const struct objective_target *targets)
{
	size_t bytes = 0;

	for (int i = 0; i < network->graph->wanted_count; i++) {
		struct operand operand;
		describe_operand(network, network->graph->wanted[i], &operand);
		bytes += objective_bytes(targets[i].kind, &operand.activation) +
		         slice_map_bytes(&operand.activation); /* of its worth */
	}
	return bytes;
}

size_t network_own_bytes(const struct network *network)
{
	return launch_list_bytes(&network->forward) + launch_list_bytes(&network->backward) +
	       launch_list_bytes(&network->keep);
}

double network_preparation(const struct graph *graph)
{
	return 2 * graph->node_count;
}

static void record_forward(struct network *network, struct launch_recorder *recorder)
{
	for (int n = 0; n < network->graph->node_count; n++) {
		const struct operation *operation = &network->operations[n];
		recorder->operation = graph_operator_name(operation->node->kind);
		if (network_operators[operation->node->kind].forward)
			network_operators[operation->node->kind].forward(recorder, operation);
		advance(recorder);
	}
}

static void record_backward(struct network *network, struct launch_recorder *recorder)
{
	for (int n = network->graph->node_count - 1; n >= 0; n--) {
		const struct operation *operation = &network->operations[n];
		recorder->operation = graph_operator_name(operation->node->kind);
		if (network_operators[operation->node->kind].backward)
			network_operators[operation->node->kind].backward(recorder, operation);
		advance(recorder);
	}
}

rv_status network_record(struct network *network, struct device *device,
                         const struct network_buffers *buffers,
                         struct convolution_library *convolutions,
                         const struct objective_target *targets, rv_error *error)
{
	struct launch_recorder recorder = {.device = device,
	                                   .list = &network->backward,
	                                   .zeros = buffers->zeros,
	                                   .error = error};
	int *writers = calloc((size_t)network->graph->tensor_count, sizeof(*writers));

	if (!writers)
		return rv_fail(error, RV_MEMORY, "out of memory");
	bind_buffers(network, buffers, convolutions);
	if (targets) {
		record_objectives(network, &recorder, targets, writers);
		order_writers(network, writers);
		record_backward(network, &recorder);
	}
	/* A forward operation may want to know how its backward one writes. */
	recorder.list = &network->forward;
	record_forward(network, &recorder);
	free(writers);
	return recorder.status;
}
