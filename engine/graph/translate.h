/* What translators of ONNX nodes are made of: reading a node's inputs, writing its outputs.
 *
 * The builder goes through the ONNX nodes in topological order and knows of every value what it is:
 * a constant, or a tensor of the graph seen in one of a few forms. Flatten, Reshape and Transpose
 * only change the form; an operator that cannot work on a form says so. */
#ifndef ENGINE_GRAPH_TRANSLATE_H
#define ENGINE_GRAPH_TRANSLATE_H

#include "engine/graph/shape.h"
#include "engine/onnx/model.h"

enum {
	CHANNELS_MAX = 1 << 18, /* of one tensor */
	WINDOW_MAX = 4096,      /* side, stride, dilation and pads of a window */
	/* Numbers in a list: repeated joining would double one without end. */
	LIST_MAX = INT16_MAX,
};

/* An integer of a constant that depends on the picture's size or the batch. */
#define DIM_UNKNOWN INT64_MIN

enum value_form {
	VALUE_UNKNOWN,    /* not computed (yet) */
	VALUE_CONSTANT,   /* known without a picture */
	VALUE_IMAGE,      /* [1][channels][height][width] */
	VALUE_IMAGE_LAST, /* [1][height][width][channels], between two Transposes */
	VALUE_VECTOR,     /* [1][channels * height * width], behind a Flatten */
	VALUE_LINE,       /* [1][channels][1], a vector with one of its sides again */
	VALUE_GROUPED,    /* [1][groups][channels / groups][height][width], behind a Reshape */
	VALUE_SHUFFLED,   /* the same with the second and third dimension exchanged */
	VALUE_FOLDED, /* [1][groups][channels / groups] of a single pixel, `ones` axes of 1 behind
	               */
	VALUE_ROWS,   /* [1][channels][pixels], the channels of a group side by side in one */
	VALUE_BLOCKS, /* [1][channels][side][side][height][width], behind a Reshape */
	VALUE_WOVEN,  /* the same as [1][channels][height][side][width][side] */
	VALUE_PLANE,  /* [1][height][width], one channel by itself */
	VALUE_ROW_MEANS, /* [1][channels][height], a mean over each row that is yet to be taken */
};

/* What a value is of the channels x of each pixel, on the way to a normalisation over them: see
 * moments.h. */
enum moment {
	MOMENT_NONE,
	MOMENT_MEAN,      /* mean(x) */
	MOMENT_CENTRED,   /* x - mean(x) */
	MOMENT_SQUARED,   /* (x - mean(x)) ^ 2 */
	MOMENT_VARIANCE,  /* the mean of that, plus epsilon */
	MOMENT_DEVIATION, /* its square root */
	MOMENT_INVERSE,   /* one divided by that */
};

struct value {
	enum value_form form;
	int tensor; /* of the graph, except for constants */
	const struct onnx_tensor *constant;
	int groups; /* grouped, shuffled and folded: how many; rows: channels of each; blocks: their
	               side */
	int ones;   /* folded */
	int zeros_before, zeros_behind; /* of a single group: channels yet to be added */
	enum moment moment;
	int base;      /* the tensor of which it is a moment */
	float epsilon; /* that was added to the variance */
};

struct builder {
	const struct onnx_model *model;
	struct graph *graph;
	struct value *values; /* [model->value_count] */
	int capacity;         /* of the graph's nodes and tensors */
	bool any_channels;    /* of the picture; see struct graph_options */
	/* By tensor of the graph: */
	int *strides;           /* picture pixels per pixel; 0: it is always a single pixel */
	struct extent *nominal; /* at the size that the file declares; 0x0 where that is free */
	double work;            /* that calculating with weights has taken; see weights.c */
	struct graph_length *lengths; /* see length.h */
	int length_count, length_room;
};

/* ---- reading a node's inputs ----
 * Each gives RV_UNSUPPORTED or RV_CORRUPT with a message naming the node where input index is not
 * of the form asked for. */

