/* Between the parts of the graph builder: from ONNX nodes to graph nodes.
 *
 * The builder goes through the ONNX nodes in topological order and knows of every value what it is:
 * a constant, or a tensor of the graph seen in one of a few forms. Flatten, Reshape and Transpose
 * only change the form; an operator that cannot work on a form says so. */
#ifndef ENGINE_GRAPH_BUILD_H
#define ENGINE_GRAPH_BUILD_H

#include "engine/graph/graph.h"
#include "engine/onnx/model.h"

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

bool translate_has_input(const struct onnx_node *node, int index);
rv_status translate_input_value(const struct builder *builder, const struct onnx_node *node,
                                int index, const struct value **value, rv_error *error);
/* A tensor in any form. */
rv_status translate_input_tensor(const struct builder *builder, const struct onnx_node *node,
                                 int index, const struct value **value, rv_error *error);
/* A tensor as an image; a vector that is a single pixel is one. */
rv_status translate_input_image(const struct builder *builder, const struct onnx_node *node,
                                int index, int *tensor, rv_error *error);
rv_status translate_input_floats(const struct builder *builder, const struct onnx_node *node,
                                 int index, const struct onnx_tensor **constant, rv_error *error);
rv_status translate_input_integers(const struct builder *builder, const struct onnx_node *node,
                                   int index, const struct onnx_tensor **constant, rv_error *error);
/* A constant that holds either. */
rv_status constant_input_any(const struct builder *builder, const struct onnx_node *node, int index,
                             const struct onnx_tensor **constant, rv_error *error);
/* A list that newer operator sets pass as input index and older ones as attribute name; count is 0
 * where the node has neither. */
rv_status translate_input_list(const struct builder *builder, const struct onnx_node *node,
                               int index, const char *name, const int64_t **values, size_t *count,
                               rv_error *error);
/* axis counted from the end becomes one counted from the front; RV_CORRUPT where out of range. */
rv_status translate_normalise_axis(const struct onnx_node *node, int64_t *axis, int rank,
                                   rv_error *error);
/* The tensor is one pixel at the size that the file declares, or at every size. */
bool translate_is_single_pixel(const struct builder *builder, int tensor);

/* ---- writing its outputs ---- */

/* A node of that kind whose window, groups and clamp change nothing. */
struct graph_node translate_draft(enum operator_kind kind);
/* Appends draft to the graph, reading inputs[input_count] and making one tensor of that many
 * channels, which becomes the first output of node in that form. */
rv_status translate_add_node(struct builder *builder, const struct onnx_node *node,
                             const struct graph_node *draft, const int *inputs, int input_count,
                             int channels, enum value_form form, rv_error *error);
/* Makes the first output of node another view of a value. */
void translate_set_output(struct builder *builder, const struct onnx_node *node,
                          struct value value);
void translate_set_constant(struct builder *builder, const struct onnx_node *node,
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
translate_function graph_translate_convolution, graph_translate_max_pool,
	graph_translate_average_pool, graph_translate_global_average_pool,
	graph_translate_reduce_mean, graph_translate_lrn, graph_translate_pad;
/* graph_elementwise.c */
translate_function graph_translate_relu, graph_translate_leaky_relu, graph_translate_clip,
	graph_translate_sigmoid, graph_translate_hard_sigmoid, graph_translate_hard_swish,
	graph_translate_softmax, graph_translate_batch_norm, graph_translate_concat,
	graph_translate_alias, graph_translate_cast;
/* graph_arithmetic.c */
translate_function graph_translate_add, graph_translate_subtract, graph_translate_multiply,
	graph_translate_divide, graph_translate_negate;
/* graph_dense.c */
translate_function graph_translate_flatten, graph_translate_reshape, graph_translate_squeeze,
	graph_translate_unsqueeze, graph_translate_transpose, graph_translate_gemm,
	graph_translate_matmul;
/* graph_constant.c */
translate_function graph_fold_constant, graph_fold_alias, graph_fold_cast, graph_fold_reshape,
	graph_fold_squeeze, graph_fold_unsqueeze, graph_fold_transpose;
/* graph_list.c */
translate_function graph_translate_shape, graph_fold_gather, graph_fold_concat, graph_fold_slice,
	graph_fold_constant_of_shape;
/* graph_calculate.c */
translate_function graph_fold_add, graph_fold_subtract, graph_fold_multiply, graph_fold_divide,
	graph_fold_square_root, graph_fold_negate;

/* Writes a constant of that rank and those dimensions; its values are *floats or *integers,
 * whichever is not NULL, for the caller to fill. */
rv_status constant_make(struct builder *builder, int rank, const int64_t *dims, float **floats,
                        int64_t **integers, struct onnx_tensor **constant, rv_error *error);

/* A constant of the type of source, whose values are moved there one by one. */
struct moved {
	const struct onnx_tensor *source;
	struct onnx_tensor *made;
	float *floats; /* of made; the other is NULL */
	int64_t *integers;
};
rv_status constant_make_alike(struct builder *builder, const struct onnx_tensor *source, int rank,
                              const int64_t *dims, struct moved *moved, rv_error *error);
void constant_move_value(struct moved *moved, size_t to, size_t from);

/* The extent of a node's outputs, given those of its inputs by tensor. RV_INVALID, naming the node,
 * where the inputs are too small or do not fit together. */
rv_status graph_node_extent(const struct graph_node *node, const struct extent *extents,
                            struct extent *output, rv_error *error);

#endif
