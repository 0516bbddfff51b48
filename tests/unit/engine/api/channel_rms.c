/* The RMS of a layer's channels, of which only as many are believed as the layer has. */
#include "engine/api/channel_rms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/api/model.h"
#include "engine/base/cache.h"
#include "tests/support/device_fixture.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { CHANNELS = 20 };

static bool write_network(const char *path)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	float *weights = random_floats(CHANNELS * 3, -1, 1, 5);
	bool written;

	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_floats(builder, "weights", 4, (int64_t[]){CHANNELS, 3, 1, 1}, weights);
	onnx_builder_node(builder, "Conv", "picture weights", "layer");
	written = onnx_builder_write(builder, path);
	onnx_builder_destroy(&builder);
	free(weights);
	return written;
}

/* Replaces what the cache has of the layer by so many numbers. */
static bool forge(const rv_model *model, const char *directory, size_t count)
{
	char key[96];
	float *numbers = random_floats(count, 1, 2, 6);
	bool written;

	snprintf(key, sizeof(key), "channel-rms-2|%016llx|guess|layer",
	         (unsigned long long)onnx_hash(model_onnx(model)));
	written = cache_write(directory, "channel-rms", key, numbers, count * sizeof(*numbers));
	free(numbers);
	return written;
}

static void check_measured(rv_engine *engine, const float *measured, const char *what)
{
	float *found = NULL;

	CHECK(channel_rms_of_layer(engine, "layer", &found, NULL) == RV_OK);
	CHECK_MESSAGE(found && memcmp(found, measured, CHANNELS * sizeof(*found)) == 0, "%s", what);
	free(found);
}

static void check_forged(rv_engine *engine, const rv_model *model, const char *directory)
{
	float *measured = NULL, *found = NULL;

	REQUIRE(channel_rms_of_layer(engine, "layer", &measured, NULL) == RV_OK);
	for (int c = 0; c < CHANNELS; c++)
		CHECK(isfinite(measured[c]) && measured[c] > 0);
	check_measured(engine, measured, "kept");
	CHECK(forge(model, directory, CHANNELS - 1));
	check_measured(engine, measured, "too few");
	CHECK(forge(model, directory, CHANNELS + 1));
	check_measured(engine, measured, "too many");
	CHECK(forge(model, directory, CHANNELS));
	CHECK(channel_rms_of_layer(engine, "layer", &found, NULL) == RV_OK);
	CHECK(found && memcmp(found, measured, CHANNELS * sizeof(*found)) != 0);
	free(found);
	free(measured);
}

/* A network that is shown other pictures has other channels. */
static void check_format(const char *path, const char *directory)
{
	const char *const formats[] = {"caffe-bgr", "unit"};
	float *kept[2] = {NULL, NULL}, *alone = NULL;
	rv_model *model = NULL;
	rv_engine *engine = NULL;

	for (int i = 0; i < 3; i++) {
		rv_config config = {.cache_directory = i < 2 ? directory : ""};
		CHECK(!rv_model_open(&model, path, formats[i < 2 ? i : 1], NULL));
		CHECK(!rv_create(&engine, model, &config, NULL));
		CHECK(!channel_rms_of_layer(engine, "layer", i < 2 ? &kept[i] : &alone, NULL));
		rv_destroy(&engine);
		rv_model_close(&model);
	}
	CHECK(memcmp(kept[0], kept[1], CHANNELS * sizeof(*alone)) != 0);
	CHECK(memcmp(kept[1], alone, CHANNELS * sizeof(*alone)) == 0);
	free(kept[0]);
	free(kept[1]);
	free(alone);
}

TEST(what_the_cache_has_is_believed_where_there_is_one_for_each_channel)
{
	char folder[] = "/tmp/reverie-test-rms-XXXXXX", path[96], command[96];
	rv_config config = {.cache_directory = folder};
	rv_model *model = NULL;
	rv_engine *engine = NULL;

	REQUIRE(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/network.onnx", folder);
	CHECK(write_network(path) && rv_model_open(&model, path, NULL, NULL) == RV_OK);
	CHECK(model && rv_create(&engine, model, &config, NULL) == RV_OK);
	if (engine)
		check_forged(engine, model, folder);
	check_format(path, folder);
	rv_destroy(&engine);
	rv_model_close(&model);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	CHECK(system(command) == 0);
}
