/* What can be dreamed of, through the public interface, on a small classifier made here. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/random.h"
#include "engine/reverie_inspect.h"
#include "tests/support/device_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { WIDTH = 48, HEIGHT = 36, COUNT = 3 * WIDTH * HEIGHT, CLASSES = 10, FEATURES = 24 };

static float *make_weights(int count, int inputs, uint64_t seed)
{
	float *values = malloc((size_t)count * sizeof(*values));

	for (int i = 0; i < count; i++)
		values[i] = (float)((random_unit(&seed) * 2 - 1) * sqrt(3.0 / inputs));
	return values;
}

static void block(struct onnx_builder *builder, const char *input, int inputs, const char *output,
                  int outputs, uint64_t seed)
{
	float *values = make_weights(outputs * inputs * 9, inputs * 9, seed);
	char weights[64], convolved[64], both[160];

	snprintf(weights, sizeof(weights), "%s_weights", output);
	snprintf(convolved, sizeof(convolved), "%s_convolved", output);
	snprintf(both, sizeof(both), "%s %s", input, weights);
	onnx_builder_floats(builder, weights, 4, (int64_t[]){outputs, inputs, 3, 3}, values);
	onnx_builder_node(builder, "Conv", both, convolved);
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	onnx_builder_node(builder, "Relu", convolved, output);
	free(values);
}

/* Two blocks and a pool; of a classifier also the mean of all, a dense layer and a softmax. */
static bool write_network(const char *path, bool classifies)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	float *dense = make_weights(CLASSES * FEATURES, FEATURES, 9);
	bool written;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	block(builder, "picture", 3, "low", 16, 1);
	onnx_builder_node(builder, "MaxPool", "low", "pooled");
	onnx_builder_ints(builder, "kernel_shape", 2, (int64_t[]){2, 2});
	onnx_builder_ints(builder, "strides", 2, (int64_t[]){2, 2});
	block(builder, "pooled", 16, "high", FEATURES, 2);
	if (classifies) {
		onnx_builder_node(builder, "GlobalAveragePool", "high", "mean");
		onnx_builder_node(builder, "Flatten", "mean", "flat");
		onnx_builder_floats(builder, "dense", 2, (int64_t[]){CLASSES, FEATURES}, dense);
		onnx_builder_node(builder, "Gemm", "flat dense", "scores");
		onnx_builder_int(builder, "transB", 1);
		onnx_builder_node(builder, "Softmax", "scores", "classes");
	}
	onnx_builder_metadata(builder, "reverie.input", "signed");
	onnx_builder_metadata(builder, "reverie.default_layer", "high");
	written = onnx_builder_write(builder, path);
	onnx_builder_destroy(&builder);
	free(dense);
	return written;
}

struct fixture {
	rv_model *model;
	rv_engine *engine;
	rv_params params;
	rv_error error;
	int width, height;
	float picture[COUNT], dream[COUNT];
};

static rv_image image_of(const struct fixture *fixture, float *pixels)
{
	return (rv_image){RV_RGBF32, fixture->width, fixture->height,
	                  3 * (size_t)fixture->width * sizeof(float), pixels};
}

static bool set_up_network(struct fixture *fixture, bool classifies)
{
	char path[] = "/tmp/reverie-test-targets-XXXXXX";
	int descriptor = mkstemp(path);
	rv_config config = test_config();
	uint64_t random = 99;

	memset(fixture, 0, sizeof(*fixture));
	fixture->width = WIDTH;
	fixture->height = HEIGHT;
	fixture->params = rv_params_default();
	fixture->params.octaves = 1;
	fixture->params.iterations = 4;
	fixture->params.jitter = 0;
	for (int i = 0; i < COUNT; i++)
		fixture->picture[i] = (float)(0.2 + 0.6 * random_unit(&random));
	if (descriptor < 0 || !write_network(path, classifies) ||
	    rv_model_open(&fixture->model, path, NULL, &fixture->error) ||
	    rv_create(&fixture->engine, fixture->model, &config, &fixture->error))
		test_failed(__FILE__, __LINE__, "no engine: %s", fixture->error.message);
	if (descriptor >= 0) {
		close(descriptor);
		unlink(path);
	}
	return fixture->engine != NULL;
}

