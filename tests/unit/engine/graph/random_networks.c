/* Networks at random: folding and fusing must not change what they compute. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/model.h"
#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { RANDOM_NODES = 14, RANDOM_MODELS = 300 };

/* Networks of tensors "t0", "t1", ... that all keep the picture's size. */
struct random_network {
	struct onnx_builder *builder;
	uint64_t state;
	int channels[RANDOM_NODES];
	int count;
};

static int pick(struct random_network *network, int below)
{
	return (int)((next_random(&network->state) + 1) / 2 * below) % below;
}

static void add_random_pair(struct random_network *network, const char *output)
{
	int a = pick(network, network->count), b = pick(network, network->count);
	char names[32];
	snprintf(names, sizeof(names), "t%d t%d", a, b);
	bool same = network->channels[a] == network->channels[b];
	int kind = same ? pick(network, 3) : 2;
	onnx_builder_node(network->builder,
	                  kind == 0   ? "Add"
	                  : kind == 1 ? "Sub"
	                              : "Concat",
	                  names, output);
	if (kind == 2)
		onnx_builder_int(network->builder, "axis", 1);
	network->channels[network->count] =
		kind == 2 ? network->channels[a] + network->channels[b] : network->channels[a];
}

/* Adds one node that reads older tensors, mostly the newest. */
static void add_random_node(struct random_network *network)
{
	int from = pick(network, 3) ? network->count - 1 : pick(network, network->count);
	int channels = network->channels[from], size = pick(network, 2) ? 1 : 3;
	char input[16], output[16];
	snprintf(input, sizeof(input), "t%d", from);
	snprintf(output, sizeof(output), "t%d", network->count);
	network->channels[network->count] = channels;
	switch (pick(network, 7)) {
	case 0:
	case 1:
		network->channels[network->count] = 1 + pick(network, 6);
		graph_network_add_convolution(network->builder, input, output, channels,
		                              network->channels[network->count], size, size / 2);
		break;
	case 2:
		graph_network_add_batch_norm(network->builder, input, output, channels);
		break;
	case 3:
		onnx_builder_node(network->builder, "Relu", input, output);
		break;
	case 4:
		graph_network_add_average_pool(network->builder, input, output, pick(network, 2));
		break;
	case 5:
		onnx_builder_node(network->builder, pick(network, 2) ? "Sigmoid" : "Identity",
		                  input, output);
		break;
	default:
		add_random_pair(network, output);
		break;
	}
	network->count++;
}

static struct onnx_model *random_model(uint64_t seed)
{
	rv_error error;
	struct random_network network = {onnx_builder_create(13), seed, {3}, 1};
	onnx_builder_picture(network.builder, "x", 3, 0, 0);
	onnx_builder_node(network.builder, "Sigmoid", "x", "t0");
	while (network.count < RANDOM_NODES && network.channels[network.count - 1] <= 24)
		add_random_node(&network);
	struct onnx_model *model = onnx_builder_parse(network.builder, &error);
	CHECK_MESSAGE(model, "%s", error.message);
	onnx_builder_destroy(&network.builder);
	return model;
}

/* All tensors are kept in the graph to compare with, so that no pass can touch any. */
static struct graph *build_whole(const struct onnx_model *model, rv_error *error)
{
	char layers[RANDOM_NODES * 5] = "";
	for (int i = 0; i < model->node_count; i++)
		sprintf(layers + strlen(layers), "t%d ", i);
	return build_from(model, layers, true, error);
}

/* Three tensors, the newest among them, must each come out whole. */
static void check_random_model(const struct onnx_model *model, uint64_t seed, bool no_fuse)
{
	char layers[64];
	rv_error error = {RV_OK, ""};
	int last = model->node_count - 1;
	int numbers[3] = {last, last / 2, (int)(seed % (uint64_t)(last + 1))};
	snprintf(layers, sizeof(layers), "t%d t%d t%d", numbers[0], numbers[1], numbers[2]);
	struct graph *whole = build_whole(model, &error);
	struct graph *graph = build_from(model, layers, no_fuse, &error);
	CHECK_MESSAGE(whole && graph, "model %d: %s", (int)seed, error.message);
	if (whole && graph) {
		graph_network_check_order(graph);
		for (int i = 0; i < 3; i++) {
			double error_norm = graph_network_difference(graph, graph->wanted[i], whole,
			                                             whole->wanted[numbers[i]]);
			CHECK_MESSAGE(error_norm < 1e-5,
			              "model %d, layers %s: number %d differs by %g", (int)seed,
			              layers, i, error_norm);
		}
	}
	graph_destroy(&whole);
	graph_destroy(&graph);
}

TEST(passes_do_not_change_what_random_networks_compute)
{
	for (uint64_t seed = 1; seed <= RANDOM_MODELS; seed++) {
		struct onnx_model *model = random_model(seed);
		if (model) {
			check_random_model(model, seed, false);
			check_random_model(model, seed, true);
		}
		onnx_close(&model);
	}
}
