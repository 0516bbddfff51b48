/* The engine held against independent frameworks: ONNX Runtime (through node) and PyTorch. Each
 * case is skipped by name where the network, the still or the framework is missing. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/media/libav.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"
#include "app/offline/job_run.h"
#include "engine/reverie.h"
#include "tests/support/test.h"

static const char inception[] = "models/inception_v3.onnx";
static const char still[] = "photos/sky_550x413.jpg";

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

__attribute__((destructor)) static void remove_scratch(void)
{
	static const char *const names[] = {"input.npy", "activation.npy", "gradient.npy", "log"};

	for (size_t i = 0; folder_made && i < sizeof(names) / sizeof(names[0]); i++)
		unlink(scratch(names[i]));
	if (folder_made)
		rmdir(folder);
}

static bool write_npy(const char *path, const float *data, int channels, int height, int width)
{
	size_t count = (size_t)channels * (size_t)height * (size_t)width;
	char header[118];
	FILE *file = fopen(path, "wb");
	bool written;

	if (!file)
		return false;
	memset(header, ' ', sizeof(header));
	header[snprintf(header, sizeof(header),
	                "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d, %d), }",
	                channels, height, width)] = ' ';
	header[sizeof(header) - 1] = '\n';
	written = fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file) == 10 &&
	          fwrite(header, 1, sizeof(header), file) == sizeof(header) &&
	          fwrite(data, sizeof(*data), count, file) == count;
	return fclose(file) == 0 && written;
}

/* The count floats of a .npy file; NULL where it does not hold just that many. */
static float *read_npy(const char *path, size_t count)
{
	unsigned char start[10];
	float *data = malloc(count * sizeof(*data));
	FILE *file = fopen(path, "rb");
	bool whole = file && data && fread(start, 1, sizeof(start), file) == sizeof(start) &&
	             fseek(file, start[8] + 256 * start[9], SEEK_CUR) == 0 &&
	             fread(data, sizeof(*data), count, file) == count && fgetc(file) == EOF;

	if (file)
		fclose(file);
	if (whole)
		return data;
	free(data);
	return NULL;
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
	           !picture_open(&subject->picture, picture, &error) &&
	           !picture_scale(&subject->picture, width, height, &error) &&
	           !rv_inspect(subject->engine, &subject->picture.image, layer,
	                       &subject->activation, &subject->gradient, &error);
	if (!computed) {
		test_failed(__FILE__, __LINE__, "%s %s: %s", path, layer, error.message);
		return false;
	}
	input = network_input(&subject->picture.image, rv_model_input_format(subject->model));
	computed = input && write_npy(scratch("input.npy"), input, 3, height, width);
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
	expected = read_npy(scratch("activation.npy"), count);
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
	expected = read_npy(scratch("gradient.npy"), count);
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

static void compare(const char *path, const char *format, const char *layer, int width, int height,
                    rv_convolution method, check *check_subject)
{
	struct subject subject;
	const char *picture = test_data(still);
	char picture_path[1024];

	if (!picture)
		SKIP("%s is not here", still);
	snprintf(picture_path, sizeof(picture_path), "%s", picture);
	if (!path || access(path, R_OK))
		SKIP("the network is not here");
	if (subject_compute(&subject, path, format, picture_path, layer, width, height, method))
		check_subject(&subject, layer);
	subject_release(&subject);
}

static void compare_data(const char *net, const char *format, const char *layer, int width,
                         int height, rv_convolution method, check *check_subject)
{
	const char *found = test_data(net);
	char path[1024];

	if (!found)
		SKIP("%s is not here", net);
	snprintf(path, sizeof(path), "%s", found);
	compare(path, format, layer, width, height, method, check_subject);
}

/* One test for each layer and size: forward with the direct kernels, the gradient with those that
 * are used unless others are asked for. */
#define INCEPTION(layer, width, height)                                                            \
	TEST(inception_##layer##_##width##x##height##_activation_as_onnx_runtime)                  \
	{                                                                                          \
		compare(inception, NULL, #layer, width, height, RV_CONVOLUTION_DIRECT,             \
		        check_activation);                                                         \
	}                                                                                          \
	TEST(inception_##layer##_##width##x##height##_gradient_as_pytorch)                         \
	{                                                                                          \
		compare(inception, NULL, #layer, width, height, RV_CONVOLUTION_AUTO,               \
		        check_gradient);                                                           \
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

static void expect_zebra(const char *net, const char *layer)
{
	struct subject subject;
	const char *picture = test_data("photos/zebra.jpg"), *found;
	char picture_path[1024], path[1024];

	if (!picture)
		SKIP("photos/zebra.jpg is not here");
	snprintf(picture_path, sizeof(picture_path), "%s", picture);
	found = test_data(net);
	if (!found)
		SKIP("%s is not here", net);
	snprintf(path, sizeof(path), "%s", found);
	if (subject_compute(&subject, path, "caffe-bgr", picture_path, layer, 224, 224,
	                    RV_CONVOLUTION_AUTO)) {
		int class = strongest_class(&subject.activation);
		CHECK(subject.activation.channels == CLASSES);
		CHECK_MESSAGE(label_says(class, "zebra"), "class %d is no zebra", class);
	}
	subject_release(&subject);
}

TEST(zebra_is_a_zebra_to_googlenet)
{
	expect_zebra("nets/bvlc_googlenet.onnx", "prob");
}

TEST(zebra_is_a_zebra_to_squeezenet)
{
	expect_zebra("nets/SqueezeNet_fp16.onnx", "softmaxout_1");
}
