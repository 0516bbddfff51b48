/* Between the parts of the graph builder: from ONNX nodes to graph nodes.
 *
 * The builder goes through the ONNX nodes in topological order and knows of every value what it is:
 * a constant, or a tensor of the graph seen in one of a few forms. Flatten, Reshape and Transpose
 * only change the form; an operator that cannot work on a form says so. */
#ifndef GRAPH_BUILD_H
#define GRAPH_BUILD_H

#include "engine/graph.h"
#include "engine/onnx_model.h"

enum {
	CHANNELS_MAX = 1 << 18, /* of one tensor */
	WINDOW_MAX = 4096,      /* side, stride, dilation and pads of a window */
	EXTENT_MAX = 1 << 16,   /* side of a tensor in pixels */
};

/* An integer of a constant that depends on the picture's size or the batch. */
#define DIM_UNKNOWN INT64_MIN

enum value_form {
	VALUE_UNKNOWN,    /* not computed (yet) */
	VALUE_CONSTANT,   /* known without a picture */
	VALUE_IMAGE,      /* [1][channels][height][width] */
	VALUE_IMAGE_LAST, /* [1][height][width][channels], between two Transposes */
	VALUE_VECTOR,     /* [1][channels * height * width], behind a Flatten */
};

struct value {
	enum value_form form;
	int tensor; /* of the graph, except for constants */
	const struct onnx_tensor *constant;
};

struct builder {
	const struct onnx_model *model;
	struct graph *graph;
	struct value *values; /* [model->value_count] */
	int capacity;         /* of the graph's nodes and tensors */
	/* By tensor of the graph: */
	int *strides;           /* picture pixels per pixel; 0: it is always a single pixel */
	struct extent *nominal; /* at the size that the file declares; 0x0 where that is free */
};

/* ---- reading a node's inputs ----
 * Each gives RV_UNSUPPORTED or RV_CORRUPT with a message naming the node where input index is not
 * of the form asked for. */

bool has_input(const struct onnx_node *node, int index);
rv_status input_value(const struct builder *builder, const struct onnx_node *node, int index,
                      const struct value **value, rv_error *error);
/* A tensor in any form. */
rv_status input_tensor(const struct builder *builder, const struct onnx_node *node, int index,
                       const struct value **value, rv_error *error);
/* A tensor as an image; a vector that is a single pixel is one. */
rv_status input_image(const struct builder *builder, const struct onnx_node *node, int index,
                      int *tensor, rv_error *error);
rv_status input_floats(const struct builder *builder, const struct onnx_node *node, int index,
                       const struct onnx_tensor **constant, rv_error *error);
rv_status input_integers(const struct builder *builder, const struct onnx_node *node, int index,
                         const struct onnx_tensor **constant, rv_error *error);
/* A constant that holds either. */
rv_status input_any(const struct builder *builder, const struct onnx_node *node, int index,
                    const struct onnx_tensor **constant, rv_error *error);
/* A list that newer operator sets pass as input index and older ones as attribute name; count is 0
 * where the node has neither. */
rv_status input_list(const struct builder *builder, const struct onnx_node *node, int index,
                     const char *name, const int64_t **values, size_t *count, rv_error *error);
/* axis counted from the end becomes one counted from the front; RV_CORRUPT where out of range. */
rv_status normalise_axis(const struct onnx_node *node, int64_t *axis, int rank, rv_error *error);
/* The tensor is one pixel at the size that the file declares, or at every size. */
bool is_single_pixel(const struct builder *builder, int tensor);

/* ---- writing its outputs ---- */

/* A node of that kind whose window, groups and clamp change nothing. */
struct graph_node node_draft(enum operator_kind kind);
/* Appends draft to the graph, reading inputs[input_count] and making one tensor of that many
 * channels, which becomes the first output of node in that form. */
rv_status add_node(struct builder *builder, const struct onnx_node *node,
                   const struct graph_node *draft, const int *inputs, int input_count, int channels,
                   enum value_form form, rv_error *error);
/* Makes the first output of node another view of a value. */
void set_output(struct builder *builder, const struct onnx_node *node, struct value value);
void set_constant(struct builder *builder, const struct onnx_node *node,
                  const struct onnx_tensor *constant);
/* count * size zeroed bytes that live as long as the graph. */
void *graph_allocate(struct graph *graph, size_t count, size_t size);

/* ---- translation ---- */

/* Translates one node, whose inputs have been translated. */
rv_status translate_node(struct builder *builder, const struct onnx_node *node, rv_error *error);

/* Gives the value of one operator: a tensor of the graph (translate), or, where all inputs are
 * constants, a constant (fold). */
typedef rv_status translate_function(struct builder *builder, const struct onnx_node *node,
                                     rv_error *error);

/* graph_spatial.c */
translate_function translate_convolution, translate_max_pool, translate_average_pool,
	translate_global_average_pool, translate_reduce_mean, translate_lrn, translate_pad;
/* graph_elementwise.c */
translate_function translate_relu, translate_leaky_relu, translate_clip, translate_sigmoid,
	translate_hard_sigmoid, translate_hard_swish, translate_softmax, translate_batch_norm,
	translate_concat, translate_alias, translate_cast;
/* graph_arithmetic.c */
translate_function translate_add, translate_subtract, translate_multiply, translate_divide,
	translate_negate;
/* graph_dense.c */
translate_function translate_flatten, translate_reshape, translate_squeeze, translate_unsqueeze,
	translate_transpose, translate_gemm, translate_matmul;
/* graph_constant.c */
translate_function fold_constant, fold_alias, fold_cast, fold_reshape, fold_squeeze, fold_unsqueeze,
	fold_transpose;
/* graph_list.c */
translate_function translate_shape, fold_gather, fold_concat, fold_slice, fold_constant_of_shape;
/* graph_calculate.c */
translate_function fold_add, fold_subtract, fold_multiply, fold_divide, fold_square_root,
	fold_negate;

/* Writes a constant of that rank and those dimensions; its values are *floats or *integers,
 * whichever is not NULL, for the caller to fill. */
rv_status make_constant(struct builder *builder, int rank, const int64_t *dims, float **floats,
                        int64_t **integers, struct onnx_tensor **constant, rv_error *error);

/* A constant of the type of source, whose values are moved there one by one. */
struct moved {
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	float *floats; /* of made; the other is NULL */
	int64_t *integers;
};
rv_status make_alike(struct builder *builder, const struct onnx_tensor *source, int rank,
                     const int64_t *dims, struct moved *moved, rv_error *error);
void move_value(struct moved *moved, size_t to, size_t from);

/* The extent of a node's outputs, given those of its inputs by tensor. RV_INVALID, naming the node,
 * where the inputs are too small or do not fit together. */
rv_status node_extent(const struct graph_node *node, const struct extent *extents,
                      struct extent *output, rv_error *error);

#endif
