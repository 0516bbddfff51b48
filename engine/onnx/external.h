/* Values that tensors keep in files beside the model's own, as PyTorch's exporter writes every
 * network since its version 2.9. What the model says of these files is believed in nothing: they
 * stand in the model's folder or below it, and what is taken of them lies within them. */
#ifndef ENGINE_ONNX_EXTERNAL_H
#define ENGINE_ONNX_EXTERNAL_H

#include "engine/onnx/model.h"

struct Onnx__TensorProto;
struct external_file;

struct external {
	const char *path;            /* of the model; NULL: nothing stands beside it */
	struct external_file *files; /* that were read; zeroed, none */
};

/* Finds the values that tensor, of which proto says that it keeps them elsewhere: *values points to
 * *size bytes that live until external_close. A file that is read for the first time gives model
 * the memory that a file of its length may ask for, and a part in its hash. Where it cannot be read
 * only tensor->problem is set, as the tensor may never be needed. RV_CORRUPT where the values lie
 * beyond the file's end, RV_MEMORY. */
rv_status external_find(struct external *external, struct onnx_model *model,
                        struct onnx_tensor *tensor, const struct Onnx__TensorProto *proto,
                        const unsigned char **values, size_t *size, rv_error *error);
void external_close(struct external *external);

#endif
