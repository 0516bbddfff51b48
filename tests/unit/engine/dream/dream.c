/* The engine through its public interface, on a small network made here. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/random.h"
#include "engine/reverie_inspect.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { WIDTH = 40, HEIGHT = 30, COUNT = 3 * WIDTH * HEIGHT };

/* A convolution with random weights and a Relu. */
static void block(struct onnx_builder *builder, const char *input, int inputs, const char *output,
                  int outputs, int side, uint64_t seed)
{
	int count = outputs * inputs * side * side, pad = side / 2;
	float *values = malloc((size_t)count * sizeof(*values));
	char weights[64], convolved[64], both[160];

	for (int i = 0; i < count; i++)
		values[i] =
			(float)((random_unit(&seed) * 2 - 1) * sqrt(3.0 / (inputs * side * side)));
	snprintf(weights, sizeof(weights), "%s_weights", output);
	snprintf(convolved, sizeof(convolved), "%s_convolved", output);
	snprintf(both, sizeof(both), "%s %s", input, weights);
	onnx_builder_floats(builder, weights, 4, (int64_t[]){outputs, inputs, side, side}, values);
	onnx_builder_node(builder, "Conv", both, convolved);
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){pad, pad, pad, pad});
	onnx_builder_node(builder, "Relu", convolved, output);
	free(values);
}

/* Two blocks, a pool, then three ways side by side: every kind of convolution there is. */
static bool write_network(const char *path)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	bool written;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	block(builder, "picture", 3, "low", 16, 3, 1);
	onnx_builder_node(builder, "MaxPool", "low", "pooled");
	onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){2, 2});
	onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
	block(builder, "pooled", 16, "one", 32, 1, 2);
	block(builder, "pooled", 16, "other", 16, 1, 3);
	block(builder, "one", 32, "three", 32, 3, 4);
	block(builder, "other", 16, "five", 16, 5, 5);
	onnx_builder_node(builder, "Concat", "three five one", "high");
	onnx_builder_int(builder, "axis", 1);
	onnx_builder_metadata(builder, "reverie.input", "signed");
	onnx_builder_metadata(builder, "reverie.default_layer", "high");
	written = onnx_builder_write(builder, path);
	onnx_builder_destroy(&builder);
	return written;
}

static rv_model *open_network(void)
{
	char path[] = "/tmp/reverie-test-dream-XXXXXX";
	int descriptor = mkstemp(path);
	rv_error error = {RV_OK, ""};
	rv_model *model = NULL;

	if (descriptor < 0 || !write_network(path) || rv_model_open(&model, path, NULL, &error))
		test_failed(__FILE__, __LINE__, "no network: %s", error.message);
	if (descriptor >= 0) {
		close(descriptor);
		unlink(path);
	}
	return model;
}

struct fixture {
	rv_model *model;
	rv_engine *engine;
	rv_params params;
	rv_error error;
	int64_t time;
	unsigned char picture[COUNT], dream[COUNT];
	rv_image input, output;
};

static rv_image image_of(void *pixels, rv_pixel_format format, size_t sample)
{
	return (rv_image){format, WIDTH, HEIGHT, 3 * WIDTH * sample, pixels};
}

/* Few and short steps, so that each test takes a moment. */
static rv_params quick_params(void)
{
	rv_params params = rv_params_default();

	params.octaves = 2;
	params.iterations = 3;
	params.jitter = 4;
	return params;
}

static bool set_up(struct fixture *fixture, const rv_config *config)
{
	uint64_t random = 99;

	memset(fixture, 0, sizeof(*fixture));
	fixture->params = quick_params();
	fixture->time = RV_TIME_NONE;
	for (int i = 0; i < COUNT; i++)
		fixture->picture[i] = (unsigned char)(random_next(&random) % 200 + 28);
	fixture->input = image_of(fixture->picture, RV_RGB8, 1);
	fixture->output = image_of(fixture->dream, RV_RGB8, 1);
	fixture->model = open_network();
	if (!fixture->model)
		return false;
	if (rv_create(&fixture->engine, fixture->model, config, &fixture->error)) {
		test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
		rv_model_close(&fixture->model);
		return false;
	}
	return true;
}

static void tear_down(struct fixture *fixture)
{
	rv_destroy(&fixture->engine);
	rv_model_close(&fixture->model);
}

static void dream(struct fixture *fixture)
{
	rv_status status = rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	if (!status)
		status = rv_dream(fixture->engine, &fixture->input, fixture->time, &fixture->output,
		                  &fixture->error);
	CHECK_MESSAGE(!status, "%s", fixture->error.message);
}

