/* Networks of Caffe as a whole: names, layers of training, what is refused, and GoogLeNet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/caffe/caffe.h"
#include "engine/graph/graph.h"
#include "engine/onnx/model.h"
#include "engine/onnx/onnx.h"
#include "engine/reverie_inspect.h"
#include "tests/support/caffe_builder.h"
#include "tests/support/graph_fixture.h"
#include "tests/support/test.h"

static void add_filters(Caffe__LayerParameter *layer, int outputs, int inputs)
{
	float values[64];
	const int64_t dims[] = {outputs, inputs, 1, 1};
	fill_random(values, (size_t)(outputs * inputs), 3);
	caffe_builder_window(layer, 1, 1, 0);
	caffe_builder_blob(layer, 4, dims, values);
}

static bool has_layer(const struct onnx_model *model, const char *name)
{
	return graph_find_value(model, name) >= 0;
}

/* As a training run writes it: split blobs, a layer in place, an auxiliary head, losses. */
static struct caffe_builder *trained_network(void)
{
	struct caffe_builder *builder = caffe_builder_create();
	caffe_builder_data(builder, 0);
	add_filters(caffe_builder_layer(builder, "Convolution", "conv", "data", "conv"), 4, 3);
	caffe_builder_layer(builder, "ReLU", "relu", "conv", "conv");
	caffe_builder_layer(builder, "Split", "conv_split", "conv", "conv_split_0 conv_split_1");
	add_filters(caffe_builder_layer(builder, "Convolution", "loss1/conv", "conv_split_0",
	                                "loss1/conv"),
	            2, 4);
	caffe_builder_layer(builder, "SoftmaxWithLoss", "loss1/loss", "loss1/conv label",
	                    "loss1/loss");
	add_filters(caffe_builder_layer(builder, "Convolution", "top", "conv_split_1", "top"), 2,
	            4);
	caffe_builder_rule(caffe_builder_layer(builder, "Dropout", "drop", "top", "top"), false, 1);
	caffe_builder_rule(
		caffe_builder_layer(builder, "Flatten", "only_training", "top", "only_training"),
		false, 0);
	caffe_builder_rule(
		caffe_builder_layer(builder, "Flatten", "not_in_test", "top", "not_in_test"), true,
		1);
	caffe_builder_layer(builder, "Accuracy", "accuracy", "top label", "accuracy");
	caffe_builder_layer(builder, "SoftmaxWithLoss", "loss", "top label", "loss");
	return builder;
}

TEST(what_training_alone_needs_is_left_out)
{
	for (int form = CAFFE_NEW; form < CAFFE_FORMS; form++) {
		struct caffe_builder *builder = trained_network();
		rv_error error = {RV_OK, ""};
		struct onnx_model *model = caffe_builder_parse(builder, form, &error);
		CHECK_MESSAGE(model, "%s", error.message);
		if (model) {
			CHECK(has_layer(model, "conv") && has_layer(model, "conv/pre"));
			CHECK(has_layer(model, "relu") && has_layer(model, "loss1/conv"));
			CHECK(has_layer(model, "top") && !has_layer(model, "loss"));
			CHECK(!has_layer(model, "only_training") &&
			      !has_layer(model, "not_in_test") && !has_layer(model, "accuracy"));
			struct graph *graph = build_from(model, "top loss1/conv", false, &error);
			CHECK_MESSAGE(graph && graph->node_count == 3, "%s", error.message);
			graph_destroy(&graph);
		}
		onnx_close(&model);
		caffe_builder_destroy(&builder);
	}
}

/* Convolution, BatchNorm, Scale and ReLU all in one place: the last has the blob's name. */
TEST(what_is_overwritten_in_place_keeps_a_name)
{
	struct caffe_builder *builder = caffe_builder_create();
	rv_error error = {RV_OK, ""};
	caffe_builder_data(builder, 0);
	caffe_builder_layer(builder, "ReLU", "a", "data", "x");
	caffe_builder_layer(builder, "Sigmoid", "b", "x", "x");
	caffe_builder_layer(builder, "ReLU", "c", "x", "x");
	struct onnx_model *model = caffe_builder_parse(builder, CAFFE_NEW, &error);
	REQUIRE(model);
	CHECK(!strcmp(model->nodes[2].operator_name, "Relu"));
	CHECK(graph_find_value(model, "x") == model->nodes[2].outputs[0]);
	CHECK(graph_find_value(model, "x/pre1") == model->nodes[0].outputs[0]);
	CHECK(graph_find_value(model, "x/pre2") == model->nodes[1].outputs[0]);
	CHECK(graph_find_value(model, "b") == model->nodes[1].outputs[0]);
	onnx_close(&model);
	caffe_builder_destroy(&builder);
}

