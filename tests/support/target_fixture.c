#include "tests/support/target_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/random.h"
#include "tests/support/device_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

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

	onnx_builder_block(builder, input, inputs, output, outputs, values);
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

rv_image target_image(const struct target_fixture *fixture, float *pixels)
{
	return (rv_image){RV_RGBF32, fixture->width, fixture->height,
	                  3 * (size_t)fixture->width * sizeof(float), pixels};
}

bool target_set_up(struct target_fixture *fixture, bool classifies)
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

void target_tear_down(struct target_fixture *fixture)
{
	rv_destroy(&fixture->engine);
	rv_model_close(&fixture->model);
}

bool target_dream(struct target_fixture *fixture)
{
	rv_image input = target_image(fixture, fixture->picture);
	rv_image output = target_image(fixture, fixture->dream);

	if (!rv_set_params(fixture->engine, &fixture->params, &fixture->error) &&
	    !rv_dream(fixture->engine, &input, RV_TIME_NONE, &output, &fixture->error))
		return true;
	test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
	return false;
}

rv_array target_look(struct target_fixture *fixture, float *pixels, const char *layer)
{
	rv_image image = target_image(fixture, pixels);
	rv_array array = {0};

	if (rv_inspect(fixture->engine, &image, layer, &array, NULL, &fixture->error))
		test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
	return array;
}

void target_make(struct target_fixture *fixture, int index, const char *layer, rv_target_kind kind)
{
	rv_target *target = &fixture->params.targets[index];

	*target = (rv_target){.weight = 1, .kind = kind};
	strcpy(target->layer, layer);
	if (fixture->params.target_count <= index)
		fixture->params.target_count = index + 1;
}
