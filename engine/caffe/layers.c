#include "engine/caffe/layers.h"

#include <string.h>

/* By the numbers of V1LayerParameter.LayerType. */
static const char *const old_types[] = {
	[0] = "None",
	[1] = "Accuracy",
	[2] = "BNLL",
	[3] = "Concat",
	[4] = "Convolution",
	[5] = "Data",
	[6] = "Dropout",
	[7] = "EuclideanLoss",
	[8] = "Flatten",
	[9] = "HDF5Data",
	[10] = "HDF5Output",
	[11] = "Im2col",
	[12] = "ImageData",
	[13] = "InfogainLoss",
	[14] = "InnerProduct",
	[15] = "LRN",
	[16] = "MultinomialLogisticLoss",
	[17] = "Pooling",
	[18] = "ReLU",
	[19] = "Sigmoid",
	[20] = "Softmax",
	[21] = "SoftmaxWithLoss",
	[22] = "Split",
	[23] = "TanH",
	[24] = "WindowData",
	[25] = "Eltwise",
	[26] = "Power",
	[27] = "SigmoidCrossEntropyLoss",
	[28] = "HingeLoss",
	[29] = "MemoryData",
	[30] = "ArgMax",
	[31] = "Threshold",
	[32] = "DummyData",
	[33] = "Slice",
	[34] = "MVN",
	[35] = "AbsVal",
	[36] = "Silence",
	[37] = "ContrastiveLoss",
	[38] = "Exp",
	[39] = "Deconvolution",
};

static const char *old_type(int number)
{
	const int count = (int)(sizeof(old_types) / sizeof(old_types[0]));
	return number >= 0 && number < count ? old_types[number] : "None";
}

static const char *text_of(const char *text)
{
	return text ? text : "";
}

/* The fields that layers have in both forms of the format, under the same names. */
#define SHARED_FIELDS(from)                                                                        \
	.bottoms = (from)->bottom, .bottom_count = (from)->n_bottom, .tops = (from)->top,          \
	.top_count = (from)->n_top, .blobs = (from)->blobs, .blob_count = (from)->n_blobs,         \
	.transform = (from)->transform_param, .concat = (from)->concat_param,                      \
	.convolution = (from)->convolution_param, .eltwise = (from)->eltwise_param,                \
	.inner_product = (from)->inner_product_param, .lrn = (from)->lrn_param,                    \
	.pooling = (from)->pooling_param, .power = (from)->power_param,                            \
	.relu = (from)->relu_param, .softmax = (from)->softmax_param, .slice = (from)->slice_param

static struct caffe_layer new_layer(const Caffe__LayerParameter *from)
{
	return (struct caffe_layer){
		.name = text_of(from->name),
		.type = text_of(from->type),
		SHARED_FIELDS(from),
		.reshape = from->reshape_param,
		.flatten = from->flatten_param,
		.batch_norm = from->batch_norm_param,
		.elu = from->elu_param,
		.scale = from->scale_param,
		.input = from->input_param,
	};
}

static struct caffe_layer old_layer(const Caffe__V1LayerParameter *from)
{
	return (struct caffe_layer){
		.name = text_of(from->name),
		.type = old_type(from->type),
		SHARED_FIELDS(from),
	};
}

/* ---- which layers count ---- */

bool layers_is_data(const struct caffe_layer *layer)
{
	static const char *const types[] = {"Input",      "Data",          "ImageData",
	                                    "MemoryData", "HDF5Data",      "DummyData",
	                                    "WindowData", "AnnotatedData", "LMDB"};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(layer->type, types[i]))
			return true;
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);
	return length >= end_length && !strcmp(text + length - end_length, end);
}

/* Whether the layer is a loss, a measurement or a sink, whose output no layer reads. */
static bool judges(const struct caffe_layer *layer)
{
	return ends_with(layer->type, "Loss") || !strcmp(layer->type, "Accuracy") ||
	       !strcmp(layer->type, "Silence") || !strcmp(layer->type, "HDF5Output");
}

enum { PHASE_TEST = 1 };

/* A rule without a phase holds in all of them. */
static bool holds_in_test(Caffe__NetStateRule *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!rules[i]->has_phase || rules[i]->phase == PHASE_TEST)
			return true;
	return false;
}

/* The field "phase" of a layer says in which phase the file was written, which is training for most
 * files, and nothing of where the layer belongs: that its rules say. */
static bool is_kept(const struct caffe_layer *layer, Caffe__NetStateRule *const *include,
                    size_t include_count, Caffe__NetStateRule *const *exclude, size_t exclude_count)
{
	if (layers_is_data(layer))
		return true;
	if (judges(layer) || holds_in_test(exclude, exclude_count))
		return false;
	return include_count == 0 || holds_in_test(include, include_count);
}

struct caffe_layer *layers_list(const Caffe__NetParameter *net, struct arena *memory, size_t *count)
{
	struct caffe_layer *layers =
		arena_allocate(memory, net->n_layer + net->n_layers, sizeof(*layers));

	*count = 0;
	if (!layers)
		return NULL;
	for (size_t i = 0; i < net->n_layer; i++) {
		const Caffe__LayerParameter *from = net->layer[i];
		layers[*count] = new_layer(from);
		*count += is_kept(&layers[*count], from->include, from->n_include, from->exclude,
		                  from->n_exclude);
	}
	for (size_t i = 0; i < net->n_layers && net->n_layer == 0; i++) {
		const Caffe__V1LayerParameter *from = net->layers[i];
		layers[*count] = old_layer(from);
		*count += is_kept(&layers[*count], from->include, from->n_include, from->exclude,
		                  from->n_exclude);
	}
	return layers;
}
