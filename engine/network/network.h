/* A graph at one picture size, recorded: forward to the wanted layers, and backward from objectives
 * there to the network's input. */
#ifndef ENGINE_NETWORK_NETWORK_H
#define ENGINE_NETWORK_NETWORK_H

#include "engine/convolution/convolution.h"
#include "engine/network/layout.h"
#include "engine/network/worth.h"

/* The big buffers. Networks that never run at the same time share them: each is as large as the
 * largest of them needs. */
struct network_needs {
	size_t tensor_bytes; /* activations and gradients */
	size_t saved_bytes;  /* kept by operators from forward to backward, such as indices */
	size_t zero_bytes;   /* a pixel of zeros of the widest tensor */
};

struct network_buffers {
	cl_mem tensors, saved, zeros;
};

/* Raises needs to cover more. */
void network_needs_cover(struct network_needs *needs, const struct network_needs *more);
size_t network_needs_bytes(const struct network_needs *needs);

rv_status network_buffers_create(struct network_buffers *buffers, struct device *device,
                                 const struct network_needs *needs, rv_error *error);
void network_buffers_release(struct network_buffers *buffers);

struct network {
	const struct graph *graph;
	struct graph_node *nodes; /* graph's, with the numbers that they have at this size */
	struct layout *layout;
	struct network_needs needs;
	struct operation *operations; /* [node_count] */
	struct operand *operands;     /* the operations' inputs and outputs */
	struct launch_list forward, backward;
	/* To be run after forward on the frame itself, before it is run on the dream: takes the
	 * frame's features over. Empty where no objective wants them. */
	struct launch_list keep;
	int *place_launches;                 /* [graph->wanted_count], in backward; -1: none */
	struct worth worths[RV_TARGETS_MAX]; /* [graph->wanted_count], taken in backward */
};

/* Lays the network out, and fails as layout_create does; nothing is allocated on the device. graph
 * must outlive the network. */
rv_status network_create(struct network **network, const struct graph *graph, int height, int width,
                         rv_error *error);
void network_destroy(struct network **network);

/* Records both directions. targets[graph->wanted_count] say what is maximised at each wanted layer;
 * their operands are filled in here. targets NULL: forward only. */
rv_status network_record(struct network *network, struct device *device,
                         const struct network_buffers *buffers,
                         struct convolution_library *convolutions,
                         const struct objective_target *targets, rv_error *error);

/* Tells the objectives where in the picture the network's input lies from the next run on. */
void network_move(const struct network *network, const struct places_position *position);

/* Says how the backward runs that are enqueued from now on measure what the activations are worth
 * to the targets. At first none do. */
void network_watch(struct network *network, enum worth_watch watch);

/* What they were worth together in the runs that did, since one that began anew. Waits for the
 * device. */
rv_status network_worth(const struct network *network, cl_command_queue queue, double *worth,
                        rv_error *error);

/* Bytes that a network keeps for itself because of targets, beside the big buffers: before it is
 * recorded, what it will; and what a recorded one does, with what its operators keep. */
size_t network_targets_bytes(const struct network *network, const struct objective_target *targets);
size_t network_own_bytes(const struct network *network);

/* Units that network_record advances the device's preparation by, with targets. */
double network_preparation(const struct graph *graph);

/* The activation (or gradient) of a tensor. Its values stand after a run only where nothing later
 * needed the room: wanted layers' activations and the input's gradient (tensor 0) do. Valid once
 * recorded. */
struct slice network_activation(const struct network *network, int tensor);
struct slice network_gradient(const struct network *network, int tensor);

#endif
