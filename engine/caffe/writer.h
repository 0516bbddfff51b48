/* Writes the message of an ONNX model, as the ONNX reader takes it.
 *
 * Functions accept NULL for a node that could not be made, and do nothing once memory is exhausted:
 * whoever writes asks writer->exhausted at the end. Texts and arrays given are not copied, except
 * by writer_text. */
#ifndef ENGINE_CAFFE_WRITER_H
#define ENGINE_CAFFE_WRITER_H

#include "engine/base/arena.h"
#include "engine/reverie.h"
#include "onnx.pb-c.h"

struct writer {
	struct arena *memory; /* of all that is written */
	bool exhausted;
	Onnx__GraphProto graph;
	size_t node_capacity, tensor_capacity, input_capacity;
};

void writer_init(struct writer *writer, struct arena *memory);

/* count * size zeroed bytes, or NULL. */
void *writer_allocate(struct writer *writer, size_t count, size_t size);
/* first, a slash and second, or "" where memory is exhausted. */
const char *writer_text(struct writer *writer, const char *first, const char *second);

/* A node that takes up to so many inputs and outputs. */
Onnx__NodeProto *writer_node(struct writer *writer, const char *operator_name, const char *name,
                             size_t inputs, size_t outputs);
void writer_add_input(Onnx__NodeProto *node, const char *value);
void writer_add_output(Onnx__NodeProto *node, const char *value);
/* Eight attributes a node at most. */
void writer_int(struct writer *writer, Onnx__NodeProto *node, const char *name, int64_t value);
void writer_float(struct writer *writer, Onnx__NodeProto *node, const char *name, float value);
void writer_ints(struct writer *writer, Onnx__NodeProto *node, const char *name, size_t count,
                 const int64_t *values);

/* Initializers, called name. values are not copied, dims are. */
void writer_floats(struct writer *writer, const char *name, size_t rank, const int64_t *dims,
                   const float *values, size_t count);
void writer_integers(struct writer *writer, const char *name, const int64_t *values, size_t count);

/* An input of the graph; a dimension below 1 is free. */
void writer_input(struct writer *writer, const char *name, size_t rank, const int64_t *dims);

#endif
