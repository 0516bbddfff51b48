#include "engine/graph/graph.h"

#include <float.h>
#include <stdlib.h>

#include "engine/base/arena.h"

void *graph_allocate(struct graph *graph, size_t count, size_t size)
{
	return arena_allocate(graph->memory, count, size);
}

rv_status graph_out_of_memory(rv_error *error)
{
	return rv_fail(error, RV_MEMORY, "not enough memory for the network's graph");
}

void graph_destroy(struct graph **graph)
{
	if (!*graph)
		return;
	arena_destroy(&(*graph)->memory);
	free(*graph);
	*graph = NULL;
}

const char *graph_operator_name(enum operator_kind kind)
{
	static const char *const names[OPERATOR_KINDS] = {
		[OPERATOR_INPUT] = "Input",
		[OPERATOR_CONVOLUTION] = "Conv",
		[OPERATOR_AFFINE] = "Affine",
		[OPERATOR_CLAMP] = "Clamp",
		[OPERATOR_LEAKY_RELU] = "LeakyRelu",
		[OPERATOR_SIGMOID] = "Sigmoid",
		[OPERATOR_HARD_SIGMOID] = "HardSigmoid",
		[OPERATOR_HARD_SWISH] = "HardSwish",
		[OPERATOR_ELU] = "Elu",
		[OPERATOR_TANH] = "Tanh",
		[OPERATOR_SOFTPLUS] = "Softplus",
		[OPERATOR_ERF] = "Erf",
		[OPERATOR_GELU] = "Gelu",
		[OPERATOR_GELU_TANH] = "Gelu",
		[OPERATOR_POWER] = "Pow",
		[OPERATOR_PRELU] = "PRelu",
		[OPERATOR_LAYER_NORM] = "LayerNormalization",
		[OPERATOR_INSTANCE_NORM] = "InstanceNormalization",
		[OPERATOR_REARRANGE] = "Rearrange",
		[OPERATOR_RESAMPLE] = "Resample",
		[OPERATOR_ADD] = "Add",
		[OPERATOR_MULTIPLY] = "Mul",
		[OPERATOR_CONCAT] = "Concat",
		[OPERATOR_MAX_POOL] = "MaxPool",
		[OPERATOR_AVERAGE_POOL] = "AveragePool",
		[OPERATOR_GLOBAL_AVERAGE_POOL] = "GlobalAveragePool",
		[OPERATOR_LRN] = "LRN",
		[OPERATOR_PAD] = "Pad",
		[OPERATOR_SOFTMAX] = "Softmax",
	};
	return names[kind];
}

bool graph_clamp_is_none(struct clamp clamp)
{
	return clamp.low <= -FLT_MAX && clamp.high >= FLT_MAX;
}

const struct clamp graph_clamp_none = {-FLT_MAX, FLT_MAX};

static float limit(float value, struct clamp clamp)
{
	float raised = value > clamp.low ? value : clamp.low;
	return raised < clamp.high ? raised : clamp.high;
}

struct clamp graph_clamp_compose(struct clamp first, struct clamp second)
{
	return (struct clamp){limit(first.low, second), limit(first.high, second)};
}