TEST(the_same_seed_gives_the_same_picture)
{
	struct fixture fixture;
	unsigned char first[COUNT];

	REQUIRE(set_up(&fixture, NULL));
	dream(&fixture);
	memcpy(first, fixture.dream, COUNT);
	CHECK(memcmp(first, fixture.picture, COUNT) != 0);
	dream(&fixture);
	CHECK(memcmp(first, fixture.dream, COUNT) == 0);
	fixture.params.seed++;
	dream(&fixture);
	CHECK(memcmp(first, fixture.dream, COUNT) != 0);
	tear_down(&fixture);
	REQUIRE(set_up(&fixture, NULL));
	dream(&fixture);
	CHECK(memcmp(first, fixture.dream, COUNT) == 0);
	tear_down(&fixture);
}

TEST(no_strength_gives_the_picture_back)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture, NULL));
	fixture.params.strength = 0;
	dream(&fixture);
	CHECK(memcmp(fixture.picture, fixture.dream, COUNT) == 0);
	tear_down(&fixture);
}

/* Mean square of one channel of a layer, or of all if channel is -1. */
static double energy(struct fixture *fixture, const rv_image *image, const char *layer, int channel)
{
	rv_array array = {0};
	size_t pixels;
	double sum = 0;

	if (rv_inspect(fixture->engine, image, layer, &array, NULL, &fixture->error)) {
		test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
		return NAN;
	}
	pixels = (size_t)array.height * (size_t)array.width;
	for (int c = 0; c < array.channels; c++)
		for (size_t p = 0; p < pixels && (channel < 0 || c == channel); p++)
			sum += (double)array.data[(size_t)c * pixels + p] *
			       array.data[(size_t)c * pixels + p];
	rv_array_release(&array);
	return sum / (double)pixels;
}

TEST(dreaming_raises_the_objective)
{
	static const rv_normalisation ways[] = {RV_NORMALISE_BANDS, RV_NORMALISE_DEVIATION,
	                                        RV_NORMALISE_MEAN_ABS};
	struct fixture fixture;
	double before;

	REQUIRE(set_up(&fixture, NULL));
	before = energy(&fixture, &fixture.input, "high", -1);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		fixture.params.normalisation = ways[i];
		dream(&fixture);
		CHECK(energy(&fixture, &fixture.output, "high", -1) > 1.05 * before);
	}
	tear_down(&fixture);
}

TEST(every_objective_raises_its_layer)
{
	struct fixture fixture;
	double before;

	REQUIRE(set_up(&fixture, NULL));
	before = energy(&fixture, &fixture.input, "high", -1);
	for (int i = RV_OBJECTIVE_L2; i <= RV_OBJECTIVE_WINNERS; i++) {
		fixture.params.objective = (rv_objective)i;
		dream(&fixture);
		CHECK(energy(&fixture, &fixture.output, "high", -1) > 1.02 * before);
	}
	tear_down(&fixture);
}

TEST(a_channel_can_be_dreamed_alone)
{
	struct fixture fixture;
	rv_target *target;
	double chosen, other;

	REQUIRE(set_up(&fixture, NULL));
	target = &fixture.params.targets[0];
	fixture.params.target_count = 1;
	strcpy(target->layer, "three");
	target->weight = 1;
	target->channel_count = 1;
	target->channels[0] = 5;
	dream(&fixture);
	chosen = energy(&fixture, &fixture.output, "three", 5) /
	         energy(&fixture, &fixture.input, "three", 5);
	target->channels[0] = 6;
	dream(&fixture);
	other = energy(&fixture, &fixture.output, "three", 5) /
	        energy(&fixture, &fixture.input, "three", 5);
	CHECK_MESSAGE(chosen > 1.05 && chosen > other, "raised by %g, and by %g for another",
	              chosen, other);
	tear_down(&fixture);
}

TEST(a_negative_weight_quiets_a_layer)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture, NULL));
	fixture.params.target_count = 1;
	strcpy(fixture.params.targets[0].layer, "high");
	fixture.params.targets[0].weight = -1;
	dream(&fixture);
	CHECK(energy(&fixture, &fixture.output, "high", -1) <
	      energy(&fixture, &fixture.input, "high", -1));
	tear_down(&fixture);
}

TEST(several_layers_share_one_ascent)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture, NULL));
	fixture.params.target_count = 2;
	strcpy(fixture.params.targets[0].layer, "high");
	strcpy(fixture.params.targets[1].layer, "low");
	fixture.params.targets[0].weight = fixture.params.targets[1].weight = 1;
	dream(&fixture);
	CHECK(energy(&fixture, &fixture.output, "high", -1) >
	      energy(&fixture, &fixture.input, "high", -1));
	CHECK(energy(&fixture, &fixture.output, "low", -1) >
	      energy(&fixture, &fixture.input, "low", -1));
	tear_down(&fixture);
}

