#include "engine/caffe/conversion.h"

#include <stdio.h>

Onnx__NodeProto *conversion_node(struct conversion *conversion, const struct caffe_layer *layer,
                                 const char *operator_name, size_t inputs, size_t outputs)
{
	Onnx__NodeProto *node =
		writer_node(&conversion->writer, operator_name, layer->name, inputs, outputs);
	writer_add_input(node, blobs_read(&conversion->blobs, layer->bottoms[0]));
	return node;
}

Onnx__NodeProto *conversion_simple(struct conversion *conversion, const struct caffe_layer *layer,
                                   const char *operator_name, size_t inputs)
{
	Onnx__NodeProto *node = conversion_node(conversion, layer, operator_name, inputs, 1);
	writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[0]));
	return node;
}

void conversion_refuse(struct conversion *conversion, const struct caffe_layer *layer,
                       const char *what)
{
	Onnx__NodeProto *node = writer_node(&conversion->writer, what, layer->name,
	                                    layer->bottom_count, layer->top_count);
	if (node)
		node->domain = (char *)"caffe";
	for (size_t i = 0; i < layer->bottom_count; i++)
		writer_add_input(node, blobs_read(&conversion->blobs, layer->bottoms[i]));
	for (size_t i = 0; i < layer->top_count; i++)
		writer_add_output(node, blobs_write(&conversion->blobs, layer->tops[i]));
}

const char *conversion_between(struct conversion *conversion, const struct caffe_layer *layer,
                               const char *ending)
{
	return writer_text(&conversion->writer, layer->name, ending);
}

/* ---- blobs ---- */

enum { DIMS_MAX = 9 }; /* one more than the ONNX reader takes, so that it refuses */

/* The dimensions of a blob: new files have a list, old ones four numbers. */
static size_t blob_dims(const Caffe__BlobProto *blob, int64_t dims[DIMS_MAX])
{
	size_t rank = 4;
	if (blob->shape) {
		rank = blob->shape->n_dim < DIMS_MAX ? blob->shape->n_dim : DIMS_MAX;
		for (size_t i = 0; i < rank; i++)
			dims[i] = blob->shape->dim[i];
		return rank;
	}
	dims[0] = blob->has_num ? blob->num : 1;
	dims[1] = blob->has_channels ? blob->channels : 1;
	dims[2] = blob->has_height ? blob->height : 1;
	dims[3] = blob->has_width ? blob->width : 1;
	return rank;
}

const float *conversion_blob_floats(struct conversion *conversion, const struct caffe_layer *layer,
                                    size_t index, size_t *count)
{
	*count = 0;
	if (index >= layer->blob_count)
		return NULL;
	const Caffe__BlobProto *blob = layer->blobs[index];
	*count = blob->n_data;
	if (blob->n_data || !blob->n_double_data)
		return blob->data;
	float *floats = writer_allocate(&conversion->writer, blob->n_double_data, sizeof(*floats));
	if (!floats)
		return NULL;
	*count = blob->n_double_data;
	for (size_t i = 0; i < *count; i++)
		floats[i] = (float)blob->double_data[i];
	return floats;
}

const float *conversion_repeat(struct conversion *conversion, float value, size_t count)
{
	float *floats = writer_allocate(&conversion->writer, count, sizeof(*floats));
	for (size_t i = 0; floats && i < count; i++)
		floats[i] = value;
	return floats;
}

/* ---- initializers ---- */

void conversion_add_floats(struct conversion *conversion, const struct caffe_layer *layer,
                           const char *ending, Onnx__NodeProto *node, size_t rank,
                           const int64_t *dims, const float *values, size_t count)
{
	const char *name = writer_text(&conversion->writer, layer->name, ending);
	writer_floats(&conversion->writer, name, rank, dims, values, count);
	writer_add_input(node, name);
}

void conversion_add_integers(struct conversion *conversion, const struct caffe_layer *layer,
                             const char *ending, Onnx__NodeProto *node, const int64_t *values,
                             size_t count)
{
	const char *name = writer_text(&conversion->writer, layer->name, ending);
	writer_integers(&conversion->writer, name, values, count);
	writer_add_input(node, name);
}

static void add_blob(struct conversion *conversion, const struct caffe_layer *layer, size_t index,
                     Onnx__NodeProto *node, bool matrix)
{
	int64_t dims[DIMS_MAX];
	char ending[32];
	size_t count, first = 0;

	if (index >= layer->blob_count)
		return;
	const float *floats = conversion_blob_floats(conversion, layer, index, &count);
	size_t rank = blob_dims(layer->blobs[index], dims);
	while (matrix && rank - first > 2 && dims[first] == 1)
		first++;
	snprintf(ending, sizeof(ending), "blob%zu", index);
	conversion_add_floats(conversion, layer, ending, node, rank - first, dims + first, floats,
	                      count);
}

void conversion_add_blob(struct conversion *conversion, const struct caffe_layer *layer,
                         size_t index, Onnx__NodeProto *node)
{
	add_blob(conversion, layer, index, node, false);
}

void conversion_add_matrix(struct conversion *conversion, const struct caffe_layer *layer,
                           size_t index, Onnx__NodeProto *node)
{
	add_blob(conversion, layer, index, node, true);
}