static bool set_up(struct fixture *fixture)
{
	return set_up_network(fixture, true);
}

static void tear_down(struct fixture *fixture)
{
	rv_destroy(&fixture->engine);
	rv_model_close(&fixture->model);
}

static bool dream(struct fixture *fixture)
{
	rv_image input = image_of(fixture, fixture->picture);
	rv_image output = image_of(fixture, fixture->dream);

	if (!rv_set_params(fixture->engine, &fixture->params, &fixture->error) &&
	    !rv_dream(fixture->engine, &input, RV_TIME_NONE, &output, &fixture->error))
		return true;
	test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
	return false;
}

static rv_array look(struct fixture *fixture, float *pixels, const char *layer)
{
	rv_image image = image_of(fixture, pixels);
	rv_array array = {0};

	if (rv_inspect(fixture->engine, &image, layer, &array, NULL, &fixture->error))
		test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
	return array;
}

static void target(struct fixture *fixture, int index, const char *layer, rv_target_kind kind)
{
	rv_target *target = &fixture->params.targets[index];

	*target = (rv_target){.weight = 1, .kind = kind};
	strcpy(target->layer, layer);
	if (fixture->params.target_count <= index)
		fixture->params.target_count = index + 1;
}

/* ---- equal strength ---- */

/* What a dream of one step added, of unit length. */
static bool find_step(struct fixture *fixture, double *step)
{
	double square = 0;

	if (!dream(fixture))
		return false;
	for (int i = 0; i < COUNT; i++) {
		step[i] = (double)fixture->dream[i] - (double)fixture->picture[i];
		square += step[i] * step[i];
	}
	for (int i = 0; i < COUNT; i++)
		step[i] /= sqrt(square);
	return square > 0;
}

static double product(const double *a, const double *b)
{
	double sum = 0;

	for (int i = 0; i < COUNT; i++)
		sum += a[i] * b[i];
	return sum;
}

/* The gradients of the two layers differ in strength by far; alone each makes a step of its own,
 * and together the sum of the two, by their weights. Nothing is clipped, so that a step is the
 * gradient but for its length: single floats, in a picture near 1, leave 1e-7 / 0.002 of a step's
 * 0.002. */
TEST(targets_of_different_layers_are_equally_strong)
{
	static double high[COUNT], low[COUNT], both[COUNT];
	static const float weights[] = {1, 3, -0.5f};
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.iterations = 1;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	target(&fixture, 0, "high", RV_TARGET_LAYER);
	REQUIRE(find_step(&fixture, high));
	target(&fixture, 0, "low", RV_TARGET_LAYER);
	REQUIRE(find_step(&fixture, low));
	target(&fixture, 0, "high", RV_TARGET_LAYER);
	target(&fixture, 1, "low", RV_TARGET_LAYER);
	for (int i = 0; i < 3; i++) {
		double square = 0, sum[COUNT];
		fixture.params.targets[1].weight = weights[i];
		REQUIRE(find_step(&fixture, both));
		for (int k = 0; k < COUNT; k++) {
			sum[k] = high[k] + (double)weights[i] * low[k];
			square += sum[k] * sum[k];
		}
		CHECK_MESSAGE(product(both, sum) / sqrt(square) > 0.9999,
		              "weight %g: the step is off by a cosine of %g", (double)weights[i],
		              product(both, sum) / sqrt(square));
	}
	tear_down(&fixture);
}

/* ---- classes ---- */

static double part_of_class(struct fixture *fixture, float *pixels, int class)
{
	rv_array array = look(fixture, pixels, "classes");
	double part = array.data ? (double)array.data[class] : 0;

	rv_array_release(&array);
	return part;
}

TEST(a_class_rises_in_pictures_of_any_size)
{
	static const int sizes[][2] = {{WIDTH, HEIGHT}, {9, 7}, {20, 31}};
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	fixture.params.iterations = 20;
	target(&fixture, 0, "", RV_TARGET_CLASS);
	fixture.params.targets[0].channel_count = 1;
	for (int i = 0; i < 3; i++)
		for (int class = 0; class < CLASSES; class += 3) {
			double before;
			fixture.width = sizes[i][0];
			fixture.height = sizes[i][1];
			fixture.params.targets[0].channels[0] = class;
			before = part_of_class(&fixture, fixture.picture, class);
			REQUIRE(dream(&fixture));
			CHECK(part_of_class(&fixture, fixture.dream, class) > before + 0.02);
		}
	tear_down(&fixture);
}

