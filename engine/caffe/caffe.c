#include "engine/caffe/caffe.h"

#include <string.h>

#include "engine/caffe/convert.h"
#include "engine/onnx/budget.h"
#include "engine/onnx/decode.h"

enum { OPSET = 13 }; /* the operators of which the converters write */

/* ---- inputs ---- */

/* Input channels of the first convolution that reads the value; 0 where none does. */
static int64_t channels_read(const struct caffe_layer *layers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		const struct caffe_layer *layer = &layers[i];
		if (strcmp(layer->type, "Convolution") != 0 || !layer->bottom_count ||
		    strcmp(layer->bottoms[0], name) != 0 || !layer->blob_count)
			continue;
		const Caffe__BlobProto *blob = layer->blobs[0];
		int64_t groups = layer->convolution ? layer->convolution->group : 1;
		int64_t channels = blob->channels;
		if (blob->shape)
			channels = blob->shape->n_dim == 4 ? blob->shape->dim[1] : 0;
		return channels > 0 && channels <= 4 && groups <= 4 ? channels * groups : 0;
	}
	return 0;
}

/* Adds an input of the graph unless the network has it already. */
static void add_input(struct conversion *conversion, const char *name, size_t rank,
                      const int64_t *dims)
{
	if (!blobs_is_written(&conversion->blobs, name))
		writer_input(&conversion->writer, blobs_write(&conversion->blobs, name), rank,
		             dims);
}

/* Inputs that the network lists itself, with their sizes in one of two ways. */
static void add_listed_inputs(struct conversion *conversion, const Caffe__NetParameter *net)
{
	for (size_t i = 0; i < net->n_input; i++) {
		int64_t dims[4] = {0};
		for (size_t j = 0; j < 4; j++) {
			if (i < net->n_input_shape && net->input_shape[i]->n_dim == 4)
				dims[j] = net->input_shape[i]->dim[j];
			else if (4 * i + j < net->n_input_dim)
				dims[j] = net->input_dim[4 * i + j];
		}
		add_input(conversion, net->input[i], 4, dims);
	}
}

/* The first top of a layer that brings data is the picture, unless the layer says otherwise; others
 * are labels. */
static void add_data_inputs(struct conversion *conversion, const struct caffe_layer *layers,
                            size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct caffe_layer *layer = &layers[i];
		if (!layers_is_data(layer))
			continue;
		for (size_t j = 0; j < layer->top_count; j++) {
			int64_t dims[4] = {0};
			const Caffe__InputParameter *input = layer->input;
			dims[1] = channels_read(layers, count, layer->tops[j]);
			if (layer->transform)
				dims[2] = dims[3] = layer->transform->crop_size;
			if (input && j < input->n_shape && input->shape[j]->n_dim == 4)
				memcpy(dims, input->shape[j]->dim, sizeof(dims));
			bool is_picture = j == 0 || (input && j < input->n_shape);
			add_input(conversion, layer->tops[j], is_picture ? 4 : 1, dims);
		}
	}
}

/* A network without any input: what its first layer reads is the picture. */
static void add_missing_input(struct conversion *conversion, const struct caffe_layer *layers,
                              size_t count)
{
	const Onnx__GraphProto *graph = &conversion->writer.graph;

	if (graph->n_input || !count || !layers[0].bottom_count)
		return;
	const char *name = layers[0].bottoms[0];
	const int64_t dims[4] = {0, channels_read(layers, count, name), 0, 0};
	writer_input(&conversion->writer, name, 4, dims);
}

/* ---- the model ---- */

static rv_status decode(struct onnx_model **model, struct conversion *conversion, const void *bytes,
                        size_t size, rv_error *error)
{
	Onnx__ModelProto message = ONNX__MODEL_PROTO__INIT;
	Onnx__OperatorSetIdProto opset = ONNX__OPERATOR_SET_ID_PROTO__INIT;
	Onnx__StringStringEntryProto format = ONNX__STRING_STRING_ENTRY_PROTO__INIT;
	Onnx__OperatorSetIdProto *opsets[] = {&opset};
	Onnx__StringStringEntryProto *properties[] = {&format};
	char key[] = "reverie.input", value[] = "caffe-bgr";

	opset.has_version = true;
	opset.version = OPSET;
	format.key = key;
	format.value = value;
	message.graph = &conversion->writer.graph;
	message.n_opset_import = 1;
	message.opset_import = opsets;
	message.n_metadata_props = 1;
	message.metadata_props = properties;
	return onnx_decode_message(model, &message, bytes, size, NULL, error);
}

static rv_status convert(struct onnx_model **model, const Caffe__NetParameter *net,
                         struct arena *memory, const void *bytes, size_t size, rv_error *error)
{
	struct conversion conversion;
	size_t count;
	struct caffe_layer *layers = layers_list(net, memory, &count);

	if (!layers)
		return budget_exceeded(error);
	if (!count)
		return rv_fail(error, RV_CORRUPT,
		               "this is no .caffemodel, or it is damaged: it holds no layers");
	writer_init(&conversion.writer, memory);
	blobs_init(&conversion.blobs, &conversion.writer, net, layers, count);
	if (conversion.writer.exhausted)
		return budget_exceeded(error);
	add_listed_inputs(&conversion, net);
	add_data_inputs(&conversion, layers, count);
	add_missing_input(&conversion, layers, count);
	for (size_t i = 0; i < count && !conversion.writer.exhausted; i++)
		if (!layers_is_data(&layers[i]))
			convert_layer(&conversion, &layers[i]);
	if (conversion.writer.exhausted)
		return budget_exceeded(error);
	return decode(model, &conversion, bytes, size, error);
}

rv_status caffe_parse(struct onnx_model **model, const void *bytes, size_t size, rv_error *error)
{
	struct budget budget;

	*model = NULL;
	budget_init(&budget, size);
	Caffe__NetParameter *net = caffe__net_parameter__unpack(&budget.allocator, size, bytes);
	if (!net && budget.exhausted)
		return budget_exceeded(error);
	if (!net)
		return rv_fail(error, RV_CORRUPT, "this is no .caffemodel, or it is damaged");
	struct arena *memory = arena_create(budget_of_model(size));
	rv_status status =
		memory ? convert(model, net, memory, bytes, size, error) : budget_exceeded(error);
	arena_destroy(&memory);
	caffe__net_parameter__free_unpacked(net, &budget.allocator);
	return status;
}
