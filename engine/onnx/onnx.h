/* Bounded reader of ONNX files (schema: engine/onnx/onnx.proto, our own excerpt of the public one).
 *
 * Nothing in a file is believed: sizes are checked against the file's length before anything is
 * allocated, names against the graph, and a model that contradicts itself is refused with a message
 * naming the node. Operator sets 1 to 24; real tensors of 16 to 64 bits, raw, typed and in files
 * beside the model; integers where shapes are computed from them. */
#ifndef ENGINE_ONNX_ONNX_H
#define ENGINE_ONNX_ONNX_H

#include "engine/reverie.h"

struct onnx_model; /* nodes, initializers as float32, metadata; immutable once opened */

rv_status onnx_open(struct onnx_model **model, const char *path, rv_error *error);
rv_status onnx_parse(struct onnx_model **model, const void *bytes, size_t size, rv_error *error);
/* The same of what was read from path, beside which the file may keep values. */
rv_status onnx_parse_file(struct onnx_model **model, const void *bytes, size_t size,
                          const char *path, rv_error *error);
void onnx_close(struct onnx_model **model);

/* Value of a metadata_props key, or NULL. */
const char *onnx_metadata(const struct onnx_model *model, const char *key);

/* A hash of the file's bytes: names this model in caches. */
uint64_t onnx_hash(const struct onnx_model *model);

#endif
