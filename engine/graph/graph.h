/* The network as a graph of a few typed operators, in the form the engine runs it.
 *
 * graph_build turns an ONNX model into this form: constants folded, BatchNormalization folded into
 * the convolution before it, Dropout and Identity gone, Flatten + Gemm written as a convolution,
 * clamps (Relu, Clip) moved into the store of the operator that feeds them, convolutions that read
 * one tensor joined, and everything dropped that the wanted layers do not need. Height and width
 * are not part of the graph: graph_infer computes them for one picture size. Nothing here knows
 * OpenCL, so all of it is tested without a device. */
#ifndef ENGINE_GRAPH_GRAPH_H
#define ENGINE_GRAPH_GRAPH_H

#include "engine/reverie.h"

enum operator_kind {
	OPERATOR_INPUT, /* the picture as the network sees it; no inputs */
	OPERATOR_CONVOLUTION,
	OPERATOR_AFFINE, /* y = x * scale[channel] + shift[channel] */
	OPERATOR_CLAMP,  /* y = min(max(x, low), high): Relu, Relu6, Clip */
	OPERATOR_LEAKY_RELU,
	OPERATOR_SIGMOID,
	OPERATOR_HARD_SIGMOID,
	OPERATOR_HARD_SWISH,
	OPERATOR_ELU, /* y = x < 0 ? alpha * (exp(x) - 1) : x */
	OPERATOR_TANH,
	OPERATOR_SOFTPLUS, /* y = log(1 + exp(x)) */
	OPERATOR_ERF,
	OPERATOR_GELU,      /* y = x * (1 + erf(x / sqrt(2))) / 2 */
	OPERATOR_GELU_TANH, /* the same with an approximation by tanh */
	OPERATOR_POWER,     /* y = x ^ alpha */
	OPERATOR_PRELU,     /* y = x < 0 ? x * scale[channel] : x */
	OPERATOR_ADD,
	OPERATOR_MULTIPLY, /* second input has the same size, or 1x1 (squeeze and excitation) */
	OPERATOR_CONCAT,   /* along channels */
	OPERATOR_MAX_POOL,
	OPERATOR_AVERAGE_POOL,
	OPERATOR_GLOBAL_AVERAGE_POOL,
	OPERATOR_LRN, /* local response normalisation across channels */
	OPERATOR_PAD,
	OPERATOR_SOFTMAX, /* over channels, at each pixel */
	/* y = (x - mean) / sqrt(variance + constant) * scale[channel] + shift[channel], with mean
	 * and variance over the channels of each pixel, or over the pixels of each channel: */
	OPERATOR_LAYER_NORM,
	OPERATOR_INSTANCE_NORM,
	OPERATOR_REARRANGE, /* every output value is an input value from elsewhere */
	OPERATOR_RESAMPLE,  /* rows and columns are weighted sums of rows and columns */
	OPERATOR_KINDS,
};

const char *graph_operator_name(enum operator_kind kind);

/* A clamp fused into a store. No clamp is -FLT_MAX..FLT_MAX. */
struct clamp {
	float low, high;
};

extern const struct clamp graph_clamp_none;
bool graph_clamp_is_none(struct clamp clamp);
/* The clamp that does what first and then second do. */
struct clamp graph_clamp_compose(struct clamp first, struct clamp second);

/* A window sliding over height and width: convolutions and pools. */
struct window {
	int height, width;
	int stride_y, stride_x;
	int dilation_y, dilation_x;
	int pad_top, pad_left, pad_bottom,
		pad_right; /* explicit pads, if pad_same is PAD_EXPLICIT */
	enum { PAD_EXPLICIT, PAD_SAME_UPPER, PAD_SAME_LOWER } pad_same; /* ONNX auto_pad */
	bool ceil_mode;         /* pools: round the output size up */
	bool count_include_pad; /* average pool: divide by the whole window */
	bool whole;             /* max pool: all of the input, whatever height and width say */
};

/* Which input value an output value of OPERATOR_REARRANGE is. */
struct rearrangement {
	enum {
		REARRANGE_SLICE,    /* channel c + number */
		REARRANGE_SHUFFLE,  /* of `number` groups of channels, the first of each, the
		                       second... */
		REARRANGE_TO_SPACE, /* channels become blocks of number x number pixels: ONNX DCR */
		REARRANGE_TO_SPACE_CRD,
		REARRANGE_TO_DEPTH, /* and the other way round */
		REARRANGE_TO_DEPTH_CRD,
		REARRANGE_WIDEN,  /* `number` channels that follow each other become one, of as many
		                     pixels side by side */
		REARRANGE_NARROW, /* and the other way round */
	} kind;
	int number;
};

