/* An ONNX file as the graph builder sees it: decoded, linked and put into topological order.
 * Nothing above engine/graph looks into it.
 *
 * Every text here is clean: valid UTF-8 without control characters, so that it can stand in a
 * message. Everything is owned by the model's arena and immutable once parsed. */
#ifndef ENGINE_ONNX_MODEL_H
#define ENGINE_ONNX_MODEL_H

#include "engine/base/arena.h"
#include "engine/reverie.h"

enum {
	ONNX_OPSET_MIN = 1,
	ONNX_OPSET_MAX = 24,
	ONNX_RANK_MAX = 8,
};

/* How names are quoted in messages: cut, so that what follows them is not. */
#define ONNX_NAME "\"%.80s\""

/* A constant. Exactly one of floats and integers is set, unless problem is. */
struct onnx_tensor {
	const char *name; /* "" where it has none */
	int type;         /* the number of its type of elements in the public schema; 0 where it was
	                     computed */
	int rank;
	int64_t dims[ONNX_RANK_MAX]; /* each >= 0; their product is count */
	size_t count;
	const float *floats;     /* float32, float16, bfloat16 and double */
	const int64_t *integers; /* all integer types and bool */
	const char *problem;     /* why it cannot be read, such as "holds text"; else NULL */
};

/* The values of the public schema. */
enum onnx_attribute_type {
	ONNX_FLOAT = 1,
	ONNX_INT = 2,
	ONNX_STRING = 3,
	ONNX_TENSOR = 4,
	ONNX_FLOATS = 6,
	ONNX_INTS = 7,
};

struct onnx_attribute {
	const char *name;
	int type; /* an onnx_attribute_type, or one that Reverie has no use for */
	float real;
	int64_t integer;
	const char *text;
	const struct onnx_tensor *tensor;
	const float *reals;
	const int64_t *integers;
	size_t count; /* of reals or integers */
};

struct onnx_node {
	const char *name; /* never empty: else its first output's name, else "node N" */
	const char *operator_name;
	bool standard; /* of the ONNX operator set, not of a custom one */
	bool named;    /* name is its own */
	/* Which module of a PyTorch network it belongs to, layer1.0.conv1; "" where the file does
	 * not say. */
	const char *module;
	int *inputs; /* values; ONNX_NOTHING where an optional one is left out */
	int *outputs;
	int input_count, output_count;
	struct onnx_attribute *attributes;
	int attribute_count;
};

enum { ONNX_NOTHING = -1 };

/* Something that has a name: an initializer, an input of the graph or an output of a node. */
struct onnx_value {
	const char *name;
	int producer;                       /* node, or ONNX_NOTHING */
	const struct onnx_tensor *constant; /* initializer, or NULL */
	bool is_input;                      /* of the graph, without an initializer */
};

/* An input of the graph that is not an initializer. */
struct onnx_input {
	int value;
	int rank;                    /* -1 where the file does not say */
	int64_t dims[ONNX_RANK_MAX]; /* 0 where free */
};

struct onnx_property {
	const char *key, *value;
};

struct onnx_model {
	struct arena *memory;
	uint64_t hash;
	size_t file_size;
	int opset;
	struct onnx_node *nodes; /* each after those whose outputs it reads */
	int node_count;
	struct onnx_value *values;
	int value_count;
	struct onnx_input *inputs;
	int input_count;
	struct onnx_property *properties;
	int property_count;
};

/* Whether that number of a type of elements is one of real numbers. */
bool onnx_is_real(int64_t type);

/* ---- messages ---- */

/* Like rv_fail, with `node "NAME" (OPERATOR): ` before the text. */
rv_status onnx_node_fail(const struct onnx_node *node, rv_error *error, rv_status status,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ---- attributes ---- */

/* Each writes the attribute's value, or leaves it as it is where the node has no such attribute.
 * RV_CORRUPT where the attribute is of another type. */
rv_status onnx_get_int(const struct onnx_node *node, const char *name, int64_t *value,
                       rv_error *error);
rv_status onnx_get_float(const struct onnx_node *node, const char *name, float *value,
                         rv_error *error);
rv_status onnx_get_text(const struct onnx_node *node, const char *name, const char **value,
                        rv_error *error);
rv_status onnx_get_ints(const struct onnx_node *node, const char *name, const int64_t **values,
                        size_t *count, rv_error *error);
/* NULL where there is none; its type is not checked. */
const struct onnx_attribute *onnx_find_attribute(const struct onnx_node *node, const char *name);

#endif
