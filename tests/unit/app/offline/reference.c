/* The engine held against independent frameworks: ONNX Runtime (through node) and PyTorch. Each
 * case is skipped by name where the network, the still or the framework is missing. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/media/convert.h"
#include "app/media/libav.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/offline/job_run.h"
#include "engine/reverie_inspect.h"
#include "tests/support/caffe_builder.h"
#include "tests/support/npy.h"
#include "tests/support/test.h"

static const char inception[] = "models/inception_v3.onnx";
static const char still[] = "photos/sky_550x413.jpg";
static const char recorded_values[] = "tests/reference/inception_v3.values";

/* A scratch folder for arrays that go to the frameworks and back. */
static char folder[] = "/tmp/reverie-test-reference-XXXXXX";
static bool folder_made;

static const char *scratch(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	if (!folder_made)
		folder_made = mkdtemp(folder) != NULL;
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

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

__attribute__((destructor)) static void remove_scratch(void)
{
	static const char *const names[] = {"input.npy", "activation.npy", "gradient.npy", "log",
	                                    "network.caffemodel"};

	for (size_t i = 0; folder_made && i < sizeof(names) / sizeof(names[0]); i++)
		unlink(scratch(names[i]));
	if (folder_made)
		rmdir(folder);
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
	const char *path;
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
	subject->path = path;
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
	computed = input && npy_write_array(scratch("input.npy"), input, 3, height, width);
	free(input);
	if (!computed)
		test_failed(__FILE__, __LINE__, "writing %s failed", scratch("input.npy"));
	return computed;
}

/* What the references' scripts end with where their framework is not installed. */
enum { EXIT_MISSING = 2 };

/* Runs a reference's script; its exit code. */
static int run_reference(const char *program, const struct subject *subject, const char *layer,
                         const char *results)
{
	char command[2048];
	int status;

	snprintf(command, sizeof(command), "%s '%s' '%s' '%s' %s >'%s' 2>&1", program,
	         subject->path, layer, scratch("input.npy"), results, scratch("log"));
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* False, with the test skipped or failed, unless the reference ran. */
static bool reference_ran(const char *framework, int code)
{
	if (code == 0)
		return true;
	if (code == EXIT_MISSING || code == 127)
		test_skipped("%s is not installed", framework);
	else
		test_failed(__FILE__, __LINE__, "the reference in %s ended with code %d", framework,
		            code);
	return false;
}

static size_t array_count(const rv_array *array)
{
	return (size_t)array->channels * (size_t)array->height * (size_t)array->width;
}

static void check_activation(const struct subject *subject, const char *layer)
{
	char results[300];
	size_t count = array_count(&subject->activation);
	float *expected;
	double difference;

	snprintf(results, sizeof(results), "'%s'", scratch("activation.npy"));
	if (!reference_ran("ONNX Runtime", run_reference("node tests/reference/reference_onnx.js",
	                                                 subject, layer, results)))
		return;
	expected = npy_read_array(scratch("activation.npy"), count);
	if (!expected) {
		test_failed(__FILE__, __LINE__, "%s: the shapes differ", layer);
		return;
	}
	difference = test_relative_error(subject->activation.data, expected, count);
	CHECK_MESSAGE(difference < 1e-4, "%s: relative error %.2e", layer, difference);
	free(expected);
}

static void check_gradient(const struct subject *subject, const char *layer)
{
	char results[300];
	size_t count = array_count(&subject->gradient);
	float *expected;
	double cosine;

	snprintf(results, sizeof(results), "--gradient '%s'", scratch("gradient.npy"));
	if (!reference_ran("PyTorch", run_reference("/usr/bin/python3 "
	                                            "tests/reference/reference_torch.py",
	                                            subject, layer, results)))
		return;
	expected = npy_read_array(scratch("gradient.npy"), count);
	if (!expected) {
		test_failed(__FILE__, __LINE__, "%s: the shapes differ", layer);
		return;
	}
	cosine = test_cosine(subject->gradient.data, expected, count);
	CHECK_MESSAGE(cosine > 0.9999, "%s: cosine %.7f", layer, cosine);
	/* A cosine does not see a wrong scale. */
	CHECK_MESSAGE(test_relative_error(subject->gradient.data, expected, count) < 0.02,
	              "%s: relative error %.2e", layer,
	              test_relative_error(subject->gradient.data, expected, count));
	free(expected);
}

typedef void check(const struct subject *subject, const char *layer);

static bool judge_is_there(check *check_subject)
{
	static int known[2]; /* 1: it is there, -1: it is not */
	static const char *const tries[2] = {
		"node -e 'require((process.env.ORT_NODE_MODULES ? process.env.ORT_NODE_MODULES + "
		"\"/\" : \"\") + \"onnxruntime-node\")' >/dev/null 2>&1",
		"/usr/bin/python3 -c 'import numpy, torch' >/dev/null 2>&1"};
	int judge = check_subject == check_gradient;

	if (!known[judge])
		known[judge] = system(tries[judge]) == 0 ? 1 : -1;
	return known[judge] > 0;
}

/* ---- what the frameworks found once ---- */

enum { SAMPLES = 128 };

/* Of an array of so many numbers, the place of sample number i. */
static size_t sample_place(int i, size_t count)
{
	uint64_t mixed = ((uint64_t)i + 1) * 0x9E3779B97F4A7C15u;

	return (size_t)((mixed ^ mixed >> 29) % count);
}

/* A line of the file: what it is of, then SAMPLES numbers. */
static bool read_samples(const char *title, float *samples)
{
	static char line[64 * SAMPLES];
	FILE *file = fopen(recorded_values, "r");
	size_t length = strlen(title);
	int count = 0;

	while (file && count == 0 && fgets(line, sizeof(line), file)) {
		char *at = line + length, *end;
		if (strncmp(line, title, length) != 0)
			continue;
		for (; count < SAMPLES; count++, at = end) {
			samples[count] = strtof(at, &end);
			if (end == at)
				break;
		}
	}
	if (file)
		fclose(file);
	return count == SAMPLES;
}

/* What the framework's script left in the scratch folder goes to the end of the file that
 * $REVERIE_RECORD_REFERENCE names. */
static void record_samples(const char *title, const char *array, size_t count)
{
	float *values = npy_read_array(scratch(array), count);
	FILE *file = fopen(getenv("REVERIE_RECORD_REFERENCE"), "a");

	if (values && file) {
		fputs(title, file);
		for (int i = 0; i < SAMPLES; i++)
			fprintf(file, " %.6g", (double)values[sample_place(i, count)]);
		fputc('\n', file);
	} else {
		test_failed(__FILE__, __LINE__, "%s cannot be recorded", title);
	}
	if (file)
		fclose(file);
	free(values);
}

/* The bounds are those of whole arrays. */
static void check_samples(const char *title, const rv_array *array, bool gradient)
{
	float expected[SAMPLES], found[SAMPLES];
	double difference;

	if (!read_samples(title, expected)) {
		test_failed(__FILE__, __LINE__, "%s has no line \"%s\"", recorded_values, title);
		return;
	}
	for (int i = 0; i < SAMPLES; i++)
		found[i] = array->data[sample_place(i, array_count(array))];
	difference = test_relative_error(found, expected, SAMPLES);
	CHECK_MESSAGE(difference < (gradient ? 0.02 : 1e-4), "%s: relative error %.2e", title,
	              difference);
	if (gradient)
		CHECK_MESSAGE(test_cosine(found, expected, SAMPLES) > 0.9999, "%s: cosine %.7f",
		              title, test_cosine(found, expected, SAMPLES));
}

static void check_recorded(const char *layer, int width, int height, rv_convolution method,
                           check *check_subject)
{
	bool gradient = check_subject == check_gradient;
	struct subject subject;
	char title[128];

	snprintf(title, sizeof(title), "%s of %s at %dx%d:", gradient ? "gradient" : "activation",
	         layer, width, height);
	if (subject_compute(&subject, inception, NULL, NULL, layer, width, height, method)) {
		const rv_array *array = gradient ? &subject.gradient : &subject.activation;
		if (getenv("REVERIE_RECORD_REFERENCE")) {
			check_subject(&subject, layer);
			record_samples(title, gradient ? "gradient.npy" : "activation.npy",
			               array_count(array));
		} else {
			check_samples(title, array, gradient);
		}
	}
	subject_release(&subject);
}

/* ---- what they find now ---- */

static void compare(const char *path, const char *format, const char *layer, int width, int height,
                    rv_convolution method, check *check_subject)
{
	struct subject subject;

	if (subject_compute(&subject, path, format, data_path(still), layer, width, height, method))
		check_subject(&subject, layer);
	subject_release(&subject);
}

static void compare_inception(const char *layer, int width, int height, rv_convolution method,
                              check *check_subject)
{
	if (access(inception, R_OK))
		SKIP("the network is not here");
	check_recorded(layer, width, height, method, check_subject);
	if (judge_is_there(check_subject))
		compare(inception, NULL, layer, width, height, method, check_subject);
}

static void compare_data(const char *net, const char *format, const char *layer, int width,
                         int height, rv_convolution method, check *check_subject)
{
	const char *path = data_path(net);

	if (!path)
		SKIP("%s is not here", net);
	compare(path, format, layer, width, height, method, check_subject);
}

/* One test for each layer and size: forward with the direct kernels, the gradient with those that
 * are used unless others are asked for. */
#define INCEPTION(layer, width, height)                                                            \
	TEST(inception_##layer##_##width##x##height##_activation_as_onnx_runtime)                  \
	{                                                                                          \
		compare_inception(#layer, width, height, RV_CONVOLUTION_DIRECT, check_activation); \
	}                                                                                          \
	TEST(inception_##layer##_##width##x##height##_gradient_as_pytorch)                         \
	{                                                                                          \
		compare_inception(#layer, width, height, RV_CONVOLUTION_AUTO, check_gradient);     \
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
	             RV_CONVOLUTION_DIRECT, check_activation);
}

TEST(googlenet_inception_4c_gradient_as_pytorch)
{
	compare_data("nets/bvlc_googlenet.onnx", "caffe-bgr", "inception_4c/output", 320, 240,
	             RV_CONVOLUTION_AUTO, check_gradient);
}

TEST(squeezenet_fire8_activation_as_onnx_runtime)
{
	compare_data("nets/SqueezeNet_fp16.onnx", "caffe-bgr", "fire8/concat_1", 227, 227,
	             RV_CONVOLUTION_DIRECT, check_activation);
}

TEST(squeezenet_fire8_gradient_as_pytorch)
{
	compare_data("nets/SqueezeNet_fp16.onnx", "caffe-bgr", "fire8/concat_1", 227, 227,
	             RV_CONVOLUTION_AUTO, check_gradient);
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
		const char *path = scratch("network.caffemodel");
		REQUIRE(caffe_builder_convert_file(net, form, path));
		expect_zebra(path, "loss3/classifier");
	}
}

TEST(zebra_is_a_zebra_to_squeezenet)
{
	expect_zebra(data_path("nets/SqueezeNet_fp16.onnx"), "softmaxout_1");
}
