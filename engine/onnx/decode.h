/* Between the parts of the ONNX reader: from protobuf's messages to struct onnx_model. */
#ifndef ENGINE_ONNX_DECODE_H
#define ENGINE_ONNX_DECODE_H

#include "engine/onnx/model.h"

struct external;
struct Onnx__GraphProto;
struct Onnx__ModelProto;
struct Onnx__NodeProto;
struct Onnx__StringStringEntryProto;
struct Onnx__TensorProto;

/* Whether it is that of the ONNX operator set, not of a custom one. */
bool onnx_is_standard_domain(const char *domain);

/* A copy of text in memory with everything replaced by '?' that is not valid UTF-8 or is a control
 * character; NULL text is "". NULL: out of memory. */
char *onnx_clean_text(struct arena *memory, const char *text, size_t length);

/* The value of the first of entries[count] that has one and is called key; NULL where none is. */
const char *onnx_find_entry(struct Onnx__StringStringEntryProto *const *entries, size_t count,
                            const char *key);

/* The module of a PyTorch network that node belongs to, a copy in memory; NULL: out of memory. The
 * name of the node is there already. */
const char *onnx_find_module(const struct onnx_node *node, const struct Onnx__NodeProto *proto,
                             struct arena *memory);

/* Decodes a constant into the memory of model. Data that does not fill its dimensions is
 * RV_CORRUPT; a type that Reverie has no use for, or a file that cannot be read, only sets problem,
 * for the tensor may never be needed. */
rv_status onnx_decode_tensor(struct onnx_tensor *tensor, const struct Onnx__TensorProto *proto,
                             struct onnx_model *model, struct external *external, rv_error *error);

/* A model of what message says, of a file of size bytes: they name it in caches and limit the
 * memory it may take. Nothing in the model points into message or bytes. The file is at path, or
 * nowhere where that is NULL. */
rv_status onnx_decode_message(struct onnx_model **model, const struct Onnx__ModelProto *message,
                              const void *bytes, size_t size, const char *path, rv_error *error);

/* Decodes nodes, initializers and inputs of graph into model, and links them. */
rv_status onnx_decode_graph(struct onnx_model *model, const struct Onnx__GraphProto *graph,
                            struct external *external, rv_error *error);

/* Brings model->nodes into topological order, keeping the file's order where that is one already.
 * RV_CORRUPT where the graph has a cycle. */
rv_status onnx_sort(struct onnx_model *model, rv_error *error);

#endif