static void check_input(struct caffe_builder *builder, int64_t channels, int64_t height)
{
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = caffe_builder_parse(builder, CAFFE_NEW, &error);
	CHECK_MESSAGE(model, "%s", error.message);
	if (model) {
		CHECK(model->input_count == 1 && model->inputs[0].rank == 4);
		CHECK(model->inputs[0].dims[1] == channels && model->inputs[0].dims[2] == height);
		const char *format = onnx_metadata(model, "reverie.input");
		CHECK(format && !strcmp(format, "caffe-bgr"));
	}
	onnx_close(&model);
	caffe_builder_destroy(&builder);
}

TEST(inputs_are_found_in_every_form)
{
	static const int32_t dims[] = {10, 1, 28, 28};
	struct caffe_builder *builder = caffe_builder_create();
	Caffe__NetParameter *net = caffe_builder_net(builder);
	net->input = malloc(sizeof(*net->input));
	net->input_dim = malloc(sizeof(dims));
	REQUIRE(net->input && net->input_dim);
	net->input[0] = strdup("data");
	memcpy(net->input_dim, dims, sizeof(dims));
	net->n_input = 1;
	net->n_input_dim = 4;
	caffe_builder_layer(builder, "ReLU", "r", "data", "y");
	check_input(builder, 1, 28);

	builder = caffe_builder_create();
	add_filters(caffe_builder_layer(builder, "Convolution", "c", "data", "y"), 2, 1);
	check_input(builder, 1, 0);
}

/* ---- what is refused ---- */

static void check_unknown(struct caffe_builder *builder, const char *words)
{
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = caffe_builder_parse(builder, CAFFE_NEW, &error);
	CHECK_MESSAGE(model, "%s", error.message);
	if (model) {
		CHECK(!build_from(model, "y", false, &error));
		CHECK_MESSAGE(error.status == RV_UNSUPPORTED && strstr(error.message, words), "%s",
		              error.message);
	}
	onnx_close(&model);
	caffe_builder_destroy(&builder);
}

TEST(unknown_layers_are_named)
{
	struct caffe_builder *builder = caffe_builder_create();
	caffe_builder_data(builder, 0);
	caffe_builder_layer(builder, "Python", "snake", "data", "y");
	check_unknown(builder, "node \"snake\" (Python): Reverie cannot run this operator");

	builder = caffe_builder_create();
	caffe_builder_data(builder, 0);
	Caffe__LayerParameter *layer = caffe_builder_layer(builder, "LRN", "norm", "data", "y");
	layer->lrn_param = calloc(1, sizeof(*layer->lrn_param));
	REQUIRE(layer->lrn_param);
	caffe__lrnparameter__init(layer->lrn_param);
	layer->lrn_param->has_norm_region = true;
	layer->lrn_param->norm_region = 1;
	check_unknown(builder, "node \"norm\" (LRN within channels)");

	builder = caffe_builder_create();
	caffe_builder_data(builder, 0);
	layer = caffe_builder_layer(builder, "Pooling", "pool", "data", "y");
	caffe_builder_window(layer, 2, 2, 0);
	layer->pooling_param->has_pool = true;
	layer->pooling_param->pool = 2;
	check_unknown(builder, "node \"pool\" (stochastic Pooling)");
}

TEST(formats_are_told_by_content)
{
	size_t size;
	struct caffe_builder *caffe = trained_network();
	struct onnx_builder *onnx = graph_model_start(13);
	onnx_builder_node(onnx, "Relu", "x", "y");
	for (int form = CAFFE_NEW; form < CAFFE_FORMS; form++) {
		void *bytes = caffe_builder_pack(caffe, form, &size);
		CHECK(caffe_recognises(bytes, size));
		free(bytes);
		char **name = &caffe_builder_net(caffe)->name, *kept = *name;
		*name = NULL;
		bytes = caffe_builder_pack(caffe, form, &size);
		CHECK(caffe_recognises(bytes, size));
		free(bytes);
		*name = kept;
	}
	void *bytes = onnx_builder_pack(onnx, &size);
	CHECK(!caffe_recognises(bytes, size));
	CHECK(!caffe_recognises("", 0));
	free(bytes);
	caffe_builder_destroy(&caffe);
	onnx_builder_destroy(&onnx);
}

/* ---- GoogLeNet ---- */

/* The weights of all convolutions, in the order of the nodes, bit for bit. */
static void check_same_weights(const struct graph *a, const struct graph *b)
{
	CHECK(a->node_count == b->node_count);
	for (int i = 0; i < a->node_count && i < b->node_count; i++) {
		const struct graph_node *x = &a->nodes[i], *y = &b->nodes[i];
		bool pools = x->kind == OPERATOR_GLOBAL_AVERAGE_POOL; /* 7x7 in Caffe's */
		CHECK_MESSAGE(x->kind == y->kind || pools, "node %s is %s", x->name, y->name);
		if (x->kind != OPERATOR_CONVOLUTION || y->kind != OPERATOR_CONVOLUTION)
			continue;
		size_t size = (size_t)(a->tensors[x->inputs[0]].channels / x->groups *
		                       x->window.height * x->window.width);
		for (int j = 0; j < x->output_count; j++)
			CHECK_MESSAGE(x->parts[j].channels == y->parts[j].channels &&
			                      !memcmp(x->parts[j].weights, y->parts[j].weights,
			                              (size_t)x->parts[j].channels * size *
			                                      sizeof(float)),
			              "%s differs", x->name);
	}
}