/* Every step-th entry along an axis from start up to but without end, or down to it where step is
 * below 0. Below 0 both count from the end, and beyond either end they mean that end, as in Python.
 */
struct cut {
	int64_t start, end, step;
};

extern const struct cut graph_cut_whole;

/* Height and width of one tensor. */
struct extent {
	int height, width;
};

/* A number for each side of a tensor. */
struct graph_sides {
	int top, bottom, left, right;
};

/* How OPERATOR_RESAMPLE makes rows and columns, in the words of ONNX Resize and Pad. */
struct resampling {
	enum {
		RESAMPLE_REFLECT, /* pads of the node's window */
		RESAMPLE_EDGE,
		RESAMPLE_BLANK, /* the same, of zeros */
		RESAMPLE_ZEROS, /* scale - 1 zeros between neighbours */
		RESAMPLE_NEAREST,
		RESAMPLE_LINEAR,
		RESAMPLE_CUBIC, /* Keys 1981, with sharpness as his a */
		RESAMPLE_CUT,   /* some rows and columns alone */
	} kind;
	enum {
		COORDINATES_HALF_PIXEL,
		COORDINATES_PYTORCH_HALF_PIXEL,
		COORDINATES_ASYMMETRIC,
		COORDINATES_ALIGN_CORNERS,
		COORDINATES_UNSHIFTED_HALF_PIXEL, /* TensorFlow's for the nearest: not back by 0.5
		                                   */
	} coordinates;
	enum {
		NEAREST_PREFER_FLOOR,
		NEAREST_PREFER_CEIL,
		NEAREST_FLOOR,
		NEAREST_CEIL,
	} nearest;
	float scale_y, scale_x; /* output size by input size */
	bool rounds;            /* the output size is rounded; else rounded down */
	float sharpness;
	bool excludes_outside; /* what lies beyond the border weighs nothing in a cubic sum */
	struct cut cut_y, cut_x;
	/* Where sizes depend on the picture's: which of the graph's lengths it cuts from and to,
	 * pads by, or makes its output as high (top) and wide (left) as. graph_resolve writes what
	 * they come to where the node has these numbers, the output's size to size. */
	bool measured;
	struct graph_sides lengths;
	struct extent size;
};

/* One of the convolutions that are run as one because they read the same tensor. All have the same
 * window; usually there is just one. */
struct convolution_part {
	int channels;         /* output channels */
	const float *weights; /* [channels][input channels / groups][height][width] */
	const float *bias;    /* [channels], or NULL */
	struct clamp clamp;   /* applied by the store */
};

struct graph_node {
	enum operator_kind kind;
	const char *name; /* of the ONNX node, for messages and profiles; never NULL */
	int *inputs;      /* tensors */
	int input_count;
	int *outputs; /* tensors; more than one only for joined convolutions: one a part */
	int output_count;
	struct window window;           /* convolution, pools; PAD uses its pads */
	int groups;                     /* convolution */
	struct convolution_part *parts; /* convolution; output_count of them */
	const float *scale, *shift;     /* affine, prelu, norms: [channels] each */
	const float *bias;              /* average pool moved behind its 1x1 convolution: [channels]
	                                   added by the store; else NULL */
	struct clamp clamp;             /* clamp; also fused into affine, add and average pool */
	/* Leaky relu, elu, power: alpha. Hard sigmoid: alpha, beta. Pad, norms: constant. LRN:
	 * alpha, beta and constant (k) as ONNX has them, so alpha is yet to be divided by size. */
	float alpha, beta, constant;
	int size; /* LRN: number of channels */
	struct rearrangement rearrangement;
	struct resampling resampling;
};

struct graph_tensor {
	const char *name; /* ONNX name */
	int channels;
	int producer; /* node */
	bool kept;    /* a wanted layer: its value must exist, unclamped by later operators */
};

enum graph_length_kind {
	LENGTH_NUMBER,
	LENGTH_HEIGHT, /* of tensor a */
	LENGTH_WIDTH,
	LENGTH_SUM, /* of lengths a and b */
	LENGTH_DIFFERENCE,
	LENGTH_PRODUCT,
	LENGTH_RATIO,
	LENGTH_WHOLE, /* length a without its fraction */
	LENGTH_FLOOR,
	LENGTH_CEILING,
};

