/* The engine held against independent frameworks: ONNX Runtime (through node) and PyTorch. Each
 * case is skipped by name where the network, the still or the framework is missing. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/media/convert.h"
#include "app/media/libav.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/offline/job_run.h"
#include "engine/reverie_inspect.h"
#include "tests/support/caffe_builder.h"
#include "tests/support/judge.h"
#include "tests/support/test.h"

static const char inception[] = "models/inception_v3.onnx";
static const char still[] = "photos/sky_550x413.jpg";

/* The path of test data, valid until four more are asked for; NULL where it is not here. */
static const char *data_path(const char *name)
{
	static char paths[4][1024];
	static int next;
	const char *found = test_data(name);

	if (!found)
		return NULL;
	next = (next + 1) % 4;
	snprintf(paths[next], sizeof(paths[next]), "%s", found);
	return paths[next];
}

/* The picture in the network's own units: [3][height][width], released with free(). */
static float *network_input(const rv_image *image, const rv_input_format *format)
{
	size_t pixels = (size_t)image->width * (size_t)image->height;
	float *input = malloc(3 * pixels * sizeof(*input));
	const unsigned char *bytes = image->pixels;

	for (int c = 0; input && c < 3; c++)
		for (size_t p = 0; p < pixels; p++) {
			int colour = format->bgr ? 2 - c : c;
			input[(size_t)c * pixels + p] =
				((float)bytes[3 * p + (size_t)colour] - format->mean[c]) *
				format->scale[c];
		}
	return input;
}

/* One network, layer and size, computed by the engine. */
struct subject {
	rv_model *model;
	rv_engine *engine;
	struct picture picture;
	rv_array activation, gradient;
};

static void subject_release(struct subject *subject)
{
	rv_array_release(&subject->activation);
	rv_array_release(&subject->gradient);
	picture_release(&subject->picture);
	rv_destroy(&subject->engine);
	rv_model_close(&subject->model);
}

/* A picture full of edges, the same on every machine. */
static rv_status draw_picture(struct picture *picture, int width, int height, rv_error *error)
{
	rv_status status = convert_allocate_image(&picture->image, RV_RGB8, width, height, error);

	for (int i = 0; status == RV_OK && i < 3 * width * height; i++) {
		int x = i / 3 % width, y = i / 3 / width, c = i % 3;
		((unsigned char *)picture->image.pixels)[i] =
			(unsigned char)((x * (2 + c) + y * 3) ^ (x + y * (1 + c)));
	}
	return status;
}

static rv_status load_picture(struct picture *picture, const char *path, int width, int height,
                              rv_error *error)
{
	rv_status status;

	if (!path)
		return draw_picture(picture, width, height, error);
	if ((status = picture_open(picture, path, error)) != RV_OK)
		return status;
	return picture_scale(picture, width, height, error);
}

/* Without a path to a picture, of the one that is drawn. */
static bool subject_compute(struct subject *subject, const char *path, const char *format,
                            const char *picture, const char *layer, int width, int height,
                            rv_convolution method)
{
	rv_config config = {.convolution = method};
	rv_error error = {RV_OK, ""};
	float *input = NULL;
	bool computed;

	memset(subject, 0, sizeof(*subject));
	libav_take_log(false);
	computed = !rv_model_open(&subject->model, path, format, &error) &&
	           !rv_create(&subject->engine, subject->model, &config, &error) &&
	           !load_picture(&subject->picture, picture, width, height, &error) &&
	           !rv_inspect(subject->engine, &subject->picture.image, layer,
	                       &subject->activation, &subject->gradient, &error);
	if (!computed) {
		test_failed(__FILE__, __LINE__, "%s %s: %s", path, layer, error.message);
		return false;
	}
	input = network_input(&subject->picture.image, rv_model_input_format(subject->model));
	computed = input && judge_take_input(input, height, width);
	free(input);
	return computed;
}

/* What a judge is asked for. */
static const rv_array *subject_array(const struct subject *subject, enum judge judge)
{
	return judge == JUDGE_PYTORCH ? &subject->gradient : &subject->activation;
}

static void compare_recorded(const char *layer, int width, int height, rv_convolution method,
                             enum judge judge)
{
	struct subject subject;
	char title[128];

	snprintf(title, sizeof(title),
	         "%s of %s at %dx%d:", judge == JUDGE_PYTORCH ? "gradient" : "activation", layer,
	         width, height);
	if (subject_compute(&subject, inception, NULL, NULL, layer, width, height, method))
		judge_check_recorded(judge, inception, layer, title,
		                     subject_array(&subject, judge));
	subject_release(&subject);
}

static void compare(const char *path, const char *format, const char *layer, int width, int height,
                    rv_convolution method, enum judge judge)
{
	struct subject subject;

	if (subject_compute(&subject, path, format, data_path(still), layer, width, height, method))
		judge_check(judge, path, layer, subject_array(&subject, judge));
	subject_release(&subject);
}

static void compare_inception(const char *layer, int width, int height, rv_convolution method,
                              enum judge judge)
{
	if (access(inception, R_OK))
		SKIP("the network is not here");
	compare_recorded(layer, width, height, method, judge);
	if (judge_is_there(judge))
		compare(inception, NULL, layer, width, height, method, judge);
}

