/* From layers of Caffe to the graph: each must compute what the same ONNX operators do. */
#include "engine/caffe/caffe.h"

#include <stdlib.h>
#include <string.h>

#include "engine/graph/graph.h"
#include "tests/support/caffe_builder.h"
#include "tests/support/graph_network.h"
#include "tests/support/test.h"

enum { CHANNELS = 3, FILTERS = 4 };

/* ---- layers and the operators they stand for ---- */

struct layer_case {
	const char *name;
	void (*caffe)(struct caffe_builder *builder); /* from data to y */
	void (*onnx)(struct onnx_builder *builder);   /* from x to y */
	bool only_new;                                /* old files have no such layer */
};

static void *allocate(size_t size)
{
	void *pointer = calloc(1, size);
	if (!pointer)
		abort();
	return pointer;
}

static void add_blob(Caffe__LayerParameter *layer, int rank, const int64_t *dims, uint64_t seed)
{
	float values[1024];
	size_t count = 1;
	for (int i = 0; i < rank; i++)
		count *= (size_t)dims[i];
	fill_random(values, count, seed);
	caffe_builder_blob(layer, rank, dims, values);
}

static const int64_t filter_dims[] = {FILTERS, CHANNELS, 3, 3}, bias_dims[] = {FILTERS},
		     channel_dims[] = {CHANNELS};

static Caffe__LayerParameter *add_convolution(struct caffe_builder *builder, const char *name,
                                              const char *top)
{
	Caffe__LayerParameter *layer =
		caffe_builder_layer(builder, "Convolution", name, "data", top);
	caffe_builder_window(layer, 3, 2, 1);
	add_blob(layer, 4, filter_dims, 5);
	add_blob(layer, 1, bias_dims, 6);
	return layer;
}

static void caffe_convolution(struct caffe_builder *builder)
{
	add_convolution(builder, "c", "y");
}

static void onnx_convolution_to(struct onnx_builder *builder, const char *output)
{
	static const int64_t strides[] = {2, 2}, pads[] = {1, 1, 1, 1};
	graph_network_add_random(builder, "w", 4, filter_dims, 5);
	graph_network_add_random(builder, "b", 1, bias_dims, 6);
	onnx_builder_node(builder, "Conv", "x w b", output);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_ints(builder, "pads", 4, pads);
}

static void onnx_convolution(struct onnx_builder *builder)
{
	onnx_convolution_to(builder, "y");
}

static const int64_t grouped_dims[] = {6, 1, 3, 3};

static void caffe_grouped(struct caffe_builder *builder)
{
	static const uint32_t dilation = 2;
	Caffe__LayerParameter *layer =
		caffe_builder_layer(builder, "Convolution", "c", "data", "y");
	caffe_builder_window(layer, 3, 1, 0);
	layer->convolution_param->has_group = true;
	layer->convolution_param->group = CHANNELS;
	layer->convolution_param->has_bias_term = true;
	layer->convolution_param->bias_term = false;
	layer->convolution_param->n_dilation = 1;
	layer->convolution_param->dilation = allocate(sizeof(dilation));
	*layer->convolution_param->dilation = dilation;
	add_blob(layer, 4, grouped_dims, 5);
}

static void onnx_grouped(struct onnx_builder *builder)
{
	static const int64_t dilations[] = {2, 2};
	graph_network_add_random(builder, "w", 4, grouped_dims, 5);
	onnx_builder_node(builder, "Conv", "x w", "y");
	onnx_builder_int(builder, "group", CHANNELS);
	onnx_builder_ints(builder, "dilations", 2, dilations);
}

static void add_pool(struct caffe_builder *builder, int kind)
{
	Caffe__LayerParameter *layer = caffe_builder_layer(builder, "Pooling", "p", "data", "y");
	caffe_builder_window(layer, 3, 2, 1);
	layer->pooling_param->has_pool = true;
	layer->pooling_param->pool = kind;
}

static void caffe_max_pool(struct caffe_builder *builder)
{
	add_pool(builder, 0);
}

static void caffe_average_pool(struct caffe_builder *builder)
{
	add_pool(builder, 1);
}

static void onnx_pool(struct onnx_builder *builder, const char *operator_name)
{
	static const int64_t shape[] = {3, 3}, strides[] = {2, 2}, pads[] = {1, 1, 1, 1};
	onnx_builder_node(builder, operator_name, "x", "y");
	onnx_builder_ints(builder, "kernel_shape", 2, shape);
	onnx_builder_ints(builder, "strides", 2, strides);
	onnx_builder_ints(builder, "pads", 4, pads);
	onnx_builder_int(builder, "ceil_mode", 1);
}