/* A number that depends on the picture's size. While a graph is built: whether it is real, what it
 * is at the size that the file declares (else not a number), and how much it grows with the
 * picture.
 */
struct graph_length {
	enum graph_length_kind kind;
	int a, b;
	double number;
	bool real;
	double nominal, slope;
};

/* All of a graph's, each after those that it is made of, and the nodes, as they were before passes
 * changed them, of whose tensors they are the sides. */
struct graph_lengths {
	const struct graph_length *all;
	int count; /* 0: no node is measured */
	struct graph_node *nodes;
	int node_count, tensor_count;
};

struct arena;

struct graph {
	struct graph_node *nodes; /* in topological order; nodes[0] is the input */
	int node_count;
	struct graph_tensor *tensors; /* tensors[0] is the input, 3 channels (or 1) */
	int tensor_count;
	int *wanted; /* tensors of the wanted layers, in the order they were asked for */
	int wanted_count;
	struct graph_lengths lengths;
	struct arena *memory; /* owns what the pointers above point to */
};

struct graph_options {
	/* Skip the passes that join operators (clamps, joined convolutions, commuted average
	 * pools); BatchNormalization is folded all the same. */
	bool no_fuse;
	/* The picture may have any number of channels, not 1 or 3 only; no engine runs such a
	 * graph. */
	bool any_channels;
	/* Bit i: layer i is the end of a classifier, to be applied at every place (graph_spread).
	 */
	unsigned heads;
};

struct onnx_model;

/* Builds the part of model that the named layers need. A layer is an ONNX tensor name, or a node
 * name standing for its first output. RV_NOT_FOUND for an unknown layer; RV_UNSUPPORTED, with node
 * and operator in the message, where an operator below a wanted layer cannot be run. The graph
 * points into model's weights: model must outlive it. */
rv_status graph_build(struct graph **graph, const struct onnx_model *model,
                      const char *const *layers, int layer_count,
                      const struct graph_options *options, rv_error *error);
void graph_destroy(struct graph **graph);

/* count * size zeroed bytes that live as long as the graph; NULL where its memory is exhausted. */
void *graph_allocate(struct graph *graph, size_t count, size_t size);
/* RV_MEMORY, with the message for where that gives NULL. */
rv_status graph_out_of_memory(rv_error *error);

/* Writes the size of every tensor for an input of height x width to extents[tensor_count].
 * RV_INVALID where the picture is too small for the network (names node and size). */
rv_status graph_infer(const struct graph *graph, int height, int width, struct extent *extents,
                      rv_error *error);

/* Copies the nodes to nodes[node_count], with the numbers that depend on a picture's size as they
 * are at height x width; what they point to is still the graph's. Fails as graph_infer does. */
rv_status graph_resolve(const struct graph *graph, int height, int width, struct graph_node *nodes,
                        rv_error *error);

/* The pads of window on an input of this size, with auto_pad resolved, and the output's size. */
struct graph_window_fit {
	int pad_top, pad_left;
	struct extent output;
};
struct graph_window_fit graph_window_fit(const struct window *window, struct extent input);

/* Two for each multiply-add of the convolutions, forward, at these extents. */
double graph_flop(const struct graph *graph, const struct extent *extents);

/* One output of a node, as a layer that a person can name. */
struct graph_layer {
	rv_layer_info info;
	int value; /* as graph_find_value gives it */
};

/* Lists every output of the model's nodes that is computed from the picture, in topological order,
 * whether Reverie can compute it or not. layers[0..count) are allocated from memory and point into
 * model. */
rv_status graph_list_layers(const struct onnx_model *model, struct arena *memory,
                            struct graph_layer **layers, int *count, rv_error *error);

/* The number within model of the value that a layer's name stands for: the tensor of that name that
 * a node makes, else the first output of the node of that name, else what writers of ONNX
 * files call it: inception_4c/output finds inception_4c/output_1 (or _2, where that is made of _1),
 * features.0/Conv finds /features.0/Conv_output_0, and a module of a PyTorch network, layer3 or
 * features.4.1, the last that it makes. NAME/pre is what an activation makes NAME of.
 * Else -1. */
int graph_find_value(const struct onnx_model *model, const char *layer);

#endif
