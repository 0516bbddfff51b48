/* Makes small .caffemodel files in memory, for tests. Functions abort where memory runs out.
 *
 *     struct caffe_builder *builder = caffe_builder_create();
 *     Caffe__LayerParameter *layer = caffe_builder_layer(builder, "Convolution", "c", "data", "c");
 *     caffe_builder_window(layer, 3, 1, 1);
 *     caffe_builder_blob(layer, 4, (int64_t[]){8, 3, 3, 3}, weights);
 *     struct onnx_model *model = caffe_builder_parse(builder, CAFFE_NEW, &error);
 */
#ifndef TESTS_SUPPORT_CAFFE_BUILDER_H
#define TESTS_SUPPORT_CAFFE_BUILDER_H

#include "caffe.pb-c.h"
#include "engine/reverie.h"

/* CAFFE_OLD: V1 layers, and blobs with four numbers in place of a shape. */
enum caffe_form { CAFFE_NEW, CAFFE_OLD, CAFFE_FORMS };

struct caffe_builder;
struct onnx_model;

struct caffe_builder *caffe_builder_create(void);
/* Accepts NULL; clears the pointer. */
void caffe_builder_destroy(struct caffe_builder **builder);

/* The message itself, for what has no function here; whatever is hung into it is freed with it. */
Caffe__NetParameter *caffe_builder_net(struct caffe_builder *builder);

/* Appends a layer; bottoms and tops are separated by spaces. */
Caffe__LayerParameter *caffe_builder_layer(struct caffe_builder *builder, const char *type,
                                           const char *name, const char *bottoms, const char *tops);
/* A data layer of training with tops data and label, for squares of that side. */
void caffe_builder_data(struct caffe_builder *builder, int side);
/* Window of a convolution (by its type) or a pool. */
void caffe_builder_window(Caffe__LayerParameter *layer, int size, int stride, int pad);
void caffe_builder_blob(Caffe__LayerParameter *layer, int rank, const int64_t *dims,
                        const float *values);
void caffe_builder_rule(Caffe__LayerParameter *layer, bool excludes, int phase);

/* The layers of an ONNX network with the operators of GoogLeNet, as a training run of Caffe would
 * have written them: data layer, in-place activations, split blobs, a loss in place of Softmax.
 * NULL where it has others. */
struct caffe_builder *caffe_builder_from_onnx(const struct onnx_model *model);
/* Writes such a network of the ONNX file at from to the path to; false where that fails. */
bool caffe_builder_convert_file(const char *from, enum caffe_form form, const char *to);

/* The file as Caffe would write it, to be freed by the caller. */
void *caffe_builder_pack(const struct caffe_builder *builder, enum caffe_form form, size_t *size);
/* Packs and parses it; NULL, with error filled, where that fails. */
struct onnx_model *caffe_builder_parse(const struct caffe_builder *builder, enum caffe_form form,
                                       rv_error *error);

#endif