static char *write_caffe(const struct caffe_builder *builder, enum caffe_form form)
{
	static char path[] = "/tmp/reverie-test-caffemodel-XXXXXX";
	size_t size;
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	int file = mkstemp(path);
	void *bytes = caffe_builder_pack(builder, form, &size);
	CHECK(file >= 0 && write(file, bytes, size) == (ssize_t)size);
	close(file);
	free(bytes);
	return path;
}

enum { SIDE = 224, LAYERS = 4 };

/* The activations of some layers for a picture of noise. */
static void run_network(const char *path, rv_array arrays[LAYERS])
{
	static const char *const layers[LAYERS] = {"conv1/7x7_s2/pre", "pool1/norm1",
	                                           "inception_4c/output", "loss3/classifier"};
	static uint8_t pixels[SIDE * SIDE * 3];
	rv_image picture = {.pixels = pixels, .width = SIDE, .height = SIDE, .stride = SIDE * 3};
	rv_config config = {.convolution = RV_CONVOLUTION_DIRECT};
	rv_model *model = NULL;
	rv_engine *engine = NULL;
	rv_error error = {RV_OK, ""};
	uint64_t state = 1;

	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)(128 + 127 * next_random(&state));
	if (rv_model_open(&model, path, "caffe-bgr", &error) == RV_OK)
		rv_create(&engine, model, &config, &error);
	for (int i = 0; engine && i < LAYERS; i++)
		rv_inspect(engine, &picture, layers[i], &arrays[i], NULL, &error);
	CHECK_MESSAGE(error.status == RV_OK, "%s", error.message);
	rv_destroy(&engine);
	rv_model_close(&model);
}

/* tolerance: relative error; 0 where every bit must agree. */
static void compare_arrays(const rv_array *got, const rv_array *wanted, double tolerance)
{
	REQUIRE(got->data && wanted->data);
	REQUIRE(got->channels == wanted->channels && got->height == wanted->height &&
	        got->width == wanted->width);
	size_t count = (size_t)got->channels * (size_t)got->height * (size_t)got->width;
	double error = test_relative_error(got->data, wanted->data, count);
	CHECK_MESSAGE(error <= tolerance, "they differ by %g", error);
}

/* One form of the file against the graph and the activations of the ONNX network. */
static void check_form(const struct caffe_builder *builder, enum caffe_form form,
                       const struct graph *expected, const rv_array wanted[LAYERS])
{
	rv_array got[LAYERS] = {{0}};
	rv_error error = {RV_OK, ""};
	struct onnx_model *model = caffe_builder_parse(builder, form, &error);
	struct graph *graph = model ? build_from(model, "loss3/classifier", false, &error) : NULL;
	CHECK_MESSAGE(graph, "%s", error.message);
	if (graph)
		check_same_weights(expected, graph);
	graph_destroy(&graph);
	onnx_close(&model);
	char *written = write_caffe(builder, form);
	run_network(written, got);
	unlink(written);
	for (int i = 0; i < LAYERS; i++) {
		/* The average over 7x7 pixels is rounded in another order. */
		compare_arrays(&got[i], &wanted[i], i < LAYERS - 1 ? 0 : 1e-5);
		rv_array_release(&got[i]);
	}
}

TEST(googlenet_is_the_same_network_in_every_format)
{
	rv_array wanted[LAYERS] = {{0}};
	rv_error error = {RV_OK, ""};
	struct onnx_model *onnx = NULL;
	char path[512] = "";
	const char *data = test_data("nets/bvlc_googlenet.onnx");
	if (!data)
		SKIP("no nets/bvlc_googlenet.onnx");
	snprintf(path, sizeof(path), "%s", data);
	REQUIRE(onnx_open(&onnx, path, &error) == RV_OK);
	struct caffe_builder *builder = caffe_builder_from_onnx(onnx);
	REQUIRE(builder);
	struct graph *expected = build_from(onnx, "loss3/classifier", false, &error);
	REQUIRE(expected);
	run_network(path, wanted);
	for (int form = CAFFE_NEW; form < CAFFE_FORMS; form++)
		check_form(builder, form, expected, wanted);
	for (int i = 0; i < LAYERS; i++)
		rv_array_release(&wanted[i]);
	graph_destroy(&expected);
	caffe_builder_destroy(&builder);
	onnx_close(&onnx);
}
