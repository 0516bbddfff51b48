#include "tests/support/temporal_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/random.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { WAVES = 24 };

/* Two convolutions with random weights: enough to dream of. stride is the second one's. */
static bool write_network(const char *path, int stride)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	static float first[16 * 3 * 9], second[16 * 16 * 9];
	uint64_t random = 3;
	bool written;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		first[i] = (float)(random_unit(&random) - 0.5);
	for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++)
		second[i] = (float)(random_unit(&random) - 0.5) / 4;
	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_floats(builder, "w1", 4, (int64_t[]){16, 3, 3, 3}, first);
	onnx_builder_floats(builder, "w2", 4, (int64_t[]){16, 16, 3, 3}, second);
	onnx_builder_node(builder, "Conv", "picture w1", "a");
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	onnx_builder_node(builder, "Relu", "a", "b");
	onnx_builder_node(builder, "Conv", "b w2", "c");
	onnx_builder_ints(builder, "pads", 4, (int64_t[]){1, 1, 1, 1});
	onnx_builder_ints(builder, "strides", 2, (int64_t[]){stride, stride});
	onnx_builder_node(builder, "Relu", "c", "high");
	onnx_builder_metadata(builder, "reverie.input", "signed");
	onnx_builder_metadata(builder, "reverie.default_layer", "high");
	written = onnx_builder_write(builder, path);
	onnx_builder_destroy(&builder);
	return written;
}

static rv_model *open_network(int stride)
{
	char path[] = "/tmp/reverie-test-temporal-XXXXXX";
	int descriptor = mkstemp(path);
	rv_error error = {RV_OK, ""};
	rv_model *model = NULL;

	if (descriptor < 0 || !write_network(path, stride) ||
	    rv_model_open(&model, path, NULL, &error))
		test_failed(__FILE__, __LINE__, "no network: %s", error.message);
	if (descriptor >= 0) {
		close(descriptor);
		unlink(path);
	}
	return model;
}

bool set_up_configured(struct fixture *fixture, int stride, const rv_config *config)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->params = rv_params_default();
	fixture->params.octaves = 2;
	fixture->params.iterations = 5;
	fixture->params.jitter = 4;
	fixture->model = open_network(stride);
	if (!fixture->model)
		return false;
	if (rv_create(&fixture->engine, fixture->model, config, &fixture->error)) {
		test_failed(__FILE__, __LINE__, "%s", fixture->error.message);
		rv_model_close(&fixture->model);
		return false;
	}
	return true;
}

bool set_up_strided(struct fixture *fixture, int stride)
{
	return set_up_configured(fixture, stride, NULL);
}

bool set_up(struct fixture *fixture)
{
	return set_up_strided(fixture, 1);
}

void tear_down(struct fixture *fixture)
{
	rv_destroy(&fixture->engine);
	rv_model_close(&fixture->model);
}

void paint(struct fixture *fixture, uint64_t scene, double x, double y)
{
	uint64_t random = scene;
	double wave[WAVES][4];

	for (int w = 0; w < WAVES; w++)
		for (int i = 0; i < 4; i++)
			wave[w][i] = random_unit(&random);
	for (int i = 0; i < COUNT; i++) {
		double at_x = x + i / 3 % WIDTH, at_y = y + (double)(i / 3 / WIDTH), sum = 0;
		for (int w = i % 3; w < WAVES; w += 2)
			sum += sin(1.6 * (wave[w][0] - 0.5) * at_x +
			           1.6 * (wave[w][1] - 0.5) * at_y + 6.28 * wave[w][2]);
		fixture->frame[i] = (float)fmin(fmax(0.5 + sum / 14, 0.1), 0.9);
	}
}

rv_image image_of(float *pixels)
{
	return (rv_image){RV_RGBF32, WIDTH, HEIGHT, 3 * WIDTH * sizeof(float), pixels};
}

rv_frame_report dream(struct fixture *fixture)
{
	rv_image input = image_of(fixture->frame), output = image_of(fixture->dream);
	rv_status status = rv_set_params(fixture->engine, &fixture->params, &fixture->error);

	if (!status)
		status = rv_dream(fixture->engine, &input, fixture->time, &output, &fixture->error);
	CHECK_MESSAGE(!status, "%s", fixture->error.message);
	fixture->time += frame_time;
	return rv_last_frame(fixture->engine);
}

double strength(const struct fixture *fixture, int from_column)
{
	double sum = 0;
	int count = 0;

	for (int i = 0; i < COUNT; i++)
		if (i / 3 % WIDTH >= from_column) {
			sum += pow((double)fixture->dream[i] - (double)fixture->frame[i], 2);
			count++;
		}
	return sqrt(sum / count);
}

double likeness(const struct fixture *fixture, const float *past_detail, int dx)
{
	static float a[COUNT], b[COUNT];
	size_t count = 0;

	for (int i = 0; i < COUNT; i++) {
		int x = i / 3 % WIDTH;
		if (x + dx < 8 || x + dx >= WIDTH - 8 || x < 8 || x >= WIDTH - 8)
			continue;
		a[count] = fixture->dream[i] - fixture->frame[i];
		b[count++] = past_detail[i + 3 * dx];
	}
	return test_cosine(a, b, count);
}

void keep_detail(const struct fixture *fixture, float *detail)
{
	for (int i = 0; i < COUNT; i++)
		detail[i] = fixture->dream[i] - fixture->frame[i];
}