static void onnx_max_pool(struct onnx_builder *builder)
{
	onnx_pool(builder, "MaxPool");
}

static void onnx_average_pool(struct onnx_builder *builder)
{
	onnx_pool(builder, "AveragePool");
	onnx_builder_int(builder, "count_include_pad", 1);
}

static const int64_t matrix_dims[] = {5, FILTERS}, output_dims[] = {5};

/* A convolution, a pool over all of it and a product, each with an activation or Dropout in place.
 */
static void caffe_head(struct caffe_builder *builder)
{
	add_convolution(builder, "c", "c");
	caffe_builder_layer(builder, "ReLU", "r", "c", "c");
	Caffe__LayerParameter *pool = caffe_builder_layer(builder, "Pooling", "p", "c", "p");
	caffe_builder_window(pool, 1, 1, 0);
	pool->pooling_param->has_global_pooling = pool->pooling_param->global_pooling = true;
	pool->pooling_param->has_pool = true;
	pool->pooling_param->pool = 1;
	caffe_builder_layer(builder, "Dropout", "d", "p", "p");
	Caffe__LayerParameter *product =
		caffe_builder_layer(builder, "InnerProduct", "f", "p", "f");
	add_blob(product, 2, matrix_dims, 7);
	add_blob(product, 1, output_dims, 8);
	caffe_builder_layer(builder, "Softmax", "s", "f", "y");
}

static void onnx_head(struct onnx_builder *builder)
{
	onnx_convolution_to(builder, "c");
	graph_network_add_random(builder, "m", 2, matrix_dims, 7);
	graph_network_add_random(builder, "o", 1, output_dims, 8);
	onnx_builder_node(builder, "Relu", "c", "r");
	onnx_builder_node(builder, "GlobalAveragePool", "r", "p");
	onnx_builder_node(builder, "Flatten", "p", "f");
	onnx_builder_node(builder, "Gemm", "f m o", "g");
	onnx_builder_int(builder, "transB", 1);
	onnx_builder_node(builder, "Softmax", "g", "y");
}

static void caffe_lrn(struct caffe_builder *builder)
{
	Caffe__LayerParameter *layer = caffe_builder_layer(builder, "LRN", "n", "data", "n");
	layer->lrn_param = allocate(sizeof(*layer->lrn_param));
	caffe__lrnparameter__init(layer->lrn_param);
	layer->lrn_param->has_alpha = true;
	layer->lrn_param->alpha = 0.5f;
	layer = caffe_builder_layer(builder, "ReLU", "r", "n", "y");
	layer->relu_param = allocate(sizeof(*layer->relu_param));
	caffe__re_luparameter__init(layer->relu_param);
	layer->relu_param->has_negative_slope = true;
	layer->relu_param->negative_slope = 0.25f;
}

static void onnx_lrn(struct onnx_builder *builder)
{
	onnx_builder_node(builder, "LRN", "x", "n");
	onnx_builder_int(builder, "size", 5);
	onnx_builder_float(builder, "alpha", 0.5f);
	onnx_builder_node(builder, "LeakyRelu", "n", "y");
	onnx_builder_float(builder, "alpha", 0.25f);
}

/* Sums over as many pictures as the third blob says. */
static void caffe_batch_norm(struct caffe_builder *builder)
{
	static const float means[] = {1, -2, 3}, variances[] = {2, 4, 6}, factor[] = {2};
	static const int64_t one[] = {1};
	Caffe__LayerParameter *layer = caffe_builder_layer(builder, "BatchNorm", "n", "data", "n");
	caffe_builder_blob(layer, 1, channel_dims, means);
	caffe_builder_blob(layer, 1, channel_dims, variances);
	caffe_builder_blob(layer, 1, one, factor);
	layer = caffe_builder_layer(builder, "Scale", "s", "n", "y");
	layer->scale_param = allocate(sizeof(*layer->scale_param));
	caffe__scale_parameter__init(layer->scale_param);
	layer->scale_param->has_bias_term = layer->scale_param->bias_term = true;
	add_blob(layer, 1, channel_dims, 9);
	add_blob(layer, 1, channel_dims, 10);
}