bool translate_has_input(const struct onnx_node *node, int index);
rv_status translate_input_value(const struct builder *builder, const struct onnx_node *node,
                                int index, const struct value **value, rv_error *error);
/* A tensor in any form, or with the channels in groups. */
rv_status translate_input_view(const struct builder *builder, const struct onnx_node *node,
                               int index, const struct value **value, rv_error *error);
/* A tensor in any form but groups. */
rv_status translate_input_tensor(const struct builder *builder, const struct onnx_node *node,
                                 int index, const struct value **value, rv_error *error);
/* A tensor as an image; a vector that is a single pixel is one. */
rv_status translate_input_image(const struct builder *builder, const struct onnx_node *node,
                                int index, int *tensor, rv_error *error);
rv_status translate_input_floats(const struct builder *builder, const struct onnx_node *node,
                                 int index, const struct onnx_tensor **constant, rv_error *error);
rv_status translate_input_integers(const struct builder *builder, const struct onnx_node *node,
                                   int index, const struct onnx_tensor **constant, rv_error *error);
/* A list that newer operator sets pass as input index and older ones as attribute name; count is 0
 * where the node has neither. */
rv_status translate_input_list(const struct builder *builder, const struct onnx_node *node,
                               int index, const char *name, const int64_t **values, size_t *count,
                               rv_error *error);
/* axis counted from the end becomes one counted from the front; RV_CORRUPT where out of range. */
rv_status translate_normalise_axis(const struct onnx_node *node, int64_t *axis, int rank,
                                   rv_error *error);
/* The first input, which must be a tensor, and the axis along which the node works on it, from 0.
 * Where the node names no axis, *axis stays the one that it holds. */
rv_status translate_input_along(const struct builder *builder, const struct onnx_node *node,
                                const struct value **input, int64_t *axis, rv_error *error);
/* Whether constant has one value a channel of a tensor seen in that form: all dimensions but that
 * of the channels are 1. */
bool translate_is_by_channel(const struct onnx_tensor *constant, enum value_form form,
                             int channels);
/* How many channels the tensor of a value has; no constant. */
int translate_channels(const struct builder *builder, const struct value *value);
/* How many dimensions it has; of a form that is not regrouped. */
int translate_rank(enum value_form form);
/* The axis of the channels in a form that has one. */
int translate_channel_axis(enum value_form form);
/* The axis of the rows in an image; that of the columns is the next. */
int translate_row_axis(enum value_form form);
/* Whether its channels are in groups, between two Reshapes. */
bool translate_is_regrouped(const struct value *value);
/* Whether a value is something to dream of: a tensor other than the picture itself. */
bool translate_is_layer(const struct value *value);
/* The tensor is one pixel at the size that the file declares, or at every size. */
bool translate_is_single_pixel(const struct builder *builder, int tensor);
/* Values in [1][channels * height * width]; 0 where the file leaves the size free. */
int64_t translate_nominal_length(const struct builder *builder, int tensor);

/* ---- writing its outputs ---- */

/* A node of that kind whose window, groups and clamp change nothing. */
struct graph_node translate_draft(enum operator_kind kind);
/* Appends draft to the graph, reading inputs[input_count] and making one tensor of that many
 * channels, which becomes the first output of node in that form. */
rv_status translate_add_node(struct builder *builder, const struct onnx_node *node,
                             const struct graph_node *draft, const int *inputs, int input_count,
                             int channels, enum value_form form, rv_error *error);
/* The same for an output that need not be the first. */
rv_status translate_add_output(struct builder *builder, const struct onnx_node *node, int output,
                               const struct graph_node *draft, int input, int channels,
                               enum value_form form, rv_error *error);
/* Makes the first output of node another view of a value. */
void translate_set_output(struct builder *builder, const struct onnx_node *node,
                          struct value value);
/* Makes all outputs of node unknown again. */
void translate_clear_outputs(struct builder *builder, const struct onnx_node *node);
void translate_set_constant(struct builder *builder, const struct onnx_node *node,
                            const struct onnx_tensor *constant);

#endif
