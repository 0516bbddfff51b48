#include "engine/dream/memory.h"

#include <stdint.h>

#include "engine/base/minmax.h"
#include "engine/base/resident.h"
#include "engine/convolution/methods.h"

/* Left to what nobody counts: the driver's own buffers, the host's copies of the picture, and
 * kernels being compiled, which took 141 MB where none were in the cache (PoCL 3.1 keeps it). */
enum { RESERVE = 160 << 20 };

/* Of it, what is still to be left of `limit`: a compiler that was tried when the device was opened
 * has taken some already, which is resident. A device with little memory is not left without. */
static size_t reserve(const struct device *device, size_t limit)
{
	const size_t least = RESERVE / 2;
	size_t wanted =
		device->tried_bytes < RESERVE - least ? RESERVE - device->tried_bytes : least;

	return min_size(wanted, limit / 2);
}

/* What the packed weights of a convolution take in both directions at most: transformed. */
static size_t packed_bytes(const struct graph *graph, const struct graph_node *node)
{
	int inputs = graph->tensors[node->inputs[0]].channels / node->groups, outputs = 0;
	size_t pairs, points, floats;

	for (int i = 0; i < node->output_count; i++)
		outputs += node->parts[i].channels;
	pairs = (size_t)inputs * (size_t)outputs;
	points = (size_t)convolution_winograd_points_most(&node->window, pairs);
	floats = points * pairs;
	/* Tensor 0 is the picture. */
	if (node->inputs[0] == 0)
		floats += convolution_winograd_picture_floats(&node->window, outputs);
	return 2 * floats * sizeof(float);
}

static size_t weight_bytes(const struct graph *graph)
{
	size_t bytes = 0;

	for (int n = 0; n < graph->node_count; n++)
		if (graph->nodes[n].kind == OPERATOR_CONVOLUTION)
			bytes += packed_bytes(graph, &graph->nodes[n]);
	return bytes;
}

static size_t minus(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

size_t memory_for_ascent(const struct device *device, const rv_config *config,
                         const struct graph *graph, const struct convolution_library *convolutions,
                         size_t others)
{
	uint64_t limit = config->memory_limit ? config->memory_limit : device->info.memory_bytes;
	size_t left = limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
	size_t packed = convolution_library_bytes(convolutions);

	left = minus(left, reserve(device, left));
	left = minus(left, minus(weight_bytes(graph), packed));
	if (device->info.kind == RV_DEVICE_CPU)
		return minus(left, resident_bytes());
	return minus(left, packed + others);
}
