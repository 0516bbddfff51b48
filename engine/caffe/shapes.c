/* Layers that join, split or regroup values, and Softmax. */
#include <stdio.h>

#include "engine/caffe/converters.h"

void caffe_convert_softmax(struct conversion *conversion, const struct caffe_layer *layer)
{
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "Softmax", 1);
	writer_int(&conversion->writer, node, "axis", layer->softmax ? layer->softmax->axis : 1);
}

/* Adds all bottoms but the first, which the node has. The top is written last, for it may be one of
 * them. */
static void add_other_bottoms(struct conversion *conversion, const struct caffe_layer *layer,
                              Onnx__NodeProto *node)
{
	for (size_t i = 1; i < layer->bottom_count; i++)
		writer_add_input(node, blobs_read(&conversion->blobs, layer->bottoms[i]));
	writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[0]));
}

void caffe_convert_concat(struct conversion *conversion, const struct caffe_layer *layer)
{
	const Caffe__ConcatParameter *how = layer->concat;
	Onnx__NodeProto *node =
		conversion_node(conversion, layer, "Concat", layer->bottom_count, 1);
	int64_t axis = 1;

	add_other_bottoms(conversion, layer, node);
	if (how)
		axis = how->has_concat_dim ? (int64_t)how->concat_dim : how->axis;
	writer_int(&conversion->writer, node, "axis", axis);
}

/* ---- Eltwise ---- */

enum { ELTWISE_PRODUCT = 0, ELTWISE_SUM = 1, ELTWISE_MAXIMUM = 2 };

/* Bottom number index times its coefficient. */
static const char *weighted(struct conversion *conversion, const struct caffe_layer *layer,
                            size_t index)
{
	const Caffe__EltwiseParameter *how = layer->eltwise;
	const char *value = blobs_read(&conversion->blobs, layer->bottoms[index]);
	char ending[32];

	if (!how || index >= how->n_coeff || how->coeff[index] == 1)
		return value;
	snprintf(ending, sizeof(ending), "coefficient%zu", index);
	Onnx__NodeProto *node = writer_node(&conversion->writer, "Mul", NULL, 2, 1);
	writer_add_input(node, value);
	conversion_add_floats(conversion, layer, ending, node, 0, NULL, &how->coeff[index], 1);
	snprintf(ending, sizeof(ending), "term%zu", index);
	value = conversion_between(conversion, layer, ending);
	writer_add_output(node, value);
	return value;
}

void caffe_convert_eltwise(struct conversion *conversion, const struct caffe_layer *layer)
{
	static const char *const names[] = {"Mul", "Add", "Max"};
	int operation = layer->eltwise ? layer->eltwise->operation : ELTWISE_SUM;
	char ending[32];

	if (operation < 0 || operation > ELTWISE_MAXIMUM || layer->bottom_count < 2) {
		conversion_refuse(conversion, layer, "Eltwise of an unknown kind");
		return;
	}
	bool weighs = operation == ELTWISE_SUM;
	const char *value = weighs ? weighted(conversion, layer, 0)
	                           : blobs_read(&conversion->blobs, layer->bottoms[0]);
	for (size_t i = 1; i < layer->bottom_count; i++) {
		bool last = i == layer->bottom_count - 1;
		const char *other = weighs ? weighted(conversion, layer, i)
		                           : blobs_read(&conversion->blobs, layer->bottoms[i]);
		Onnx__NodeProto *node = writer_node(&conversion->writer, names[operation],
		                                    last ? layer->name : NULL, 2, 1);
		writer_add_input(node, value);
		writer_add_input(node, other);
		snprintf(ending, sizeof(ending), "part%zu", i);
		value = last ? blobs_write(&conversion->blobs, layer->tops[0])
		             : conversion_between(conversion, layer, ending);
		writer_add_output(node, value);
	}
}

/* ---- other views ---- */

void caffe_convert_flatten(struct conversion *conversion, const struct caffe_layer *layer)
{
	if (layer->flatten && layer->flatten->end_axis != -1) {
		conversion_refuse(conversion, layer, "Flatten of some axes");
		return;
	}
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "Flatten", 1);
	writer_int(&conversion->writer, node, "axis", layer->flatten ? layer->flatten->axis : 1);
}

void caffe_convert_reshape(struct conversion *conversion, const struct caffe_layer *layer)
{
	const Caffe__ReshapeParameter *how = layer->reshape;

	if (!how || !how->shape || how->axis != 0 || how->num_axes != -1) {
		conversion_refuse(conversion, layer, "Reshape of some axes");
		return;
	}
	Onnx__NodeProto *node = conversion_simple(conversion, layer, "Reshape", 2);
	conversion_add_integers(conversion, layer, "shape", node, how->shape->dim,
	                        how->shape->n_dim);
}

/* One top: from one point up to but without another. */
static void add_part(struct conversion *conversion, const struct caffe_layer *layer, size_t index,
                     const char *input, int64_t axis)
{
	static const char *const names[] = {"start", "end", "axis"};
	const uint32_t *points = layer->slice->slice_point;
	const int64_t numbers[] = {index ? points[index - 1] : 0,
	                           index < layer->slice->n_slice_point ? points[index] : INT64_MAX,
	                           axis};
	Onnx__NodeProto *node = writer_node(&conversion->writer, "Slice", layer->name, 4, 1);
	char ending[32];

	writer_add_input(node, input);
	for (int i = 0; i < 3; i++) {
		snprintf(ending, sizeof(ending), "%s%zu", names[i], index);
		conversion_add_integers(conversion, layer, ending, node, &numbers[i], 1);
	}
	writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[index]));
}

void caffe_convert_slice(struct conversion *conversion, const struct caffe_layer *layer)
{
	const Caffe__SliceParameter *how = layer->slice;
	const char *input = blobs_read(&conversion->blobs, layer->bottoms[0]);
	int64_t axis = 1;

	if (how)
		axis = how->has_slice_dim ? (int64_t)how->slice_dim : how->axis;
	if (how && how->n_slice_point) {
		if (how->n_slice_point + 1 != layer->top_count) {
			conversion_refuse(conversion, layer, "Slice into another number of tops");
			return;
		}
		for (size_t i = 0; i < layer->top_count; i++)
			add_part(conversion, layer, i, input, axis);
		return;
	}
	Onnx__NodeProto *node = conversion_node(conversion, layer, "Split", 1, layer->top_count);
	writer_int(&conversion->writer, node, "axis", axis);
	for (size_t i = 0; i < layer->top_count; i++)
		writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[i]));
}
