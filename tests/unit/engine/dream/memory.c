/* What lacks memory, and what comes after it. */
#include "engine/dream/memory.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/random.h"
#include "engine/base/resident.h"
#include "engine/reverie_inspect.h"
#include "tests/support/device_fixture.h"
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
	rv_config config = {.memory_limit = resident_bytes() + 300 * (size_t)MEBIBYTE};
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

/* ---- what targets keep ---- */

static rv_params winners_of_top(void)
{
	rv_params params = rv_params_default();

	params.octaves = 2;
	params.iterations = 1;
	params.time.on = false;
	params.objective = RV_OBJECTIVE_WINNERS;
	return params;
}

static bool measure(rv_model *model, uint64_t limit, rv_memory *memory)
{
	rv_config config = {.memory_limit = limit};
	rv_params params = winners_of_top();
	rv_engine *engine = NULL;
	rv_error error = {0};
	rv_status status = rv_create(&engine, model, &config, &error);

	if (status == RV_OK)
		status = rv_set_params(engine, &params, &error);
	if (status == RV_OK)
		status = rv_measure_memory(engine, 1000, 500, memory, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	rv_destroy(&engine);
	return status == RV_OK;
}

/* As much as the whole picture takes but for half of what its targets keep: then tiles it is, which
 * with what they keep lie within the limit. At most 160 MB of it are left to what nobody counts. */
TEST(memory_limit_holds_what_targets_keep)
{
	rv_model *model = open_network("kept_memory.onnx");
	rv_memory whole, tiled;
	const size_t reserve = 160 * (size_t)MEBIBYTE;

	REQUIRE(model && measure(model, 0, &whole));
	CHECK(whole.tiles == 1);
	/* The scores of winners: 16 channels a pixel, in octaves of 1 and of 1 / 1.4. */
	CHECK(whole.kept >= (uint64_t)(1000 * 500 * 1.5 * CHANNELS * sizeof(float)));
	size_t room = whole.tensors + whole.saved + whole.rasters + whole.kept / 2;
	REQUIRE(measure(model, resident_bytes() + reserve + room, &tiled));
	CHECK_MESSAGE(tiled.tiles > 1, "%d tiles", tiled.tiles);
	CHECK_MESSAGE(
		tiled.tensors + tiled.saved + tiled.rasters + tiled.kept <= room,
		"%llu bytes of %zu",
		(unsigned long long)(tiled.tensors + tiled.saved + tiled.rasters + tiled.kept),
		room);
	rv_model_close(&model);
}

/* The memory of a graphics card is not that of the process: what is there is added up. */
TEST(memory_of_a_card_leaves_room_for_what_slots_take)
{
	struct device *device = fixture_device();
	const rv_config config = {.memory_limit = 1000 * (uint64_t)MEBIBYTE};
	const rv_config little = {.memory_limit = 128 * (uint64_t)MEBIBYTE};
	const struct graph nothing = {.node_count = 0};
	struct convolution_library *library = NULL;

	REQUIRE(device);
	const rv_device_kind kind = device->info.kind;
	REQUIRE(!convolution_library_create(&library, device, RV_CONVOLUTION_AUTO, NULL));
	device->info.kind = RV_DEVICE_GPU;
	size_t all = memory_for_ascent(device, &config, &nothing, library, 0);
	size_t less = memory_for_ascent(device, &config, &nothing, library, 5 * MEBIBYTE);
	CHECK(all - less == 5 * MEBIBYTE);
	CHECK(!memory_for_ascent(device, &config, &nothing, library, 1000 * (size_t)MEBIBYTE));
	CHECK(memory_for_ascent(device, &little, &nothing, library, 0));
	device->info.kind = kind;
	convolution_library_destroy(&library);
}

/* A guide has a network of its own, and a row for each place of its layer. */
TEST(memory_that_is_measured_has_that_of_guides)
{
	rv_model *model = open_network("guide_memory.onnx");
	rv_params params = winners_of_top();
	rv_engine *engine = NULL;
	rv_memory plain = {0}, guided = {0};
	static float pixels[3 * 64 * 48];
	const rv_image guide = {RV_RGBF32, 64, 48, sizeof(float[3 * 64]), pixels};

	REQUIRE(model && !rv_create(&engine, model, NULL, NULL));
	params.objective = RV_OBJECTIVE_L2;
	CHECK(!rv_set_params(engine, &params, NULL));
	CHECK(!rv_measure_memory(engine, 96, 64, &plain, NULL));
	CHECK(!rv_set_picture(engine, 0, &guide, NULL));
	params.target_count = 1;
	params.targets[0] = (rv_target){.kind = RV_TARGET_GUIDE, .layer = "top", .weight = 1};
	CHECK(!rv_set_params(engine, &params, NULL));
	CHECK(!rv_measure_memory(engine, 96, 64, &guided, NULL));
	/* The rows, and an activation of as many numbers besides. */
	CHECK_MESSAGE(guided.kept - plain.kept >= 2 * 64 * 48 * CHANNELS * sizeof(float),
	              "%llu and %llu bytes", (unsigned long long)plain.kept,
	              (unsigned long long)guided.kept);
	rv_destroy(&engine);
	rv_model_close(&model);
}