TEST(all_pixel_formats_dream_alike)
{
	static uint16_t words[COUNT], dreamed_words[COUNT];
	static float floats[COUNT], dreamed_floats[COUNT];
	struct fixture fixture;
	int worst_word = 0;
	float worst_float = 0;

	REQUIRE(set_up(&fixture, NULL));
	dream(&fixture);
	for (int i = 0; i < COUNT; i++) {
		words[i] = (uint16_t)(fixture.picture[i] * 257);
		floats[i] = (float)fixture.picture[i] / 255;
	}
	fixture.input = image_of(words, RV_RGB16, 2);
	fixture.output = image_of(dreamed_words, RV_RGB16, 2);
	dream(&fixture);
	fixture.input = image_of(floats, RV_RGBF32, 4);
	fixture.output = image_of(dreamed_floats, RV_RGBF32, 4);
	dream(&fixture);
	for (int i = 0; i < COUNT; i++) {
		int word = abs(dreamed_words[i] - fixture.dream[i] * 257);
		float difference = fabsf(dreamed_floats[i] * 255 - fixture.dream[i]);
		worst_word = word > worst_word ? word : worst_word;
		worst_float = difference > worst_float ? difference : worst_float;
	}
	/* Half a step of 8 bits, and what rounding differently does on the way. */
	CHECK_MESSAGE(worst_word <= 257, "16 bits differ by %d", worst_word);
	CHECK_MESSAGE(worst_float <= 1, "floats differ by %g of 255", worst_float);
	tear_down(&fixture);
}

TEST(blend_starts_from_the_last_frame_until_reset)
{
	struct fixture fixture;
	unsigned char first[COUNT];

	REQUIRE(set_up(&fixture, NULL));
	fixture.params.blend = 0.8f;
	fixture.params.time.on = false;
	fixture.time = 0;
	dream(&fixture);
	memcpy(first, fixture.dream, COUNT);
	dream(&fixture);
	CHECK(memcmp(first, fixture.dream, COUNT) != 0);
	rv_reset(fixture.engine);
	dream(&fixture);
	CHECK(memcmp(first, fixture.dream, COUNT) == 0);
	tear_down(&fixture);
}

TEST(octaves_too_small_for_the_network_are_left_out)
{
	struct fixture fixture;

	REQUIRE(set_up(&fixture, NULL));
	fixture.params.octaves = RV_OCTAVES_MAX;
	fixture.params.octave_scale = 4;
	dream(&fixture);
	CHECK(memcmp(fixture.picture, fixture.dream, COUNT) != 0);
	tear_down(&fixture);
}

static bool stop_in_the_middle(void *context, double part)
{
	*(int *)context += 1;
	return part < 0.5;
}

TEST(progress_can_stop_a_dream)
{
	struct fixture fixture;
	int calls = 0;

	REQUIRE(set_up(&fixture, NULL));
	REQUIRE(!rv_set_params(fixture.engine, &fixture.params, NULL));
	rv_set_progress(fixture.engine, stop_in_the_middle, &calls);
	CHECK(rv_dream(fixture.engine, &fixture.input, RV_TIME_NONE, &fixture.output,
	               &fixture.error) == RV_CANCELLED);
	CHECK(calls == fixture.params.octaves * fixture.params.iterations / 2);
	rv_set_progress(fixture.engine, NULL, NULL);
	dream(&fixture);
	tear_down(&fixture);
}

TEST(wrong_settings_are_refused_and_the_old_ones_stay)
{
	struct fixture fixture;
	unsigned char first[COUNT];
	rv_params bad;

	REQUIRE(set_up(&fixture, NULL));
	dream(&fixture);
	memcpy(first, fixture.dream, COUNT);
	bad = fixture.params;
	bad.target_count = 1;
	bad.targets[0].weight = 1;
	strcpy(bad.targets[0].layer, "hihg");
	CHECK(rv_set_params(fixture.engine, &bad, &fixture.error) == RV_NOT_FOUND);
	CHECK(strstr(fixture.error.message, "high"));
	strcpy(bad.targets[0].layer, "three");
	bad.targets[0].channel_count = 1;
	bad.targets[0].channels[0] = 32;
	CHECK(rv_set_params(fixture.engine, &bad, &fixture.error) == RV_INVALID);
	CHECK(strstr(fixture.error.message, "0..31"));
	bad = fixture.params;
	bad.step = NAN;
	CHECK(rv_set_params(fixture.engine, &bad, &fixture.error) == RV_INVALID);
	REQUIRE(!rv_dream(fixture.engine, &fixture.input, RV_TIME_NONE, &fixture.output,
	                  &fixture.error));
	CHECK(memcmp(first, fixture.dream, COUNT) == 0);
	tear_down(&fixture);
}