static void onnx_batch_norm(struct onnx_builder *builder)
{
	static const float means[] = {0.5f, -1, 1.5f}, variances[] = {1, 2, 3};
	onnx_builder_floats(builder, "m", 1, channel_dims, means);
	onnx_builder_floats(builder, "v", 1, channel_dims, variances);
	graph_network_add_random(builder, "s", 1, channel_dims, 9);
	graph_network_add_random(builder, "b", 1, channel_dims, 10);
	onnx_builder_node(builder, "BatchNormalization", "x s b m v", "y");
}

static void caffe_eltwise(struct caffe_builder *builder)
{
	static const float coefficients[] = {2, -1};
	caffe_builder_layer(builder, "ReLU", "r", "data", "r");
	Caffe__LayerParameter *layer = caffe_builder_layer(builder, "Eltwise", "e", "data r", "e");
	layer->eltwise_param = allocate(sizeof(*layer->eltwise_param));
	caffe__eltwise_parameter__init(layer->eltwise_param);
	layer->eltwise_param->n_coeff = 2;
	layer->eltwise_param->coeff = allocate(sizeof(coefficients));
	memcpy(layer->eltwise_param->coeff, coefficients, sizeof(coefficients));
	layer = caffe_builder_layer(builder, "Eltwise", "m", "e r", "m");
	layer->eltwise_param = allocate(sizeof(*layer->eltwise_param));
	caffe__eltwise_parameter__init(layer->eltwise_param);
	layer->eltwise_param->has_operation = true;
	layer->eltwise_param->operation = 0;
	caffe_builder_layer(builder, "Concat", "j", "m e", "j");
	layer = caffe_builder_layer(builder, "Power", "p", "j", "y");
	layer->power_param = allocate(sizeof(*layer->power_param));
	caffe__power_parameter__init(layer->power_param);
	layer->power_param->has_scale = layer->power_param->has_shift = true;
	layer->power_param->scale = 3;
	layer->power_param->shift = -0.5f;
}

static void onnx_eltwise(struct onnx_builder *builder)
{
	graph_model_add_scalar(builder, "two", 2);
	graph_model_add_scalar(builder, "three", 3);
	graph_model_add_scalar(builder, "half", 0.5f);
	onnx_builder_node(builder, "Relu", "x", "r");
	onnx_builder_node(builder, "Mul", "x two", "t");
	onnx_builder_node(builder, "Sub", "t r", "e");
	onnx_builder_node(builder, "Mul", "e r", "m");
	onnx_builder_node(builder, "Concat", "m e", "j");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_node(builder, "Mul", "j three", "k");
	onnx_builder_node(builder, "Sub", "k half", "y");
}

static const struct layer_case cases[] = {
	{"Convolution", caffe_convolution, onnx_convolution, false},
	{"Convolution with groups", caffe_grouped, onnx_grouped, false},
	{"Pooling MAX", caffe_max_pool, onnx_max_pool, false},
	{"Pooling AVE", caffe_average_pool, onnx_average_pool, false},
	{"InnerProduct", caffe_head, onnx_head, false},
	{"LRN and ReLU", caffe_lrn, onnx_lrn, false},
	{"BatchNorm and Scale", caffe_batch_norm, onnx_batch_norm, true},
	{"Eltwise, Concat and Power", caffe_eltwise, onnx_eltwise, false},
};

static void check_case(const struct layer_case *this, enum caffe_form form)
{
	struct onnx_builder *onnx = graph_model_start(13);
	struct caffe_builder *caffe = caffe_builder_create();
	rv_error error = {RV_OK, ""};
	this->onnx(onnx);
	struct built expected = build(onnx, "y", false);
	caffe_builder_data(caffe, 0);
	this->caffe(caffe);
	struct onnx_model *model = caffe_builder_parse(caffe, form, &error);
	struct graph *graph = model ? build_from(model, "y", false, &error) : NULL;
	CHECK_MESSAGE(graph, "%s: %s", this->name, error.message);
	if (graph && expected.graph) {
		double difference = graph_network_difference(
			graph, graph->wanted[0], expected.graph, expected.graph->wanted[0]);
		CHECK_MESSAGE(difference < 1e-6, "%s differs by %g", this->name, difference);
	}
	graph_destroy(&graph);
	onnx_close(&model);
	built_release(&expected);
	caffe_builder_destroy(&caffe);
}

TEST(layers_compute_what_their_operators_do)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int form = CAFFE_NEW; form < CAFFE_FORMS; form++)
			if (form == CAFFE_NEW || !cases[i].only_new)
				check_case(&cases[i], (enum caffe_form)form);
}
