/* Where every tensor of a graph lies, for one picture size.
 *
 * Activations and gradients live in one big buffer. Times are the steps of one pass: forward
 * through the nodes, the objectives, backward through the nodes; what is not alive at the same time
 * may share elements, so that gradients take the room of activations whose masks were the last use
 * of them. Lifetimes and the greedy placement by size follow Pisarchyk and Lee,
 * "Efficient Memory Management for Deep Neural Net Inference" (2020). A concatenation's inputs are
 * laid directly into its output where that is possible, so that it costs nothing. */
#ifndef ENGINE_NETWORK_LAYOUT_H
#define ENGINE_NETWORK_LAYOUT_H

#include "engine/graph/graph.h"

struct tensor_place {
	int root;           /* the tensor whose elements these are: itself, or a concatenation */
	int channel_offset; /* of this tensor's first channel in the root */
	int pixel_stride;   /* elements from one pixel of the root to the next */
	size_t activation;  /* element of channel 0 of pixel 0 in the buffer */
	size_t gradient;    /* the same, of its gradient */
	int consumers;      /* how many inputs of nodes read it, a wanted layer counting as one */
	bool masked;        /* a clamp is fused into its producer's store */
	struct clamp clamp;
};

struct layout {
	struct extent input;
	struct extent *extents;      /* [tensor_count] */
	struct tensor_place *places; /* [tensor_count] */
	size_t elements;             /* what the buffer must hold */
	double flop;                 /* forward; see graph_flop */
};

/* RV_INVALID where the picture is too small for the network, RV_MEMORY where a tensor would not fit
 * the 2^31 elements that kernels can address. */
rv_status layout_create(struct layout **layout, const struct graph *graph, int height, int width,
                        rv_error *error);
void layout_destroy(struct layout **layout);

/* RV_MEMORY, with the message for what is more than kernels can address. */
rv_status layout_too_large(const struct layout *layout, rv_error *error);

#endif