static void compare_data(const char *net, const char *format, const char *layer, int width,
                         int height, rv_convolution method, enum judge judge)
{
	const char *path = data_path(net);

	if (!path)
		SKIP("%s is not here", net);
	compare(path, format, layer, width, height, method, judge);
}

/* One test for each layer and size: forward with the direct kernels, the gradient with those that
 * are used unless others are asked for. */
#define INCEPTION(layer, width, height)                                                            \
	TEST(inception_##layer##_##width##x##height##_activation_as_onnx_runtime)                  \
	{                                                                                          \
		compare_inception(#layer, width, height, RV_CONVOLUTION_DIRECT,                    \
		                  JUDGE_ONNX_RUNTIME);                                             \
	}                                                                                          \
	TEST(inception_##layer##_##width##x##height##_gradient_as_pytorch)                         \
	{                                                                                          \
		compare_inception(#layer, width, height, RV_CONVOLUTION_AUTO, JUDGE_PYTORCH);      \
	}

INCEPTION(mixed2, 299, 299)
INCEPTION(mixed5, 299, 299)
INCEPTION(mixed7, 299, 299)
INCEPTION(mixed10, 299, 299)
INCEPTION(mixed2, 512, 384)
INCEPTION(mixed5, 512, 384)
INCEPTION(mixed7, 512, 384)
INCEPTION(mixed10, 512, 384)

TEST(googlenet_inception_4c_activation_as_onnx_runtime)
{
	compare_data("nets/bvlc_googlenet.onnx", "caffe-bgr", "inception_4c/output", 320, 240,
	             RV_CONVOLUTION_DIRECT, JUDGE_ONNX_RUNTIME);
}

TEST(googlenet_inception_4c_gradient_as_pytorch)
{
	compare_data("nets/bvlc_googlenet.onnx", "caffe-bgr", "inception_4c/output", 320, 240,
	             RV_CONVOLUTION_AUTO, JUDGE_PYTORCH);
}

TEST(squeezenet_fire8_activation_as_onnx_runtime)
{
	compare_data("nets/SqueezeNet_fp16.onnx", "caffe-bgr", "fire8/concat_1", 227, 227,
	             RV_CONVOLUTION_DIRECT, JUDGE_ONNX_RUNTIME);
}

TEST(squeezenet_fire8_gradient_as_pytorch)
{
	compare_data("nets/SqueezeNet_fp16.onnx", "caffe-bgr", "fire8/concat_1", 227, 227,
	             RV_CONVOLUTION_AUTO, JUDGE_PYTORCH);
}

enum { CLASSES = 1000 };

/* The strongest class of a layer that holds 1000, each averaged over its pixels. */
static int strongest_class(const rv_array *array)
{
	size_t pixels = (size_t)array->height * (size_t)array->width;
	double best_sum = 0;
	int best = -1;

	for (int c = 0; c < array->channels; c++) {
		double sum = 0;
		for (size_t p = 0; p < pixels; p++)
			sum += array->data[(size_t)c * pixels + p];
		if (best < 0 || sum > best_sum) {
			best = c;
			best_sum = sum;
		}
	}
	return best;
}

static bool label_says(int class, const char *word)
{
	const char *path = test_data("nets/imagenet_synset_words.txt");
	FILE *file = path ? fopen(path, "r") : NULL;
	char line[512] = "";

	for (int i = 0; file && i <= class && fgets(line, sizeof(line), file); i++)
		;
	if (file)
		fclose(file);
	return strstr(line, word) != NULL;
}

/* path: of the network; NULL where it is not here. */
static void expect_zebra(const char *path, const char *layer)
{
	struct subject subject;
	const char *picture = data_path("photos/zebra.jpg");

	if (!picture)
		SKIP("photos/zebra.jpg is not here");
	if (!path)
		SKIP("the network is not here");
	if (subject_compute(&subject, path, "caffe-bgr", picture, layer, 224, 224,
	                    RV_CONVOLUTION_AUTO)) {
		int class = strongest_class(&subject.activation);
		CHECK(subject.activation.channels == CLASSES);
		CHECK_MESSAGE(label_says(class, "zebra"), "class %d is no zebra", class);
	}
	subject_release(&subject);
}

TEST(zebra_is_a_zebra_to_googlenet)
{
	expect_zebra(data_path("nets/bvlc_googlenet.onnx"), "prob");
}

/* The same network as Caffe would have written it, whose highest layer is the one below Softmax. */
TEST(zebra_is_a_zebra_to_a_caffemodel)
{
	const char *net = data_path("nets/bvlc_googlenet.onnx");
	if (!net)
		SKIP("nets/bvlc_googlenet.onnx is not here");
	for (int form = CAFFE_NEW; form < CAFFE_FORMS; form++) {
		const char *path = judge_scratch("network.caffemodel");
		REQUIRE(caffe_builder_convert_file(net, form, path));
		expect_zebra(path, "loss3/classifier");
	}
}

TEST(zebra_is_a_zebra_to_squeezenet)
{
	expect_zebra(data_path("nets/SqueezeNet_fp16.onnx"), "softmaxout_1");
}