TEST(wrong_pictures_are_refused)
{
	struct fixture fixture;
	rv_image bad;

	REQUIRE(set_up(&fixture, NULL));
	bad = fixture.input, bad.pixels = NULL;
	CHECK(rv_dream(fixture.engine, &bad, RV_TIME_NONE, &fixture.output, NULL) == RV_INVALID);
	bad = fixture.input, bad.width = 0;
	CHECK(rv_dream(fixture.engine, &bad, RV_TIME_NONE, &fixture.output, NULL) == RV_INVALID);
	bad = fixture.input, bad.stride = 3 * WIDTH - 1;
	CHECK(rv_dream(fixture.engine, &bad, RV_TIME_NONE, &fixture.output, NULL) == RV_INVALID);
	bad = fixture.input, bad.width = 1, bad.height = 1;
	CHECK(rv_dream(fixture.engine, &bad, RV_TIME_NONE, &fixture.output, NULL) == RV_INVALID);
	CHECK(rv_dream(fixture.engine, &bad, RV_TIME_NONE, &bad, &fixture.error) == RV_INVALID);
	CHECK(strstr(fixture.error.message, "1x1"));
	tear_down(&fixture);
}

/* The gradient of mean(activation^2) at the fixture's picture, with what config says. */
static float *gradient_with(const rv_config *config)
{
	struct fixture fixture;
	rv_array gradient = {0};

	if (!set_up(&fixture, config))
		return NULL;
	if (rv_inspect(fixture.engine, &fixture.input, "high", NULL, &gradient, &fixture.error))
		test_failed(__FILE__, __LINE__, "%s", fixture.error.message);
	tear_down(&fixture);
	return gradient.data;
}

TEST(every_way_to_convolve_gives_the_same_gradient)
{
	static const rv_config configs[] = {{.convolution = RV_CONVOLUTION_WINOGRAD},
	                                    {.convolution = RV_CONVOLUTION_GEMM},
	                                    {.convolution = RV_CONVOLUTION_AUTO},
	                                    {.no_fuse = true},
	                                    {.kernels = RV_KERNELS_GPU}};
	rv_config direct = {.convolution = RV_CONVOLUTION_DIRECT};
	float *expected = gradient_with(&direct);

	REQUIRE(expected);
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		float *gradient = gradient_with(&configs[i]);
		double error = gradient ? test_relative_error(gradient, expected, COUNT) : 1;
		CHECK_MESSAGE(error < 1e-4, "configuration %zu differs by %.2e", i, error);
		free(gradient);
	}
	free(expected);
}

/* mean(activation^2) in double, of a picture of floats. */
static double objective(struct fixture *fixture, float *pixels)
{
	rv_image image = image_of(pixels, RV_RGBF32, 4);

	return energy(fixture, &image, "high", -1) / (32 + 16 + 32);
}

TEST(the_gradient_is_that_of_finite_differences)
{
	/* Small enough that few Relus flip on the way, large enough for float activations. */
	const float reach = 1e-3f;
	static float pixels[COUNT], moved[COUNT], direction[COUNT];
	rv_config direct = {.convolution = RV_CONVOLUTION_DIRECT};
	struct fixture fixture;
	rv_array gradient;
	rv_image image = image_of(pixels, RV_RGBF32, 4);
	uint64_t random = 5;

	REQUIRE(set_up(&fixture, &direct));
	for (int i = 0; i < COUNT; i++)
		pixels[i] = (float)fixture.picture[i] / 255;
	REQUIRE(!rv_inspect(fixture.engine, &image, "high", NULL, &gradient, &fixture.error));
	for (int trial = 0; trial < 4; trial++) {
		double slope = 0, up, down;
		/* Uphill in three of four pixels, so that the slope stands out from rounding. The
		 * gradient is with respect to the network's input, which spans -1..1. */
		for (int i = 0; i < COUNT; i++) {
			float slope_here = gradient.data[i % 3 * WIDTH * HEIGHT + i / 3];
			bool uphill = random_next(&random) % 4 != 0;
			direction[i] = (slope_here > 0) == uphill ? 1 : -1;
			slope += 2 * (double)direction[i] * slope_here;
		}
		for (int i = 0; i < COUNT; i++)
			moved[i] = pixels[i] + reach * direction[i];
		up = objective(&fixture, moved);
		for (int i = 0; i < COUNT; i++)
			moved[i] = pixels[i] - reach * direction[i];
		down = objective(&fixture, moved);
		CHECK_MESSAGE(fabs((up - down) / (2.0 * reach) - slope) < 0.005 * fabs(slope),
		              "slope %g, but differences say %g", slope,
		              (up - down) / (2.0 * reach));
	}
	rv_array_release(&gradient);
	tear_down(&fixture);
}