/* ---- places and masks ---- */

/* Whether the dream differs from the picture at a pixel, by more than rounding. */
static bool is_changed(const struct fixture *fixture, int x, int y)
{
	size_t at = 3 * ((size_t)y * (size_t)fixture->width + (size_t)x);

	for (size_t i = at; i < at + 3; i++)
		if (fabsf(fixture->dream[i] - fixture->picture[i]) > 1e-6f)
			return true;
	return false;
}

/* A pixel of "high" lies on 2x2 of the picture and sees two more of "pooled", and four of "low",
 * and so five of the picture, to each side. */
TEST(a_neuron_is_raised_where_it_is_whatever_the_jitter)
{
	struct fixture fixture;
	int changed = 0, beside = 0;

	REQUIRE(set_up(&fixture));
	fixture.params.jitter = 7;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	target(&fixture, 0, "high", RV_TARGET_NEURON);
	fixture.params.targets[0].where = RV_AT_PLACE;
	fixture.params.targets[0].x = 30.5f / WIDTH;
	fixture.params.targets[0].y = 12.5f / HEIGHT;
	REQUIRE(dream(&fixture));
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			changed += is_changed(&fixture, x, y);
			beside +=
				is_changed(&fixture, x, y) && (abs(x - 30) > 6 || abs(y - 12) > 6);
		}
	CHECK_MESSAGE(changed >= 16 && !beside, "%d changed, %d beside it", changed, beside);
	tear_down(&fixture);
}

TEST(a_target_in_a_mask_leaves_the_rest)
{
	static float mask[COUNT];
	struct fixture fixture;
	rv_image image;
	int changed = 0, beside = 0;

	REQUIRE(set_up(&fixture));
	for (int i = 0; i < COUNT; i++)
		mask[i] = i / 3 % WIDTH < WIDTH / 2;
	image = image_of(&fixture, mask);
	fixture.params.jitter = 7;
	fixture.params.normalisation = RV_NORMALISE_MEAN_ABS;
	target(&fixture, 0, "high", RV_TARGET_LAYER);
	fixture.params.targets[0].where = RV_IN_MASK;
	fixture.params.targets[0].mask = 3;
	REQUIRE(!rv_set_picture(fixture.engine, 3, &image, &fixture.error));
	REQUIRE(dream(&fixture));
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			changed += is_changed(&fixture, x, y);
			beside +=
				is_changed(&fixture, x, y) && x >= WIDTH / 2 + 7 && x <= WIDTH - 7;
		}
	CHECK_MESSAGE(changed > WIDTH * HEIGHT * 4 / 10 && !beside, "%d changed, %d beside it",
	              changed, beside);
	tear_down(&fixture);
}

