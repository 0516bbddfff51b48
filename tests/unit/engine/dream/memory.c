/* What lacks memory, and what comes after it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/random.h"
#include "engine/reverie.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

enum { CHANNELS = 16, MEBIBYTE = 1 << 20 };

static rv_model *open_network(const char *path)
{
	struct onnx_builder *builder = onnx_builder_create(13);
	float values[CHANNELS * 3 * 9];
	uint64_t seed = 1;
	rv_model *model = NULL;

	for (int i = 0; i < CHANNELS * 3 * 9; i++)
		values[i] = (float)(random_unit(&seed) - 0.5);
	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_block(builder, "picture", 3, "top", CHANNELS, values);
	onnx_builder_metadata(builder, "reverie.input", "signed");
	onnx_builder_metadata(builder, "reverie.default_layer", "top");
	if (onnx_builder_write(builder, path))
		rv_model_open(&model, path, NULL, NULL);
	onnx_builder_destroy(&builder);
	unlink(path);
	return model;
}

/* Bytes of the process that are in memory. */
static size_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (file && fscanf(file, "%*s %lu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static rv_status dream_grey(rv_engine *engine, int width, int height, rv_error *error)
{
	size_t bytes = (size_t)width * (size_t)height * 3;
	rv_image image = {RV_RGB8, width, height, (size_t)width * 3, calloc(bytes, 1)};
	rv_status status = rv_dream(engine, &image, RV_TIME_NONE, &image, error);

	free(image.pixels);
	return status;
}

/* The second picture is half as much as there is room for, so that it is not dreamed in tiles. */
TEST(a_picture_too_large_leaves_all_memory_to_the_next)
{
	rv_model *model = open_network("dream_memory.onnx");
	rv_config config = {.memory_limit = resident() + 300 * (size_t)MEBIBYTE};
	rv_params params = rv_params_default();
	rv_engine *engine = NULL;
	rv_error error = {0};

	REQUIRE(model);
	params.octaves = params.iterations = 1;
	params.time.on = false;
	REQUIRE(rv_create(&engine, model, &config, &error) == RV_OK);
	REQUIRE(rv_set_params(engine, &params, &error) == RV_OK);
	CHECK(dream_grey(engine, 2000, 2000, &error) == RV_MEMORY);
	CHECK_MESSAGE(dream_grey(engine, 400, 300, &error) == RV_OK, "%s", error.message);
	CHECK(rv_last_frame(engine).tiles == 1);
	rv_destroy(&engine);
	rv_model_close(&model);
}