/* 8 bits, so that what is not dreamed comes back exactly; soft in the middle third. */
TEST(outside_a_mask_of_the_whole_nothing_changes)
{
	static unsigned char picture[COUNT], output[COUNT], mask[COUNT];
	static const rv_normalisation ways[] = {RV_NORMALISE_BANDS, RV_NORMALISE_MEAN_ABS};
	struct fixture fixture;
	rv_image image = {RV_RGB8, WIDTH, HEIGHT, 3 * (size_t)WIDTH, picture};
	rv_image dreamed = image, white = image;

	REQUIRE(set_up(&fixture));
	for (int i = 0; i < COUNT; i++)
		picture[i] = (unsigned char)(255 * fixture.picture[i]);
	dreamed.pixels = output;
	white.pixels = mask;
	fixture.params.octaves = 3;
	fixture.params.jitter = 7;
	fixture.params.step = 0.1f;
	fixture.params.mask = 3;
	for (int turn = 0; turn < 4; turn++) {
		int inside = 0, outside = 0, soft = 0;
		bool left = turn % 2;
		for (int i = 0; i < COUNT; i++) {
			int x = i / 3 % WIDTH, from_edge = left ? 2 * WIDTH / 3 - x : x - WIDTH / 3;
			int value = from_edge * 255 / (WIDTH / 3);
			mask[i] = (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
		}
		fixture.params.normalisation = ways[turn / 2];
		REQUIRE(!rv_set_picture(fixture.engine, 2, &white, &fixture.error));
		REQUIRE(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
		REQUIRE(!rv_dream(fixture.engine, &image, RV_TIME_NONE, &dreamed, &fixture.error));
		for (int i = 0; i < COUNT; i++) {
			int change = abs(output[i] - picture[i]);
			*(mask[i] == 0     ? &outside
			  : mask[i] == 255 ? &inside
			                   : &soft) += change;
		}
		CHECK_MESSAGE(!outside && inside > 5 * COUNT / 3 && soft > COUNT / 3,
		              "turn %d: %d outside, %d inside, %d between", turn, outside, inside,
		              soft);
	}
	tear_down(&fixture);
}

/* ---- features ---- */

/* What a guide raises: the mean, over places, of the largest product with the guide's features. */
static double likeness(const rv_array *a, const rv_array *guide)
{
	int places = a->width * a->height, others = guide->width * guide->height;
	double sum = 0;

	for (int p = 0; p < places; p++) {
		double best = -INFINITY;
		for (int q = 0; q < others; q++) {
			double product = 0;
			for (int c = 0; c < a->channels; c++)
				product += (double)a->data[c * places + p] *
				           (double)guide->data[c * others + q];
			best = fmax(best, product);
		}
		sum += best;
	}
	return sum / places;
}

TEST(a_guide_draws_features_to_its_own)
{
	static float guide[COUNT];
	struct fixture fixture;
	rv_image image;
	rv_array wanted, before, guided;

	REQUIRE(set_up(&fixture));
	for (int i = 0; i < COUNT; i++)
		guide[i] = (i / 3 / 2 + i / 3 / WIDTH / 3) % 2 ? 0.9f : i % 3 ? 0.1f : 0.6f;
	image = image_of(&fixture, guide);
	target(&fixture, 0, "high", RV_TARGET_GUIDE);
	fixture.params.targets[0].source = 5;
	REQUIRE(!rv_set_picture(fixture.engine, 5, &image, &fixture.error));
	REQUIRE(dream(&fixture));
	wanted = look(&fixture, guide, "high");
	before = look(&fixture, fixture.picture, "high");
	guided = look(&fixture, fixture.dream, "high");
	CHECK_MESSAGE(likeness(&guided, &wanted) > 1.2 * likeness(&before, &wanted), "%g from %g",
	              likeness(&guided, &wanted), likeness(&before, &wanted));
	rv_array_release(&wanted);
	rv_array_release(&before);
	rv_array_release(&guided);
	tear_down(&fixture);
}

/* Another picture for the same guide makes another dream, and the first one makes the first again.
 */
TEST(a_source_may_be_set_anew)
{
	static float guides[2][COUNT], dreams[3][COUNT];
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	for (int i = 0; i < COUNT; i++) {
		guides[0][i] = i / 3 % 4 < 2;
		guides[1][i] = i / 3 / WIDTH % 4 < 2;
	}
	target(&fixture, 0, "high", RV_TARGET_GUIDE);
	for (int i = 0; i < 3; i++) {
		rv_image image = image_of(&fixture, guides[i % 2]);
		REQUIRE(!rv_set_picture(fixture.engine, 0, &image, &fixture.error));
		REQUIRE(dream(&fixture));
		memcpy(dreams[i], fixture.dream, sizeof(dreams[i]));
	}
	CHECK(memcmp(dreams[0], dreams[1], sizeof(dreams[0])));
	CHECK(!memcmp(dreams[0], dreams[2], sizeof(dreams[0])));
	tear_down(&fixture);
}

static double product_of(const rv_array *a, const rv_array *b)
{
	double sum = 0;

	for (int i = 0; i < a->channels * a->height * a->width; i++)
		sum += (double)a->data[i] * (double)b->data[i];
	return sum;
}

TEST(a_caricature_has_more_of_what_is_there_whatever_the_jitter)
{
	static const int jitters[] = {0, 6};
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	target(&fixture, 0, "high", RV_TARGET_CARICATURE);
	fixture.params.targets[0].power = 2;
	fixture.params.iterations = 10;
	for (int i = 0; i < 2; i++) {
		rv_array before, after;
		fixture.params.jitter = jitters[i];
		REQUIRE(dream(&fixture));
		before = look(&fixture, fixture.picture, "high");
		after = look(&fixture, fixture.dream, "high");
		CHECK(product_of(&before, &after) > 1.15 * product_of(&before, &before));
		rv_array_release(&before);
		rv_array_release(&after);
	}
	tear_down(&fixture);
}

TEST(a_direction_is_followed_everywhere)
{
	float numbers[FEATURES];
	double sums[2];
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	for (int c = 0; c < FEATURES; c++)
		numbers[c] = c % 3 ? -0.4f : 1;
	target(&fixture, 0, "high", RV_TARGET_DIRECTION);
	REQUIRE(!rv_set_numbers(fixture.engine, 0, numbers, FEATURES, &fixture.error));
	REQUIRE(dream(&fixture));
	for (int i = 0; i < 2; i++) {
		rv_array array = look(&fixture, i ? fixture.dream : fixture.picture, "high");
		int places = array.width * array.height;
		sums[i] = 0;
		for (int k = 0; k < FEATURES * places; k++)
			sums[i] += (double)array.data[k] * (double)numbers[k / places];
		rv_array_release(&array);
	}
	CHECK_MESSAGE(sums[1] > sums[0] + 0.1 * fabs(sums[0]), "%g from %g", sums[1], sums[0]);
	tear_down(&fixture);
}

/* ---- refusals ---- */

static bool refused(struct fixture *fixture, rv_status status, const char *words)
{
	rv_status found = rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	if (found == status && strstr(fixture->error.message, words))
		return true;
	printf("# %d: %s\n", (int)found, fixture->error.message);
	return false;
}

TEST(targets_that_cannot_be_dreamed_say_why)
{
	static const float numbers[3];
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	target(&fixture, 0, "", RV_TARGET_CLASS);
	CHECK(refused(&fixture, RV_INVALID, "a class is wanted, but not which"));
	fixture.params.targets[0].channel_count = 1;
	fixture.params.targets[0].channels[0] = CLASSES;
	CHECK(refused(&fixture, RV_INVALID, "no class 10"));
	target(&fixture, 0, "high", RV_TARGET_GUIDE);
	CHECK(refused(&fixture, RV_INVALID, "the guide has no picture"));
	fixture.params.targets[0].source = RV_SOURCES_MAX;
	CHECK(refused(&fixture, RV_INVALID, "source 16"));
	target(&fixture, 0, "high", RV_TARGET_DIRECTION);
	CHECK(refused(&fixture, RV_INVALID, "no numbers"));
	REQUIRE(!rv_set_numbers(fixture.engine, 0, numbers, 3, &fixture.error));
	CHECK(refused(&fixture, RV_INVALID, "3 numbers, but layer high has 24"));
	target(&fixture, 0, "high", RV_TARGET_CARICATURE);
	fixture.params.targets[0].power = NAN;
	CHECK(refused(&fixture, RV_INVALID, "power"));
	target(&fixture, 0, "high", RV_TARGET_NEURON);
	fixture.params.targets[0].where = RV_AT_PLACE;
	fixture.params.targets[0].x = 1.5f;
	CHECK(refused(&fixture, RV_INVALID, "the place 1.5,0"));
	fixture.params.targets[0].where = RV_IN_MASK;
	CHECK(refused(&fixture, RV_INVALID, "the mask has no picture"));
	tear_down(&fixture);
}

TEST(a_network_without_classes_says_so)
{
	struct fixture fixture;

	REQUIRE(set_up_network(&fixture, false));
	target(&fixture, 0, "", RV_TARGET_CLASS);
	fixture.params.targets[0].channel_count = 1;
	CHECK(refused(&fixture, RV_UNSUPPORTED, "tells no classes"));
	tear_down(&fixture);
}
